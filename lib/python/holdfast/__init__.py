"""holdfast: what holds a Python object in memory.

    >>> import holdfast
    >>> snap = holdfast.snapshot()
    >>> print(snap.types(limit=5))
    >>> print(snap.why(session))

A snapshot is a photograph of all objects of the process and of the references between them. It is taken once and
answers any number of questions; it holds none of the objects. `holdfast run script.py` takes one without any edit.
"""
from holdfast._core import Snapshot, __version__, load, snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os

    from holdfast.results import (Chain, CycleGroup, Cycles, Freed, FreedType, Group, Hop, Info, Neighbour, Neighbours,
                                  Node, Object, Origin, Path, PathGroup, Picture, Thread, TypeCount, TypeRow, Types,
                                  Why)

__all__ = ["Chain", "CycleGroup", "Cycles", "Freed", "FreedType", "Group", "Hop", "Info", "Neighbour", "Neighbours",
           "Node", "Object", "Origin", "Path", "PathGroup", "Picture", "Snapshot", "Thread", "TypeCount", "TypeRow",
           "Types", "Why", "dump", "load", "snapshot"]


def dump(path: "str | bytes | os.PathLike[str]", *, plain: bool = False, previews: bool = True,
         level: int = 0) -> None:
    """Take a snapshot of this process and write it to a file: snapshot().save(path) in one step."""
    snapshot(previews=previews).save(path, plain=plain, level=level)


def __getattr__(name: str) -> object:
    # The classes of answers are imported with the first answer: see lib/python/values.c.
    if name in __all__:
        from holdfast import results
        return getattr(results, name)
    raise AttributeError(f"module 'holdfast' has no attribute {name!r}")


def __dir__() -> "list[str]":
    return sorted(set(globals()) | set(__all__))
