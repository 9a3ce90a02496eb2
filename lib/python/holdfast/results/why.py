"""The answer of Snapshot.why(): what keeps objects alive."""
from dataclasses import dataclass, field
from typing import Iterator, Tuple, Union

from holdfast._text import clean, count_text, size_text, things_text
from holdfast.results.path import Path, PathGroup
from holdfast.results.shown import Shown, Table


@dataclass(frozen=True)
class Why(Shown):
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

    def _parts(self, ask: str = "paths=") -> Iterator[Union[str, Table]]:
        """`ask` and a number is how one asks for more paths where this is read."""
        yield self._title()
        yield from self._paths_parts(ask)
        yield from self._groups_parts()

    def _title(self) -> str:
        if not self.paths:
            return clean(self.description)
        shown = self.paths[0].hops[-1]
        if self.num_selected > 1:
            return f"{clean(self.description)}; shown is #{shown.node} at {shown.addr:#x}"
        place = "" if f"{shown.addr:#x}" in self.description else f" at {shown.addr:#x}"
        return f"{clean(self.description)}: #{shown.node}{place}"

    def _paths_parts(self, ask) -> Iterator[Union[str, Table]]:
        if not self.paths and self.avoid:
            yield "  nothing else holds it: every path passes through what is avoided"
        elif not self.paths:
            yield "  nothing holds it: no root reaches it, it waits for the garbage collector"
        for i, path in enumerate(self.paths):
            yield path._table(f"path {i + 1} of {len(self.paths)}" if len(self.paths) > 1 else "")
        others = self.num_owners - len(self.paths)
        if self.paths and others > 0:
            hold = "owner holds" if others == 1 else "owners hold"
            yield f"{count_text(others)} other {hold} it too: see {ask}{self.num_owners}"

    def _groups_parts(self) -> Iterator[Table]:
        if self.num_selected == 1 or not self.paths:
            return
        rows = [(self._part(group.count), size_text(group.size_bytes), f"through {group.owner}",
                 group.pattern if group.pattern != group.owner else "") for group in self.groups]
        if self.num_unreachable:
            reason = "reached by no other way" if self.avoid else "reached by no root: garbage"
            rows.append((self._part(self.num_unreachable), "", reason, ""))
        others = self.num_all_groups - len(self.groups)
        below = f"  and {things_text(others, 'other way')}" if others else ""
        yield Table(rows, right=(0, 1), indent="  ", below=below)

    def _part(self, count) -> str:
        return f"{count_text(count)} of {count_text(self.num_selected)}"
