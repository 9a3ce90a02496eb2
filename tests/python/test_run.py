"""A program under `holdfast run` behaves as it does without: arguments, streams, tracebacks, exit codes, signals."""
import os
import re
import shutil
import subprocess
import sys
import zipfile

import holdfast
import pytest
from conftest import WROTE

PROGRAMS = {
    "arguments and path": "import sys; print(sys.argv, sys.path, __file__, __name__, __spec__, sys.flags)",
    "original words": "import sys; print(getattr(sys, 'orig_argv', None)[1:])",
    "main module": "import sys; print(sorted(vars(sys.modules['__main__'])), __builtins__, __loader__.name)",
    "environment": "import os; print(sorted((k, v) for k, v in os.environ.items() if k not in ('_', 'SHLVL')))",
    "frames": "import traceback, sys; traceback.print_stack(file=sys.stdout); print(sys._getframe().f_back)",
    "standard input": "import sys; print(sys.stdin.read(), end='')",
    "signals": "import signal as s; print([s.getsignal(n) for n in (s.SIGPIPE, s.SIGXFSZ, s.SIGINT, s.SIGUSR2)])",
    "open files": "import os; print(sorted(os.listdir('/proc/self/fd')))",
    "threads": "import threading, sys; print(threading.enumerate().__len__(), len(sys._current_frames()))",
    "modules": "import sys; print(sorted(m for m in sys.modules if not m.startswith('holdfast') and m != 'atexit'))",
    "hook": "import sys; print(sys.excepthook is sys.__excepthook__, sys.path_importer_cache)",
    "exit code": "import sys; sys.exit(7)",
    "exit text": "import sys; sys.exit('the reason')",
    "exit nothing": "raise SystemExit",
    "exception": "def f():\n    1 / 0\ntry:\n    f()\nexcept ZeroDivisionError as e:\n    raise KeyError from e",
    "syntax error": "def f(:\n  pass",
    "exception hook": "import sys\nsys.excepthook = lambda *a: print(a[0], a[2].tb_next)\nraise ValueError('x')",
    "broken exception hook": "import sys\ndef hook(*a): raise KeyError\nsys.excepthook = hook\nraise ValueError('x')",
    "keyboard interrupt": "raise KeyboardInterrupt",
    "killed": "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
    "_exit": "import os; print('lost'); os._exit(3)",
    "atexit order": "import atexit; atexit.register(print, 1); atexit.register(print, 2)",
    "pickle": "import pickle\nclass A: pass\nprint(pickle.loads(pickle.dumps(A())).__class__, A.__module__)",
    "deleted script": "import os; os.remove(__file__); print('gone')",
    "other folder": "import os; os.mkdir('d'); os.chdir('d'); os.rmdir('../d'); print('gone')",
    "closed streams": "import os; os.closerange(0, 3)",
    "restricted path": "import sys; sys.path[:] = []; sys.modules.pop('os'); print('so be it')",
    "warnings": "import warnings; warnings.warn('careful', DeprecationWarning, stacklevel=2)",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_cannot_tell(runner, tmp_path, name):
    runner.write("app.py", PROGRAMS[name] + "\n")
    plain = runner.plain("app.py", "-x", "--json", "a b", "", input="first\nsecond")
    runner.write("app.py", PROGRAMS[name] + "\n")   # again: one of them removes itself
    watched = runner.watched(["-o", "out.hfs"], "app.py", "-x", "--json", "a b", "", input="first\nsecond")
    assert watched.stdout == plain.stdout
    assert WROTE.sub("", watched.stderr).rstrip("\n") == plain.stderr.rstrip("\n")
    assert watched.returncode == plain.returncode
    assert (tmp_path / "out.hfs").exists() == (name not in ("killed", "_exit", "syntax error"))


@pytest.mark.parametrize("program", ["missing.py", "-m missing", "-m pkg.missing", "-m pkg", "empty", "-m empty",
                                     "pkg/__main__.py", "latin.py", "-m latin"])
def test_a_program_that_never_began_leaves_no_snapshot(runner, tmp_path, program):
    runner.write("pkg/__init__.py", "")
    runner.write("pkg/__main__.py", "def f(:\n")
    (tmp_path / "empty").mkdir()
    (tmp_path / "latin.py").write_bytes(b"name = '\xff'\n")
    plain, watched = runner.plain(*program.split()), runner.watched(["-o", "out.hfs"], *program.split())
    assert plain.returncode != 0
    assert (watched.returncode, watched.stdout, watched.stderr) == (plain.returncode, plain.stdout, plain.stderr)
    assert not (tmp_path / "out.hfs").exists()


@pytest.mark.parametrize("program, file, source", [
    ("app.py", "app.py", "pass\n"), ("app.py", "app.py", "raise SystemExit(3)\n"), ("-m app", "app.py", "pass\n"),
    ("app.py", "app.py", "import latin\n"), ("-m app", "app.py", "import latin\n"),
    ("-", "unused.py", "pass\n"), ("app.py", "app.py", "exec('def f(:')\n"), ("-m app.sub", "app/__init__.py", "raise SyntaxError('by hand')\n")])
def test_a_program_that_has_begun_leaves_one(runner, tmp_path, program, file, source):
    """Also one that gives nothing a name."""
    runner.write(file, source)
    (tmp_path / "latin.py").write_bytes(b"name = '\xff'\n")
    plain = runner.plain(*program.split(), input=source)
    watched = runner.watched(["-o", "out.hfs"], *program.split(), input=source)
    assert watched.returncode == plain.returncode
    assert (tmp_path / "out.hfs").exists()


@pytest.mark.parametrize("program", [["-m", "pkg", "a"], ["-m", "pkg.sub", "a"], ["pkg", "a"], ["pkg.zip", "a"]])
def test_modules_folders_and_archives(runner, tmp_path, program):
    source = ("import sys\nprint(sys.argv, sys.path[0], __name__, __package__, __file__, __spec__)\n"
              "raise ValueError('x')\n")
    for name in ("pkg/__init__.py", "pkg/__main__.py", "pkg/sub.py"):
        runner.write(name, "" if name.endswith("__init__.py") else source)
    with zipfile.ZipFile(tmp_path / "pkg.zip", "w") as archive:
        archive.writestr("__main__.py", source)
    plain, watched = runner.plain(*program), runner.watched(["-o", "out/"], *program)
    assert re.sub("0x[0-9a-f]+", "", watched.stdout) == re.sub("0x[0-9a-f]+", "", plain.stdout)
    assert WROTE.sub("", watched.stderr).rstrip("\n") == plain.stderr.rstrip("\n")
    assert watched.returncode == plain.returncode == 1
    stem = "pkg.sub" if "pkg.sub" in program else "pkg"
    assert [path.name for path in (tmp_path / "out").iterdir()] == [f"{stem}-00001.hfs"]


def test_the_users_own_sitecustomize_and_python_path(runner, tmp_path):
    runner.write("mine/sitecustomize.py", "import sys; sys.mine = __file__\n")
    runner.write("app.py", "import sys, os; print(sys.mine, sys.path, os.environ['PYTHONPATH'],\n"
                           "sys.modules['sitecustomize'])\n")
    environment = {**runner.environment, "PYTHONPATH": f"{tmp_path}/mine:{tmp_path}/other"}
    plain = runner.plain("app.py", env=environment)
    watched = runner.watched(["-o", "out.hfs"], "app.py", env=environment)
    assert "mine/sitecustomize.py" in plain.stdout
    assert watched.stdout == plain.stdout


@pytest.mark.parametrize("is_activated", [False, True])
def test_virtual_environments(runner, tmp_path, is_activated):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True)
    runner.write("app.py", "import sys; print(sys.executable, sys.prefix, sys.path)\n")
    folder = tmp_path / "venv" / "bin"
    words = ["-o", "out.hfs"] if is_activated else ["-o", "out.hfs", "--python", str(folder / "python")]
    environment = {**runner.environment, "PATH": f"{folder}:{os.environ['PATH']}"}
    plain = subprocess.run([folder / "python3", "app.py"], cwd=tmp_path, env=environment, capture_output=True, text=True)
    watched = subprocess.run([runner.command, "run", *words, "app.py"], cwd=tmp_path, env=environment,
                             capture_output=True, text=True)
    assert watched.stdout.split()[1:] == plain.stdout.split()[1:] and str(tmp_path / "venv") in watched.stdout
    assert (tmp_path / "out.hfs").exists()


