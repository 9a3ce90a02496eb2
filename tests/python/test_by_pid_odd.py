"""Processes that are unlike others, as a user meets them: each is read or refused with the reason, and goes on."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time

import pytest

import holdfast

COMMAND = os.environ["HOLDFAST"]
WAITING = "import sys; KEPT = [[] for _ in range(1000)]; print('ready', flush=True); sys.stdin.read()"


def start(words, **options):
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options)
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.fixture
def waiting():
    with start([sys.executable, "-c", WAITING]) as process:
        yield process
        process.kill()


def take(pid, path, *options):
    return subprocess.run([COMMAND, "snapshot", str(pid), "-o", path, *options], capture_output=True, text=True,
                          timeout=120)


def status_of(pid):
    return dict(re.findall(r"^(\w+):\t(.*)$", pathlib.Path(f"/proc/{pid}/status").read_text(), re.M))


def await_state(pid, letter):
    deadline = time.monotonic() + 60
    while status_of(pid)["State"][0] != letter:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def copies_of(pid):
    """Processes with the same command line, which copies have."""
    words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes() if isinstance(pid, int) else pid
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found += [path.parent.name] * (path.read_bytes() == words)
        except OSError:
            pass
    return found


def build(folder, name, source, *options):
    path = folder / name
    path.with_suffix(".c").write_text(source)
    done = subprocess.run(["gcc", "-o", path, path.with_suffix(".c"), *options], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"cannot be built here: {done.stderr[-300:]}")
    return path


@pytest.mark.parametrize("method", ["fork", "stop"])
def test_one_that_is_stopped_stays_stopped(waiting, tmp_path, method):
    waiting.send_signal(signal.SIGSTOP)
    await_state(waiting.pid, "T")
    done = take(waiting.pid, tmp_path / "x.hfs", "--method", method)
    assert done.returncode == 0, done.stderr
    assert status_of(waiting.pid)["State"] == "T (stopped)" and status_of(waiting.pid)["TracerPid"] == "0"
    assert holdfast.load(tmp_path / "x.hfs").types("list").rows[0].count > 1000
    waiting.send_signal(signal.SIGCONT)
    await_state(waiting.pid, "S")
    assert waiting.communicate("", timeout=60) == ("", None)     # it ends as it would have
    assert waiting.returncode == 0


def test_one_that_has_ended_and_is_not_reaped(tmp_path):
    with subprocess.Popen([sys.executable, "-c", "pass"]) as process:
        await_state(process.pid, "Z")
        done = take(process.pid, tmp_path / "x.hfs")
    assert (done.returncode, done.stderr) == (3, f"holdfast: process {process.pid} has ended\n")


def test_one_that_dies_in_the_middle(tmp_path):
    """Wherever it is: the snapshot is whole, or there is none and the reason is said; no copy stays behind."""
    program = WAITING.replace("1000", "200_000")
    ends = set()
    for number in range(40):
        path = tmp_path / "x.hfs"
        with start([sys.executable, "-c", program, f"mark-{os.getpid()}"]) as process:
            words = pathlib.Path(f"/proc/{process.pid}/cmdline").read_bytes()
            options = ["--method", ["fork", "stop"][number % 2]]
            taking = subprocess.Popen([COMMAND, "snapshot", str(process.pid), "-o", path, *options],
                                      stderr=subprocess.PIPE, text=True)
            time.sleep(number // 2 * 0.004)
            process.kill()
        message = taking.communicate(timeout=120)[1]
        ends.add(taking.returncode)
        if taking.returncode == 0:
            assert holdfast.load(path, cache=False).types("list").rows[0].count > 200_000
            path.unlink()
        else:
            assert taking.returncode == 3 and re.search(rf"process {process.pid}\b", message), message
            assert not path.exists()
        deadline = time.monotonic() + 20
        while copies_of(words) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert copies_of(words) == []
    assert 3 in ends
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not shutil.which("gdb"), reason="no gdb")
@pytest.mark.parametrize("method, code", [(None, 0), ("stop", 0), ("fork", 3)])
def test_one_that_gdb_holds(waiting, tmp_path, method, code):
    words = ["gdb", "-q", "-nx", "-p", str(waiting.pid)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, text=True) as gdb:
        await_state(waiting.pid, "t")
        done = take(waiting.pid, tmp_path / "x.hfs", *(["--method", method] if method else []))
        assert done.returncode == code, done.stderr
        assert status_of(waiting.pid)["TracerPid"] == str(gdb.pid)
        if code == 0:
            assert holdfast.load(tmp_path / "x.hfs").info().origin.method == "process held by a debugger"
        else:
            assert "is being traced by process" in done.stderr and "(gdb)" in done.stderr
        gdb.communicate("detach\nquit\n", timeout=60)
    assert waiting.communicate("", timeout=60) == ("", None)
    assert waiting.returncode == 0


def test_one_of_32_bits(tmp_path):
    if os.uname().machine != "x86_64":
        pytest.skip("32-bit programs are made for x86 only")
    source = """void _start(void) { for (;;) __asm__ volatile("int $0x80" : : "a"(29)); }"""
    program = build(tmp_path, "small", source, "-m32", "-nostdlib", "-static", "-fno-pic", "-no-pie")
    with subprocess.Popen([program]) as process:
        await_state(process.pid, "S")
        done = take(process.pid, tmp_path / "x.hfs")
        assert process.poll() is None
        process.kill()
    assert done.returncode == 3
    assert done.stderr == (f"holdfast: process {process.pid}: '/proc/{process.pid}/exe' is for a machine that holdfast does "
                           "not read: it reads 64-bit x86 and ARM\n")


def test_pypy(tmp_path):
    """What is known of it is the name of its library."""
    library = build(tmp_path, "libpypy3.10-c.so", "void run(void) {}", "-shared", "-fPIC")
    source = '#include <unistd.h>\nvoid run(void);\nint main(void) { run(); write(1, "ready\\n", 6); pause(); return 0; }'
    program = build(tmp_path, "service", source, library, f"-Wl,-rpath,{tmp_path}")
    with start([program]) as process:
        done = take(process.pid, tmp_path / "x.hfs")
        process.kill()
    assert done.returncode == 3
    assert done.stderr == f"holdfast: process {process.pid} runs PyPy ({library}): holdfast reads the objects of CPython\n"


@pytest.mark.parametrize("how", ["linked", "opened later"])
def test_python_inside_of_another_program(tmp_path, how):
    library = pathlib.Path(sysconfig.get_config_var("LIBDIR")) / (sysconfig.get_config_var("INSTSONAME") or "")
    if ".so" not in library.name or not library.exists():
        pytest.skip(f"no shared library of this Python: {library}")
    source = """
        #include <dlfcn.h>
        int main(int argc, char **argv) {
            void *library = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL);
            ((void (*)(int))dlsym(library, "Py_InitializeEx"))(0);
            return ((int (*)(const char *, void *))dlsym(library, "PyRun_SimpleStringFlags"))(argv[2], (void *)0);
        }"""
    # Linked: the program has a reference of its own to the library, and is no Python all the same.
    options = [library, f"-Wl,-rpath,{library.parent}", "-Wl,--no-as-needed"] if how == "linked" else []
    program = build(tmp_path, "application", source, *options, "-ldl")
    class_of_its_own = f"class Inner: pass\nINNER = [Inner() for _ in range(100)]\n{WAITING}"
    with start([program, library, class_of_its_own]) as process:
        done = take(process.pid, tmp_path / "x.hfs")
        assert done.returncode == 0, done.stderr
        process.communicate("", timeout=60)
    assert process.returncode == 0
    assert holdfast.load(tmp_path / "x.hfs").types("__main__.Inner").rows[0].count == 100


@pytest.mark.parametrize("fate", ["removed", "replaced"])
def test_a_program_whose_file_is_gone(tmp_path, fate):
    """As after an upgrade of the system: it is read through the process, which still has it."""
    program = tmp_path / "python"
    shutil.copy(os.path.realpath(sys.executable), program)
    environment = {**os.environ, "PYTHONHOME": sys.base_prefix}
    with start([program, "-c", WAITING], env=environment) as process:
        program.unlink()
        if fate == "replaced":
            shutil.copy("/bin/true", program)
        done = take(process.pid, tmp_path / "x.hfs")
        assert done.returncode == 0, done.stderr
        process.communicate("", timeout=60)
    assert process.returncode == 0
    assert holdfast.load(tmp_path / "x.hfs").types("list").rows[0].count > 1000


def test_another_file_system(tmp_path):
    """A program in a file system that only it sees."""
    script = "mount -t tmpfs none $0 && cp $1 $0/python && exec $0/python -c \"$2\""
    process = subprocess.Popen(["unshare", "--mount", "sh", "-c", script, tmp_path, os.path.realpath(sys.executable), WAITING],
                               env={**os.environ, "PYTHONHOME": sys.base_prefix}, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        if process.stdout.readline() != "ready\n":
            pytest.skip("no file system can be mounted here: " + process.stderr.read())
        done = take(process.pid, tmp_path / "x.hfs")
        assert done.returncode == 0 and not (tmp_path / "python").exists()
        process.communicate("", timeout=60)
    assert holdfast.load(tmp_path / "x.hfs").types("list").rows[0].count > 1000
