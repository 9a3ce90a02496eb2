"""The module in sub-interpreters, after a reload, forgotten, and on a Python that it does not support yet."""
import os
import subprocess
import sys
import textwrap

import pytest

PACKAGE = os.environ["PYTHONPATH"].split(os.pathsep)[0]

# Each release has its own name for the module and its own way to ask for an interpreter with a GIL of its own.
IN_SUB_INTERPRETER = """
import os, sys, time
try:
    import _interpreters
except ImportError:
    import _xxsubinterpreters as _interpreters

def create(is_isolated):
    if hasattr(_interpreters, "new_config"):
        return _interpreters.create("isolated" if is_isolated else "legacy")
    return _interpreters.create(isolated=is_isolated)

def run(interpreter, source):
    failure = _interpreters.run_string(interpreter, "import sys\\n" + source)
    assert not failure, failure
"""

# 3.9 to 3.11 know no other than those that share the GIL.
WITH_A_GIL = [False, pytest.param(True, marks=pytest.mark.skipif(sys.version_info < (3, 12), reason="one GIL for all"))]


def run(program, **settings):
    settings = {"env": {**os.environ, "PYTHONPATH": PACKAGE}, "timeout": 120, **settings}
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], text=True, capture_output=True, **settings)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("is_isolated", WITH_A_GIL)
@pytest.mark.parametrize("method", ["walk", "copy"])
def test_a_sub_interpreter_photographs_itself(is_isolated, method):
    out = run(IN_SUB_INTERPRETER + f"""
class Kept:
    pass

KEPT = [Kept() for i in range(100)]          # of the main interpreter: not to be seen from the other
interpreter = create({is_isolated})
run(interpreter, '''
import holdfast
class Kept:
    pass
KEPT = [Kept() for i in range(7)]
snap = holdfast.snapshot(method={method!r})
print(snap.types()["__main__.Kept"].count, snap.why(KEPT[3]).expression, len(snap.find(KEPT[3])))
with holdfast.growth() as grown:
    KEPT.extend(Kept() for i in range(5))
print(grown.result["__main__.Kept"].count_growth)
''')
_interpreters.destroy(interpreter)
import holdfast
print(holdfast.snapshot(method={method!r}).types()["__main__.Kept"].count)
""")
    assert out.splitlines() == ["7 sys.modules['__main__'].KEPT[3] 1", "5", "100"]


@pytest.mark.parametrize("is_isolated", WITH_A_GIL)
def test_a_watch_ends_with_its_interpreter(is_isolated, tmp_path):
    out = run(IN_SUB_INTERPRETER + f"""
import signal
interpreter = create({is_isolated})
run(interpreter, '''
import holdfast
KEPT = "of the sub-interpreter"
holdfast.install({str(tmp_path / "sub.hfs")!r}, signal="USR2")
''')
os.kill(os.getpid(), signal.SIGUSR2)
deadline = time.monotonic() + 60
while not os.path.exists({str(tmp_path / "sub.hfs")!r}) and time.monotonic() < deadline:
    time.sleep(0.01)
signal.signal(signal.SIGUSR2, signal.SIG_IGN)
_interpreters.destroy(interpreter)
os.kill(os.getpid(), signal.SIGUSR2)
import holdfast
snap = holdfast.load({str(tmp_path / "sub.hfs")!r})
print(snap.why(value="of the sub-interpreter").expression)
""")
    assert out == "sys.modules['__main__'].KEPT\n"


def test_after_a_reload():
    out = run("""
        import importlib, os, signal, sys
        import holdfast, holdfast._core, holdfast._install, holdfast.results, holdfast.results.types
        before = holdfast.snapshot()
        first = before.types()
        holdfast.install("never.hfs", signal="USR2")
        for name in ["holdfast.results.types", "holdfast.results", "holdfast._install", "holdfast._core", "holdfast"]:
            importlib.reload(sys.modules[name])
        holdfast.install()                          # ends the watch that an older _install began
        print(signal.getsignal(signal.SIGUSR2) == signal.SIG_DFL)
        print(str(before.types()) == str(first), isinstance(before, holdfast.Snapshot))
        print(holdfast.diff(before, holdfast.snapshot()).num_steps)
    """)
    assert out.splitlines() == ["True", "True True", "1"]


def test_a_module_that_is_forgotten_is_freed():
    """Its types, with all that hangs on them, go when nobody has them any more."""
    out = run("""
        import gc, sys, weakref
        import holdfast
        core = weakref.ref(holdfast._core.Snapshot)
        holdfast.snapshot().types()
        for name in [name for name in sys.modules if name.split(".")[0] == "holdfast"]:
            del sys.modules[name]
        del holdfast
        gc.collect()
        print(core())
        import holdfast
        print(len(holdfast.snapshot().types()) > 10)
    """)
    assert out.splitlines() == ["None", "True"]


# No free-threaded Python is at hand: what it says of itself is all that can be had of it.
def test_a_free_threaded_python_is_refused_at_import():
    out = run("""
        import sys
        sys.abiflags = "t"
        try:
            import holdfast
        except ImportError as error:
            print(error)
    """)
    assert "free-threaded" in out and "python3.13" not in sys.executable and len(out.splitlines()) == 1
