"""The C part of holdfast. Import its names from holdfast.

Errors, in all functions: OSError with errno and filename when the system refuses; ValueError for an argument or a
file that makes no sense; LookupError when the snapshot has no such object (selectors: with near misses);
NotImplementedError where this machine or this Python lacks something; MemoryError; RuntimeError for the rest.
Ctrl-C interrupts. Threads: everything here may be called from any thread, and long work does not hold the GIL.
"""
import os
from collections.abc import Iterable
from typing import Literal, final, overload

from holdfast.results import (Chain, Cycles, Dominators, Freed, Growth, Info, Native, Neighbours, Node, Object, Picture,
                              Site, SiteGrowth, Sites, Suspects, Types, Waste, Why)

__version__: str

_Path = str | bytes | os.PathLike[str] | os.PathLike[bytes]

def snapshot(*, previews: bool = True, method: Literal["auto", "copy", "walk"] = "auto",
             hidden_modules: str | Iterable[str] = (), hidden_objects: Iterable[object] = ()) -> Snapshot:
    """Photograph the objects of this process and all references between them.

    Every object is in it: those that the garbage collector knows, and strings, numbers, types, code. Nothing changes:
    no reference count, no __dict__ is made, no code of the program runs, the collector is not started.

    method="copy" forks: other threads stand still for the fork alone, about 30 ms per GiB of resident memory, and run
    on while the copy is walked; what they write meanwhile takes memory twice. method="walk" needs no fork: they stand
    still until all objects are visited, about 0.1 s per million. "auto" takes the shorter pause, and walks where a copy
    is not possible or memory is short.

    previews=False leaves out the values of strings, bytes and numbers; keys of dicts are kept, they name references.
    hidden_modules and hidden_objects leave out a tool, such as a debugger, as holdfast itself is left out: modules by
    name, with their classes and frames, and single objects; with them goes all that only they hold.
    RuntimeError when called by a finalizer that the collector runs, or when method="copy" is not possible.
    Memory: about 50 bytes per object as long as the snapshot lives, and up to 40 more once it was asked questions.
    """

def load(path: _Path, /, *, cache: bool = True) -> Snapshot:
    """Open a snapshot file, of any process on any machine.

    What a question computes from a snapshot of 500,000 objects or more (dominators, merged paths) is kept in the file
    path + ".cache" for the next time: 12 bytes per object, readable by its owner alone, used only with this very
    snapshot; it may be deleted at any time. cache=False neither reads nor writes it.

    OSError when it cannot be read, ValueError when it is no snapshot, damaged, or of a newer format.
    """

