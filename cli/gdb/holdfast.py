"""holdfast-snapshot: a command of gdb that photographs the Python process, or the core file, that gdb has open.

    (gdb) source /usr/local/share/holdfast/gdb.py
    (gdb) holdfast-snapshot shop.hfs

gdb's own Python runs this file; nothing of holdfast is imported into it. The work is the command's:

    a process here that gdb holds     holdfast snapshot PID         reads it as it stands; nothing in it moves
    a core file                       holdfast snapshot CORE        with the program and the sysroot that gdb knows
    a remote process, --core, or      generate-core-file, and       takes disk space as large as the process
    one that only gdb may read        then the same
"""
import os
import re
import shlex
import shutil
import subprocess
import tempfile

import gdb

HERE = os.path.dirname(os.path.abspath(os.path.expanduser(__file__)))


def find_command():
    """The command that was installed with this file, or built beside it, or the one on the path."""
    for place in ("../../bin/holdfast", "../../build/holdfast"):
        path = os.path.normpath(os.path.join(HERE, place))
        if os.access(path, os.X_OK):
            return path
    command = shutil.which("holdfast")
    if command is None:
        raise gdb.GdbError("holdfast-snapshot: there is no command 'holdfast' on the path: install holdfast")
    return command


def take(operand, options):
    """Runs `holdfast snapshot`. On a terminal it shows its progress there, elsewhere its words are gdb's."""
    is_terminal = os.isatty(2)
    done = subprocess.run([find_command(), "snapshot", *options, "--", operand], stdin=subprocess.DEVNULL, text=True,
                          errors="replace", stdout=subprocess.PIPE, stderr=None if is_terminal else subprocess.STDOUT)
    gdb.write(done.stdout)
    return done.returncode


def core_file():
    """The core file that gdb has open, None if there is none. Only its words for people tell."""
    found = re.search(r"core dump file:\s*[`'‘](.*)['’], file type", gdb.execute("info files", to_string=True))
    return found.group(1) if found else None


def is_here(inferior):
    """Does its number mean a process of this machine? gdb before 12 does not say."""
    connection = getattr(inferior, "connection", None)
    return connection is None or connection.type == "native"


def is_ours_to_read(pid):
    """Only the tracer itself may read another process where Yama says so."""
    try:
        with open(f"/proc/{pid}/mem", "rb") as memory, open("/proc/sys/kernel/yama/ptrace_scope") as scope:
            return memory.readable() and (scope.read().strip() == "0" or os.geteuid() == 0)
    except FileNotFoundError:
        return True
    except OSError:
        return False


def core_options():
    """What gdb knows of the files that a core needs."""
    program, sysroot = gdb.current_progspace().filename, gdb.parameter("sysroot") or ""
    options = ["--binary", program] if program and os.path.exists(program) else []
    return [*options, "--sysroot", sysroot] if sysroot != "/" and os.path.isdir(sysroot) else options


def take_by_core(output, options):
    """The core lies beside the snapshot, where the room is, and goes at once."""
    with tempfile.TemporaryDirectory(prefix=".holdfast-", dir=os.path.dirname(os.path.abspath(output))) as folder:
        core = os.path.join(folder, "core")
        gdb.execute(f"generate-core-file {core}", to_string=True)
        return take(core, [*options, "-o", output, *core_options()])


class HoldfastSnapshot(gdb.Command):
    """Photograph the Python process, or the core file, that gdb has open: all its objects, and what holds them.

Usage: holdfast-snapshot [--core] [OPTION]... [FILE]

The process stays as it is. FILE is holdfast-PID.hfs unless given. Options are those of 'holdfast snapshot', such as
--no-previews or --timeout=5m. --core lets gdb write a core file first, and reads that.
'holdfast suspects FILE' says where the memory went, 'holdfast why FILE TYPE' what holds objects."""

    def __init__(self):
        super().__init__("holdfast-snapshot", gdb.COMMAND_DATA, gdb.COMPLETE_FILENAME)

    def invoke(self, argument, from_tty):
        self.dont_repeat()
        try:
            words = shlex.split(argument)
        except ValueError as error:
            raise gdb.GdbError(f"holdfast-snapshot: {error}")
        options = [word for word in words if word.startswith("-") and word != "--core"]
        files = [word for word in words if not word.startswith("-")]
        if len(files) > 1:
            raise gdb.GdbError("Usage: holdfast-snapshot [--core] [OPTION]... [FILE]")
        if self._take(os.path.expanduser(files[0]) if files else None, options, "--core" in words) != 0:
            raise gdb.GdbError("holdfast-snapshot: no snapshot was written")

    def _take(self, output, options, by_core):
        inferior, core = gdb.selected_inferior(), core_file()
        if core is not None:
            return take(core, [*options, *(["-o", output] if output else []), *core_options()])
        if inferior.pid == 0:
            raise gdb.GdbError("holdfast-snapshot: gdb has no process and no core file: run a program, attach to a "
                               "process, or open a core file")
        output = output or f"holdfast-{inferior.pid}.hfs"
        if by_core or not is_here(inferior) or not is_ours_to_read(inferior.pid):
            return take_by_core(output, options)
        return take(str(inferior.pid), [*options, "-o", output])


HoldfastSnapshot()