def test_ctrl_c(runner, started, tmp_path):
    runner.write("app.py", "import time\nprint('ready', flush=True)\ntime.sleep(60)\n")
    process = started(["-o", "out.hfs"], "app.py")
    assert process.stdout.readline() == "ready\n"
    process.send_signal(2)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == -2
    assert errors.count("Traceback") == 1 and "holdfast/" not in errors
    assert (tmp_path / "out.hfs").exists()


def test_the_snapshot_at_exit_sees_the_modules_of_the_program(runner, tmp_path):
    runner.write("app.py", "class Session: pass\nCACHE = [Session() for _ in range(5)]\n")
    assert runner.watched(["-o", "out.hfs"], "app.py").returncode == 0
    snapshot = holdfast.load(tmp_path / "out.hfs")
    assert snapshot.why(selector="__main__.Session").groups[0].count == 5
    assert "CACHE" in snapshot.why(selector="__main__.Session").expression
    assert len(snapshot.types("holdfast*")) == 0
    assert snapshot.info().num_unreachable == 0


def test_the_last_snapshot_comes_after_the_programs_own_atexit(runner, tmp_path):
    runner.write("app.py", "import atexit\nclass Late: pass\natexit.register(lambda: globals().update(late=Late()))\n")
    assert runner.watched(["-o", "out.hfs"], "app.py").returncode == 0
    assert holdfast.load(tmp_path / "out.hfs").types("__main__.Late")["__main__.Late"].count == 1


