"""What holds a Python object in memory.

    >>> import holdfast
    >>> snap = holdfast.snapshot()
    >>> print(snap.types(limit=5))
    >>> print(snap.why(session))

A snapshot is a photograph of all objects of the process and of the
references between them. It is taken once and answers any number of
questions; it holds none of the objects. `holdfast run script.py` takes one
without any edit. Answers print as the command prints them.

    snapshot() load() dump()     take one, open a file, write one in one step
    install()                    write files on a signal, every so often, ...
    diff() growth()              what grew between them, around a block
    native()                     what code in C keeps or gives back too often
    assert_no_growth()           the same as a test
    holdfast.objgraph            objgraph's functions, on one walk
    holdfast.debugger            `why`, `referrers`, `graph`, `grew` for pdb

What a snapshot answers: help(holdfast.Snapshot), help(holdfast.Snapshot.why).
"""
import sys

if "t" in getattr(sys, "abiflags", ""):
    raise ImportError("holdfast does not support free-threaded builds of Python yet: use a Python with the GIL")

from holdfast import _core
from holdfast._core import Snapshot, __version__, growth, load, snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence
    from typing import Literal, overload

    from holdfast.results import *
    from holdfast.testing import assert_no_growth

__all__ = ["Chain", "CycleGroup", "Cycles", "DominatorRow", "Dominators", "Freed", "FreedType", "Group", "Growth",
           "GrowthCheck", "GrowthIdentity", "GrowthMoment", "GrowthPlace", "GrowthType", "Holder", "Hop", "Info",
           "Native", "NativeDanger", "NativeGrowth", "NativeRow", "Neighbour", "Neighbours", "Node", "Object", "Origin",
           "Path", "PathGroup", "Picture", "Site", "SiteFrame", "SiteGrowth", "SiteGrowthRow", "SiteRow", "Sites",
           "Snapshot", "Suspect", "SuspectPart", "Suspects", "Thread", "TypeCount", "TypeRow", "Types", "Verdict",
           "Waste", "WasteKind", "WasteRow", "Why", "assert_no_growth", "diff", "dump", "growth", "install", "load",
           "native", "snapshot"]


def dump(path: "str | bytes | os.PathLike[str]", *, fork: "bool | None" = None, plain: bool = False,
         previews: bool = True, level: int = 0) -> None:
    """Take a snapshot of this process and write it to a file: snapshot().save(path) in one step.

    fork=True: the process stands still for a fork alone, and the copy is walked while it goes on (RuntimeError where
    that is not possible). fork=False: it stands still until all objects are visited. None: whatever is the shorter.
    What save() would refuse (OSError for the path, ValueError for the level) is said before anything is captured.
    """
    if fork not in (None, True, False):
        raise TypeError(f"fork is True, False or None, not {fork!r}")
    _core.check_save(path, level=level)
    method: "Literal['auto', 'copy', 'walk']" = "auto" if fork is None else "copy" if fork else "walk"
    snapshot(previews=previews, method=method).save(path, plain=plain, level=level)


def install(output: "str | bytes | os.PathLike[str] | None" = None, *,
            signal: "int | str | Sequence[int | str] | None" = None, every: "float | None" = None,
            when_rss: "int | None" = None, children: bool = False, plain: bool = False, previews: bool = True) -> None:
    """Photograph this process into files from now on: on a signal, every so often, or when its memory has grown.

    A thread that Python does not know does it, also while all threads of the program are blocked in C. The program
    stands still for a fork, 10 to 35 ms per GiB of resident memory, and goes on while the copy is walked. A handler
    that it has for the signal is called as well. A snapshot that fails is a line on stderr, never an exception.

    output     a file, which each snapshot replaces, or a folder for numbered ones: one that exists, or whose name ends
               in a slash (default "holdfast-PID/")
    signal     signal.SIGUSR2, "USR2" or 12; a list of them for several
    every      seconds
    when_rss   bytes: when resident memory passes them, and whenever half of that has been added since
    children   also in processes that this one forks, with their numbers in the names of the files

    Calling it again replaces what was installed; without a trigger nothing is installed any more. ValueError for a
    signal that cannot be handled or a number that makes no sense, OSError for a folder that cannot be made.
    """
    from holdfast import _install
    _install.install(output, signal, every, when_rss, children, plain, previews)


if TYPE_CHECKING:
    @overload
    def diff(*snapshots: "Snapshot | str | bytes | os.PathLike[str] | os.PathLike[bytes]", limit: "int | None" = 10,
             fail_if: "str | Iterable[str]" = (), by: 'Literal["type"]' = "type") -> "Growth": ...

    @overload
    def diff(*snapshots: "Snapshot | str | bytes | os.PathLike[str] | os.PathLike[bytes]", limit: "int | None" = 10,
             by: 'Literal["site"]') -> "SiteGrowth": ...


def diff(*snapshots: "Snapshot | str | bytes | os.PathLike[str] | os.PathLike[bytes]", limit: "int | None" = 10,
         fail_if: "str | Iterable[str]" = (), by: 'Literal["type", "site"]' = "type") -> "Growth | SiteGrowth":
    """Say what grew between snapshots, oldest first: Snapshots, or paths of files; or the path of one folder alone.

    With three or more there is a trend, which tells a leak from a cache that fills. `limit` cuts each of the three
    tables, None shows all. `fail_if` takes limits such as "shop.*:count>100", "total:bytes>10M" or "steady:count>0",
    which Growth.checks and Growth.is_exceeded answer.

    by="site" says which lines of the program made what grew (see Snapshot.site()), as a SiteGrowth.

    ValueError for fewer than two snapshots, or a limit that makes no sense. Cost: one pass over all objects and
    references of each snapshot; of files, two are open at a time.
    """
    paths = [snapshot for snapshot in snapshots if not isinstance(snapshot, Snapshot)]
    if paths and len(paths) == len(snapshots):
        return _core.diff_files(paths, limit=limit, fail_if=fail_if, by=by)
    taken = tuple([snapshot if isinstance(snapshot, Snapshot) else load(snapshot) for snapshot in snapshots])
    return _core.diff_snapshots(taken, limit=limit, fail_if=fail_if, by=by)


def native(old: "Snapshot | str | bytes | os.PathLike[str] | os.PathLike[bytes]",
           new: "Snapshot | str | bytes | os.PathLike[str] | os.PathLike[bytes]", *, limit: "int | None" = 10,
           calls: "int | None" = None) -> "Native":
    """Say what code in C holds more than it did before: Snapshots, or paths of files. new.native(old) in one step.

    With `calls`, the number of calls of what is suspected between the two, it says how many references each one keeps.
    """
    old, new = (taken if isinstance(taken, Snapshot) else load(taken) for taken in (old, new))
    return new.native(old, limit=limit, calls=calls)


def __getattr__(name: str) -> object:
    if name == "objgraph":
        import importlib
        return importlib.import_module("holdfast.objgraph")
    # The classes of answers are imported with the first answer: see lib/python/values.c.
    if name == "assert_no_growth":
        from holdfast.testing import assert_no_growth
        return assert_no_growth
    if name in __all__:
        from holdfast import results
        return getattr(results, name)
    raise AttributeError(f"module 'holdfast' has no attribute {name!r}")


def __dir__() -> "list[str]":
    return sorted(set(globals()) | set(__all__))
