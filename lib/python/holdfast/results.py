"""The answers of a Snapshot: small frozen objects. str(answer) reads as the command's answer does.

Sizes are in bytes and shallow, as sys.getsizeof gives them. `addr` is an address in the photographed process, `node`
the number of an object in the snapshot: both are selectors ("0x7f3a5c0de010", "#1234"). No answer holds an object of
the program.
"""
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Dict, Iterator, List, Optional, Tuple

from holdfast import _core
from holdfast._suspects import Holder, Suspect, SuspectPart, Suspects, Verdict  # noqa: F401
from holdfast._text import change_text, clean, count_text, share_text, size_change_text, size_text, table_text

MAX_LISTED = 10
MAX_CYCLE_HOPS = 16


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
    def taken_at(self) -> datetime:
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
class Info:
    """A snapshot as a whole."""
    origin: Origin
    num_nodes: int           #: objects
    num_edges: int           #: references
    num_types: int
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

    def __str__(self) -> str:
        parts = [self._origin_text(), self._counts_text(), self._groups_text(),
                 "\n".join(part for part in (self._roots_text(), self._threads_text()) if part),
                 _list_text("held from outside, by type", self.outside),
                 _list_text("references without a name, by type of the owner", self.unnamed)]
        return "\n\n".join(part for part in parts if part)

    def _origin_text(self) -> str:
        origin = self.origin
        return table_text([
            ("program", origin.program or "unknown"),
            ("python", f"{origin.python or 'unknown'} on {origin.platform or 'unknown'}, pid {origin.pid}"),
            ("taken", f"{origin.taken_at:%Y-%m-%d %H:%M:%S} UTC" if origin.taken_at_ns else "unknown"),
            ("method", (origin.method or "unknown") + ("" if origin.has_previews else ", without previews of values")),
            ("pause", f"{origin.pause_ns / 1e6:.1f} ms"),
            ("cost", f"{origin.cpu_ns / 1e6:.1f} ms of CPU time, {size_text(origin.capture_bytes)} of memory"),
            ("resident", size_text(origin.resident_bytes)),
        ])

    def _counts_text(self) -> str:
        origin = self.origin
        return table_text([
            ("objects", f"{count_text(self.num_nodes)}, {size_text(self.size_bytes)}, "
                        f"of {count_text(self.num_types)} types"),
            ("of these", f"{count_text(self.num_tracked)} tracked by the collector, "
                         f"{count_text(self.num_immortal)} immortal, {count_text(self.num_frozen)} frozen"),
            ("garbage", f"{count_text(self.num_unreachable)} objects, {size_text(self.unreachable_bytes)}, "
                        "that no root reaches"),
            ("references", f"{count_text(self.num_edges)}, {share_text(self.num_named_edges, self.num_edges)} "
                           "with a name"),
            ("check", f"{share_text(origin.num_exact, origin.num_checked)} of {count_text(origin.num_checked)} objects "
                      "have exactly the references that they count"),
        ])

    def _groups_text(self) -> str:
        rows = [(count_text(group.count), size_text(group.size_bytes), share_text(group.size_bytes, self.size_bytes),
                 group.name) for group in self.groups]
        return table_text([("objects", "size", "share", "group"), *rows], right=(0, 1, 2))

    def _roots_text(self) -> str:
        return table_text(["roots", *((count_text(count), kind) for kind, count in self.roots.items() if count)],
                          right=(0,))

    def _threads_text(self) -> str:
        return "\n" + table_text(["threads", *((str(thread.name or thread.ident), thread.place)
                                              for thread in self.threads)]) if self.threads else ""


def _list_text(heading, items) -> str:
    if not items:
        return ""
    rows = [(count_text(item.count), item.type) for item in items[:MAX_LISTED]]
    if len(items) > MAX_LISTED:
        rest = items[MAX_LISTED:]
        rows.append((count_text(sum(item.count for item in rest)), f"of {len(rest)} more types"))
    return table_text([heading, *rows], right=(0,))


@dataclass(frozen=True)
class TypeRow:
    """The objects of one type."""
    name: str                #: full: "shop.cache.Cache", builtins bare
    count: int
    size_bytes: int
    retained_count: Optional[int]    #: objects that would be freed if these went away one by one; None: not asked for
    retained_bytes: Optional[int]


