"""Where objects were made: the answers of Snapshot.site(), and of types() and diff() by site."""
from dataclasses import dataclass, field
from typing import Iterator, Optional, Tuple, Union

from holdfast._text import change_text, clean, count_text, share_text, size_change_text, size_text, things_text
from holdfast.results.growth import GrowthMoment
from holdfast.results.shown import Shown, Table


def _line_text(place) -> str:
    return f"{place.file}:{place.line} in {place.function}" if place.function else f"{place.file}:{place.line}"


def _types_text(row) -> str:
    """"shop.Session", "shop.Session, dict", "shop.Session, dict and 3 more"."""
    names = ", ".join(name for name, _ in row.types[:2])
    return f"{names} and {count_text(row.num_types - 2)} more" if row.num_types > 2 else names


@dataclass(frozen=True)
class SiteFrame:
    """A line of the program. `function` is "" where it is not known: tracemalloc keeps files and lines."""
    file: str
    line: int
    function: str

    def __str__(self) -> str:
        return clean(_line_text(self))


@dataclass(frozen=True)
class Site:
    """Where the memory of an object was asked for, and by whom."""
    frames: Tuple[SiteFrame, ...]    #: the line itself, then its callers, innermost first; never empty
    is_cut: bool                     #: there were older frames, which tracemalloc did not keep

    @property
    def file(self) -> str:
        return self.frames[0].file

    @property
    def line(self) -> int:
        return self.frames[0].line

    @property
    def function(self) -> str:
        return self.frames[0].function

    def __str__(self) -> str:
        lines = [f"allocated at {self.frames[0]}", *(f"  called from {frame}" for frame in self.frames[1:])]
        return "\n".join(lines + ["  and older frames, which were not recorded"] * self.is_cut)


@dataclass(frozen=True)
class SiteRow:
    """The objects that were made at one line."""
    file: str
    line: int
    function: str            #: "" if it is not known
    count: int
    size_bytes: int
    retained_count: Optional[int]    #: objects that would be freed if these went away one by one; None: not asked for
    retained_bytes: Optional[int]
    types: Tuple[Tuple[str, int], ...]   #: names and numbers of the most frequent types, at most three
    num_types: int


@dataclass(frozen=True)
class Sites(Shown):
    """Objects by the line that made them. Iterating gives the rows."""
    rows: Tuple[SiteRow, ...] = field(repr=False)
    num_matching: int        #: lines with objects that pass the filters, before `limit`
    total_count: int         #: objects of the whole heap
    total_bytes: int
    matching_count: int      #: objects of the types that pass the filters, wherever they were made
    matching_bytes: int
    unknown_count: int       #: those of them that no row has: made before tracemalloc began, or by no Python code
    unknown_bytes: int

    def __iter__(self) -> Iterator[SiteRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def _parts(self) -> Iterator[Table]:
        has_retained = bool(self.rows) and self.rows[0].retained_bytes is not None

        def line(count, size_bytes, retained_bytes, types, place):
            retained = [size_text(retained_bytes) if retained_bytes is not None else ""] if has_retained else []
            return (count_text(count), size_text(size_bytes), share_text(size_bytes, self.total_bytes), *retained,
                    types, place)

        foot = []
        if len(self.rows) < self.num_matching:
            foot.append(line(self.matching_count - self.unknown_count - sum(row.count for row in self.rows),
                             self.matching_bytes - self.unknown_bytes - sum(row.size_bytes for row in self.rows), None,
                             "", things_text(self.num_matching - len(self.rows), "more line")))
        if self.unknown_count:
            foot.append(line(self.unknown_count, self.unknown_bytes, None, "",
                             "not known: made before tracemalloc began, or by no Python code"))
        if self.matching_count != self.total_count:
            foot.append(line(self.matching_count, self.matching_bytes, None, "", "matching"))
        foot.append(line(self.total_count, self.total_bytes, None, "", "in all"))
        yield Table((line(row.count, row.size_bytes, row.retained_bytes, _types_text(row), _line_text(row))
                     for row in self.rows),
                    titles=("objects", "size", "share", *(["retained"] if has_retained else []), "types",
                            "allocated at"),
                    foot=foot, right=(0, 1, 2, 3) if has_retained else (0, 1, 2))


@dataclass(frozen=True)
class SiteGrowthRow:
    """A line at which more objects were made than went. Sequences have an entry for each snapshot."""
    file: str
    line: int
    function: str            #: "" if it is not known
    trend: str               #: as in GrowthType
    count_growth: int        #: the last snapshot less the first
    bytes_growth: int
    counts: Tuple[int, ...] = field(repr=False)
    sizes_bytes: Tuple[int, ...] = field(repr=False)
    types: Tuple[Tuple[str, int], ...]   #: names and numbers of the most frequent types in the last, at most three
    num_types: int

    @property
    def count_per_step(self) -> float:
        return self.count_growth / (len(self.counts) - 1)

    @property
    def bytes_per_step(self) -> float:
        return self.bytes_growth / (len(self.counts) - 1)


@dataclass(frozen=True)
class SiteGrowth(Shown):
    """What grew between snapshots by the line that made it. Iterating gives the rows, steady growth first, then bytes.

    Objects that no root reaches are left out: they wait for the collector.
    """
    moments: Tuple[GrowthMoment, ...] = field(repr=False)    #: oldest first; garbage is not counted in them
    rows: Tuple[SiteGrowthRow, ...]
    num_all_rows: int        #: before `limit`
    unknown_counts: Tuple[int, ...]  #: in each snapshot: objects of which it is not known where they were made

    def __iter__(self) -> Iterator[SiteGrowthRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def _parts(self) -> Iterator[Union[str, Table]]:
        yield (f"{count_text(len(self.moments))} snapshots: {count_text(self.moments[0].count)} → "
               f"{count_text(self.moments[-1].count)} objects; of {count_text(self.unknown_counts[-1])} it is not "
               "known where they were made")
        if not self.rows:
            yield "at no line were more objects made than went"
            return
        is_pair = len(self.moments) == 2
        titles = ("growth", "now", "size") if is_pair else ("growth", "per step", "now", "size", "per step", "trend")
        num_hidden = self.num_all_rows - len(self.rows)
        foot = [f"  and {things_text(num_hidden, 'more line')}"] if num_hidden else []
        yield Table((self._line(row, is_pair) for row in self.rows), titles=(*titles, "types", "allocated at"),
                    right=(0, 1, 2) if is_pair else (0, 1, 2, 3, 4), foot=foot)

    def _line(self, row, is_pair) -> Tuple[str, ...]:
        growth, size = change_text(row.count_growth), size_change_text(row.bytes_growth)
        numbers = (growth, count_text(row.counts[-1]), size) if is_pair else (
            growth, change_text(row.count_per_step), count_text(row.counts[-1]), size,
            size_change_text(int(row.bytes_per_step)), row.trend)
        return (*numbers, _types_text(row), _line_text(row))
