"""Answers in Python read as the command's answers do, letter by letter."""
import os
import subprocess
import sys

import holdfast
import pytest

PROGRAM = """
import holdfast, sys, threading

class Session:
    pass

class Held:
    pass

CACHE = [{('session', i): Session() for i in range(5)} for _ in range(4)]
ALSO = [CACHE[0][('session', 0)]]
NAMES = {'\\u8868\\n\\x1b[31m': Session()}
ready, done = threading.Event(), threading.Event()

def work():
    local = Held()
    ready.set()
    done.wait()

thread = threading.Thread(target=work, name='worker')
thread.start()
ready.wait()
class Node:
    pass

for i in range(5):
    parent = Node()
    parent.children = [Node() for _ in range(3)]
    for child in parent.children:
        child.parent = parent
        child.me = [child]
RING = [None]
for i in range(30):
    RING[0] = [RING[0]]
    if i == 0:
        last = RING[0]
last[0] = RING[0]
del parent, child, last
cycle = [Session()]
cycle.append(cycle)
del cycle
holdfast.dump(sys.argv[1])
done.set()
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("heap") / "heap.hfs"
    subprocess.run([sys.executable, "-c", PROGRAM, path], check=True)
    return path


def command(*words):
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    result = subprocess.run([os.environ["HOLDFAST"], *words], capture_output=True, text=True, env=environment)
    assert result.stderr == ""
    return result.stdout


def test_info(path):
    assert f"{holdfast.load(path).info()}\n" == command("info", path)


@pytest.mark.parametrize("words, arguments", [
    (["--limit", "10"], {"limit": 10}),
    (["__main__.*", "--limit", "0"], {"pattern": "__main__.*"}),
    (["--sort", "name", "--module", "builtins"], {"sort": "name", "module": "builtins", "limit": 20}),
])
def test_types(path, words, arguments):
    snapshot = holdfast.load(path)
    assert f"{snapshot.types(**arguments, retained=True)}\n" == command("types", path, *words)
    assert f"{snapshot.types(**arguments)}\n" == command("types", path, "--shallow", *words)


@pytest.mark.parametrize("selector, words, arguments", [
    ("__main__.Held", [], {}),
    ("__main__.Session", [], {}),
    ("__main__.Session", ["--avoid", "dict"], {"avoid": "dict"}),
    ("__main__.Held", ["--avoid", "__main__.Held"], {"avoid": ["__main__.Held"]}),
    ("module", ["--paths", "3"], {"paths": 3}),
    ("type", [], {}),
])
def test_why(path, selector, words, arguments):
    for retained, option in ((True, []), (False, ["--shallow"])):
        answer = holdfast.load(path).why(selector=selector, **arguments, retained=retained)
        expected = command("why", path, selector, *words, *option)
        assert f"{answer}\n" == expected.replace("see --paths ", "see paths=")


@pytest.mark.parametrize("source, target, words, arguments", [
    ("list", "__main__.Session", [], {}),
    ("__main__.Session", "__main__.Session", ["--avoid", "type"], {"avoid": "type"}),
    ("type", "module", [], {}),
])
def test_chain(path, source, target, words, arguments):
    answer = holdfast.load(path).chain(source_selector=source, target_selector=target, **arguments)
    assert f"{answer}\n" == command("chain", path, source, target, *words)


@pytest.mark.parametrize("selector, words, arguments", [
    ("__main__.Held", [], {}),
    ("__main__.Session", ["--depth", "6"], {"depth": 6}),
    ("__main__.Node", ["--limit", "100", "--branches", "3"], {"limit": 100, "branches": 3}),
    ("module", ["--limit", "7"], {"limit": 7}),
    ("type", ["--depth", "1"], {"depth": 1}),
    ("dict", [], {}),
])
@pytest.mark.parametrize("direction", ["refs", "referrers"])
def test_neighbours(path, direction, selector, words, arguments):
    answer = getattr(holdfast.load(path), direction)(selector=selector, **arguments)
    assert f"{answer}\n" == command(direction, path, selector, *words)


@pytest.mark.parametrize("selector, words, arguments", [
    ("__main__.Held", [], {}),
    ("__main__.Session", [], {}),
    ("__main__.Node", ["--limit", "1"], {"limit": 1}),
    ("module", [], {}),
    ("str", [], {}),
])
def test_show(path, selector, words, arguments):
    assert f"{holdfast.load(path).show(selector=selector, **arguments)}\n" == command("show", path, selector, *words)


@pytest.mark.parametrize("words, arguments", [
    ([], {}),
    (["--limit", "3"], {"limit": 3}),
    (["--limit", "0"], {"limit": None}),
    (["__main__.Node"], {"selector": "__main__.Node"}),
    (["list"], {"selector": "list"}),
])
def test_cycles(path, words, arguments):
    assert f"{holdfast.load(path).cycles(**arguments)}\n" == command("cycles", path, *words)


@pytest.mark.parametrize("words, arguments", [
    (["--threshold", "1"], {"threshold": 0.01}), (["--threshold", "1", "--limit", "1"], {"threshold": 0.01, "limit": 1}),
    (["--threshold", "90"], {"threshold": 0.9}),
])
def test_suspects(path, words, arguments):
    answer = holdfast.load(path).suspects(**arguments)
    text = subprocess.run([os.environ["HOLDFAST"], "suspects", path, *words], capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "C.UTF-8"}).stdout
    assert f"{answer}\n" == text


@pytest.mark.parametrize("words, arguments", [([], {}), (["--limit", "2"], {"limit": 2})])
def test_native(path, words, arguments):
    assert f"{holdfast.load(path).native(**arguments)}\n" == command("native", path, *words)
    answer = holdfast.native(path, path, **arguments)
    assert f"{answer}\n" == command("native", path, path, *words)


def test_a_name_with_controls_does_not_reach_the_terminal(path):
    snapshot = holdfast.load(path)
    nodes = [node.id for node in snapshot.find(selector="__main__.Session")]
    texts = {node: str(snapshot.why(selector=f"#{node}")) for node in nodes}
    assert any("\u8868" in text for text in texts.values())
    for node, text in texts.items():
        assert "\x1b" not in text
        assert f"{text}\n" == command("why", path, f"#{node}", "--shallow").replace("see --paths ", "see paths=")
