"""Talks to a Fulcrum engine: commands, queries and the ledger.  ResourceManager and Task need none."""

from fulcrum.client import Client
from fulcrum.errors import Error
from fulcrum.resource_manager import ResourceManager, Task

__all__ = ["Client", "Error", "ResourceManager", "Task"]
__version__ = "0.1.0"
