"""The answer of Snapshot.waste()."""
from dataclasses import dataclass
from typing import Iterator, List, Tuple, Union

from holdfast._text import count_text, share_text, size_text, things_text, wrapped_text
from holdfast.results.shown import Shown, Table


@dataclass(frozen=True)
class WasteRow:
    """Objects of one type that one holder has, and what would be saved."""
    type: str
    count: int               #: objects that would go, or be smaller
    size_bytes: int          #: what they take
    saving_bytes: int        #: at most that
    what: str                #: in words: "3 values, most often 'GET' (1204)"
    num_held: int            #: by `owner`: all, but for classes ("slots"), whose instances may have several holders
    owner: str               #: who holds them: "shop.cache.Session.method"; "" for garbage
    pattern: str             #: the merged path of `example`, root first; "" for garbage
    example: int             #: one of them
    example_addr: int

    @property
    def holder(self) -> str:
        """Who holds them, in words."""
        of_all = f" ({count_text(self.num_held)} of {count_text(self.count)})" if self.num_held != self.count else ""
        return (self.owner if self.pattern else "garbage") + of_all


@dataclass(frozen=True)
class WasteKind(Shown):
    """One kind of waste. It is falsy where there is none."""
    kind: str                #: "duplicates", "empty", ...
    title: str               #: what is wasted, and what the saving assumes
    is_answered: bool        #: False: the snapshot cannot tell
    problem: str             #: why not, or what is missing in the answer, and how to get it; "" if nothing is
    count: int               #: sums of all rows, also of those that are not listed
    size_bytes: int
    saving_bytes: int
    rows: Tuple[WasteRow, ...]       #: the largest saving first
    num_all_rows: int

    def __bool__(self) -> bool:
        return self.num_all_rows > 0

    def _parts(self) -> Iterator[Union[str, Table]]:
        return self._parts_with(f", {size_text(self.saving_bytes)}")

    def _parts_with(self, amount) -> Iterator[Union[str, Table]]:
        title = f"{self.kind}{amount if self.is_answered else ''}\n  {self.title}"
        yield f"{title}\n{wrapped_text(self.problem, 2, 100)}" if self.problem else title
        if self.num_all_rows:
            yield self._table()

    def _table(self) -> Table:
        foot: List[Tuple[str, ...]] = []
        rows = [(size_text(row.saving_bytes), count_text(row.count), row.type, row.what, row.holder)
                for row in self.rows]
        if self.num_all_rows > len(self.rows):
            foot.append((size_text(self.saving_bytes - sum(row.saving_bytes for row in self.rows)),
                         count_text(self.count - sum(row.count for row in self.rows)), "",
                         f"{count_text(self.num_all_rows - len(self.rows))} more", ""))
        return Table(rows, titles=("saves", "objects", "type", "what", "held by"), foot=foot, right=(0, 1), indent="  ")


@dataclass(frozen=True)
class Waste(Shown):
    """Memory that need not be spent, by kind; waste["empty"] is one of the kinds. They overlap and do not add up."""
    total_count: int         #: of the whole heap
    total_bytes: int
    kinds: Tuple[WasteKind, ...]

    def __getitem__(self, kind: str) -> WasteKind:
        for found in self.kinds:
            if found.kind == kind:
                return found
        raise KeyError(kind)

    def _parts(self) -> Iterator[Union[str, Table]]:
        yield f"{things_text(self.total_count, 'object')}, {size_text(self.total_bytes)}"
        for kind in self.kinds:
            share = share_text(kind.saving_bytes, self.total_bytes)
            yield from kind._parts_with(f", {size_text(kind.saving_bytes)}, {share} of the heap")
