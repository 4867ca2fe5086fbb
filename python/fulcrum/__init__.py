"""Talks to a Fulcrum engine: commands, queries and the ledger."""

from fulcrum.client import Client
from fulcrum.errors import Error

__all__ = ["Client", "Error"]
__version__ = "0.1.0"
