"""The answer of Snapshot.suspects(): where the memory went."""
from dataclasses import dataclass, field
from typing import Iterator, Optional, Tuple, Union

from holdfast._text import clean, count_text, share_text, size_text, things_text, width_of, wrapped_text
from holdfast.results.path import Path
from holdfast.results.shown import Shown, Table

WRAP_WIDTH = 80


@dataclass(frozen=True)
class SuspectPart:
    """The objects of one type among all that a suspect is made of."""
    type: str
    count: int
    size_bytes: int          #: shallow


@dataclass(frozen=True)
class Verdict:
    """What is known of one reference on the path to a suspect, and of the object to which it leads."""
    verdict: str             #: "expected", "leaking" or "unknown"
    reason: str              #: "module of the application", "the task or future is finished"; "" if nothing is known
    is_underlined: bool      #: between what is expected and what leaks: perhaps it should have been let go
    is_point: bool           #: this is the object in which it accumulates

    def __str__(self) -> str:
        verdict = "" if self.verdict == "unknown" else self.verdict
        text = f"{verdict}: {self.reason}" if verdict and self.reason else verdict or self.reason
        return "; ".join(part for part in (text, "accumulates here" if self.is_point else "") if part)


@dataclass(frozen=True)
class Suspect(Shown):
    """Where too much of the heap is. Compared with an older snapshot, all numbers but the path's are of what is new."""
    kind: str                #: "crowd", "chain", "few", "single", "shared" or "garbage": see holdfast/suspects.h
    reference: str           #: the last name on the path, in short: "shop.cache.Cache._shards[*][*]"
    pattern: str = field(repr=False)     #: the whole path with indexes and keys masked
    also: Tuple[str, ...] = field(repr=False)    #: other such paths, where no single object holds it
    expression: str          #: Python for the object in which it accumulates, "" where there is none
    expression_gap: str = field(repr=False)      #: where there is none: what Python cannot express
    count: int = field(repr=False)       #: of all objects that it retains
    size_bytes: int          #: of these
    unit_type: str           #: of what accumulates, "" where it is one large object
    unit_count: int          #: how many accumulate
    unit_bytes: int = field(repr=False)  #: what these retain
    parts: Tuple[SuspectPart, ...] = field(repr=False)   #: what all of it is made of, by type, largest first
    num_all_parts: int = field(repr=False)
    path: Optional[Path] = field(repr=False)   #: from a root to an example of what accumulates; None for garbage
    verdicts: Tuple[Verdict, ...] = field(repr=False)    #: one for each hop of the path
    owner_kind: str = field(repr=False)  #: of the owner: "class", "module", "function"
    owner: str               #: what of the application has the last of its references on the path, "" if nothing
    owner_file: str = field(repr=False)  #: of its module, "" if unknown
    known: str               #: the known pattern that fits, "" if none
    related: Tuple[int, ...] = field(repr=False)  #: indexes of suspects of the same kind, or held by the same object
    fingerprint: str         #: the same for the same leak in another process
    text: str = field(repr=False)        #: a paragraph: what accumulates, how much, where, and who holds it
    advice: str = field(repr=False)      #: a paragraph: what to look at first

    def _parts(self) -> Iterator[Union[str, Table]]:
        yield wrapped_text(self.text, 2, WRAP_WIDTH)
        yield wrapped_text(self.advice, 2, WRAP_WIDTH)
        if self.path is not None:
            yield self._path_table(self.path)
        yield self._made_of_table()
        yield self._related_text()
        yield f"  fingerprint {self.fingerprint}"

    def _path_table(self, path) -> Table:
        rows = []
        for i, (hop, verdict) in enumerate(zip(path.hops, self.verdicts)):
            first = f"  {path.variable}" if path.frame else path.root
            reference = f"  {hop.reference.lstrip(' ')}" if i else first
            retained = "" if verdict.verdict == "expected" else size_text(hop.retained_bytes)
            underlined = (reference, _underline(clean(reference))) if verdict.is_underlined else reference
            rows.append((underlined, hop.type, retained, str(verdict)))
        last = f"= {self.expression}" if self.expression else f"no Python expression: {self.expression_gap}"
        return Table([*([path.frame] if path.frame else []), *rows],
                     titles=("reference", "type", "retains", "verdict"), right=(2,), indent="  ",
                     below=f"  {clean(last)}", is_sortable=False)

    def _made_of_table(self) -> Table:
        rows = [(part.count, part.size_bytes, part.type) for part in self.parts]
        others = self.num_all_parts - len(self.parts)
        if others:
            rows.append((self.count - sum(part.count for part in self.parts),
                         self.size_bytes - sum(part.size_bytes for part in self.parts),
                         things_text(others, "more type")))
        return Table(((count_text(count), size_text(size), name) for count, size, name in rows),
                     titles=("objects", "size", "made of"), right=(0, 1), indent="  ")

    def _related_text(self) -> str:
        if not self.related:
            return ""
        numbers = ", ".join(str(index + 1) for index in self.related)
        return (f"  related: suspect{'s' if len(self.related) > 1 else ''} {numbers} "
                "(the same kind of objects, or the same object holds both)")


