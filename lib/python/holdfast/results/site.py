"""Where an object was made: the answer of Snapshot.site()."""
from dataclasses import dataclass
from typing import Tuple

from holdfast._text import clean


@dataclass(frozen=True)
class SiteFrame:
    """A line of the program. `function` is "" where it is not known: tracemalloc keeps files and lines."""
    file: str
    line: int
    function: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}"
        return clean(f"{place} in {self.function}" if self.function else place)


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
