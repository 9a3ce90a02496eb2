"""The answer of Snapshot.retained() and Snapshot.whatif(): what would be freed, and what would stay."""
from dataclasses import dataclass, field
from typing import Iterator, Tuple, Union

from holdfast._text import clean, count_text, size_text, things_text
from holdfast.results.path import PathGroup
from holdfast.results.shown import Shown, Table


@dataclass(frozen=True)
class FreedType:
    """The objects of one type that would be freed."""
    name: str
    count: int
    size_bytes: int


@dataclass(frozen=True)
class Freed(Shown):
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

    def _parts(self) -> Iterator[Union[str, Table]]:
        yield f"{'without ' if self.is_whatif else ''}{clean(self.description)}"
        yield self._sums_table()
        yield self._targets_text()
        yield from self._types_tables()
        yield from self._groups_tables()

    def _sums_table(self) -> Table:
        lines = [("selected", self.cut_count, self.cut_bytes, ""),
                 ("freed", self.count, self.size_bytes, "if that went away"),
                 ("kept", self.kept_count, self.kept_bytes, "reached from there, and held by others as well"),
                 ("garbage", self.garbage_count, self.garbage_bytes,
                  "no root reaches it even now: it waits for the collector")]
        rows = [(label, things_text(count, "object"), size_text(size), words) for label, count, size, words in lines
                if count or label == "freed"]
        return Table(rows, right=(1, 2), indent="  ")

    def _targets_text(self) -> str:
        if not self.num_targets_kept:
            return ""
        verb = "is" if self.num_targets == 1 else "are"
        return (f"  {count_text(self.num_targets_kept)} of {things_text(self.num_targets, 'object')} that the cut "
                f"references lead to {verb} held by others")

    def _types_tables(self) -> Iterator[Table]:
        rows = [(count_text(row.count), size_text(row.size_bytes), row.name) for row in self.types]
        foot = []
        if rows and len(self.types) < self.num_all_types:
            foot.append((count_text(self.count - sum(row.count for row in self.types)),
                         size_text(self.size_bytes - sum(row.size_bytes for row in self.types)),
                         things_text(self.num_all_types - len(self.types), "more type")))
        if rows:
            yield Table(rows, titles=("objects", "size", "freed type"), foot=foot, right=(0, 1), indent="  ")

    def _groups_tables(self) -> Iterator[Table]:
        if not self.groups:
            return
        rows = [(f"{count_text(group.count)} of {count_text(self.num_borders)}", size_text(group.size_bytes),
                 f"through {group.owner}", group.pattern if group.pattern != group.owner else "")
                for group in self.groups]
        others = self.num_all_groups - len(self.groups)
        yield Table(rows, right=(0, 1), indent="  ", above="what is kept at the border is held",
                    below=f"  and in {things_text(others, 'other way')}" if others else "")
