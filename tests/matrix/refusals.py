"""refusals.py CORE [SYSROOT]: builds that are not known are refused with their name.

The interpreter in the core file of a release with _Py_DebugOffsets (3.13+) is made to say of itself that it is another
one. Prints what was not refused as it should be; the exit code is 1 if anything was not, and 77 for earlier releases.

    _PyRuntime   "xdebugpy" | version | free_threaded | offsets of the runtime: size, finalizing, interpreters ...
"""
import os
import pathlib
import subprocess
import sys

COOKIE = b'xdebugpy'
VERSION, FREE_THREADED, INTERPRETERS_HEAD = 8, 16, 40

# Where the word lies that is changed, what it is then, and what the message says.
CASES = [
    (FREE_THREADED, 1, 'free-threaded builds are not supported'),
    (VERSION, 0x031000F0, 'CPython 3.16.0'),
    (VERSION, 0x030800F0, 'CPython 3.8.0'),
    (INTERPRETERS_HEAD, 4, 'lies elsewhere than in the release of that version: an unknown build'),
]


def refusal(core, sysroot):
    words = [os.environ['HOLDFAST'], 'snapshot', core, '-o', f'{core}.hfs', *(['--sysroot', sysroot] if sysroot else [])]
    done = subprocess.run(words, capture_output=True, text=True)
    return done.returncode, done.stderr


def main(core, sysroot=None):
    bytes_ = bytearray(pathlib.Path(core).read_bytes())
    start = bytes_.find(COOKIE)
    if start < 0:
        return 77
    missed = 0
    for offset, value, words in CASES:
        at = slice(start + offset, start + offset + 8)
        saved = bytes_[at]
        bytes_[at] = value.to_bytes(8, 'little')
        pathlib.Path(f'{core}.changed').write_bytes(bytes_)
        bytes_[at] = saved
        code, message = refusal(f'{core}.changed', sysroot)
        if code != 3 or words not in message:
            missed += 1
            print(f'{words}: exit code {code}: {message}')
    os.unlink(f'{core}.changed')
    return missed != 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
