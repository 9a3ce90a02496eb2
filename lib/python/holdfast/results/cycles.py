"""The answer of Snapshot.cycles(): which objects keep each other alive."""
from dataclasses import dataclass, field
from typing import Iterator, Tuple, Union

from holdfast._text import count_text, size_text, things_text
from holdfast.results.path import Hop, expression_text, hops_table
from holdfast.results.shown import Shown, Table

MAX_CYCLE_HOPS = 16


@dataclass(frozen=True)
class CycleGroup(Shown):
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

    def _parts(self) -> Iterator[Table]:
        yield self._table()

    def _table(self, above="") -> Table:
        if self.length < MAX_CYCLE_HOPS:
            return hops_table(self.hops, above=above, below=expression_text(self))
        number = self.hops[0].node
        rest = (f"    and {things_text(self.length + 1 - MAX_CYCLE_HOPS, 'reference')} more back to the start: "
                f"holdfast chain FILE '#{number}' '#{number}'")
        return hops_table(self.hops[:MAX_CYCLE_HOPS], above=above, below=rest)


@dataclass(frozen=True)
class Cycles(Shown):
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

    def _parts(self) -> Iterator[Union[str, Table]]:
        if not self:
            yield "no such object is on a cycle"
            return
        first = self.groups[0]
        shown = "a largest one of the first kind," if first.num_components > 1 else "the first one,"
        yield self._title()
        yield self._groups_table()
        yield f"{shown} of {things_text(first.largest_objects, 'object')}:"
        yield first._table()

    def _title(self) -> str:
        garbage = "none of them is garbage"
        if self.num_garbage_components:
            garbage = "garbage, which no root reaches: " + _cycles_text(self.num_garbage_components,
                                                                        self.num_garbage_objects, self.garbage_bytes)
        return f"{_cycles_text(self.num_components, self.num_objects, self.size_bytes)}; {garbage}"

    def _groups_table(self) -> Table:
        rows = [("garbage" if group.is_garbage else "held", count_text(group.num_components),
                 count_text(group.num_objects), size_text(group.size_bytes), count_text(group.num_outside_references),
                 f"#{group.hops[0].node}", group.pattern) for group in self.groups]
        rest = self.num_all_groups - len(self.groups)
        return Table(rows, titles=("state", "cycles", "objects", "size", "referrers", "example", "cycle"),
                     right=(1, 2, 3, 4), indent="  ",
                     below=f"  and {things_text(rest, 'more kind')} of cycles" if rest else "")


def _cycles_text(num_cycles, num_objects, size_bytes) -> str:
    return f"{things_text(num_cycles, 'cycle')} of {things_text(num_objects, 'object')}, {size_text(size_bytes)}"