@final
class Snapshot:
    """A photograph of the object graph of one CPython process. snapshot() and load() make one.

    It never changes, and holds none of the objects that are in it. len(snap) is the number of objects.

    A question is about a live object, given as the only positional argument (any object at all, a str is an object
    like any other); or about what `selector` names and `value` narrows down:

        "shop.cache.Session", "Session"  objects of that type
        "shop.cache.*"    types by pattern: *, ?, [a-z]
        "0x7f3a5c0de010"  the object at an address, as id() and repr() show
        "#1234", "1234"   the object with that number in the snapshot
        value="sess-*"    only objects whose printed value fits this pattern

    Live objects can be asked about in the process where the snapshot was taken. LookupError for an object that is
    younger than the snapshot.
    """

    def __len__(self) -> int: ...

    def save(self, path: _Path, *, plain: bool = False, previews: bool = True, level: int = 0) -> None:
        """Write the snapshot to a file with mode 0600, all of it or nothing.

        plain=True does not compress: larger, and opens at once. level is zstd's, 0 for holdfast's choice.
        previews=False leaves out the values of strings, bytes and numbers. ValueError for a level that zstd lacks.
        """

    def info(self) -> Info:
        """Count the whole heap: bytes by group, roots by kind, how much is named, how well it adds up.

        Cost: one pass over all objects and references.
        """

    @overload
    def types(self, pattern: str | None = None, *, module: str | None = None,
              sort: Literal["bytes", "count", "name", "retained"] = "bytes", limit: int | None = None,
              retained: bool = False, by: Literal["type"] = "type") -> Types:
        """Count objects and bytes per type, or per line of the program that made them.

        pattern is the name of a type or its last part, or a glob on full names ("shop.*"); module="shop" takes the
        types of shop and of shop.cache. Sizes are shallow, as sys.getsizeof gives them. limit cuts the rows, not the
        totals. retained=True (or sorting by it) adds what the objects of each type retain: all that would be freed if
        such an object went away, counted once where objects of the type lie below each other. Cost: one pass over all
        objects; what they retain is computed once for a snapshot, in about the time of a gc.collect() and with 24
        bytes per object.

        by="site" counts by the line at which the objects were made, see site(). LookupError when the snapshot has no
        allocation sites. By name is by file and line.
        """

    @overload
    def types(self, pattern: str | None = None, *, module: str | None = None,
              sort: Literal["bytes", "count", "name", "retained"] = "bytes", limit: int | None = None,
              retained: bool = False, by: Literal["site"]) -> Sites: ...

    def find(self, target: object = ..., /, *, selector: str | None = None, value: str | None = None,
             limit: int | None = None) -> list[Node]:
        """Look up objects in the snapshot: a live one, or those that a selector names, by rising address.

        LookupError when there is none. Cost: one pass over all objects, with `value` over all references as well.
        """

    def suspects(self, old: Snapshot | None = None, /, *, threshold: float | None = None, limit: int | None = 5,
                 parts: int | None = 6, patterns: str | None = None) -> Suspects:
        """Say where the memory went: what accumulates, who holds it, and what to look at first.

        A suspect is an object that retains more than `threshold` of the heap (0.1), or many objects of one kind that
        do so together at one place; print() the answer to read it. With an older snapshot of the same process only
        what is new since counts (0.02). It is falsy when nothing stands out, and has the largest holders then.
        Each reference on the path to a suspect is judged: expected, leaking, or unknown. patterns is a text of known
        patterns, written as those of holdfast, that are tried before them. Cost: a few passes over all objects and
        references, and what why() and types(retained=True) need.
        """

    def why(self, target: object = ..., /, *, selector: str | None = None, value: str | None = None,
            paths: int | None = 1, groups: int | None = 10, avoid: str | Iterable[str] = (),
            retained: bool = False) -> Why:
        """Say what keeps an object alive: the shortest chains of references from a root to it.

        Modules and frames come before a path through the variables of whoever asks. Weak references do not hold.
        paths=N gives up to N paths that differ in the last owner. Many objects are grouped by their path with keys
        and indexes masked, the largest `groups` groups. avoid leaves out what passes through a type or pattern,
        "module:NAME", "0xADDRESS" or "#NODE". retained=True says what each object on the path retains. Cost: one pass
        over all objects and references.
        """

    def graph(self, target: object = ..., /, *, selector: str | None = None, value: str | None = None,
              direction: Literal["referrers", "references", "chain"] = "referrers", depth: int | None = 4,
              limit: int | None = 60, neighbours: int | None = 10, refcounts: bool = False,
              sizes: bool = False, retained: bool = False) -> Picture:
        """Draw the neighbourhood of objects: who refers to them, what they refer to, or the chain from a root.

        depth is in hops, limit in boxes, 1,000 at most, neighbours per box: what is left out is said in the picture.
        With `retained` boxes say how much they retain, and are darker and larger the more it is.
        Notebooks show the result; Picture.save() writes it as SVG, PNG, PDF or DOT. Cost: a pass over all objects and
        references, for referrers one for each level; Graphviz lays it out when it is shown or saved, in a child process
        with a limit on time and memory.
        """

    def show(self, target: object = ..., /, *, selector: str | None = None, value: str | None = None,
             limit: int | None = 10) -> Object:
        """Tell everything that is known of one object.

        Its type, value, sizes, reference count and flags; why it is a root; which module or thread owns it, and by
        which path; what would be freed with it; who refers to it and what it refers to, `limit` rows of each. Of
        several objects that are selected the first is shown. Cost: a few passes over all objects and references, and
        once for a snapshot what types(retained=True) needs.
        """

    def refs(self, target: object = ..., /, *, selector: str | None = None, value: str | None = None,
             depth: int | None = 3, limit: int | None = 40, branches: int | None = 10) -> Neighbours:
        """List what objects refer to, as a tree in which many that are alike are one row.

        References that read alike and lead to objects of one type are one row. Each object is followed in one row,
        the nearest; modules and types of libraries are not followed. limit is in rows, branches in rows directly
        below one; whatever is left out is counted. An object and its attribute dict are one. Cost: one pass over all
        objects and references, then the references of the objects that are met.
        """

    def referrers(self, target: object = ..., /, *, selector: str | None = None, value: str | None = None,
                  depth: int | None = 3, limit: int | None = 40, branches: int | None = 10) -> Neighbours:
        """List who refers to objects, as a tree in which many that are alike are one row.

        As refs(), in the other direction. Variables of threads and native code that hold an object are rows as well.
        Weak references do not count. Cost: one pass over all references for each level.
        """

    def chain(self, source: object = ..., target: object = ..., *, source_selector: str | None = None,
              target_selector: str | None = None, avoid: str | Iterable[str] = ()) -> Chain:
        """Find the shortest chain of references from one object to another.

        Each end is a live object, or objects that a selector names: then the chain is the shortest from any to any.
        The answer is falsy where none leads there. From an object to itself it is a shortest cycle. avoid is as in
        why(). Cost: one pass over all references, and a search that ends at the target.
        """

    def retained(self, target: object = ..., /, *, selector: str | None = None, value: str | None = None,
                 limit: int | None = 10) -> Freed:
        """Say what would be freed if these objects went away.

        The exact size of what one object, or a set of objects together, keeps alive: all that no root would reach
        without them. What they reach and others hold as well is counted apart, with the paths by which it is held.
        selector may also be a reference ("shop.cache.CACHE._shards[7]"), "module:NAME", "package:NAME",
        "frame:FUNCTION", "frame:FUNCTION:VARIABLE" or "thread:NAME". limit cuts the types and the paths that are
        listed. Cost: four passes over all objects and references.
        """

    def dominators(self, target: object = ..., /, *, selector: str | None = None, value: str | None = None,
                   by: Literal["object", "type", "module", "package", "thread", "root"] = "object",
                   min_bytes: int | None = None, depth: int | None = 4, limit: int | None = 10) -> Dominators:
        """Say who alone keeps what alive: the dominator tree, the biggest first.

        Below each object stands what it alone keeps alive, all of which would be freed with it. by="type" merges the
        objects of one type below a row; by="module", "package", "thread" or "root" begins with what each of these
        alone holds, exactly. Rows that retain less than min_bytes (None: 0.5 % of what is shown), lie deeper than depth
        or come behind limit rows are summed up. Garbage is listed by itself, with the objects of each cycle. Cost:
        once for a snapshot about the time of a gc.collect() and 24 bytes per object, then the rows that are shown; one
        pass over all objects and references more when `by` is not "object" or "type".
        """

    def site(self, target: object = ..., /, *, selector: str | None = None,
             value: str | None = None) -> Site | None:
        """Say at which line of the program an object was made, and who called that.

        Python's tracemalloc knows it while it runs: start the program with `python -X tracemalloc=10`, or call
        tracemalloc.start(10) in it, where the number is that of the frames to keep. None: the object was made before
        that, or by no Python code. LookupError when the snapshot has no allocation sites at all. Of several objects
        that are selected the first is asked about.
        """

    def waste(self, *, kinds: str | Iterable[str] = (), min_bytes: int | None = None,
              limit: int | None = 10) -> Waste:
        """Find memory that need not be spent: equal values, empty containers, unused slots.

        For each kind, by type and by who holds the objects, what would be saved: "duplicates" are equal str, bytes
        and tuples, of which one copy would do; "empty" and "single" dicts, lists and sets of no item and of one, which
        could be made when needed or be the item itself; "spare" slots of larger ones, which a new copy of them does
        not have; "slots" classes that would gain from __slots__; "views" memoryviews and arrays that show little of a
        buffer that nothing else holds; "arenas", approximately, blocks of the allocator that few objects keep. Savings
        are exact sizes as sys.getsizeof gives them, and those of different kinds overlap.

        kinds names those to look for, () all; min_bytes and limit cut the rows of each. Cost: a pass over all objects
        and references for each kind, and the merged paths of all objects.
        """

    def whatif(self, cut: str | Iterable[str], *, limit: int | None = 10) -> Freed:
        """Say what would be freed without a reference: a fix tried before it is written.

        cut is a reference as answers write them ("shop.cache.CACHE._shards[7]", with [*] for every item, or from an
        object: "#12.x"), any other word that retained() takes, or several: then none of them is there. An item of a
        dict goes with its key. If the objects are held by others as well, the paths by which they are held are listed.
        LookupError for a reference that is not there, with what is near. Cost: as retained().
        """

    def native(self, old: Snapshot | None = None, /, *, limit: int | None = 10, calls: int | None = None) -> Native:
        """Say what code in C holds, and what it keeps or gives back too often.

        Objects whose reference count is above the references that were found, by type and by reason. With an older
        snapshot of the same process also what grew: what is unexplained among it is a Py_DECREF that is missing, and
        `calls` says how many calls of what is suspected lie between the two. Native.dangers are objects that count
        fewer references than were found: these will be freed while they are in use. Cost: a pass over all objects and
        references, and with `old` that of diff().
        """

    def cycles(self, target: object = ..., /, *, selector: str | None = None, value: str | None = None,
               limit: int | None = 20) -> Cycles:
        """Find the objects that keep each other alive, garbage first.

        These are the strongly connected components that have a cycle; with a target only those that have such an
        object. Components that read alike are one group, the first `limit` groups are given: those that no root
        reaches, which wait for the collector, then by size. Cost: a few passes over all objects and references.
        """

