"""pip install . in a bare virtual environment: no network, no build package, and everything where it belongs."""
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Environment:
    """A virtual environment of the test's Python. The sanitizers of a test run are not for its compiler."""

    def __init__(self, folder):
        self.folder = folder
        self.variables = {name: value for name, value in os.environ.items()
                          if name not in ("LD_PRELOAD", "PYTHONPATH", "HOLDFAST_PYTHON_PATH", "HOLDFAST", "MAKEFLAGS",
                                          "MAKELEVEL", "MFLAGS")}
        self.run(sys.executable, "-m", "venv", str(folder))

    def run(self, *words, cwd=None):
        return subprocess.run(words, check=True, text=True, capture_output=True, env=self.variables,
                              cwd=cwd or self.folder.parent).stdout

    def python(self, *words):
        return self.run(str(self.folder / "bin" / "python"), *words)

    def command(self, *words):
        return self.run(str(self.folder / "bin" / "holdfast"), *words)

    def pip(self, *words):
        return self.run(str(self.folder / "bin" / "python"), "-m", "pip", "--no-input", "--disable-pip-version-check",
                        *words, cwd=ROOT)

    def remains(self):
        return [path for path in self.folder.rglob("*holdfast*") if "pip" not in path.parts]


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    return Environment(tmp_path_factory.mktemp("install") / "venv")


def check(environment, tmp_path):
    version = environment.python("-c", "import holdfast; print(holdfast.__version__)").strip()
    assert environment.command("--version") == f"holdfast {version}\n"
    assert environment.python("-m", "holdfast", "--version") == f"holdfast {version}\n"
    assert environment.python("-m", "pip", "show", "holdfast").splitlines()[1] == f"Version: {version}"
    assert environment.python("-c", "import holdfast; print(len(holdfast.snapshot()) > 5000)") == "True\n"
    script, snapshot = tmp_path / "leak.py", tmp_path / "leak.hfs"
    script.write_text("class Session: pass\nKEPT = [Session() for _ in range(7)]\n")
    environment.command("run", "--python", str(environment.folder / "bin" / "python"), "-o", str(snapshot), str(script))
    assert "7 objects of type __main__.Session" in environment.command("why", str(snapshot), "Session")
    environment.python("-m", "holdfast", "run", "-o", str(snapshot), str(script))
    assert "7 objects of type __main__.Session" in environment.python("-m", "holdfast", "why", str(snapshot), "Session")


def test_install_use_and_uninstall(environment, tmp_path):
    environment.pip("install", "--no-index", ".")
    check(environment, tmp_path)
    package = environment.python("-c", "import holdfast; print(holdfast.__file__)")
    assert package.startswith(str(environment.folder))
    environment.pip("uninstall", "-y", "holdfast")
    assert environment.remains() == []


def test_editable_install(environment, tmp_path):
    environment.pip("install", "--no-index", "-e", ".")
    check(environment, tmp_path)
    source = environment.python("-c", "import holdfast, os; print(os.path.realpath(holdfast.__file__))").strip()
    assert source == str(ROOT / "lib" / "python" / "holdfast" / "__init__.py")
    environment.pip("uninstall", "-y", "holdfast")
    assert environment.remains() == []


def test_source_distribution_builds(environment, tmp_path):
    """What the sdist has is enough to build from."""
    environment.python("-c", f"import sys; sys.path.insert(0, {str(ROOT / 'lib' / 'python')!r}); import build_backend; "
                             f"build_backend.build_sdist({str(tmp_path)!r})")
    archive, = tmp_path.glob("holdfast-*.tar.gz")
    environment.pip("install", "--no-index", str(archive))
    check(environment, tmp_path)
    environment.pip("uninstall", "-y", "holdfast")


def test_metadata_says_what_the_library_says(environment):
    """The version stands in pyproject.toml and in holdfast.h."""
    header = (ROOT / "include" / "holdfast" / "holdfast.h").read_text()
    project = (ROOT / "pyproject.toml").read_text()
    version = header.split('HF_VERSION_STRING "')[1].split('"')[0]
    assert f'\nversion = "{version}"\n' in project