@dataclass(frozen=True)
class Types:
    """Objects per type. Iterating gives the rows; types["dict"] is the row of that type."""
    rows: Tuple[TypeRow, ...] = field(repr=False)
    num_matching: int        #: types that pass the filters, before `limit`
    total_count: int         #: objects of the whole heap
    total_bytes: int
    matching_count: int      #: objects of the types that pass the filters
    matching_bytes: int
    retained_count: Optional[int]    #: by objects of the types that pass the filters, counted once
    retained_bytes: Optional[int]

    def __iter__(self) -> Iterator[TypeRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, name: str) -> TypeRow:
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(name)

    def __str__(self) -> str:
        lines = [(row.count, row.size_bytes, row.retained_bytes, row.name) for row in self.rows]
        if len(self.rows) < self.num_matching:
            lines.append((self.matching_count - sum(row.count for row in self.rows),
                          self.matching_bytes - sum(row.size_bytes for row in self.rows), None,
                          f"{count_text(self.num_matching - len(self.rows))} more types"))
        if self.matching_count != self.total_count:
            lines.append((self.matching_count, self.matching_bytes, self.retained_bytes, "matching"))
        lines.append((self.total_count, self.total_bytes, self.total_bytes, "in all"))
        has_retained = self.retained_bytes is not None
        rows = [(count_text(count), size_text(size), share_text(size, self.total_bytes),
                 *([_known_size_text(retained)] if has_retained else []), name)
                for count, size, retained, name in lines]
        titles = ("objects", "size", "share", *(["retained"] if has_retained else []), "type")
        return table_text([titles, *rows], right=(0, 1, 2, 3) if has_retained else (0, 1, 2))


def _known_size_text(size_bytes) -> str:
    return "" if size_bytes is None else size_text(size_bytes)


@dataclass(frozen=True)
class Node:
    """One object of a snapshot."""
    id: int                  #: its number in the snapshot
    addr: int                #: id() of the object
    type: str
    value: str               #: one-line preview, "" if there is none
    size_bytes: int
    refcount: int
    num_references: int      #: that it holds

    def __str__(self) -> str:
        value = f"  {self.value}" if self.value else ""
        return f"#{self.id} at {self.addr:#x}  {self.type}  {size_text(self.size_bytes)}{value}"


@dataclass(frozen=True)
class Hop:
    """One object on a path, and how it is reached from the one before: "._shards", "[7]"."""
    reference: str
    type: str
    value: str               #: one-line preview, "" if there is none
    size_bytes: int          #: with its attribute dict, where both are one hop
    addr: int
    node: int
    retained_count: Optional[int]    #: objects that would be freed if it went away, with it; None: not asked for
    retained_bytes: Optional[int]


@dataclass(frozen=True)
class Path:
    """A chain of references from a root to an object: root first, the object last."""
    root_kind: str           #: "module", "frame", ...
    root: str                #: "module shop", "thread MainThread, handle() at shop.py:31, local 'request'"
    frame: str               #: "thread MainThread, handle() at shop.py:31"; "" if the root is no frame
    variable: str            #: of the frame: "request", "<temporary>"; "" if the root is no frame
    hops: Tuple[Hop, ...]
    expression: str          #: one Python expression that evaluates to the object; "" where Python has none
    expression_gap: str      #: where it has none: the hop that Python cannot express

    def __len__(self) -> int:
        return len(self.hops)

    def __iter__(self) -> Iterator[Hop]:
        return iter(self.hops)

    def __str__(self) -> str:
        return _hops_text(self, f"  {self.variable}" if self.frame else self.root, [self.frame] if self.frame else [])


def _hops_table(hops, first="start", headings=()) -> str:
    has_retained = hops[0].retained_bytes is not None
    rows = [(f"  {hop.reference}" if i else first, hop.type, size_text(hop.size_bytes),
             *([size_text(hop.retained_bytes)] if has_retained else []), hop.value)
            for i, hop in enumerate(hops)]
    titles = ("reference", "type", "size", *(["retained"] if has_retained else []), "value")
    return table_text([titles, *headings, *rows], right=(2, 3) if has_retained else (2,), indent="  ")


def _hops_text(path, *arguments) -> str:
    last = f"= {path.expression}" if path.expression else f"no Python expression: {path.expression_gap}"
    return f"{_hops_table(path.hops, *arguments)}\n  {clean(last)}"


@dataclass(frozen=True)
class PathGroup:
    """Objects that are held in the same way, with keys and indexes masked."""
    pattern: str             #: the whole path, root first
    owner: str               #: its last named owner: "shop.cache.Cache._shards[*]"
    count: int
    size_bytes: int          #: of these objects
    example: int             #: a node


