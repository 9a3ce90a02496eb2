"""A process under tracemalloc that compares the sites of its objects with what tracemalloc itself says.

    python -X tracemalloc=10 -m oracle.sites walk|copy|pid FOLDER
"""
import ctypes
import gc
import json
import os
import subprocess
import sys

import django.db.models  # noqa: F401
import holdfast

GC, MANAGED_DICT, MANAGED_WEAKREF = 1 << 14, 1 << 4, 1 << 3
HEAD_BYTES = 16


class Shop:
    def make(self):
        made = [1]

        def inner():
            nested = [2]
            return nested
        return made, inner()


def block_of(thing):
    """tracemalloc.get_object_traceback of 3.11 forgets the two words of attributes; so the block is worked out here."""
    flags, address = type(thing).__flags__, id(thing)
    if flags & GC:
        address -= HEAD_BYTES
    if sys.version_info >= (3, 11) and flags & MANAGED_DICT or sys.version_info >= (3, 12) and flags & MANAGED_WEAKREF:
        address -= HEAD_BYTES
    return address


def traceback_of(thing):
    ask = ctypes.pythonapi._PyTraceMalloc_GetTraceback
    ask.restype, ask.argtypes = ctypes.py_object, [ctypes.c_uint, ctypes.c_void_p]
    frames = ask(0, block_of(thing))
    return None if frames in (None, (("<unknown>", 0),)) else [tuple(frame) for frame in frames]


def take(method, folder):
    if method != "pid":
        return holdfast.snapshot(method=method)
    path = os.path.join(folder, "pid.hfs")
    subprocess.run([os.environ["HOLDFAST"], "snapshot", str(os.getpid()), "--output", path], check=True,
                   stdout=subprocess.DEVNULL)
    return holdfast.load(path)


def main(method, folder):
    made, nested = Shop().make()
    module = MODULE
    things = gc.get_objects()
    snap = take(method, folder)

    def site_of(snap, thing):
        return snap.site(selector=hex(id(thing))) if method == "pid" else snap.site(thing)

    wrong, num_compared, num_known = [], 0, 0
    for thing in things[::5] if method == "pid" else things:   # looking up an address takes longer
        try:
            site = site_of(snap, thing)
        except LookupError:    # holdfast's own, and what was gone by then
            continue
        expected = traceback_of(thing)
        found = site and [(frame.file, frame.line) for frame in site.frames]
        num_compared += 1
        num_known += found is not None
        if found != expected:
            wrong.append([type(thing).__name__, found, expected])
    functions = {name: site_of(snap, thing).function
                 for name, thing in [("made", made), ("nested", nested), ("module", module)]}
    json.dump({"wrong": wrong[:5], "num_compared": num_compared, "num_known": num_known, "functions": functions},
              sys.stdout)


MODULE = [
    3]

if __name__ == "__main__":
    main(*sys.argv[1:])
