"""The answer of Snapshot.chain(): how one object leads to another."""
from dataclasses import dataclass
from typing import Iterator, Tuple, Union

from holdfast._text import clean
from holdfast.results.path import Hop, expression_text, hops_table
from holdfast.results.shown import Shown, Table


@dataclass(frozen=True)
class Chain(Shown):
    """The shortest chain of references from one object to another. Falsy if there is none."""
    source: str              #: what was asked about: "1 object of type shop.cache.Cache"
    target: str
    hops: Tuple[Hop, ...]    #: from an object of source, whose reference is "start", to one of target
    expression: str          #: a Python expression in which `start` is the first object; "" where Python has none
    expression_gap: str      #: where it has none: the hop that Python cannot express

    def __len__(self) -> int:
        return len(self.hops)

    def __iter__(self) -> Iterator[Hop]:
        return iter(self.hops)

    def _parts(self) -> Iterator[Union[str, Table]]:
        ends = [f"{word:5} {f'#{hop.node}: ' if hop else ''}{clean(description)}" for word, description, hop in
                [("from", self.source, self.hops and self.hops[0]), ("to", self.target, self.hops and self.hops[-1])]]
        yield "\n".join(ends)
        if self.hops:
            yield hops_table(self.hops, below=expression_text(self))
        else:
            yield "  no chain of references leads there"