@dataclass(frozen=True)
class Why:
    """What keeps objects alive. Falsy if no root reaches any of them: they wait for the garbage collector."""
    description: str         #: what was asked about: "1,210 objects of type shop.cache.Session"
    avoid: Tuple[str, ...] = field(repr=False)   #: as it was asked
    paths: Tuple[Path, ...]  #: of the one object, or of an example of the largest group
    groups: Tuple[PathGroup, ...] = field(repr=False)    #: most objects first
    num_owners: int          #: last owners of that object that could give a path
    num_all_groups: int
    num_selected: int
    num_unreachable: int     #: selected objects that no root reaches

    def __bool__(self) -> bool:
        return bool(self.paths)

    @property
    def path(self) -> Path:
        """The first path. LookupError if nothing holds the object."""
        if not self.paths:
            raise LookupError(f"nothing holds {self.description}")
        return self.paths[0]

    @property
    def expression(self) -> str:
        """The first path as a Python expression, "" where Python has none."""
        return self.path.expression

    def __str__(self) -> str:
        return "\n\n".join([self._title(), *self._paths_text(), *self._groups_text()])

    def _title(self) -> str:
        if not self.paths:
            return clean(self.description)
        shown = self.paths[0].hops[-1]
        if self.num_selected > 1:
            return f"{clean(self.description)}; shown is #{shown.node} at {shown.addr:#x}"
        place = "" if f"{shown.addr:#x}" in self.description else f" at {shown.addr:#x}"
        return f"{clean(self.description)}: #{shown.node}{place}"

    def _paths_text(self) -> Iterator[str]:
        if not self.paths and self.avoid:
            yield "  nothing else holds it: every path passes through what is avoided"
        elif not self.paths:
            yield "  nothing holds it: no root reaches it, it waits for the garbage collector"
        for i, path in enumerate(self.paths):
            yield f"path {i + 1} of {len(self.paths)}\n{path}" if len(self.paths) > 1 else str(path)
        others = self.num_owners - len(self.paths)
        if self.paths and others > 0:
            hold = "owner holds" if others == 1 else "owners hold"
            yield f"{count_text(others)} other {hold} it too: see paths={self.num_owners}"

    def _groups_text(self) -> Iterator[str]:
        if self.num_selected == 1 or not self.paths:
            return
        rows = [(self._part(group.count), size_text(group.size_bytes), f"through {group.owner}",
                 group.pattern if group.pattern != group.owner else "") for group in self.groups]
        if self.num_unreachable:
            reason = "reached by no other way" if self.avoid else "reached by no root: garbage"
            rows.append((self._part(self.num_unreachable), "", reason, ""))
        text = table_text(rows, right=(0, 1), indent="  ")
        others = self.num_all_groups - len(self.groups)
        yield text + f"\n  and {count_text(others)} other ways" if others else text

    def _part(self, count) -> str:
        return f"{count_text(count)} of {count_text(self.num_selected)}"


@dataclass(frozen=True)
class Chain:
    """The shortest chain of references from one object to another. Falsy if there is none."""
    source: str              #: what was asked about: "1 object of type shop.cache.Cache"
    target: str
    hops: Tuple[Hop, ...]    #: from an object of source, whose reference is "start", to one of target
    expression: str          #: a Python expression in which `start` is the first object; "" where Python has none
    expression_gap: str      #: where it has none: the hop that Python cannot express

    def __len__(self) -> int:
        return len(self.hops)

    def __iter__(self) -> Iterator[Hop]:
        return iter(self.hops)

    def __str__(self) -> str:
        ends = [f"{word:5} {f'#{hop.node}: ' if hop else ''}{clean(description)}" for word, description, hop in
                [("from", self.source, self.hops and self.hops[0]), ("to", self.target, self.hops and self.hops[-1])]]
        if not self.hops:
            return "\n".join([*ends, "", "  no chain of references leads there"])
        return "\n".join([*ends, "", _hops_text(self)])


def _things(count, singular) -> str:
    return f"{count_text(count)} {singular}{'' if count == 1 else 's'}"


@dataclass(frozen=True)
class Neighbour:
    """A row of Neighbours: references that read alike, and the objects of one type at their other end. Or a root."""
    depth: int               #: 1: next to the objects that were asked about
    parent: Optional[int]    #: index of the row above, None for the first depth
    reference: str           #: "._shards"; "[7]", or of several "[*]"; of a root the root: "handle() local 'request'"
    type: str                #: "" for a root
    num_references: int
    num_objects: int         #: 0 for a root
    num_repeated: int        #: of these, objects that another row has too; they are followed there
    size_bytes: int          #: with attribute dicts
    num_further: int         #: references of these objects that were not followed: too deep, or a module's
    num_hidden_rows: int     #: rows that there was no room for below this one
    num_hidden_references: int
    node: Optional[int]      #: the first of the objects; None for a root
    addr: int
    value: str               #: one-line preview of the only object; of a root where it is

    def _example(self) -> str:
        if self.node is None:
            return self.value
        text = f"#{self.node}{' ' if self.value else ''}{self.value}"
        if not self.num_repeated:
            return text
        some = "" if self.num_repeated == self.num_objects else f" {count_text(self.num_repeated)}"
        return f"{text},{some} in another row"


