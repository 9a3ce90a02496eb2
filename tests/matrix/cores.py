"""cores.py PID FOLDER: core files of a process that stands still in FOLDER, which ends with it.

One by gdb's gcore and one by the kernel, as gcore.core and kernel.core in FOLDER. For each that cannot be had here one
line with the reason.
"""
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

PATTERN = pathlib.Path('/proc/sys/kernel/core_pattern')
PATIENCE_SECONDS = 60
UNREAD = re.compile('Memory read failed .*')
VSYSCALL = '0xffffffffff600000'


def by_gcore(pid, folder):
    """None, or why not."""
    if not shutil.which('gcore'):
        return 'no gcore: install gdb'
    done = subprocess.run(['gcore', '-o', folder / 'gcore', str(pid)], capture_output=True, text=True)
    made = folder / f'gcore.{pid}'
    if not made.exists():
        return f'gcore made no core file: {done.stderr.strip()[-200:]}'
    # A range with a guard page in it (glibc 2.42 has them in the stacks of threads) an older gdb does not write at all.
    unread = [line for line in UNREAD.findall(done.stdout + done.stderr) if VSYSCALL not in line]
    if unread:
        made.unlink()
        return f'gdb is too old for this process: {unread[0]}'
    made.rename(folder / 'gcore.core')
    return None


def is_alive(pid):
    """A process that has ended and that nobody waits for has no memory any more."""
    try:
        return 'VmRSS' in pathlib.Path(f'/proc/{pid}/status').read_text()
    except OSError:
        return False


def end(pid):
    os.kill(pid, signal.SIGABRT)
    give_up = time.monotonic() + PATIENCE_SECONDS
    while is_alive(pid) and time.monotonic() < give_up:
        time.sleep(0.01)


def by_kernel(pid, folder):
    """None, or why not. The process is gone afterwards in any case."""
    pattern = PATTERN.read_text().strip()
    if pattern.startswith('|') or '/' in pattern:
        os.kill(pid, signal.SIGKILL)
        return f'the kernel does not write core files to the folder of the process: core_pattern is {pattern}'
    resource.prlimit(pid, resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    before = set(folder.iterdir())
    end(pid)
    made = set(folder.iterdir()) - before
    if len(made) != 1:
        return f'the kernel wrote {len(made)} files where a core file was expected'
    made.pop().rename(folder / 'kernel.core')
    return None


def take(pid, folder):
    """What could be made, as a list of paths, and why the rest could not."""
    made, reasons = [], []
    for name, make in (('gcore', by_gcore), ('kernel', by_kernel)):
        path = folder / f'{name}.core'
        path.unlink(missing_ok=True)
        reason = make(pid, folder)
        reasons += [reason] * (reason is not None)
        made += [path] * (reason is None)
    return made, reasons


if __name__ == '__main__':
    print(*take(int(sys.argv[1]), pathlib.Path(sys.argv[2]))[1], sep='\n')
