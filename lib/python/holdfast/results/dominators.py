"""The answer of Snapshot.dominators(): who alone keeps what alive."""
from dataclasses import dataclass, field
from typing import Iterator, Optional, Tuple

from holdfast._text import count_text, share_text, size_text, things_text
from holdfast.results.shown import Shown, Table


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
        things = things_text(self.num_objects, "object")
        names = {"type": things, "garbage": "garbage, which waits for the collector",
                 "cycle": f"cycle of {things}" if self.num_objects > 1 else "one object",
                 "member": f"#{self.node}",
                 "rest": f"{count_text(self.num_objects)} more" if self.num_objects else "what these hold"}
        return names.get(self.kind, self.reference)


@dataclass(frozen=True)
class Dominators(Shown):
    """Who alone keeps what alive. Iterating gives the rows, the biggest first, each before what is below it."""
    rows: Tuple[DominatorRow, ...] = field(repr=False)
    total_count: int         #: of what is shown
    total_bytes: int

    def __iter__(self) -> Iterator[DominatorRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def _parts(self) -> Iterator[Table]:
        rows = [(size_text(row.retained_bytes), share_text(row.retained_bytes, self.total_bytes),
                 count_text(row.retained_count), "  " * row.depth + row.name, row.type,
                 row.value if row.kind in ("object", "member") or row.kind == "cycle" and row.num_objects == 1 else "")
                for row in self.rows]
        yield Table(rows, titles=("retained", "share", "objects", "object", "type", "value"), right=(0, 1, 2),
                    is_sortable=all(row.depth == 0 for row in self.rows))
