"""Graphviz is looked for when a picture is asked for: as a library, then as the program dot, then told what is missing."""
import os
import pathlib
import subprocess
import sys

import pytest

PACKAGE = os.environ["PYTHONPATH"].split(os.pathsep)[0]

# Preloaded, this hides the library from dlopen, as if it were not installed.
HIDES_LIBGVC = """
#include <dlfcn.h>
#include <string.h>
void *dlopen(const char *name, int flags) {
    void *(*next)(const char *, int);
    *(void **)&next = dlsym(RTLD_NEXT, "dlopen");
    return name && strstr(name, "libgvc") ? NULL : next(name, flags);
}
"""

DRAWS = """
import sys, holdfast
class Kept: pass
KEPT = Kept()
print("graphviz is loaded" if "libgvc" in open("/proc/self/maps").read() else "imported without graphviz")
picture = holdfast.snapshot().graph(KEPT)
print(picture.dot.count("KEPT") > 0, picture.render("dot") == picture.dot.encode())
try:
    print(picture.render("svg").count(b"KEPT") > 0)
except Exception as error:
    print(f"{type(error).__name__}: {error}")
print("graphviz is loaded" if "libgvc" in open("/proc/self/maps").read() else "it was loaded in a child")
"""


@pytest.fixture(scope="module")
def hiding(tmp_path_factory):
    library = tmp_path_factory.mktemp("hiding") / "hiding.so"
    subprocess.run(["cc", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", library, "-x", "c", "-"], input=HIDES_LIBGVC,
                   text=True, check=True)
    return library


def draw(**environment):
    done = subprocess.run([sys.executable, "-c", DRAWS], text=True, capture_output=True, timeout=120,
                          env={**os.environ, "PYTHONPATH": PACKAGE, **environment})
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def folder_with(tmp_path, script):
    dot = tmp_path / "dot"
    dot.write_text(script)
    dot.chmod(0o755)
    return str(tmp_path)


def test_the_library_is_loaded_in_the_child_that_draws(tmp_path):
    """A dot that fails shows that it is not asked where the library is there."""
    out = draw(PATH=folder_with(tmp_path, "#!/bin/sh\nexit 1\n"))
    assert out == ["imported without graphviz", "True True", "True", "it was loaded in a child"]


def test_without_the_library_dot_draws(hiding, tmp_path):
    real = pathlib.Path("/usr/bin/dot")
    assert real.exists()
    path = folder_with(tmp_path, f"#!/bin/sh\n: > '{tmp_path}/asked'\nunset LD_PRELOAD\nexec {real} \"$@\"\n")
    out = draw(PATH=path, LD_PRELOAD=str(hiding))
    assert out == ["imported without graphviz", "True True", "True", "it was loaded in a child"]
    assert (tmp_path / "asked").exists()


def test_without_both_the_message_says_what_to_install(hiding, tmp_path):
    out = draw(PATH=str(tmp_path), LD_PRELOAD=str(hiding))
    assert out[:2] == ["imported without graphviz", "True True"]
    assert "Graphviz" in out[2] and "install" in out[2]
    assert out[2].startswith("NotImplementedError") or out[2].startswith("RuntimeError")


def test_the_package_needs_no_graphviz_to_load():
    """Neither the extension nor the command is linked with it."""
    for file in [*pathlib.Path(PACKAGE, "holdfast").glob("_core*.so"), os.environ["HOLDFAST"]]:
        needed = subprocess.run(["readelf", "-d", file], text=True, capture_output=True, check=True).stdout
        assert "NEEDED" in needed and "libgvc" not in needed and "libcgraph" not in needed
