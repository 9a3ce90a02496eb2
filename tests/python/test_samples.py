"""Each leaking sample gets the answer that its docstring has."""
import importlib.machinery
import importlib.util
import os
import pathlib
import sys

import pytest

LEAKS = pathlib.Path(__file__).parents[2] / "samples" / "leaks"
NAMES = ["cached_method", "class_default", "closure", "generator", "listener", "registry", "stored_exception", "task",
         "thread_frame", "thread_local"]


@pytest.fixture(scope="module")
def ask():
    loader = importlib.machinery.SourceFileLoader("ask", str(LEAKS / "ask"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("ask", loader))
    loader.exec_module(module)
    module.HOLDFAST, module.PYTHON = os.environ["HOLDFAST"], sys.executable
    return module


@pytest.fixture(autouse=True)
def module_path(monkeypatch):
    monkeypatch.setenv("HOLDFAST_PYTHON_PATH", os.environ["PYTHONPATH"].split(os.pathsep)[0])
    monkeypatch.delenv("PYTHONPATH")


def test_all_samples_are_tested(ask):
    assert ask.NAMES == NAMES
    readme = (LEAKS / "README.md").read_text()
    assert all(f"[{name}.py]({name}.py)" in readme for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_sample(ask, name):
    assert ask.differences(name) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_names_the_leak(ask, name):
    session = ask.session_of(name)
    assert session[0] == f"$ holdfast run -o leak.hfs {name}.py" and session[1].startswith("$ holdfast why leak.hfs ")
    objects = session[1].split()[-1]
    assert f"objects of type __main__.{objects}; shown is" in session[2]
    assert any(line.startswith(("  = ", "  no Python expression: ")) for line in session)


def test_a_wrong_answer_is_told(ask, monkeypatch):
    right = ask.answer("listener")
    monkeypatch.setattr(ask, "answer", lambda name: [line.replace("._listeners", "._subscribers") for line in right])
    assert any("_subscribers" in line for line in ask.differences("listener"))