def _underline(reference) -> str:
    text = reference.lstrip(" ")
    return " " * (len(reference) - len(text)) + "~" * width_of(text)


@dataclass(frozen=True)
class Holder:
    """An object near the roots that holds much, suspect or not."""
    reference: str           #: "stock.CATALOG"
    type: str
    node: int
    size_bytes: int          #: that it retains


@dataclass(frozen=True)
class Suspects(Shown):
    """Where the memory went, largest suspect first. Falsy when nothing stands out. print() it: it is meant to be read.

    Iterating gives the suspects.
    """
    suspects: Tuple[Suspect, ...]
    num_all_suspects: int    #: before `limit`
    holders: Tuple[Holder, ...] = field(repr=False)      #: the largest, also when nothing stands out
    total_count: int         #: objects of the whole heap
    total_bytes: int
    new_count: int           #: compared with an older snapshot: objects that are not in it; else 0
    new_bytes: int
    threshold_bytes: int
    is_comparison: bool
    note: str                #: what the snapshot does not tell, "" if nothing is missing

    def __bool__(self) -> bool:
        return bool(self.suspects)

    def __iter__(self) -> Iterator[Suspect]:
        return iter(self.suspects)

    def __len__(self) -> int:
        return len(self.suspects)

    def __getitem__(self, index: int) -> Suspect:
        return self.suspects[index]

    def _parts(self) -> Iterator[Union[str, Table]]:
        yield "\n".join(self._title())
        for i, suspect in enumerate(self.suspects):
            yield (f"suspect {i + 1}: {clean(suspect.reference)}, {size_text(suspect.size_bytes)}, "
                   f"{share_text(suspect.size_bytes, self.total_bytes)}")
            yield from suspect._parts()
        if not self.suspects:
            yield self._holders_table()

    def _title(self) -> Iterator[str]:
        count = self.num_all_suspects
        found = "nothing stands out" if not count else "1 suspect" if count == 1 else f"{count_text(count)} suspects"
        if len(self.suspects) < count:
            found += f", {count_text(len(self.suspects))} shown"
        objects = f"{count_text(self.total_count)} object{'' if self.total_count == 1 else 's'}"
        new = f", of these {count_text(self.new_count)} new, {size_text(self.new_bytes)}" if self.is_comparison else ""
        yield f"{objects}, {size_text(self.total_bytes)}{new}: {found}"
        if self.note:
            yield wrapped_text(self.note, 0, WRAP_WIDTH)

    def _holders_table(self) -> Table:
        rows = [(size_text(holder.size_bytes), share_text(holder.size_bytes, self.total_bytes),
                 holder.reference, holder.type) for holder in self.holders]
        return Table(rows, titles=("retains", "share", "the largest holders", "type"), right=(0, 1), indent="  ")
