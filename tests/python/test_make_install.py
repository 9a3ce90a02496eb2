"""make install: the command, headers, libraries for strangers' programs in C, and that uninstall takes all of it."""
import re
import shutil
import sys
import sysconfig

import pytest

import holdfast
from installing import BUILD, ENVIRONMENT, ROOT, files_below, run

TAG = sys.implementation.cache_tag
HEADERS = sorted((ROOT / "include/holdfast").glob("*.h"))


def make(target, prefix, destdir=""):
    run("make", "--silent", target, f"BUILD={BUILD}", f"PYTHON={sys.executable}", f"PREFIX={prefix}",
        f"DESTDIR={destdir}")


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prefix")
    make("install", folder)
    return folder


@pytest.fixture(scope="module")
def static_prefix(prefix, tmp_path_factory):
    """The same without shared libraries, as a distribution of static ones has it."""
    folder = tmp_path_factory.mktemp("static") / "prefix"
    shutil.copytree(prefix, folder, symlinks=True)
    for path in (folder / "lib").glob("*.so*"):
        path.unlink()
    for path in (folder / "lib/pkgconfig").iterdir():
        path.write_text(path.read_text().replace(str(prefix), str(folder)))
    return folder


@pytest.fixture(scope="module")
def heap(tmp_path_factory):
    path = tmp_path_factory.mktemp("heap") / "heap.hfs"
    holdfast.dump(path)
    return path


def flags(prefix, name, *options):
    environment = {**ENVIRONMENT, "PKG_CONFIG_PATH": str(prefix / "lib/pkgconfig")}
    return run("pkg-config", "--cflags", "--libs", *options, name, env=environment).split()


def build(prefix, name, sample, folder, *options, extra=()):
    program = folder / sample
    run("cc", "-std=c11", "-Wall", "-Werror", ROOT / f"samples/c/{sample}.c", "-o", program,
        *flags(prefix, name, *options), *extra)
    return program


def needed(program):
    return re.findall(r"\(NEEDED\).*\[(.+)\]", run("readelf", "-d", program))


def run_with(prefix, *words):
    return run(*words, env={**ENVIRONMENT, "LD_LIBRARY_PATH": str(prefix / "lib")})


def test_the_installed_command_finds_its_package(prefix, tmp_path):
    command = prefix / "bin/holdfast"
    assert holdfast.__version__ in run(command, "--version")
    (tmp_path / "program.py").write_text("kept = [bytearray(100) for i in range(50)]\n")
    run(command, "run", "--python", sys.executable, "-o", tmp_path / "out.hfs", tmp_path / "program.py")
    assert holdfast.load(tmp_path / "out.hfs").types()["bytearray"].count >= 50
    package = {**ENVIRONMENT, "PYTHONPATH": str(prefix / "lib/holdfast/python")}
    assert run(sys.executable, "-m", "holdfast", "--version", env=package) == run(command, "--version")


@pytest.mark.parametrize("name", ["share/man/man1/holdfast.1", "share/bash-completion/completions/holdfast",
                                  "share/zsh/site-functions/_holdfast", "share/fish/vendor_completions.d/holdfast.fish",
                                  "lib/holdfast/python/holdfast/py.typed", "lib/holdfast/python/holdfast/_core.pyi",
                                  "lib/holdfast/python/holdfast/results/why.py", "share/holdfast/gdb.py"])
def test_what_is_not_code_is_there(prefix, name):
    text = (prefix / name).read_text()
    assert text or name.endswith("py.typed")
    if "completions" in name or "zsh" in name:
        assert "fail-if" in text and "no-previews" in text      # of the option tables


def test_a_program_in_c_by_pkg_config(prefix, heap, tmp_path):
    program = build(prefix, "holdfast", "largest_types", tmp_path)
    assert "libholdfast.so.0" in needed(program)
    assert "in all" in run_with(prefix, program, heap)


def test_a_program_in_c_by_pkg_config_static(prefix, static_prefix, heap, tmp_path):
    program = build(static_prefix, "holdfast", "largest_types", tmp_path, "--static")
    assert not [name for name in needed(program) if "holdfast" in name]
    assert run(program, heap) == run_with(prefix, build(prefix, "holdfast", "largest_types", tmp_path), heap)


