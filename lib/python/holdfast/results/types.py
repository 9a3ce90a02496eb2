"""The answer of Snapshot.types(): objects per type."""
from dataclasses import dataclass, field
from typing import Iterator, Optional, Tuple

from holdfast._text import count_text, share_text, size_text, things_text
from holdfast.results.shown import Shown, Table


@dataclass(frozen=True)
class TypeRow:
    """The objects of one type."""
    name: str                #: full: "shop.cache.Cache", builtins bare
    count: int
    size_bytes: int
    retained_count: Optional[int]    #: objects that would be freed if these went away one by one; None: not asked for
    retained_bytes: Optional[int]


@dataclass(frozen=True)
class Types(Shown):
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

    def _parts(self) -> Iterator[Table]:
        foot = []
        if len(self.rows) < self.num_matching:
            foot.append((self.matching_count - sum(row.count for row in self.rows),
                         self.matching_bytes - sum(row.size_bytes for row in self.rows), None,
                         things_text(self.num_matching - len(self.rows), "more type")))
        if self.matching_count != self.total_count:
            foot.append((self.matching_count, self.matching_bytes, self.retained_bytes, "matching"))
        foot.append((self.total_count, self.total_bytes, self.total_bytes, "in all"))
        has_retained = self.retained_bytes is not None
        yield Table((self._line(row.count, row.size_bytes, row.retained_bytes, row.name) for row in self.rows),
                    titles=("objects", "size", "share", *(["retained"] if has_retained else []), "type"),
                    foot=[self._line(*line) for line in foot], right=(0, 1, 2, 3) if has_retained else (0, 1, 2))

    def _line(self, count, size_bytes, retained_bytes, name) -> Tuple[str, ...]:
        retained = [] if self.retained_bytes is None else [_known_size_text(retained_bytes)]
        return (count_text(count), size_text(size_bytes), share_text(size_bytes, self.total_bytes), *retained, name)


def _known_size_text(size_bytes) -> str:
    return "" if size_bytes is None else size_text(size_bytes)
