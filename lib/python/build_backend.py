"""The build backend of `pip install .` (PEP 517 and 660): make builds, this packs. It needs Python and make alone.

    wheel   holdfast/                           the package, with the extension module of this Python
            holdfast-0.1.0.data/scripts/        the command
            holdfast-0.1.0.data/data/share/     the script for gdb, where make install has it too
            holdfast-0.1.0.dist-info/           METADATA, WHEEL, RECORD, LICENSE

An editable wheel has a .pth file that names build/python, whose files are links into this tree, and a command that runs
build/holdfast: edited Python is used at once, edited C after `make`.
"""
import ast
import base64
import hashlib
import io
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, "build")
PACKAGE = os.path.join(BUILD, "python", "holdfast")
SOURCES = ("lib", "cli", "include", "samples", "Makefile", "README.md", "LICENSE", "CHANGELOG.md", "pyproject.toml")
EXECUTABLE = 0o755
GDB_SCRIPT = ("data/share/holdfast/gdb.py", os.path.join(ROOT, "cli", "gdb", "holdfast.py"))
EPOCH = (1980, 1, 1, 0, 0, 0)    # the same bytes for the same sources


def read_text(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        return file.read()


def read_project():
    """The strings and lists of [project]. Python before 3.11 has no tomllib, and ours are written as Python's are."""
    section = re.search(r"^\[project\]\n(.*?)(?=^\[|\Z)", read_text("pyproject.toml"), re.MULTILINE | re.DOTALL)
    rows = re.findall(r'^([a-z-]+) = (".*"|\[(?:.|\n)*?^\])$', section.group(1), re.MULTILINE)
    return {key: ast.literal_eval(value) for key, value in rows}


def make(*targets):
    """BUILD is given as make itself writes it, so that what it notes of headers holds for later calls by hand."""
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        sys.exit("holdfast does not support free-threaded builds of Python yet: install it for a Python with the GIL")
    words = ["make", "-C", ROOT, f"-j{os.cpu_count() or 1}", "BUILD=build", f"PYTHON={sys.executable}", *targets]
    try:
        done = subprocess.run(words, stdout=sys.stderr)
    except FileNotFoundError:
        sys.exit("holdfast is built by make, which is not installed: apt install make gcc python3-dev libzstd-dev "
                 "libxxhash-dev libgraphviz-dev")
    if done.returncode != 0:
        sys.exit(f"holdfast could not be built ({' '.join(words)} failed): on Debian it needs make gcc python3-dev "
                 f"libzstd-dev libxxhash-dev libgraphviz-dev")


def metadata(project):
    lines = ["Metadata-Version: 2.1", f"Name: {project['name']}", f"Version: {project['version']}",
             f"Summary: {project['description']}", "License: MIT", f"Requires-Python: {project['requires-python']}"]
    lines += [f"Classifier: {classifier}" for classifier in project["classifiers"]]
    return "\n".join(lines) + "\nDescription-Content-Type: text/markdown\n\n" + read_text(project["readme"])


def entry_points():
    groups = re.findall(r'^\[project\.entry-points\.(\w+)\]\n((?:\S+ = ".*"\n?)*)', read_text("pyproject.toml"),
                        re.MULTILINE)
    return "".join(f"[{group}]\n" + rows.replace('"', "") + "\n" for group, rows in groups)


def tag():
    python = f"cp{sys.version_info[0]}{sys.version_info[1]}"
    return f"{python}-{python}-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"


class Wheel:
    """A wheel that is being written, with the record of its files."""

    def __init__(self, folder, project):
        self.stem = f"{project['name']}-{project['version']}"
        self.name = f"{self.stem}-{tag()}.whl"
        self.archive = zipfile.ZipFile(os.path.join(folder, self.name), "w", zipfile.ZIP_DEFLATED)
        self.record = []

    def add(self, name, data, mode=0o644):
        data = data.encode() if isinstance(data, str) else data
        entry = zipfile.ZipInfo(name, EPOCH)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = (0o100000 | mode) << 16
        self.archive.writestr(entry, data)
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        self.record.append(f"{name},sha256={digest},{len(data)}")

    def add_file(self, name, path, mode=0o644):
        with open(path, "rb") as file:
            self.add(name, file.read(), mode)

    def finish(self, project):
        info = f"{self.stem}.dist-info"
        self.add_file(f"{info}/LICENSE", os.path.join(ROOT, "LICENSE"))
        self.add(f"{info}/METADATA", metadata(project))
        self.add(f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: holdfast\nRoot-Is-Purelib: false\nTag: {tag()}\n")
        points = entry_points()
        if points:
            self.add(f"{info}/entry_points.txt", points)
        self.record.append(f"{info}/RECORD,,")
        self.archive.writestr(zipfile.ZipInfo(f"{info}/RECORD", EPOCH), "\n".join(self.record) + "\n")
        self.archive.close()
        return self.name


def package_files():
    """The files of the package: of extension modules only the one that this Python loads."""
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    for folder, folders, files in os.walk(PACKAGE, followlinks=True):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(files):
            if not name.endswith(".so") or name.endswith(suffix):
                path = os.path.join(folder, name)
                yield os.path.relpath(path, os.path.dirname(PACKAGE)), path


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    make("cli", "python")
    project = read_project()
    wheel = Wheel(wheel_directory, project)
    for name, path in package_files():
        wheel.add_file(name, path)
    wheel.add_file(f"{wheel.stem}.data/scripts/holdfast", os.path.join(BUILD, "holdfast"), EXECUTABLE)
    wheel.add_file(f"{wheel.stem}.data/{GDB_SCRIPT[0]}", GDB_SCRIPT[1])
    return wheel.finish(project)


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    make("cli", "python")
    project = read_project()
    wheel = Wheel(wheel_directory, project)
    wheel.add("holdfast.pth", os.path.dirname(PACKAGE) + "\n")
    command = os.path.join(BUILD, "holdfast").replace("'", "'\\''")
    wheel.add(f"{wheel.stem}.data/scripts/holdfast", f"#!/bin/sh\nexec '{command}' \"$@\"\n", EXECUTABLE)
    return wheel.finish(project)


def build_sdist(sdist_directory, config_settings=None):
    project = read_project()
    stem = f"{project['name']}-{project['version']}"

    def keep(entry):
        return None if re.search(r"(^|/)(__pycache__|\.git)(/|$)", entry.name) else entry

    with tarfile.open(os.path.join(sdist_directory, f"{stem}.tar.gz"), "w:gz", format=tarfile.PAX_FORMAT) as archive:
        for name in SOURCES:
            archive.add(os.path.join(ROOT, name), f"{stem}/{name}", filter=keep)
        info = tarfile.TarInfo(f"{stem}/PKG-INFO")
        data = metadata(project).encode()
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return f"{stem}.tar.gz"


def get_requires_for_build_wheel(config_settings=None):
    return []


get_requires_for_build_editable = get_requires_for_build_sdist = get_requires_for_build_wheel
