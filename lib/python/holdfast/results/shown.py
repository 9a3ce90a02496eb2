"""How answers show themselves: as text where people read text, as tables that sort when clicked in a notebook.

    answer ── _parts() ──▶ texts and Tables ──┬─▶ str(answer)            as the command prints it
                                              └─▶ answer._repr_html_()   the same words, see holdfast._html

An answer of a new question derives from Shown and gives its parts; both forms come from there. Cells keep the numbers
that they were made from (holdfast._text.Number), so that 1.2 MiB comes after 800 KiB.
"""
from typing import Any, Dict, Iterable, Iterator, Optional, Sequence, Tuple, Union

from holdfast._text import table_text

Cell = Union[str, Tuple[str, ...]]       #: several lines below each other are a tuple
Row = Union[str, Sequence[Cell]]         #: a line of its own, such as a heading, is a str


class Table:
    """Rows of cells in columns. The order of rows that stand below each other for a reason is not for sorting."""

    def __init__(self, rows: Iterable[Row], *, titles: Sequence[str] = (), foot: Iterable[Row] = (),
                 right: Sequence[int] = (), indent: str = "", above: str = "", below: str = "",
                 is_sortable: bool = True) -> None:
        self.titles, self.rows, self.foot = titles, list(rows), list(foot)
        self.right, self.indent, self.above, self.below, self.is_sortable = right, indent, above, below, is_sortable

    def __str__(self) -> str:
        rows = [self.titles, *self.rows, *self.foot] if self.titles else [*self.rows, *self.foot]
        text = table_text([line for row in rows for line in _lines_of(row)], self.right, self.indent)
        return "\n".join(part for part in (self.above, text, self.below) if part)


def _lines_of(row: Row) -> Iterator[Row]:
    """A row with a cell of several lines is several rows of text, and the others of its cells stand in the first."""
    if isinstance(row, str) or not any(isinstance(cell, tuple) for cell in row):
        yield row
        return
    columns = [cell if isinstance(cell, tuple) else (cell,) for cell in row]
    for i in range(max(map(len, columns))):
        yield [column[i] if i < len(column) else "" for column in columns]


def text_of(parts: Iterable[Union[str, Table]]) -> str:
    return "\n\n".join(text for text in map(str, parts) if text)


class Shown:
    """An answer made of parts."""

    def _parts(self) -> Iterable[Union[str, Table]]:
        raise NotImplementedError

    def __str__(self) -> str:
        return text_of(self._parts())

    def _repr_html_(self) -> str:
        from holdfast._html import page_html
        return page_html(self._parts())

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What IPython prints in a terminal."""
        printer.text(str(self))

    def _repr_mimebundle_(self, include: Optional[Iterable[str]] = None,
                          exclude: Optional[Iterable[str]] = None) -> Dict[str, str]:
        """For notebooks that show text where they may not show HTML, such as a saved one that is not trusted."""
        makers = {"text/plain": self.__str__, "text/html": self._repr_html_}
        return {kind: make() for kind, make in makers.items()
                if (include is None or kind in include) and (exclude is None or kind not in exclude)}
