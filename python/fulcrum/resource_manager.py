"""Counted resources lent to tasks, in memory: the smallest model of what a scheduler keeps account of.

Nothing here talks to an engine.  Jobs that run, wait and cost money are the engine's
(`job.submit` through fulcrum.Client).
"""

import difflib
import operator
from collections.abc import Iterable, Mapping, Sequence

KINDS = ("GPU", "CPU", "TPU")       # the order of a list of counts


class Task:
    """A name, and how many of a kind of resource it asks for at once (at least 1).

    ValueError where either is not such a thing, also on assignment.
    """

    def __init__(self, name: str, requested_resources: int):
        if not isinstance(name, str) or not name or not name.isprintable():
            raise ValueError(f"a task's name is printable text, got {name!r}")
        self.name = name
        self.requested_resources = requested_resources

    @property
    def requested_resources(self) -> int:
        return self._requested_resources

    @requested_resources.setter
    def requested_resources(self, count: int) -> None:
        self._requested_resources = _count(count, "a task's requested resources", least=1)

    def __repr__(self) -> str:
        return f"Task({self.name!r}, {self.requested_resources})"


class ResourceManager:
    """Lends `resources` to `tasks` and prints one line for each call, a refusal too.

    resources  how many there are: a list in the order GPU, CPU, TPU, or a dict by kind, whose kinds
               are then the valid ones
    tasks      by distinct names

    ValueError where these are not such things.  allocate and deallocate never raise.  Invariant:
    for each kind held + free = capacity, none below 0.  For one thread.
    """

    def __init__(self, resources: Sequence[int] | Mapping[str, int], tasks: Iterable[Task]):
        self._capacity = _capacity(resources)
        self._tasks: dict[str, Task] = {}
        for task in tasks:
            if not isinstance(task, Task):
                raise ValueError(f"tasks are a list of Task, got {task!r}")
            if task.name in self._tasks:
                raise ValueError(f"two tasks are named {task.name!r}")
            self._tasks[task.name] = task
        self._held: dict[tuple[str, str], int] = {}     # (task, kind) → what was lent

    def allocate(self, task_name: str, resource_kind: str) -> bool:
        """Lends the task as many of the kind as it asks for, or nothing; whether it did.

        Refused: an unknown name, a task that holds some of this kind already, more than is free.
        """
        if not self._known(task_name, resource_kind):
            return False
        need = self._tasks[task_name].requested_resources
        free, capacity = self.free(resource_kind), self._capacity[resource_kind]
        if held := self._held.get((task_name, resource_kind)):
            return _refuse(f"{task_name} already holds {held} {resource_kind}")
        if need > capacity:
            return _refuse(f"{task_name} needs {need} {resource_kind}, {free} of {capacity} are free; "
                           f"it can never fit")
        if need > free:
            return _refuse(f"{task_name} needs {need} {resource_kind}, {free} of {capacity} are free")
        self._held[task_name, resource_kind] = need
        print(f"Allocated {need} {resource_kind} to {task_name}: {free - need} of {capacity} are free")
        return True

    def deallocate(self, task_name: str, resource_kind: str) -> bool:
        """Takes back what the task holds of the kind, whatever it asks for by now; whether it held any."""
        if not self._known(task_name, resource_kind):
            return False
        held = self._held.pop((task_name, resource_kind), 0)
        if not held:
            return _refuse(f"{task_name} holds no {resource_kind}, there is nothing to release")
        print(f"Released {held} {resource_kind} of {task_name}: "
              f"{self.free(resource_kind)} of {self._capacity[resource_kind]} are free")
        return True

    def get_utilization(self) -> float:
        """Prints held ÷ available over all and by kind, with two decimals; returns it over all, 0 to 1.

        Where there is nothing to hold it is 0.
        """
        held, available = sum(self._held.values()), sum(self._capacity.values())
        overall = _share(held, available)
        kinds = ", ".join(f"{kind} {share:.2f}" for kind, share in self.utilization_by_kind().items())
        print(f"Utilization: {overall:.2f} ({held} of {available} held; {kinds})")
        return overall

    def utilization_by_kind(self) -> dict[str, float]:
        return {kind: _share(self.held(kind), count) for kind, count in self._capacity.items()}

    def capacity(self, resource_kind: str) -> int:
        """KeyError, here and below, for an unknown kind."""
        return self._capacity[resource_kind]

    def held(self, resource_kind: str) -> int:
        if resource_kind not in self._capacity:
            raise KeyError(resource_kind)
        return sum(count for (_, kind), count in self._held.items() if kind == resource_kind)

    def free(self, resource_kind: str) -> int:
        return self._capacity[resource_kind] - self.held(resource_kind)

    def _known(self, task_name: str, resource_kind: str) -> bool:
        return _one_of("task", task_name, self._tasks) and _one_of("resource", resource_kind, self._capacity)


def _capacity(resources: Sequence[int] | Mapping[str, int]) -> dict[str, int]:
    if isinstance(resources, Mapping):
        counts = dict(resources)
        if not counts or not all(isinstance(kind, str) and kind.isprintable() and kind for kind in counts):
            raise ValueError(f"resources by kind need printable names, got {list(counts)!r}")
    elif isinstance(resources, str) or len(resources) != len(KINDS):
        raise ValueError(f"resources are {len(KINDS)} counts, of {', '.join(KINDS)}; got {resources!r}")
    else:
        counts = dict(zip(KINDS, resources, strict=True))
    return {kind: _count(count, f"the number of {kind}", least=0) for kind, count in counts.items()}


def _count(value: int, what: str, least: int) -> int:
    try:
        count = operator.index(value)       # numpy's whole numbers too
    except TypeError:
        count = least - 1
    if isinstance(value, bool) or count < least:
        raise ValueError(f"{what} must be a whole number of at least {least}, got {value!r}")
    return count


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _refuse(reason: str) -> bool:
    print(f"Refused: {reason}")
    return False


def _one_of(what: str, name: str, valid: Iterable[str]) -> bool:
    """Whether `name` is valid; where it is not, prints the nearest ones, or all if none is near."""
    names = list(valid)
    if isinstance(name, str) and name in names:
        return True
    by_folded = {known.casefold(): known for known in names}
    near = difflib.get_close_matches(str(name).casefold(), by_folded, n=3)
    listed = ", ".join(by_folded[folded] for folded in near) or ", ".join(names) or "none"
    return _refuse(f"there is no {what} {name!r}; {'nearest' if near else 'known'}: {listed}")