def render(dot: str, format: Literal["svg", "png", "pdf", "dot"], *, seconds: int | None = 30,
           memory_bytes: int | None = 1073741824) -> bytes:
    """Lay out a text in the DOT language; give the bytes of the picture.

    Graphviz works in a child process with these limits on its time and memory. NotImplementedError without Graphviz,
    RuntimeError when it fails or passes a limit.
    """

def check_save(path: _Path, *, level: int = 0) -> None:
    """Raise what Snapshot.save() would raise for this path and level, before there is a snapshot."""

def save_picture(dot: str, path: _Path, *, seconds: int | None = 30, memory_bytes: int | None = 1073741824) -> None:
    """Lay out a text in the DOT language into a file, in the format that the ending of its name says."""

def diff_snapshots(snapshots: tuple[Snapshot, ...], /, *, limit: int | None = 10,
                   fail_if: str | Iterable[str] = (), by: Literal["type", "site"] = "type") -> Growth | SiteGrowth:
    """Say what grew between snapshots, oldest first. The work behind holdfast.diff()."""

def diff_files(paths: Iterable[_Path], /, *, limit: int | None = 10, fail_if: str | Iterable[str] = (),
               by: Literal["type", "site"] = "type") -> Growth | SiteGrowth:
    """Say what grew between the snapshots in files, oldest first; one path alone is that of a folder of them."""

