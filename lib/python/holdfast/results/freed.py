"""The answer of Snapshot.retained() and Snapshot.whatif(): what would be freed, and what would stay."""
from dataclasses import dataclass, field
from typing import Tuple

from holdfast._text import clean, count_text, size_text, table_text, things_text
from holdfast.results.path import PathGroup


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
        rows = [(label, things_text(count, "object"), size_text(size), words) for label, count, size, words in lines
                if count or label == "freed"]
        return table_text(rows, right=(1, 2), indent="  ")

    def _targets_text(self) -> str:
        if not self.num_targets_kept:
            return ""
        verb = "is" if self.num_targets == 1 else "are"
        return (f"  {count_text(self.num_targets_kept)} of {things_text(self.num_targets, 'object')} that the cut "
                f"references lead to {verb} held by others")

    def _types_text(self) -> str:
        rows = [(count_text(row.count), size_text(row.size_bytes), row.name) for row in self.types]
        if not rows:
            return ""
        if len(self.types) < self.num_all_types:
            rows.append((count_text(self.count - sum(row.count for row in self.types)),
                         size_text(self.size_bytes - sum(row.size_bytes for row in self.types)),
                         things_text(self.num_all_types - len(self.types), "more type")))
        return table_text([("objects", "size", "freed type"), *rows], right=(0, 1), indent="  ")

    def _groups_text(self) -> str:
        if not self.groups:
            return ""
        rows = [(f"{count_text(group.count)} of {count_text(self.num_borders)}", size_text(group.size_bytes),
                 f"through {group.owner}", group.pattern if group.pattern != group.owner else "")
                for group in self.groups]
        text = "what is kept at the border is held\n" + table_text(rows, right=(0, 1), indent="  ")
        others = self.num_all_groups - len(self.groups)
        return text + f"\n  and in {things_text(others, 'other way')}" if others else text
