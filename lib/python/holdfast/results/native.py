"""The answer of Snapshot.native(): references from code in C."""
from dataclasses import dataclass, field
from typing import Iterator, Optional, Tuple, Union

from holdfast._text import change_text, count_text, things_text, wrapped_text
from holdfast.results.shown import Shown, Table

WRAP_WIDTH = 100


@dataclass(frozen=True)
class NativeRow:
    """Objects of one type that code in C holds for one reason."""
    type: str
    reason: str              #: "unexplained", "static variable", "interpreter", "C object", "C stack", "constant",
                             #: "class" or "module"
    where: str               #: the library or program that has a static variable, the type of a "C object"; else ""
    num_objects: int
    num_references: int
    example: int             #: the node with the most references from outside
    example_references: int
    example_value: str
    example_variable: str    #: of a static variable its name, or its address in the library; else ""

    @property
    def why(self) -> str:
        """The reason, in words."""
        return _why(self)


@dataclass(frozen=True)
class NativeGrowth:
    """What code in C holds more than it did before, of objects of one type for one reason."""
    type: str
    reason: str
    where: str
    references_growth: int
    objects_growth: int      #: of objects that are held from outside
    num_new: int             #: of these, new ones; 0 where two processes are compared
    num_gone: int
    num_raised: int          #: objects that were there before and whose count rose
    example: Optional[int]   #: in the newer snapshot, the node whose count rose most; None where that is unknown
    example_then: int        #: references from outside
    example_now: int
    example_value: str
    per_call: Optional[float]    #: references that each call keeps, where their number was given
    text: str = field(repr=False)    #: a sentence

    @property
    def is_unexplained(self) -> bool:
        return self.reason == "unexplained"

    @property
    def why(self) -> str:
        """The reason, in words."""
        return _why(self)

    def __str__(self) -> str:
        text = wrapped_text(self.text, 2, WRAP_WIDTH)
        if self.example is None:
            return text
        example = f"#{self.example} {self.example_value or self.type}"
        example = (f"{example}: {count_text(self.example_then)} before, {count_text(self.example_now)} now"
                   if self.example_then else f"for example {example}")
        return f"{text}\n{wrapped_text(example, 2, WRAP_WIDTH)}"


@dataclass(frozen=True)
class NativeDanger:
    """An object that counts fewer references than were found: it will be freed while it is still in use."""
    node: int
    type: str
    value: str
    refcount: int
    num_found: int
    is_doubtful: bool        #: only together with references that were found by scanning words
    text: str = field(repr=False)    #: a sentence

    def __str__(self) -> str:
        return wrapped_text(f"#{self.node} {self.value or self.type}: {self.text}", 2, WRAP_WIDTH)


@dataclass(frozen=True)
class Native(Shown):
    """References from code in C. Of one snapshot what is held, of two what grew. Iterating gives these rows."""
    rows: Tuple[NativeRow, ...] = field(repr=False)      #: unexplained ones first, then by references
    num_all_rows: int
    num_objects: int         #: held from outside, in all
    num_references: int
    num_unexplained_objects: int
    num_unexplained_references: int
    num_immortal: int        #: objects that count nothing
    dangers: Tuple[NativeDanger, ...] = field(repr=False)
    num_all_dangers: int
    is_comparison: bool
    by_address: bool         #: both snapshots are of one process, and objects could be told
    num_calls: int
    grown: Tuple[NativeGrowth, ...] = field(repr=False)  #: unexplained ones first, then by references
    num_all_grown: int
    num_unexplained_grown: int

    def __iter__(self) -> "Iterator[NativeRow | NativeGrowth]":
        return iter(self.grown if self.is_comparison else self.rows)

    def __len__(self) -> int:
        return len(self.grown if self.is_comparison else self.rows)

    def _parts(self) -> Iterator[Union[str, Table]]:
        yield from self._grown_parts() if self.is_comparison else self._held_parts()
        if self.num_all_dangers:
            yield self._danger_text()

    def _held_parts(self) -> Iterator[Union[str, Table]]:
        unexplained = "none is unexplained"
        if self.num_unexplained_objects:
            unexplained = (f"unexplained: {things_text(self.num_unexplained_objects, 'object')}, "
                           f"{things_text(self.num_unexplained_references, 'reference')}")
        title = (f"{things_text(self.num_objects, 'object')} held from outside, by "
                 f"{things_text(self.num_references, 'reference')}; {unexplained}")
        if self.num_immortal:
            counts = "counts" if self.num_immortal == 1 else "count"
            title += f"\nleft out: {things_text(self.num_immortal, 'immortal object')}, which {counts} nothing"
        yield title
        rows = [(count_text(row.num_references), count_text(row.num_objects), row.type, row.why, _example(row))
                for row in self.rows]
        yield Table(rows, titles=("references", "objects", "type", "why", "example"), right=(0, 1), indent="  ",
                    below=_rest(self.num_all_rows, self.rows, "more row"))

    def _grown_parts(self) -> Iterator[Union[str, Table]]:
        if not self.num_all_grown:
            yield "native code holds no more than it did before"
            return
        title = "all that native code holds more than before is explained"
        if self.num_unexplained_grown:
            title = f"native code holds more than before: {things_text(self.num_unexplained_grown, 'row')} unexplained"
        if not self.by_address:
            title += ("\nthe snapshots are of two processes: objects cannot be told, the sums of each type are "
                      "compared")
        yield title
        rows = [(change_text(row.references_growth), change_text(row.objects_growth), row.type, row.why)
                for row in self.grown]
        yield Table(rows, titles=("references", "objects", "type", "why"), right=(0, 1), indent="  ",
                    below=_rest(self.num_all_grown, self.grown, "more row"))
        yield from (str(row) for row in self.grown if row.is_unexplained)

    def _danger_text(self) -> str:
        objects = f"{things_text(self.num_all_dangers, 'object')} count{'s' if self.num_all_dangers == 1 else ''}"
        lines = [f"danger: {objects} fewer references than were found", *map(str, self.dangers)]
        return "\n".join(filter(None, [*lines, _rest(self.num_all_dangers, self.dangers, "more object")]))


def _why(row) -> str:
    return f"{row.reason} in {row.where}" if row.where else row.reason


def _example(row) -> str:
    text = f"#{row.example} {row.example_value}".rstrip()
    if row.example_variable:
        return f"{text}, in {row.example_variable}"
    return text if row.example_references == 1 else f"{text}, {things_text(row.example_references, 'reference')}"


def _rest(num_all, shown, what) -> str:
    rest = num_all - len(shown)
    return f"  and {things_text(rest, what)}" if rest else ""