def test_an_uncaught_exception_keeps_its_objects(runner, tmp_path):
    runner.write("app.py", "class Kept: pass\ndef f():\n    kept = Kept()\n    raise ValueError\nf()\n")
    assert runner.watched(["-o", "out.hfs"], "app.py").returncode == 1
    assert holdfast.load(tmp_path / "out.hfs").why(selector="Kept")


def test_numbers_go_on_and_nothing_is_overwritten(runner, tmp_path):
    runner.write("app.py", "pass\n")
    for number in (1, 2):
        result = runner.watched(["-o", "out/"], "app.py")
        assert f"out/app-0000{number}.hfs" in WROTE.search(result.stderr).group(1)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["app-00001.hfs", "app-00002.hfs"]


@pytest.mark.parametrize("options, option_name", [([], "app"), (["--plain"], "plain"), (["--no-previews"], "previews")])
def test_options_reach_the_file(runner, tmp_path, options, option_name):
    runner.write("app.py", "SECRET = ['a very secret word']\n")
    assert runner.watched(["-o", "out.hfs", *options], "app.py").returncode == 0
    snapshot = holdfast.load(tmp_path / "out.hfs")
    assert snapshot.info().origin.has_previews == (option_name != "previews")
    assert (b"a very secret word" in (tmp_path / "out.hfs").read_bytes()) == (option_name == "plain")


def test_a_failing_snapshot_does_not_hurt_the_program(runner, tmp_path):
    runner.write("app.py", "import os, sys\nos.mkdir('out.hfs')\nprint('fine')\nsys.exit(5)\n")
    result = runner.watched(["-o", "out.hfs"], "app.py")
    assert (result.returncode, result.stdout) == (5, "fine\n")
    assert result.stderr.count("\n") == 1 and "holdfast: no snapshot: cannot write" in result.stderr


def test_a_module_that_does_not_load_is_said_before_the_program_starts(runner, tmp_path):
    package = tmp_path / "broken" / "holdfast"
    shutil.copytree(holdfast.__path__[0], package)
    for extension in package.glob("_core*.so"):
        extension.write_bytes(b"not a library")
    runner.write("app.py", "print('must not run')\n")
    environment = {**runner.environment, "HOLDFAST_PYTHON_PATH": str(tmp_path / "broken")}
    result = runner.watched(["-o", "out.hfs"], "app.py", env=environment)
    assert (result.returncode, result.stdout) == (3, "")
    assert "build it with: make python PYTHON=" in result.stderr


def test_the_environment_of_subprocesses_is_clean(runner, tmp_path):
    runner.write("child.py", "import os, sys; print('holdfast' in sys.modules, 'HOLDFAST_RUN' in os.environ,\n"
                             "os.environ.get('PYTHONPATH'))\n")
    runner.write("app.py", "import subprocess, sys; print(subprocess.run([sys.executable, 'child.py'],\n"
                           "capture_output=True, text=True).stdout)\n")
    result = runner.watched(["-o", "out/"], "app.py")
    assert result.stdout == "False False None\n\n"
    assert len(list((tmp_path / "out").iterdir())) == 1