@dataclass(frozen=True)
class Neighbours:
    """What objects refer to, or who refers to them: a tree, row by row. Falsy if there is nothing."""
    description: str         #: what was asked about: "1,210 objects of type shop.cache.Session"
    direction: str           #: "references" or "referrers"
    rows: Tuple[Neighbour, ...] = field(repr=False)      #: each below its parent
    num_selected: int
    num_references: int      #: of the objects that were asked about, in that direction
    num_hidden_rows: int     #: rows of the first depth that there was no room for
    num_hidden_references: int

    def __bool__(self) -> bool:
        return bool(self.rows)

    def __iter__(self) -> Iterator[Neighbour]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __str__(self) -> str:
        verbs = {"references": ("has", "have"), "referrers": ("is held by", "are held by")}[self.direction]
        title = (f"{clean(self.description)} {verbs[self.num_selected != 1]} "
                 f"{_things(self.num_references, 'reference')}")
        return f"{title}\n\n{self.table()}" if self.rows else title

    def table(self) -> str:
        """The rows alone, as text."""
        first = "reference" if self.direction == "references" else "held by"
        lines = [(first, "type", "references", "objects", "size", "further", "example")]
        for i, row in enumerate(self.rows):
            lines.append(self._line(row))
            next_depth = self.rows[i + 1].depth if i + 1 < len(self.rows) else 1
            while row is not None and row.depth >= next_depth:
                lines += _hidden(row.depth, row.num_hidden_rows, row.num_hidden_references)
                row = self.rows[row.parent] if row.parent is not None else None
        lines += _hidden(0, self.num_hidden_rows, self.num_hidden_references)
        return table_text(lines, right=(2, 3, 4, 5), indent="  ")

    def _line(self, row) -> Tuple[str, ...]:
        is_root = row.node is None
        reference = row.reference[1:] if row.reference.startswith(" ") else row.reference
        return (f"{'  ' * (row.depth - 1)}{reference}", row.type, count_text(row.num_references),
                "" if is_root else count_text(row.num_objects), "" if is_root else size_text(row.size_bytes),
                count_text(row.num_further) if row.num_further else "", row._example())


def _hidden(depth, num_rows, num_references) -> List[Tuple[str, ...]]:
    if not num_rows:
        return []
    return [(f"{'  ' * depth}... {_things(num_rows, 'more row')}", "", count_text(num_references), "", "", "", "")]


@dataclass(frozen=True)
class Object:
    """One object with everything that is known of it."""
    description: str         #: what was asked about
    num_selected: int        #: of so many it is the first
    node: int
    addr: int
    type: str
    type_node: Optional[int]
    type_count: int          #: objects of that type
    type_bytes: int
    value: str               #: one-line preview, "" if there is none
    size_bytes: int
    dict: Optional[int]      #: its attribute dict, None if it has none or shares it
    dict_bytes: int
    retained_count: int      #: objects that would be freed with it, itself included
    retained_bytes: int
    dominator: Optional[int] #: the nearest object that every path to it passes, None if there is none
    dominator_type: str
    refcount: int
    num_incoming: int        #: references to it that were found in objects
    flags: Tuple[str, ...]   #: in words: "tracked by the collector", "immortal", ...
    roots: Tuple[str, ...]   #: each reason why it is a root
    owner: str               #: the module or thread at the root of its path, "" if no root reaches it
    path: Optional[Path]
    referrers: Neighbours = field(repr=False)    #: one level deep
    references: Neighbours = field(repr=False)

    def __str__(self) -> str:
        title = f"#{self.node} at {self.addr:#x}"
        if self.num_selected > 1:
            title = f"{clean(self.description)}; shown is {title}"
        around = [(self.referrers, "no object refers to it"), (self.references, "it refers to nothing")]
        return "\n\n".join([title, table_text(self._facts(), indent="  "),
                            *(rows.table() if rows else f"  {nothing}" for rows, nothing in around)])

    def _facts(self) -> Iterator[Tuple[str, str]]:
        all_text = f"one of {_amount_text(self.type_count, self.type_bytes)}"
        yield "type", (f"{self.type}{'' if self.type_node is None else f' (#{self.type_node})'}, "
                       f"{all_text if self.type_count > 1 else 'the only object'}")
        if self.value:
            yield "value", self.value
        extra = "" if self.dict is None else f", and {size_text(self.dict_bytes)} of its attribute dict (#{self.dict})"
        yield "size", size_text(self.size_bytes) + extra
        yield "retains", _amount_text(self.retained_count, self.retained_bytes)
        more = " or more" if self.refcount == 2**32 - 1 else ""
        yield "count", f"{_things(self.refcount, 'reference')}{more}; {count_text(self.num_incoming)} found in objects"
        yield "flags", ", ".join(self.flags) or "not tracked by the collector"
        for i, root in enumerate(self.roots[:MAX_LISTED]):
            yield "" if i else "root", root
        if len(self.roots) > MAX_LISTED:
            yield "", f"and {count_text(len(self.roots) - MAX_LISTED)} more"
        yield "owner", self.owner if self.path else "none: no root reaches it, it is garbage"
        if self.dominator is not None:
            yield "only through", f"#{self.dominator} {self.dominator_type}"
        if self.path:
            yield "path", self.path.expression or f"no Python expression: {self.path.expression_gap}"


