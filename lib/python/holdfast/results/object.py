"""The answers of Snapshot.find() and Snapshot.show(): single objects."""
from dataclasses import dataclass, field
from typing import Iterator, Optional, Tuple, Union

from holdfast._text import clean, count_text, size_text, things_text
from holdfast.results.neighbours import Neighbours
from holdfast.results.path import Path
from holdfast.results.shown import Shown, Table

MAX_LISTED = 10


@dataclass(frozen=True)
class Node:
    """One object of a snapshot."""
    id: int                  #: its number in the snapshot
    addr: int                #: id() of the object
    type: str
    value: str               #: one-line preview, "" if there is none
    size_bytes: int
    refcount: int
    num_references: int      #: that it holds

    def __str__(self) -> str:
        value = f"  {self.value}" if self.value else ""
        return f"#{self.id} at {self.addr:#x}  {self.type}  {size_text(self.size_bytes)}{value}"


@dataclass(frozen=True)
class Object(Shown):
    """One object with everything that is known of it."""
    description: str         #: what was asked about
    num_selected: int        #: of so many it is the first
    node: int
    addr: int
    type: str
    type_node: Optional[int]
    type_count: int          #: objects of that type
    type_bytes: int
    value: str               #: one-line preview, "" if there is none
    size_bytes: int
    dict: Optional[int]      #: its attribute dict, None if it has none or shares it
    dict_bytes: int
    retained_count: int      #: objects that would be freed with it, itself included
    retained_bytes: int
    dominator: Optional[int] #: the nearest object that every path to it passes, None if there is none
    dominator_type: str
    refcount: int
    num_incoming: int        #: references to it that were found in objects
    flags: Tuple[str, ...]   #: in words: "tracked by the collector", "immortal", ...
    roots: Tuple[str, ...]   #: each reason why it is a root
    owner: str               #: the module or thread at the root of its path, "" if no root reaches it
    path: Optional[Path]
    referrers: Neighbours = field(repr=False)    #: one level deep
    references: Neighbours = field(repr=False)
    allocated_at: Tuple[str, ...] = field(repr=False)   #: "shop.py:31 in Cache.add", then callers; () if unknown

    def _parts(self) -> Iterator[Union[str, Table]]:
        title = f"#{self.node} at {self.addr:#x}"
        if self.num_selected > 1:
            title = f"{clean(self.description)}; shown is {title}"
        yield title
        yield Table(self._facts(), indent="  ")
        for around, nothing in [(self.referrers, "no object refers to it"), (self.references, "it refers to nothing")]:
            yield around._table() if around else f"  {nothing}"

    def _facts(self) -> Iterator[Tuple[str, str]]:
        all_text = f"one of {_amount_text(self.type_count, self.type_bytes)}"
        yield "type", (f"{self.type}{'' if self.type_node is None else f' (#{self.type_node})'}, "
                       f"{all_text if self.type_count > 1 else 'the only object'}")
        if self.value:
            yield "value", self.value
        extra = "" if self.dict is None else f", and {size_text(self.dict_bytes)} of its attribute dict (#{self.dict})"
        yield "size", size_text(self.size_bytes) + extra
        yield "retains", _amount_text(self.retained_count, self.retained_bytes)
        more = " or more" if self.refcount == 2**32 - 1 else ""
        found = f"{count_text(self.num_incoming)} found in objects"
        yield "count", f"{things_text(self.refcount, 'reference')}{more}; {found}"
        yield "flags", ", ".join(self.flags) or "not tracked by the collector"
        for i, line in enumerate(self.allocated_at[:MAX_LISTED + 1]):
            yield "" if i else "allocated", f"{'by' if i else 'at'} {line}"
        if len(self.allocated_at) > MAX_LISTED + 1:
            yield "", f"and {count_text(len(self.allocated_at) - MAX_LISTED - 1)} more"
        for i, root in enumerate(self.roots[:MAX_LISTED]):
            yield "" if i else "root", root
        if len(self.roots) > MAX_LISTED:
            yield "", f"and {count_text(len(self.roots) - MAX_LISTED)} more"
        yield "owner", self.owner if self.path else "none: no root reaches it, it is garbage"
        if self.dominator is not None:
            yield "only through", f"#{self.dominator} {self.dominator_type}"
        if self.path:
            yield "path", self.path.expression or f"no Python expression: {self.path.expression_gap}"


def _amount_text(count, size_bytes) -> str:
    return f"{things_text(count, 'object')} with {size_text(size_bytes)}"
