"""Pictures of live objects with hostile values, read back by an XML parser, while other threads run."""
import os
import threading
import xml.etree.ElementTree as ElementTree

import holdfast
import pytest

TEXT = "{http://www.w3.org/2000/svg}text"
TITLE = "{http://www.w3.org/1999/xlink}title"

HOSTILE = ['"double"', "it's", "\\N\\G\\l\\", "<b>&amp;&lt;</b> &", "line\nbreak\r\t", "😀 café 中文", "\ud800",
           "\x00\x1b", "100% %s {a|b} <port>", "]]> -->", "\u202e \u2028 \ufeff", '"]; evil [label="x']


class Holder:
    def __init__(self, value):
        self.value = value
        setattr(self, 'odd "name" \\N <&>\n\ud800', value)

    def __del__(self):
        pass


HOLDERS = [Holder(value) for value in HOSTILE]


@pytest.fixture(scope="module")
def snap():
    return holdfast.snapshot()


@pytest.fixture(autouse=True)
def busy_threads():
    done = threading.Event()
    threads = [threading.Thread(target=lambda: done.wait(60), name=f'T"{i}" <&> \\N 😀') for i in range(4)]
    for thread in threads:
        thread.start()
    yield
    done.set()
    for thread in threads:
        thread.join()


def read_svg(picture):
    """All texts, and all tooltips, of a picture; blanks in a row come as no-break spaces."""
    root = ElementTree.fromstring(picture.render("svg"))
    texts = [element.text or "" for element in root.iter(TEXT)]
    titles = [element.get(TITLE) for element in root.iter() if element.get(TITLE)]
    return [text.replace("\xa0", " ") for text in texts], [title.replace("\xa0", " ") for title in titles]


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: ascii(holder.value))
def test_hostile_values_come_out_as_they_are(snap, holder):
    texts, titles = read_svg(snap.graph(holder, direction="references", depth=1))
    assert repr(holder.value) in texts
    assert any(repr(holder.value) in title.split("\n") for title in titles)
    assert "__del__" in texts
    assert ".value" in [text.strip() for text in texts]
    assert any("'odd \"name\" \\\\N <&>\\n\\ud800'" in text for text in texts)


def test_objects_are_drawn_once_and_found_by_address(snap):
    holder = HOLDERS[0]
    picture = snap.graph(holder, direction="chain")
    texts, titles = read_svg(picture)
    assert f"at {hex(id(holder))}" in texts
    assert any(f"at {hex(id(holder))} (#" in title and "HOLDERS[0]" in title for title in titles)
    assert f"Drawn: {picture.num_nodes} objects, {picture.num_edges} arrows" in texts


def test_drawing_leaves_nothing_behind(snap):
    picture = snap.graph(HOLDERS[0])
    picture.render("svg")
    before = sorted(os.listdir("/proc/self/fd"))
    for name in ("svg", "png", "pdf"):
        picture.render(name)
    assert sorted(os.listdir("/proc/self/fd")) == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
    assert "libgvc" not in open("/proc/self/maps").read()
