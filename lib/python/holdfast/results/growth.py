"""The answer of holdfast.diff() and holdfast.growth(): what grew."""
from dataclasses import dataclass, field
from typing import Iterator, List, Tuple, Union

from holdfast._text import change_text, count_text, size_change_text, size_text, things_text
from holdfast.results.shown import Row, Shown, Table


@dataclass(frozen=True)
class GrowthMoment:
    """One of the snapshots that were compared."""
    taken_at_ns: int         #: since 1970, UTC; 0 if unknown
    pid: int
    count: int               #: objects that a root reaches
    size_bytes: int
    garbage_count: int       #: those that none does, which are left out
    garbage_bytes: int


@dataclass(frozen=True)
class GrowthType:
    """How one type went. Sequences have an entry for each snapshot."""
    name: str
    trend: str               #: "steady", "slowing", "noisy", "uneven", "filled", "grew", "shrank" or "level"
    count_growth: int        #: the last snapshot less the first
    bytes_growth: int
    counts: Tuple[int, ...] = field(repr=False)
    sizes_bytes: Tuple[int, ...] = field(repr=False)
    num_new: int             #: objects told new, over all steps; 0 where they cannot be told
    num_gone: int

    @property
    def count_per_step(self) -> float:
        return self.count_growth / (len(self.counts) - 1)

    @property
    def bytes_per_step(self) -> float:
        return self.bytes_growth / (len(self.counts) - 1)


@dataclass(frozen=True)
class GrowthPlace:
    """A path, with indexes and keys masked, at which there is more than before."""
    pattern: str             #: the whole path, root first: "shop.CACHE._shards[*][*]"
    owner: str               #: its last named owner: "shop.cache.Cache._shards[*][*]"
    type: str                #: of most of the new objects there
    num_types: int
    trend: str               #: as in GrowthType
    count_growth: int        #: objects at the place itself; 0 where only something below or a size grew
    all_count_growth: int    #: with those that came below them
    bytes_growth: int        #: of all these
    count_steps: Tuple[int, ...] = field(repr=False)    #: count_growth, step by step
    bytes_steps: Tuple[int, ...] = field(repr=False)
    count: int               #: objects at the place in the last snapshot
    num_moved: int           #: of those that came: they were elsewhere in the snapshot before
    container: str           #: what holds them, if it is a container: "shop.cache.Cache._shards[*]", else ""
    container_type: str
    num_containers: int      #: at that place, in the last snapshot
    length_then: int         #: items of all of them, in the first snapshot
    length_now: int          #: and in the last
    example: int             #: a node there, in the last snapshot
    example_addr: int

    @property
    def count_per_step(self) -> float:
        return self.count_growth / len(self.count_steps)

    @property
    def bytes_per_step(self) -> float:
        return self.bytes_growth / len(self.count_steps)

    @property
    def where(self) -> str:
        """Type and owner in words: "shop.cache.Session in shop.cache.Cache._shards[*][*]"."""
        others = self.num_types - 1
        more = f" and {count_text(others)} other type{'s' if others > 1 else ''}" if others else ""
        return f"{self.type}{more} in {self.owner}"

    def _lines(self) -> Iterator[str]:
        yield self.where
        if self.pattern != self.owner:
            yield f"  {self.pattern}"
        if self.container and self.length_then != self.length_now:
            many = self.num_containers != 1
            what = f"{count_text(self.num_containers)} {self.container_type}s" if many else self.container_type
            yield (f"  {what} {self.container}: {count_text(self.length_then)} → {count_text(self.length_now)} items")


@dataclass(frozen=True)
class GrowthIdentity:
    """How objects were told apart, over all steps."""
    by_address: bool         #: False: snapshots of different processes, counted by type and place only
    num_new: int
    num_gone: int
    num_same: int            #: address and type of an older object, and content that says the same
    num_replaced: int        #: address and type of an older object, and other content: counted as new
    num_assumed: int         #: address and type of an older object, and no content to compare: not new
    num_doubtful: int        #: estimate, of these: new all the same

    def __str__(self) -> str:
        if not self.by_address:
            return "the snapshots are of different processes: counted by type and place, not object by object"
        objects = "object" if self.num_new == 1 else "objects"
        text = (f"{count_text(self.num_new)} {objects} new and {count_text(self.num_gone)} gone, "
                "told by address, type and content")
        if self.num_doubtful:
            text += (f"\nof {count_text(self.num_assumed)} that stayed, but have no content to tell by, about "
                     f"{count_text(self.num_doubtful)} may be new as well")
        return text


@dataclass(frozen=True)
class GrowthCheck:
    """A limit that was given with fail_if."""
    condition: str
    growth: int              #: objects or bytes
    num_types: int           #: that the pattern names; 0 for total and steady
    is_exceeded: bool


