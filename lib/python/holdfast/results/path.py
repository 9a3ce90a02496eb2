"""A way through the graph, hop by hop: in the answers of why, chain, cycles, show and suspects."""
from dataclasses import dataclass
from typing import Iterator, Optional, Tuple

from holdfast._text import clean, size_text
from holdfast.results.shown import Shown, Table


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
    allocated_at: str = ""   #: where it was made: "shop.py:31 in Cache.add"; "" if that is not known


@dataclass(frozen=True)
class Path(Shown):
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

    def _parts(self) -> Iterator[Table]:
        yield self._table()

    def _table(self, above="") -> Table:
        first, headings = (f"  {self.variable}", [self.frame]) if self.frame else (self.root, [])
        return hops_table(self.hops, first, headings, above=above, below=expression_text(self))


def hops_table(hops, first="start", headings=(), above="", below="") -> Table:
    has_retained = hops[0].retained_bytes is not None
    has_sites = any(hop.allocated_at for hop in hops)
    rows = [(f"  {hop.reference}" if i else first, hop.type, size_text(hop.size_bytes),
             *([size_text(hop.retained_bytes)] if has_retained else []), hop.value,
             *([hop.allocated_at] if has_sites else []))
            for i, hop in enumerate(hops)]
    titles = ("reference", "type", "size", *(["retained"] if has_retained else []), "value",
              *(["allocated at"] if has_sites else []))
    return Table([*headings, *rows], titles=titles, right=(2, 3) if has_retained else (2,), indent="  ", above=above,
                 below=below, is_sortable=False)


def expression_text(path) -> str:
    """The line below the hops of a path, chain or cycle."""
    words = f"= {path.expression}" if path.expression else f"no Python expression: {path.expression_gap}"
    return f"  {clean(words)}"


@dataclass(frozen=True)
class PathGroup:
    """Objects that are held in the same way, with keys and indexes masked."""
    pattern: str             #: the whole path, root first
    owner: str               #: its last named owner: "shop.cache.Cache._shards[*]"
    count: int
    size_bytes: int          #: of these objects
    example: int             #: a node