def _amount_text(count, size_bytes) -> str:
    return f"{_things(count, 'object')} with {size_text(size_bytes)}"


@dataclass(frozen=True)
class CycleGroup:
    """Objects that keep each other alive: components of the object graph whose cycles read alike."""
    pattern: str             #: the references from an object back to itself: "shop.Node.children[*].parent"
    is_garbage: bool         #: no root reaches them: they wait for the collector
    num_components: int
    num_objects: int         #: in all of them
    size_bytes: int
    num_references: int      #: among the objects of each
    num_outside_references: int      #: to them from other objects
    largest_objects: int     #: in a largest one, which is shown:
    largest_bytes: int
    length: int              #: references of its shortest cycle through the object by which it is reached first
    hops: Tuple[Hop, ...] = field(repr=False)    #: that cycle, 1,000 hops at most; the first reference is "start"
    expression: str          #: the whole way round, in which `start` is the first object; "" where Python has none
    expression_gap: str      #: where it has none: the hop that Python cannot express

    def __str__(self) -> str:
        if self.length < MAX_CYCLE_HOPS:
            return _hops_text(self)
        text = _hops_table(self.hops[:MAX_CYCLE_HOPS])
        number = self.hops[0].node
        return (f"{text}\n    and {_things(self.length + 1 - MAX_CYCLE_HOPS, 'reference')} more back to the start: "
                f"holdfast chain FILE '#{number}' '#{number}'")


@dataclass(frozen=True)
class Cycles:
    """The cycles of a heap, grouped by how they read: garbage first, then by size. Falsy if there are none."""
    groups: Tuple[CycleGroup, ...] = field(repr=False)
    num_all_groups: int
    num_components: int
    num_objects: int
    size_bytes: int
    num_garbage_components: int
    num_garbage_objects: int
    garbage_bytes: int

    def __bool__(self) -> bool:
        return self.num_components > 0

    def __iter__(self) -> Iterator[CycleGroup]:
        return iter(self.groups)

    def __len__(self) -> int:
        return len(self.groups)

    def __str__(self) -> str:
        if not self:
            return "no such object is on a cycle"
        first = self.groups[0]
        shown = "a largest one of the first kind," if first.num_components > 1 else "the first one,"
        return "\n\n".join([self._title(), self._groups_text(),
                            f"{shown} of {_things(first.largest_objects, 'object')}:", str(first)])

    def _title(self) -> str:
        garbage = "none of them is garbage"
        if self.num_garbage_components:
            garbage = "garbage, which no root reaches: " + _cycles_text(self.num_garbage_components,
                                                                        self.num_garbage_objects, self.garbage_bytes)
        return f"{_cycles_text(self.num_components, self.num_objects, self.size_bytes)}; {garbage}"

    def _groups_text(self) -> str:
        rows = [("garbage" if group.is_garbage else "held", count_text(group.num_components),
                 count_text(group.num_objects), size_text(group.size_bytes), count_text(group.num_outside_references),
                 f"#{group.hops[0].node}", group.pattern) for group in self.groups]
        text = table_text([("state", "cycles", "objects", "size", "referrers", "example", "cycle"), *rows],
                          right=(1, 2, 3, 4), indent="  ")
        rest = self.num_all_groups - len(self.groups)
        return f"{text}\n  and {_things(rest, 'more kind')} of cycles" if rest else text


def _cycles_text(num_cycles, num_objects, size_bytes) -> str:
    return f"{_things(num_cycles, 'cycle')} of {_things(num_objects, 'object')}, {size_text(size_bytes)}"


@dataclass(frozen=True)
class DominatorRow:
    """One row of a dominator tree; what stands below it follows, one deeper."""
    depth: int
    kind: str                #: "object", "type", "holder", "garbage", "cycle" and its "member", "rest" of what was cut
    num_objects: int         #: that the row stands for; "rest": rows that were cut
    retained_count: int
    retained_bytes: int
    node: Optional[int]      #: of an object; of a "type" or "cycle" the largest or first of its objects
    addr: Optional[int]
    reference: str           #: how it is reached: "._shards", "... [7]" by a longer way; or the name of a "holder"
    type: str
    value: str

    @property
    def name(self) -> str:
        """What the row is, in words."""
        names = {"type": _things(self.num_objects, "object"), "garbage": "garbage, which waits for the collector",
                 "cycle": f"cycle of {_things(self.num_objects, 'object')}" if self.num_objects > 1 else "one object",
                 "member": f"#{self.node}",
                 "rest": f"{count_text(self.num_objects)} more" if self.num_objects else "what these hold"}
        return names.get(self.kind, self.reference)


