"""pip install: in a bare virtual environment, without network and build packages; and that uninstall takes all."""
import os
import pathlib
import subprocess
import sys
import tarfile
import venv

import pytest

import holdfast
from installing import ENVIRONMENT, ROOT, files_below, run

# No index, so that a package that is asked for is an error; and pip does not look for its own next release.
PIP = {**ENVIRONMENT, "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_CONFIG_FILE": os.devnull}


class Environment:
    """A virtual environment, and what was in it before anything was installed."""

    def __init__(self, folder):
        venv.create(folder, with_pip=True)
        self.folder, self.bin = folder, folder / "bin"
        self.pip("list")
        self.bare = files_below(folder)

    def pip(self, *words):
        return run(self.bin / "python", "-m", "pip", *words, env=PIP)

    def python(self, *words):
        """In another folder than that of the sources, where a package of ours could be found by chance."""
        return run(self.bin / "python", *words, env=PIP, cwd=self.folder)

    def left_over(self):
        changed = files_below(self.folder) ^ self.bare
        ours = {str(path.relative_to(self.folder)) for path in self.folder.rglob("*holdfast*")}     # folders too
        return ours | {name for name in changed if "__pycache__/" not in name}


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    return Environment(tmp_path_factory.mktemp("venv"))


USES_IT = """
import holdfast, os
class Kept: pass
KEPT = [Kept() for i in range(3)]
print(holdfast.snapshot().why(KEPT[1]).expression)
print(os.path.dirname(holdfast.__file__))
"""


def check_that_it_works(environment):
    expression, folder = environment.python("-c", USES_IT).splitlines()
    assert expression == "sys.modules['__main__'].KEPT[1]"
    version = run(environment.bin / "holdfast", "--version", env=PIP)
    assert holdfast.__version__ in version and environment.python("-m", "holdfast", "--version") == version
    (environment.folder / "program.py").write_text("kept = [bytearray(9) for i in range(50)]\n")
    for command in [environment.bin / "holdfast"], [environment.bin / "python", "-m", "holdfast"]:
        run(*command, "run", "-o", "out.hfs", "program.py", env={**PIP, "PATH": f"{environment.bin}:{PIP['PATH']}"},
            cwd=environment.folder)
        assert holdfast.load(environment.folder / "out.hfs").types()["bytearray"].count >= 50
        (environment.folder / "out.hfs").unlink()
    (environment.folder / "program.py").unlink()
    return pathlib.Path(folder)


def test_install_and_uninstall(environment):
    environment.pip("install", ROOT)
    assert environment.folder in check_that_it_works(environment).parents
    listed = environment.pip("show", "--files", "holdfast")
    for name in ["holdfast/py.typed", "holdfast/_core.pyi", "holdfast/results/why.py", "bin/holdfast",
                 "share/holdfast/gdb.py"]:
        assert name in listed
    assert listed.count("holdfast/_core.c") == 1        # one extension, of this Python, of all that make has built
    assert "No broken requirements" in environment.pip("check")
    environment.pip("uninstall", "--yes", "holdfast")
    assert environment.left_over() == set()


def test_an_editable_install(environment):
    environment.pip("install", "--editable", ROOT)
    package = check_that_it_works(environment)
    assert package == ROOT / "build/python/holdfast"
    assert (package / "results/why.py").resolve() == ROOT / "lib/python/holdfast/results/why.py"    # edits are seen
    environment.pip("uninstall", "--yes", "holdfast")
    assert environment.left_over() == set()


def test_the_archive_of_sources_has_all_that_make_wants(tmp_path):
    """Nothing is compiled again here: make says what it would do, and fails if a file is missing for it."""
    build = "import build_backend, sys; print(build_backend.build_sdist(sys.argv[1]))"
    name = run(sys.executable, "-c", build, tmp_path,
               env={**ENVIRONMENT, "PYTHONPATH": str(ROOT / "lib/python")}).strip()
    with tarfile.open(tmp_path / name) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / name[:-len(".tar.gz")]
    commands = run("make", "--dry-run", "all", "install", f"PYTHON={sys.executable}", cwd=folder)
    sources = {str(path.relative_to(ROOT)) for part in ("lib", "cli") for path in (ROOT / part).rglob("*.c")}
    assert sources - set(commands.split()) == set()
    assert (folder / "PKG-INFO").read_text().startswith("Metadata-Version: 2.1\nName: holdfast\n")


FREE_THREADED = """#!/bin/sh
case "$2" in
*EXT_SUFFIX*) echo .cpython-313t-x86_64-linux-gnu.so ;;
*) exec {python} "$@" ;;
esac
"""


def refusal(*words, **settings):
    settings = {"env": ENVIRONMENT, "cwd": ROOT, **settings}
    done = subprocess.run([str(word) for word in words], text=True, capture_output=True, timeout=120, **settings)
    assert done.returncode != 0
    return done.stderr


def test_a_free_threaded_python_is_refused_before_anything_is_built(tmp_path):
    """None is at hand: a stand-in says of itself what one would."""
    python = tmp_path / "python3.13t"
    python.write_text(FREE_THREADED.format(python=sys.executable))
    python.chmod(0o755)
    assert "free-threaded" in refusal("make", "python", f"BUILD={tmp_path}/build", f"PYTHON={python}")
    by_pip = ("import sys, sysconfig; sysconfig.get_config_var = lambda name: 1; "
              "import build_backend; build_backend.build_wheel(sys.argv[1])")
    assert "free-threaded" in refusal(sys.executable, "-c", by_pip, tmp_path,
                                      env={**ENVIRONMENT, "PYTHONPATH": str(ROOT / "lib/python")})
    source = ROOT / "lib/capture/own_heap.c"
    flags = ["-I", ROOT / "include", "-I", ROOT / "lib", "-I", ROOT, "-D_GNU_SOURCE", "-DPy_GIL_DISABLED"]
    headers = run(sys.executable, "-c", "import sysconfig; print(sysconfig.get_path('include'))").strip()
    assert "free-threaded" in refusal("cc", "-fsyntax-only", *flags, "-isystem", headers, source)
