"""The answers of Snapshot.refs() and Snapshot.referrers(): what is around objects."""
from dataclasses import dataclass, field
from typing import Iterator, List, Optional, Tuple, Union

from holdfast._text import clean, count_text, size_text, things_text
from holdfast.results.shown import Shown, Table


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
class Neighbours(Shown):
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

    def _parts(self) -> Iterator[Union[str, Table]]:
        verbs = {"references": ("has", "have"), "referrers": ("is held by", "are held by")}[self.direction]
        yield (f"{clean(self.description)} {verbs[self.num_selected != 1]} "
               f"{things_text(self.num_references, 'reference')}")
        if self.rows:
            yield self._table()

    def table(self) -> str:
        """The rows alone, as text."""
        return str(self._table())

    def _table(self) -> Table:
        first = "reference" if self.direction == "references" else "held by"
        lines: List[Tuple[str, ...]] = []
        for i, row in enumerate(self.rows):
            lines.append(self._line(row))
            next_depth = self.rows[i + 1].depth if i + 1 < len(self.rows) else 1
            last: Optional[Neighbour] = row
            while last is not None and last.depth >= next_depth:
                lines += _hidden(last.depth, last.num_hidden_rows, last.num_hidden_references)
                last = self.rows[last.parent] if last.parent is not None else None
        lines += _hidden(0, self.num_hidden_rows, self.num_hidden_references)
        return Table(lines, titles=(first, "type", "references", "objects", "size", "further", "example"),
                     right=(2, 3, 4, 5), indent="  ", is_sortable=False)

    def _line(self, row) -> Tuple[str, ...]:
        is_root = row.node is None
        reference = row.reference[1:] if row.reference.startswith(" ") else row.reference
        return (f"{'  ' * (row.depth - 1)}{reference}", row.type, count_text(row.num_references),
                "" if is_root else count_text(row.num_objects), "" if is_root else size_text(row.size_bytes),
                count_text(row.num_further) if row.num_further else "", row._example())


def _hidden(depth, num_rows, num_references) -> List[Tuple[str, ...]]:
    if not num_rows:
        return []
    return [(f"{'  ' * depth}... {things_text(num_rows, 'more row')}", "", count_text(num_references), "", "", "", "")]