@dataclass(frozen=True)
class Dominators:
    """Who alone keeps what alive. Iterating gives the rows, the biggest first, each before what is below it."""
    rows: Tuple[DominatorRow, ...] = field(repr=False)
    total_count: int         #: of what is shown
    total_bytes: int

    def __iter__(self) -> Iterator[DominatorRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __str__(self) -> str:
        rows = [(size_text(row.retained_bytes), share_text(row.retained_bytes, self.total_bytes),
                 count_text(row.retained_count), "  " * row.depth + row.name, row.type,
                 row.value if row.kind in ("object", "member") or row.kind == "cycle" and row.num_objects == 1 else "")
                for row in self.rows]
        return table_text([("retained", "share", "objects", "object", "type", "value"), *rows], right=(0, 1, 2))


@dataclass(frozen=True)
class FreedType:
    """The objects of one type that would be freed."""
    name: str
    count: int
    size_bytes: int


@dataclass(frozen=True)
class Freed:
    """What would be freed if something went away, exactly; and what would stay. Falsy if nothing would be freed."""
    description: str         #: what goes away: "1 object of type shop.cache.Cache"
    is_whatif: bool = field(repr=False)
    cut_count: int           #: objects that go away themselves
    cut_bytes: int
    num_references: int      #: references that go away
    count: int               #: objects that no root would reach any more
    size_bytes: int
    garbage_count: int       #: what the objects retain that no root reaches even now; not in count
    garbage_bytes: int
    num_targets: int         #: objects that the references led to
    num_targets_kept: int    #: those that something else holds
    kept_count: int          #: all that is reached from there and that something else holds
    kept_bytes: int
    num_borders: int         #: those of these that what is freed refers to, or that a reference led to
    types: Tuple[FreedType, ...] = field(repr=False)     #: of what is freed, most bytes first
    num_all_types: int
    groups: Tuple[PathGroup, ...] = field(repr=False)    #: who holds the borders, most objects first
    num_all_groups: int

    def __bool__(self) -> bool:
        return self.count > 0

    def __str__(self) -> str:
        title = f"{'without ' if self.is_whatif else ''}{clean(self.description)}"
        return "\n\n".join(part for part in (title, self._sums_text(), self._targets_text(), self._types_text(),
                                              self._groups_text()) if part)

    def _sums_text(self) -> str:
        lines = [("selected", self.cut_count, self.cut_bytes, ""),
                 ("freed", self.count, self.size_bytes, "if that went away"),
                 ("kept", self.kept_count, self.kept_bytes, "reached from there, and held by others as well"),
                 ("garbage", self.garbage_count, self.garbage_bytes,
                  "no root reaches it even now: it waits for the collector")]
        rows = [(label, _things(count, "object"), size_text(size), words) for label, count, size, words in lines
                if count or label == "freed"]
        return table_text(rows, right=(1, 2), indent="  ")

    def _targets_text(self) -> str:
        if not self.num_targets_kept:
            return ""
        verb = "is" if self.num_targets == 1 else "are"
        return (f"  {count_text(self.num_targets_kept)} of {_things(self.num_targets, 'object')} that the cut "
                f"references lead to {verb} held by others")

    def _types_text(self) -> str:
        rows = [(count_text(row.count), size_text(row.size_bytes), row.name) for row in self.types]
        if not rows:
            return ""
        if len(self.types) < self.num_all_types:
            rows.append((count_text(self.count - sum(row.count for row in self.types)),
                         size_text(self.size_bytes - sum(row.size_bytes for row in self.types)),
                         _things(self.num_all_types - len(self.types), "more type")))
        return table_text([("objects", "size", "freed type"), *rows], right=(0, 1), indent="  ")

    def _groups_text(self) -> str:
        if not self.groups:
            return ""
        rows = [(f"{count_text(group.count)} of {count_text(self.num_borders)}", size_text(group.size_bytes),
                 f"through {group.owner}", group.pattern if group.pattern != group.owner else "")
                for group in self.groups]
        text = "what is kept at the border is held\n" + table_text(rows, right=(0, 1), indent="  ")
        others = self.num_all_groups - len(self.groups)
        return text + f"\n  and in {_things(others, 'other way')}" if others else text


@dataclass(frozen=True)
class Picture:
    """A picture of the neighbourhood of objects. A notebook shows it."""
    description: str
    dot: str = field(repr=False)     #: in the DOT language
    num_nodes: int           #: drawn
    num_edges: int
    num_omitted: int         #: references left out; the picture says so too

    def save(self, path, *, seconds: int = 30) -> None:
        """Write it as SVG, PNG, PDF or DOT, as the ending of the name says; Graphviz may take that many seconds."""
        _core.save_picture(self.dot, path, seconds=seconds)

    def render(self, format: str = "svg", *, seconds: int = 30) -> bytes:
        """The bytes of the picture: "svg", "png", "pdf" or "dot"."""
        return _core.render(self.dot, format, seconds=seconds)

    def _repr_svg_(self) -> str:
        return self.render("svg").decode()


@dataclass(frozen=True)
class GrowthMoment:
    """One of the snapshots that were compared."""
    taken_at_ns: int         #: since 1970, UTC; 0 if unknown
    pid: int
    count: int               #: objects that a root reaches
    size_bytes: int
    garbage_count: int       #: those that none does, which are left out
    garbage_bytes: int


@dataclass(frozen=True)
class GrowthType:
    """How one type went. Sequences have an entry for each snapshot."""
    name: str
    trend: str               #: "steady", "slowing", "noisy", "uneven", "filled", "grew", "shrank" or "level"
    count_growth: int        #: the last snapshot less the first
    bytes_growth: int
    counts: Tuple[int, ...] = field(repr=False)
    sizes_bytes: Tuple[int, ...] = field(repr=False)
    num_new: int             #: objects told new, over all steps; 0 where they cannot be told
    num_gone: int

    @property
    def count_per_step(self) -> float:
        return self.count_growth / (len(self.counts) - 1)

    @property
    def bytes_per_step(self) -> float:
        return self.bytes_growth / (len(self.counts) - 1)


@dataclass(frozen=True)
class GrowthPlace:
    """A path, with indexes and keys masked, at which there is more than before."""
    pattern: str             #: the whole path, root first: "shop.CACHE._shards[*][*]"
    owner: str               #: its last named owner: "shop.cache.Cache._shards[*][*]"
    type: str                #: of most of the new objects there
    num_types: int
    trend: str               #: as in GrowthType
    count_growth: int        #: objects at the place itself; 0 where only something below or a size grew
    all_count_growth: int    #: with those that came below them
    bytes_growth: int        #: of all these
    count_steps: Tuple[int, ...] = field(repr=False)    #: count_growth, step by step
    bytes_steps: Tuple[int, ...] = field(repr=False)
    count: int               #: objects at the place in the last snapshot
    num_moved: int           #: of those that came: they were elsewhere in the snapshot before
    container: str           #: what holds them, if it is a container: "shop.cache.Cache._shards[*]", else ""
    container_type: str
    num_containers: int      #: at that place, in the last snapshot
    length_then: int         #: items of all of them, in the first snapshot
    length_now: int          #: and in the last
    example: int             #: a node there, in the last snapshot
    example_addr: int

    @property
    def count_per_step(self) -> float:
        return self.count_growth / len(self.count_steps)

    @property
    def bytes_per_step(self) -> float:
        return self.bytes_growth / len(self.count_steps)

    @property
    def where(self) -> str:
        """Type and owner in words: "shop.cache.Session in shop.cache.Cache._shards[*][*]"."""
        others = self.num_types - 1
        more = f" and {count_text(others)} other type{'s' if others > 1 else ''}" if others else ""
        return f"{self.type}{more} in {self.owner}"

    def _lines(self) -> Iterator[str]:
        yield self.where
        if self.pattern != self.owner:
            yield f"  {self.pattern}"
        if self.container and self.length_then != self.length_now:
            many = self.num_containers != 1
            what = f"{count_text(self.num_containers)} {self.container_type}s" if many else self.container_type
            yield (f"  {what} {self.container}: {count_text(self.length_then)} → {count_text(self.length_now)} items")


@dataclass(frozen=True)
class GrowthIdentity:
    """How objects were told apart, over all steps."""
    by_address: bool         #: False: snapshots of different processes, counted by type and place only
    num_new: int
    num_gone: int
    num_same: int            #: address and type of an older object, and content that says the same
    num_replaced: int        #: address and type of an older object, and other content: counted as new
    num_assumed: int         #: address and type of an older object, and no content to compare: not new
    num_doubtful: int        #: estimate, of these: new all the same

    def __str__(self) -> str:
        if not self.by_address:
            return "the snapshots are of different processes: counted by type and place, not object by object"
        objects = "object" if self.num_new == 1 else "objects"
        text = (f"{count_text(self.num_new)} {objects} new and {count_text(self.num_gone)} gone, "
                "told by address, type and content")
        if self.num_doubtful:
            text += (f"\nof {count_text(self.num_assumed)} that stayed, but have no content to tell by, about "
                     f"{count_text(self.num_doubtful)} may be new as well")
        return text


@dataclass(frozen=True)
class GrowthCheck:
    """A limit that was given with fail_if."""
    condition: str
    growth: int              #: objects or bytes
    num_types: int           #: that the pattern names; 0 for total and steady
    is_exceeded: bool


@dataclass(frozen=True)
class Growth:
    """What grew between snapshots, by type and by place. Sizes are shallow.

    Objects that no root reaches are left out: they wait for the collector. What came below an object that came is
    counted with that object, at its place.
    """
    moments: Tuple[GrowthMoment, ...] = field(repr=False)    #: oldest first
    grown: Tuple[GrowthType, ...]    #: steady growth first, then by bytes
    num_all_grown: int
    shrunk: Tuple[GrowthType, ...]
    num_all_shrunk: int
    places: Tuple[GrowthPlace, ...]  #: steady growth first, then by bytes
    num_all_places: int
    num_steady: int                  #: of all places, those that grew steadily
    identity: GrowthIdentity = field(repr=False)
    checks: Tuple[GrowthCheck, ...]  #: one for each limit

    @property
    def num_steps(self) -> int:
        return len(self.moments) - 1

    @property
    def count_growth(self) -> int:
        """Of all objects."""
        return self.moments[-1].count - self.moments[0].count

    @property
    def bytes_growth(self) -> int:
        return self.moments[-1].size_bytes - self.moments[0].size_bytes

    @property
    def steady(self) -> Tuple[GrowthPlace, ...]:
        """The places that grew in every step, by more than what came and went. Of one step nobody knows."""
        return tuple(place for place in self.places if place.trend == "steady")

    @property
    def is_exceeded(self) -> bool:
        """A limit was."""
        return any(check.is_exceeded for check in self.checks)

    def __getitem__(self, name: str) -> GrowthType:
        """The growth of a type by its full name. KeyError if it is not listed."""
        for row in self.grown + self.shrunk:
            if row.name == name:
                return row
        raise KeyError(name)

    def __str__(self) -> str:
        parts = [self._title(), self._types_text(), self._places_text(),
                 "\n".join(filter(None, [str(self.identity), self._advice()]))]
        return "\n\n".join(part for part in parts if part)

    def _title(self) -> str:
        first, last = self.moments[0], self.moments[-1]
        seconds = (last.taken_at_ns - first.taken_at_ns) / 1e9 if first.taken_at_ns and last.taken_at_ns else 0
        text = (f"{count_text(len(self.moments))} snapshots{f' in {seconds:.1f} s' if seconds > 0 else ''}: "
                f"{count_text(first.count)} → {count_text(last.count)} objects, "
                f"{size_text(first.size_bytes)} → {size_text(last.size_bytes)}")
        if first.garbage_count + last.garbage_count:
            text += ("\nleft out is garbage that waits for the collector: "
                     f"{count_text(first.garbage_count)} → {count_text(last.garbage_count)} objects")
        return text

    def _numbers(self, row, now=()) -> Tuple[str, ...]:
        if self.num_steps == 1:
            return (change_text(row.count_growth), *now, size_change_text(row.bytes_growth))
        return (change_text(row.count_growth), change_text(row.count_per_step), *now,
                size_change_text(row.bytes_growth), size_change_text(int(row.bytes_per_step)), row.trend)

    def _titles(self, *now) -> Tuple[str, ...]:
        if self.num_steps == 1:
            return ("growth", *now, "size")
        return ("growth", "per step", *now, "size", "per step", "trend")

    def _rest(self, rows, num_all, what) -> Iterator[str]:
        if len(rows) < num_all:
            yield f"  and {count_text(num_all - len(rows))} more {what}"

    def _types_text(self) -> str:
        def rows_of(types):
            return [(*self._numbers(row, (count_text(row.counts[-1]),)), row.name) for row in types]

        if not self.grown and not self.shrunk:
            return ""
        steady = [row for row in self.grown if row.trend == "steady"]
        others = self.grown[len(steady):]
        titles = (*self._titles("now"), "type")
        lines = [titles]
        if steady:
            lines += ["types that grew in every step", *rows_of(steady)]
        if others:
            lines += ["other types that grew" if steady else "types that grew", *rows_of(others)]
        lines += self._rest(self.grown, self.num_all_grown, "types that grew")
        if self.shrunk:
            lines += ["types that shrank", *rows_of(self.shrunk)]
        lines += self._rest(self.shrunk, self.num_all_shrunk, "types that shrank")
        return table_text(lines, right=(0, 1, 2) if self.num_steps == 1 else (0, 1, 2, 3, 4))

    def _places_text(self) -> str:
        def rows_of(places):
            for place in places:
                numbers = self._numbers(place)
                for line in place._lines():
                    yield (*numbers, line)
                    numbers = ("",) * len(numbers)

        if not self.places:
            return ""
        steady, lines = self.steady, [(*self._titles(), "where")]
        if steady:
            lines += ["where it grew in every step", *rows_of(steady)]
        if len(steady) < len(self.places):
            lines += ["where else it grew" if steady else "where it grew", *rows_of(self.places[len(steady):])]
        lines += self._rest(self.places, self.num_all_places, "places")
        return table_text(lines, right=(0, 1) if self.num_steps == 1 else (0, 1, 2, 3))

    def _advice(self) -> str:
        if self.places and self.num_steps == 1:
            return "one step does not tell a leak from a cache that fills: a third snapshot does"
        if self.places and not self.num_steady:
            return "nothing grew in every step by more than what came and went"
        return ""
