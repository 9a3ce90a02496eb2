"""What the tests of `make install` and of `pip install` share: the tree of sources, make, and lists of files."""
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).parents[2]
BUILD = os.path.relpath(pathlib.Path(os.environ["HOLDFAST"]).parent, ROOT)

# Without what the make or the Python that runs the tests tells its children.
ENVIRONMENT = {name: value for name, value in os.environ.items()
               if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTHONPATH", "HOLDFAST", "HOLDFAST_PYTHON_PATH")}


def run(*words, **settings):
    """Gives what a program prints; its errors are the test's."""
    settings = {"env": ENVIRONMENT, "cwd": ROOT, "timeout": 500, **settings}
    done = subprocess.run([str(word) for word in words], text=True, capture_output=True, **settings)
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def files_below(folder):
    """All but folders, so that one left empty is no file left behind."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()}