@final
class growth:
    """Say what grew around a piece of code.

        with holdfast.growth() as g:
            serve_requests()
        print(g.result)

    One step cannot tell a leak from a cache that fills. Repeat the work, and end each round with a step:

        with holdfast.growth() as g:
            for _ in range(5):
                serve_requests()
                g.step()
        assert not g.result.steady

    What comes after the last step does not count then. A block in which nothing grew gives 0 objects and 0 bytes:
    neither holdfast nor what waits for the collector is counted. `limit` and `fail_if` are those of holdfast.diff().
    Memory: about 75 bytes per object for each of two snapshots.
    """

    def __new__(cls, *, limit: int | None = 10, fail_if: str | Iterable[str] = (), previews: bool = True) -> growth: ...

    def __enter__(self) -> growth: ...

    def __exit__(self, *error: object) -> bool: ...

    def step(self) -> None:
        """Take a snapshot, which ends a step and begins the next."""

    @property
    def result(self) -> Growth:
        """The answer; within the block up to the last step. RuntimeError before the first, or after it has failed."""

@final
class Watch:
    """Takes snapshots of this process into files; the work behind `holdfast run`.

    The file is stem + suffix, or with `numbered` stem-00001suffix and so on; `pid` other than 0 is part of the name.
    Triggers: `signals`, every `every_ns` nanoseconds, `rss_bytes` of resident memory and whenever half of that has
    been added since; 0 switches them off. One watch of a process can be started. A snapshot that fails is one line
    on stderr, never an exception.
    """

    def __new__(cls, stem: _Path, shown_stem: _Path, suffix: _Path, numbered: bool, pid: int,
                signals: tuple[int, ...], every_ns: int, rss_bytes: int, at_exit: bool, children: bool, plain: bool,
                previews: bool) -> Watch: ...

    def start(self) -> None:
        """Begin to look after signals, time and memory, in a thread that Python does not know."""

    def finish(self) -> None:
        """Stop, and take the last snapshot if one is wanted at exit. For atexit."""

    def abandon(self) -> None:
        """Stop, without a last snapshot: the program has never begun."""

    def finish_run(self) -> None:
        """finish(), which says so on stderr if no snapshot was due. For atexit."""

    def before_fork(self) -> None:
        """Let the thread rest. For os.register_at_fork."""

    def after_fork_in_parent(self) -> None:
        """Start the thread again. For os.register_at_fork."""

    def after_fork_in_child(self) -> None:
        """Forget the parent's signals; with `children`, watch the child. For os.register_at_fork."""
