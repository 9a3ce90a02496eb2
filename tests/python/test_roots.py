"""Every root says why it is one: module, thread and frame, interpreter, static type, immortal, held from outside."""
import json
import pathlib
import subprocess
import sys

import pytest

from oracle import plain


class Rooted:
    def __init__(self, folder):
        path = folder / "heap.hfs"
        done = subprocess.run([sys.executable, "-m", "oracle.rooted", str(path)], stdout=subprocess.PIPE, text=True,
                              cwd=pathlib.Path(__file__).parent)
        assert done.returncode == 0
        self.said = json.loads(done.stdout)
        self.snapshot = plain.Plain(path)
        self.roots = self.snapshot.all_roots()
        self.threads = self.snapshot.all_threads()
        self.frames = self.snapshot.all_frames()

    def node(self, name):
        return self.snapshot.node_of[self.said["told"][name] if name in self.said["told"] else self.said[name]]

    def roots_of(self, name):
        node = self.node(name)
        return [root for root in self.roots if root.node == node]

    def frame_of(self, root):
        return self.frames[root.frame]

    def thread_of(self, root):
        return self.threads[self.frame_of(root).thread]


@pytest.fixture(scope="module")
def rooted(tmp_path_factory):
    return Rooted(tmp_path_factory.mktemp("rooted"))


def test_modules(rooted):
    modules = {root.name: root.node for root in rooted.roots if root.kind == "module"}
    assert {"__main__", "sys", "builtins", "threading", "oracle", "not a module"} <= set(modules)
    assert not [name for name in modules if name.startswith("holdfast")]
    assert modules["not a module"] == rooted.node("value of sys.modules")
    assert [rooted.snapshot.type_of(modules[name]) for name in ("__main__", "sys")] == ["module", "module"]
    assert rooted.roots_of("variable of a module") == []       # held, by a module


def test_builtins(rooted):
    [root] = [root for root in rooted.roots if root.kind == "builtins"]
    targets = {edge.target for edge in rooted.snapshot.edges(root.node)}
    assert rooted.snapshot.type_of(root.node) == "dict"
    assert rooted.node("variable of builtins") in targets


def test_interpreter(rooted):
    names = {root.name for root in rooted.roots if root.kind == "interpreter"}
    assert {"sys.modules", "importlib", "codec cache", "thread-local data of thread MainThread",
            "context of thread worker \u2713"} <= names
    [root] = [root for root in rooted.roots if root.name == "exception being handled of thread worker \u2713"]
    assert rooted.snapshot.type_of(root.node) == "KeyError"
    [arguments] = [root for root in rooted.roots if root.name == "arguments of an atexit callback"
                   and rooted.node("argument at exit") in rooted.snapshot.targets(root.node)]
    assert rooted.snapshot.type_of(arguments.node) == "tuple"


def test_threads(rooted):
    assert {thread.name: thread.ident for thread in rooted.threads} == {
        "MainThread": rooted.said["main"], "worker \u2713": rooted.said["ident"]}
    assert [thread.is_asker for thread in rooted.threads if thread.name == "MainThread"] == [True]
    assert all(thread.native_id for thread in rooted.threads)


@pytest.mark.parametrize("name, thread, function, variable", [
    ("variable of a thread", "worker \u2713", "work", "local"),
    ("argument of a thread", "worker \u2713", "work", "job"),
    ("variable of the main thread", "MainThread", "main", "main_variable"),
    ("variable of a running generator", "MainThread", "running", "kept"),
])
def test_variables(rooted, name, thread, function, variable):
    [root] = [root for root in rooted.roots_of(name) if root.name_kind == "local"]
    assert (root.kind, root.name, root.count) == ("frame", variable, 1)
    assert rooted.thread_of(root).name == thread
    assert rooted.frame_of(root).function == function
    assert rooted.frame_of(root).file == rooted.said["file"]
    assert not [root for root in rooted.roots_of(name) if root.kind == "outside"]


def test_lines(rooted):
    """The innermost frame of a thread comes first; its line is the one that runs."""
    worker = [thread.name for thread in rooted.threads].index("worker \u2713")
    frames = [frame for frame in rooted.frames if frame.thread == worker]
    assert [frame.depth for frame in frames] == list(range(len(frames)))
    functions = [frame.function for frame in frames]
    assert functions[functions.index("deeper"):functions.index("deeper") + 2] == ["deeper", "work"]
    assert frames[functions.index("deeper")].line == rooted.said["told"]["line"]
    assert all(frame.line > 0 for frame in frames)
    assert not [frame for frame in rooted.frames if "holdfast" in frame.file]


def test_what_a_suspended_generator_holds_is_no_root(rooted):
    assert rooted.roots_of("variable of a suspended generator") == []


def test_held_from_outside(rooted):
    """References above those found, and how many; types with them are counted in the answer to `info`."""
    for times in (1, 3):
        [root] = rooted.roots_of(f"outside, {times} times")
        assert (root.kind, root.count) == ("outside", times)
    counted = {root.node for root in rooted.roots if root.kind == "outside"}
    immortal = {root.node for root in rooted.roots if root.kind == "immortal"}
    assert not counted & immortal
    told = {rooted.node(name) for name in rooted.said["told"] if name != "line" and not name.startswith("outside")}
    assert not counted & told


def test_immortal_objects_are_set_apart(rooted):
    for name in ("zero", "empty"):
        assert {root.kind for root in rooted.roots_of(name)} == {"immortal"}
        assert rooted.snapshot.node_flags[rooted.node(name)] & plain.IMMORTAL


def test_static_types(rooted):
    for name in ("dict", "type"):
        assert "static type" in {root.kind for root in rooted.roots_of(name)}
    assert rooted.roots_of("class") == []


def test_frozen_objects(rooted):
    """What gc.freeze() put aside is walked too, and says so."""
    assert rooted.snapshot.node_flags[rooted.node("frozen")] & plain.FROZEN
    assert not rooted.snapshot.node_flags[rooted.node("context of a thread")] & plain.FROZEN