@dataclass(frozen=True)
class Growth(Shown):
    """What grew between snapshots, by type and by place. Sizes are shallow.

    Objects that no root reaches are left out: they wait for the collector. What came below an object that came is
    counted with that object, at its place.
    """
    moments: Tuple[GrowthMoment, ...] = field(repr=False)    #: oldest first
    grown: Tuple[GrowthType, ...]    #: steady growth first, then by bytes
    num_all_grown: int
    shrunk: Tuple[GrowthType, ...]
    num_all_shrunk: int
    places: Tuple[GrowthPlace, ...]  #: steady growth first, then by bytes
    num_all_places: int
    num_steady: int                  #: of all places, those that grew steadily
    identity: GrowthIdentity = field(repr=False)
    checks: Tuple[GrowthCheck, ...]  #: one for each limit

    @property
    def num_steps(self) -> int:
        return len(self.moments) - 1

    @property
    def count_growth(self) -> int:
        """Of all objects."""
        return self.moments[-1].count - self.moments[0].count

    @property
    def bytes_growth(self) -> int:
        return self.moments[-1].size_bytes - self.moments[0].size_bytes

    @property
    def steady(self) -> Tuple[GrowthPlace, ...]:
        """The places that grew in every step, by more than what came and went. Of one step nobody knows."""
        return tuple(place for place in self.places if place.trend == "steady")

    @property
    def is_exceeded(self) -> bool:
        """A limit was."""
        return any(check.is_exceeded for check in self.checks)

    def __getitem__(self, name: str) -> GrowthType:
        """The growth of a type by its full name. KeyError if it is not listed."""
        for row in self.grown + self.shrunk:
            if row.name == name:
                return row
        raise KeyError(name)

    def _parts(self) -> Iterator[Union[str, Table]]:
        yield self._title()
        yield from self._types_tables()
        yield from self._places_tables()
        yield "\n".join(filter(None, [str(self.identity), self._advice()]))

    def _title(self) -> str:
        first, last = self.moments[0], self.moments[-1]
        seconds = (last.taken_at_ns - first.taken_at_ns) / 1e9 if first.taken_at_ns and last.taken_at_ns else 0
        text = (f"{count_text(len(self.moments))} snapshots{f' in {seconds:.1f} s' if seconds > 0 else ''}: "
                f"{count_text(first.count)} → {count_text(last.count)} objects, "
                f"{size_text(first.size_bytes)} → {size_text(last.size_bytes)}")
        if first.garbage_count + last.garbage_count:
            text += ("\nleft out is garbage that waits for the collector: "
                     f"{count_text(first.garbage_count)} → {count_text(last.garbage_count)} objects")
        return text

    def _numbers(self, row, now=()) -> Tuple[str, ...]:
        if self.num_steps == 1:
            return (change_text(row.count_growth), *now, size_change_text(row.bytes_growth))
        return (change_text(row.count_growth), change_text(row.count_per_step), *now,
                size_change_text(row.bytes_growth), size_change_text(int(row.bytes_per_step)), row.trend)

    def _titles(self, *now) -> Tuple[str, ...]:
        if self.num_steps == 1:
            return ("growth", *now, "size")
        return ("growth", "per step", *now, "size", "per step", "trend")

    def _rest(self, rows, num_all, singular, rest="") -> Iterator[str]:
        if len(rows) < num_all:
            yield f"  and {things_text(num_all - len(rows), singular)}{rest}"

    def _types_tables(self) -> Iterator[Table]:
        def rows_of(types):
            return [(*self._numbers(row, (count_text(row.counts[-1]),)), row.name) for row in types]

        if not self.grown and not self.shrunk:
            return
        steady = [row for row in self.grown if row.trend == "steady"]
        others = self.grown[len(steady):]
        lines: List[Row] = []
        if steady:
            lines += ["types that grew in every step", *rows_of(steady)]
        if others:
            lines += ["other types that grew" if steady else "types that grew", *rows_of(others)]
        lines += self._rest(self.grown, self.num_all_grown, "more type", " that grew")
        if self.shrunk:
            lines += ["types that shrank", *rows_of(self.shrunk)]
        lines += self._rest(self.shrunk, self.num_all_shrunk, "more type", " that shrank")
        yield Table(lines, titles=(*self._titles("now"), "type"),
                    right=(0, 1, 2) if self.num_steps == 1 else (0, 1, 2, 3, 4))

    def _places_tables(self) -> Iterator[Table]:
        def rows_of(places):
            return [(*self._numbers(place), tuple(place._lines())) for place in places]

        if not self.places:
            return
        steady = self.steady
        lines: List[Row] = []
        if steady:
            lines += ["where it grew in every step", *rows_of(steady)]
        if len(steady) < len(self.places):
            lines += ["where else it grew" if steady else "where it grew", *rows_of(self.places[len(steady):])]
        lines += self._rest(self.places, self.num_all_places, "more place")
        yield Table(lines, titles=(*self._titles(), "where"),
                    right=(0, 1) if self.num_steps == 1 else (0, 1, 2, 3))

    def _advice(self) -> str:
        if self.places and self.num_steps == 1:
            return "one step does not tell a leak from a cache that fills: a third snapshot does"
        if self.places and not self.num_steady:
            return "nothing grew in every step by more than what came and went"
        return ""
