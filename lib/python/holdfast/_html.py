"""An answer as a piece of HTML for notebooks: its style, its texts and its tables, and nothing from elsewhere.

A click on a title sorts the table, largest first, and back with another one. A heading between rows stays above its
rows, and the foot stays below. Colours are those of the page, light or dark; greys are half transparent. Everything
that a process says of itself is escaped.
"""
from html import escape

from holdfast._text import clean, count_text

MAX_ROWS = 1000     #: of one table; the text has them all

STYLE = """<style>
.holdfast { font-size: 13px; line-height: 1.4; color: inherit; }
.holdfast p, .holdfast pre { margin: .5em 0; white-space: pre-wrap; background: none; color: inherit; }
.holdfast .rows { max-height: 36em; overflow: auto; }
.holdfast table { border-collapse: collapse; margin: .3em 0; color: inherit; font-size: inherit; }
.holdfast th, .holdfast td { padding: .15em .8em .15em 0; border: 0; text-align: left; vertical-align: top;
  white-space: pre; background: none; color: inherit; font-variant-numeric: tabular-nums; }
.holdfast .right { text-align: right; }
.holdfast thead th { border-bottom: 1px solid rgba(128,128,128,.6); }
.holdfast thead.sorts th { cursor: pointer; }
.holdfast thead.sorts th:hover { text-decoration: underline; }
.holdfast th[aria-sort=ascending]::after { content: " \\25B4"; }
.holdfast th[aria-sort=descending]::after { content: " \\25BE"; }
.holdfast tbody tr:hover { background: rgba(128,128,128,.18); }
.holdfast .rest { font-weight: normal; opacity: .75; }
.holdfast tfoot td { border-top: 1px solid rgba(128,128,128,.3); opacity: .75; }
</style>
"""

# In an attribute and not in a script element: it is there with its table, in each of many outputs, without names.
SORT = """
const title = event.target.closest('th');
if (!title) return;
const table = title.closest('table'), at = title.cellIndex;
const value = row => row.cells[at].dataset.value;
const words = row => row.cells[at].textContent;
const body = [...table.tBodies].map(part => [...part.rows].filter(row => row.cells[0].tagName == 'TD'));
const isNumber = body.flat().some(row => value(row) !== undefined);
const before = title.getAttribute('aria-sort');
const isDown = before ? before == 'ascending' : isNumber;
for (const other of title.parentNode.cells) other.removeAttribute('aria-sort');
title.setAttribute('aria-sort', isDown ? 'descending' : 'ascending');
const number = row => value(row) === undefined ? -Infinity : Number(value(row));
const compare = (a, b) => isNumber ? Math.sign(number(a) - number(b)) || 0 : words(a).localeCompare(words(b));
body.forEach((rows, i) => rows.sort((a, b) => isDown ? compare(b, a) : compare(a, b))
    .forEach(row => table.tBodies[i].append(row)));
"""


def page_html(parts):
    """Texts and Tables, one below the other."""
    shown = (_part_html(part) for part in parts if str(part))
    return f'<div class="holdfast">\n{STYLE}{"".join(shown)}</div>'


def _part_html(part):
    return _text_html(part, "p") if isinstance(part, str) else _table_html(part)


def _text_html(text, element):
    lines = "\n".join(_words(line) for line in text.split("\n"))
    return f"<{element}>{lines}</{element}>\n" if text else ""


def _words(text):
    return escape(clean(text))


def _table_html(table):
    rows, foot = table.rows, list(table.foot)
    if len(rows) > MAX_ROWS:
        foot.insert(0, f"  and {count_text(len(rows) - MAX_ROWS)} more rows: print() shows all, limit= asks for fewer")
        rows = rows[:MAX_ROWS]
    width = max((len(row) for row in [table.titles, *rows] if not isinstance(row, str)), default=1)
    head = _head_html(table) if table.titles else ""
    body = "".join(f"<tbody>{_rows_html(group, width, table.right)}</tbody>\n" for group in _groups(rows))
    tail = f"<tfoot>{_rows_html(foot, width, table.right)}</tfoot>" if foot else ""
    return (f"{_text_html(table.above, 'p')}<div class=\"rows\"><table>{head}\n{body}{tail}</table></div>\n"
            f"{_text_html(table.below, 'pre')}")


def _groups(rows):
    """A line of its own begins a group, whose rows are sorted among themselves."""
    groups = [[]]
    for row in rows:
        if isinstance(row, str):
            groups.append([])
        groups[-1].append(row)
    return [group for group in groups if group]


def _head_html(table):
    sorts = f' class="sorts" title="click to sort" onclick="{escape(SORT)}"' if table.is_sortable else ""
    cells = "".join(f"<th{_side(i, table.right)}>{_words(title)}</th>" for i, title in enumerate(table.titles))
    return f"<thead{sorts}><tr>{cells}</tr></thead>"


def _rows_html(rows, width, right):
    return "".join(f"<tr>{_row_html(row, width, right)}</tr>" for row in rows)


def _row_html(row, width, right):
    if isinstance(row, str):
        kind = ' class="rest"' if row.startswith(" ") else ""
        return f'<th colspan="{width}"{kind}>{_words(row)}</th>'
    return "".join(f"<td{_side(i, right)}{_value(cell)}>{_cell_html(cell)}</td>" for i, cell in enumerate(row))


def _side(index, right):
    return ' class="right"' if index in right else ""


def _value(cell):
    value = getattr(cell, "value", None)
    return "" if value is None else f' data-value="{value}"'


def _cell_html(cell):
    return "\n".join(map(_words, cell)) if isinstance(cell, tuple) else _words(cell)
