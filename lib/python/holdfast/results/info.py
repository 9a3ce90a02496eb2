"""The answer of Snapshot.info(): a snapshot as a whole."""
from dataclasses import dataclass
from typing import Dict, Iterator, Tuple

from holdfast._text import count_text, share_text, size_text, things_text
from holdfast.results.shown import Shown, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

MAX_LISTED = 10


@dataclass(frozen=True)
class Origin:
    """How a snapshot was taken. Texts are "" and numbers 0 where unknown."""
    python: str              #: "3.11.7"
    method: str              #: "in-process", or "in-process copy" when a forked copy was walked
    program: str             #: its command line
    platform: str            #: "linux-x86_64"
    pid: int
    taken_at_ns: int         #: since 1970, UTC
    pause_ns: int            #: the process stood still for this long
    cpu_ns: int              #: of the whole capture
    resident_bytes: int      #: of the process
    capture_bytes: int       #: peak memory of the capture itself
    num_checked: int         #: objects whose references were compared with their reference count
    num_exact: int           #: those where both are equal
    has_previews: bool

    @property
    def taken_at(self) -> "datetime":
        # Imported in a sub-interpreter with a GIL of its own, it ends Python 3.12 when that interpreter ends.
        from datetime import datetime, timezone
        return datetime.fromtimestamp(self.taken_at_ns / 1e9, timezone.utc)


@dataclass(frozen=True)
class Group:
    """One kind of objects in an Info: "strings and bytes", "containers", ..."""
    name: str
    count: int
    size_bytes: int


@dataclass(frozen=True)
class TypeCount:
    """A number of references for one type."""
    type: str
    count: int


@dataclass(frozen=True)
class Thread:
    """A thread of the process, and the Python line at which it was; function "" and line 0 if it ran no Python."""
    name: str
    ident: int               #: as threading.get_ident()
    is_asker: bool           #: it took the snapshot
    function: str
    file: str
    line: int

    @property
    def place(self) -> str:
        """Where it was, in words."""
        return f"{self.function}() at {self.file}:{self.line}" if self.function else "no Python frame"


@dataclass(frozen=True)
class Info(Shown):
    """A snapshot as a whole."""
    origin: Origin
    num_nodes: int           #: objects
    num_edges: int           #: references
    num_types: int
    num_interpreters: int    #: the main one and its sub-interpreters: all of them are in the snapshot
    size_bytes: int          #: sum of all shallow sizes
    num_tracked: int         #: objects that the garbage collector tracks
    num_immortal: int
    num_frozen: int          #: by gc.freeze()
    num_unreachable: int     #: garbage that waits for the collector
    unreachable_bytes: int
    num_named_edges: int     #: references with a name
    outside_references: int  #: references that native code holds
    roots: Dict[str, int]    #: number of roots by kind
    groups: Tuple[Group, ...]        #: largest first
    threads: Tuple[Thread, ...]
    outside: Tuple[TypeCount, ...]   #: references that native code holds, by type of the object, most first
    unnamed: Tuple[TypeCount, ...]   #: references without a name, by type of the owner, most first

    def _parts(self) -> Iterator[Table]:
        yield self._origin_table()
        yield self._counts_table()
        yield self._groups_table()
        yield Table(["roots", *((count_text(count), kind) for kind, count in self.roots.items() if count)], right=(0,))
        if self.threads:
            yield Table(["threads", *((str(thread.name or thread.ident), thread.place) for thread in self.threads)])
        yield from _list_tables("held from outside, by type", self.outside)
        yield from _list_tables("references without a name, by type of the owner", self.unnamed)

    def _origin_table(self) -> Table:
        origin = self.origin
        return Table([
            ("program", origin.program or "unknown"),
            ("python", f"{origin.python or 'unknown'} on {origin.platform or 'unknown'}, pid {origin.pid}"),
            ("taken", f"{origin.taken_at:%Y-%m-%d %H:%M:%S} UTC" if origin.taken_at_ns else "unknown"),
            ("method", (origin.method or "unknown") + ("" if origin.has_previews else ", without previews of values")),
            ("pause", f"{origin.pause_ns / 1e6:.1f} ms"),
            ("cost", f"{origin.cpu_ns / 1e6:.1f} ms of CPU time, {size_text(origin.capture_bytes)} of memory"),
            ("resident", size_text(origin.resident_bytes)),
        ])

    def _counts_table(self) -> Table:
        origin = self.origin
        interpreters = f"{count_text(self.num_interpreters)}, with the modules, threads and objects of each"
        return Table([
            ("objects", f"{count_text(self.num_nodes)}, {size_text(self.size_bytes)}, "
                        f"of {count_text(self.num_types)} types"),
            ("of these", f"{count_text(self.num_tracked)} tracked by the collector, "
                         f"{count_text(self.num_immortal)} immortal, {count_text(self.num_frozen)} frozen"),
            ("garbage", f"{count_text(self.num_unreachable)} objects, {size_text(self.unreachable_bytes)}, "
                        "that no root reaches"),
            ("references", f"{count_text(self.num_edges)}, {share_text(self.num_named_edges, self.num_edges)} "
                           "with a name"),
            *[("interpreters", interpreters)] * (self.num_interpreters > 1),
            ("check", f"{share_text(origin.num_exact, origin.num_checked)} of {count_text(origin.num_checked)} objects "
                      "have exactly the references that they count"),
        ])

    def _groups_table(self) -> Table:
        rows = [(count_text(group.count), size_text(group.size_bytes), share_text(group.size_bytes, self.size_bytes),
                 group.name) for group in self.groups]
        return Table(rows, titles=("objects", "size", "share", "group"), right=(0, 1, 2))


def _list_tables(heading, items) -> Iterator[Table]:
    if not items:
        return
    rows = [(count_text(item.count), item.type) for item in items[:MAX_LISTED]]
    if len(items) > MAX_LISTED:
        rest = items[MAX_LISTED:]
        rows.append((count_text(sum(item.count for item in rest)), f"of {things_text(len(rest), 'more type')}"))
    yield Table([heading, *rows], right=(0,))