@pytest.mark.parametrize("is_static", [False, True])
def test_a_program_that_embeds_python(prefix, static_prefix, is_static, tmp_path):
    where, options = (static_prefix, ["--static"]) if is_static else (prefix, [])
    embed = [f"-isystem{sysconfig.get_path('include')}", f"-L{sysconfig.get_config_var('LIBDIR')}",
             f"-lpython{sysconfig.get_config_var('LDVERSION')}"]
    program = build(where, f"holdfast-{TAG}", "capture_self", tmp_path, *options, extra=embed)
    assert bool([name for name in needed(program) if "holdfast" in name]) is not is_static
    assert "objects" in run_with(where, program, tmp_path / "out.hfs")


def declared_in(header):
    text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.DOTALL)
    return set(re.findall(r"\b(hf_\w+)\((?!\*)", text))


def exported_by(library):
    rows = [row.split() for row in run("nm", "--dynamic", "--defined-only", library).splitlines()]
    return {row[2] for row in rows if row[1] != "A"}


def test_the_libraries_export_what_the_headers_declare_and_nothing_else(prefix):
    """A new header has HF_BEGIN_API after its includes and ends with HF_END_API; its head says if it is of capture."""
    of_capture = [header for header in HEADERS if "Part of libholdfast-cpython-XY" in header.read_text()]
    capture = {f"{name}@@HOLDFAST_0" for header in of_capture for name in declared_in(header)}
    public = {f"{name}@@HOLDFAST_0" for header in HEADERS for name in declared_in(header)} - capture
    assert len(public) > 50 and len(capture) > 0
    assert exported_by(prefix / "lib/libholdfast.so") == public
    assert exported_by(prefix / f"lib/libholdfast-{TAG}.so") == public | capture


def test_the_extension_exports_its_beginning_alone(prefix):
    extension, = (prefix / "lib/holdfast/python/holdfast").glob(f"_core*{TAG.split('-')[1]}*.so")
    assert exported_by(extension) == {"PyInit__core"}


def test_the_soname_and_its_links(prefix):
    library = prefix / "lib/libholdfast.so"
    assert library.resolve().name == f"libholdfast.so.{holdfast.__version__}"
    assert "[libholdfast.so.0]" in run("readelf", "-d", library)
    assert (prefix / "lib/libholdfast.so.0").resolve() == library.resolve()


@pytest.mark.parametrize("language", ["c", "c++"])
@pytest.mark.parametrize("header", HEADERS, ids=lambda header: header.name)
def test_each_header_stands_alone(prefix, header, language, tmp_path):
    source = tmp_path / "source"
    source.write_text(f"#include <holdfast/{header.name}>\n#include <holdfast/{header.name}>\n")
    run("clang", "-x", language, "-fsyntax-only", "-Wall", "-Wextra", "-Werror", f"-I{prefix}/include", source)


def test_destdir_comes_before_prefix_and_is_written_nowhere(tmp_path):
    make("install", "/opt/holdfast", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["opt"]
    assert (tmp_path / "opt/holdfast/lib/pkgconfig/holdfast.pc").read_text().startswith("prefix=/opt/holdfast\n")
    for name in files_below(tmp_path):
        assert str(tmp_path).encode() not in (tmp_path / name).read_bytes(), name
    make("uninstall", "/opt/holdfast", tmp_path)
    assert files_below(tmp_path) == set()


def test_uninstall_leaves_what_is_not_ours(tmp_path):
    strangers = {"bin/holdfast-other", "lib/libholdfastened.so.1", "share/man/man1/holdfast-other.1",
                 "lib/pkgconfig/holdfastened.pc", "include/other.h", "share/zsh/site-functions/_other"}
    for name in strangers:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("not ours")
    make("install", tmp_path)
    assert len(files_below(tmp_path)) > len(strangers) + 50
    make("uninstall", tmp_path)
    assert files_below(tmp_path) == strangers
    assert not [path for path in tmp_path.rglob("holdfast") if path.is_dir()]


def test_a_library_of_another_release_of_python_goes_as_well(tmp_path):
    make("install", tmp_path)
    shutil.copy(tmp_path / f"lib/libholdfast-{TAG}.so.0", tmp_path / "lib/libholdfast-cpython-399.so.0")
    make("uninstall", tmp_path)
    assert files_below(tmp_path) == set()
