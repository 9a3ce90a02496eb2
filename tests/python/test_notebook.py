"""What notebooks show: well-formed HTML of its own, with everything of the program escaped; and text in terminals."""
import collections
import re
from html.parser import HTMLParser

import pytest
from IPython.core.formatters import DisplayFormatter

import holdfast
from holdfast import _html
from holdfast.results import TypeRow, Types

HOSTILE = "<script>alert('x')</script>&\"'\x1b[31m\n</td>"
EMPTY = {"br", "img", "hr"}


class Kept:
    pass


Odd = type(HOSTILE, (), {"__module__": __name__})

CACHE = {HOSTILE: Kept(), "numbers": [Kept() for _ in range(20)], "odd": [Odd() for _ in range(30)]}
RING = [Kept(), [HOSTILE]]
RING[1].append(RING)


class Document(HTMLParser):
    """A document as what it is: elements that end where they should, their attributes, and its text."""

    def __init__(self, source):
        super().__init__(convert_charrefs=True)
        self.open, self.elements, self.text, self.rows = [], collections.Counter(), [], []
        self.handlers, self.values = [], []
        self.feed(source)
        self.close()
        assert self.open == [], "elements are left open"

    def handle_starttag(self, tag, attrs):
        self.elements[tag] += 1
        attributes = dict(attrs)
        self.handlers += [(tag, name) for name in attributes if name.startswith("on")]
        if tag not in EMPTY:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.values.append(attributes.get("data-value"))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)
        if self.open and self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += data


@pytest.fixture(scope="module")
def snap():
    return holdfast.snapshot()


def grown():
    first, extra = holdfast.snapshot(), []
    steps = [first]
    for _ in range(2):
        extra.append([Odd() for _ in range(50)])
        CACHE["odd"].extend(extra[-1])
        steps.append(holdfast.snapshot())
    return holdfast.diff(*steps)


ANSWERS = {
    "types": lambda snap: snap.types(),
    "types with what they retain": lambda snap: snap.types(limit=5, retained=True),
    "why": lambda snap: snap.why(CACHE[HOSTILE], paths=3, retained=True),
    "why of many": lambda snap: snap.why(selector=f"{__name__}.Kept"),
    "why not": lambda snap: snap.why(CACHE[HOSTILE], avoid=[__name__ + ".*", "list", "dict"]),
    "path": lambda snap: snap.why(CACHE[HOSTILE]).path,
    "chain": lambda snap: snap.chain(CACHE, CACHE["numbers"][3]),
    "no chain": lambda snap: snap.chain(CACHE["numbers"][3], CACHE),
    "cycles": lambda snap: snap.cycles(),
    "cycle": lambda snap: snap.cycles().groups[0],
    "dominators": lambda snap: snap.dominators(),
    "retained": lambda snap: snap.retained(CACHE),
    "whatif": lambda snap: snap.whatif(f"{__name__}.CACHE"),
    "show": lambda snap: snap.show(CACHE),
    "refs": lambda snap: snap.refs(CACHE, depth=2),
    "referrers": lambda snap: snap.referrers(CACHE["numbers"]),
    "info": lambda snap: snap.info(),
    "suspects": lambda snap: snap.suspects(threshold=0.0001),
    "no suspects": lambda snap: snap.suspects(threshold=0.99),
    "waste": lambda snap: snap.waste(),
    "native": lambda snap: snap.native(),
    "native growth": lambda snap: holdfast.snapshot().native(snap),
    "growth": lambda snap: grown(),
}


def words_of(text):
    return re.findall(r"\S+", text)


@pytest.mark.parametrize("name", ANSWERS)
def test_it_says_in_html_what_it_says_in_text(name, snap):
    answer = ANSWERS[name](snap)
    source = answer._repr_html_()
    document = Document(source)
    assert document.elements["script"] == 0 and set(document.handlers) <= {("thead", "onclick")}
    assert not re.search(r"https?:|url\(|@import|<link|<img", source)
    shown = words_of(" ".join(document.text[1:]))       # the first is the style
    assert collections.Counter(words_of(str(answer))) - collections.Counter(shown) == collections.Counter()
    assert "\x1b" not in source and HOSTILE not in source


def test_hostile_words_arrive_as_words(snap):
    words = Document(snap.types(f"{__name__}.*")._repr_html_())
    assert any("<script>alert('x')</script>&\"'\\x1b[31m\\x0a</td>" in cell for row in words.rows for cell in row)


def test_cells_sort_as_numbers():
    rows = (TypeRow("a", 1000, 1024 * 900, None, None), TypeRow("b", 30, 1024 * 1024, None, None))
    table = Types(rows, 2, 2000, 1024 * 4000, 1030, 1024 * 1924, None, None)
    document = Document(table._repr_html_())
    assert document.rows[1] == ["1,000", "900.0 KiB", "22.5 %", "a"]
    assert document.values[4:8] == ["1000", "921600", "22.5", None]
    assert document.rows[-1][-1] == "in all"


def test_what_stands_in_an_order_does_not_sort(snap):
    assert "onclick" not in snap.why(CACHE["numbers"])._repr_html_()
    assert "onclick" not in snap.refs(CACHE)._repr_html_()
    assert "onclick" in snap.types()._repr_html_()


def test_a_long_table_says_what_it_leaves_out():
    rows = tuple(TypeRow(f"type{i}", 1, 16, None, None) for i in range(_html.MAX_ROWS + 1234))
    document = Document(Types(rows, len(rows), len(rows), 16, len(rows), 16, None, None)._repr_html_())
    assert len(document.rows) == _html.MAX_ROWS + 3
    assert document.rows[-2] == ["  and 1,234 more rows: print() shows all, limit= asks for fewer"]


def test_a_notebook_gets_html_and_text(snap):
    answer = snap.types(limit=3)
    data, _ = DisplayFormatter().format(answer)
    assert data == {"text/plain": str(answer), "text/html": answer._repr_html_()}


def test_a_terminal_gets_the_text(snap):
    terminal = DisplayFormatter(active_types=["text/plain"])
    for name in ["types", "why", "path", "suspects"]:
        answer = ANSWERS[name](snap)
        assert terminal.format(answer)[0]["text/plain"] == str(answer)


def test_formats_that_are_not_wanted_are_not_made(snap):
    answer = snap.types(limit=3)
    assert answer._repr_mimebundle_(include={"text/plain"}) == {"text/plain": str(answer)}
    assert set(answer._repr_mimebundle_(exclude={"text/html"})) == {"text/plain"}


def test_a_picture_is_drawn_where_pictures_are_shown(snap, monkeypatch):
    picture = snap.graph(CACHE[HOSTILE])
    assert DisplayFormatter().format(picture)[0]["image/svg+xml"].rstrip().endswith("</svg>")
    monkeypatch.setattr(type(picture), "render", None)      # a terminal does not ask for it
    assert set(DisplayFormatter(active_types=["text/plain"]).format(picture)[0]) == {"text/plain"}


def test_a_picture_that_cannot_be_drawn_is_a_warning(snap, monkeypatch):
    picture = snap.graph(CACHE["numbers"])

    def render(self, format="svg", *, seconds=30):
        raise NotImplementedError("Graphviz is not installed")

    monkeypatch.setattr(type(picture), "render", render)
    with pytest.warns(RuntimeWarning, match="Graphviz is not installed"):
        data, _ = DisplayFormatter().format(picture)
    assert "image/svg+xml" not in data and "Picture(" in data["text/plain"]
