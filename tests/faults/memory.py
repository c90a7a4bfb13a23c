"""What processes hold of the machine's memory, by Linux's /proc; 0 elsewhere."""

from contextlib import suppress
from pathlib import Path


def peak_mb(pid: int) -> float:
    """The most that a process ever held."""
    return _status(pid, "VmHWM:")


def tree_mb(pid: int) -> float:
    """What a process and all its children hold now."""
    return sum(_status(each, "VmRSS:") for each in tree(pid))


def tree(pid: int) -> list[int]:
    """A process and its children, and theirs."""
    found, waiting = [], [pid]
    while waiting:
        each = waiting.pop()
        found.append(each)
        for children in Path(f"/proc/{each}/task").glob("*/children"):
            with suppress(OSError):
                waiting += [int(child) for child in children.read_text().split()]
    return found


def _status(pid: int, name: str) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) / 1024
    return 0.0
