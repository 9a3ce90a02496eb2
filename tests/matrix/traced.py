"""traced.py FILE, under -X tracemalloc: writes what tracemalloc itself says of where each object was made, and waits.

A line for each object: its address and the frames that asked for its memory, the innermost first, separated by tabs;
the address alone if that is not known. Objects are those of zoo.py and everything that the collector knows, and what
they refer to.
"""
import ctypes
import gc
import sys

import zoo

GC, MANAGED_DICT, MANAGED_WEAKREF = 1 << 14, 1 << 4, 1 << 3
HEAD_BYTES = 16
ask = ctypes.pythonapi._PyTraceMalloc_GetTraceback
ask.restype, ask.argtypes = ctypes.py_object, [ctypes.c_uint, ctypes.c_void_p]


def block_of(thing):
    """tracemalloc.get_object_traceback of some releases forgets the words of attributes; so it is worked out here."""
    flags, address = type(thing).__flags__, id(thing)
    if flags & GC:
        address -= HEAD_BYTES
    if sys.version_info >= (3, 11) and flags & MANAGED_DICT or sys.version_info >= (3, 12) and flags & MANAGED_WEAKREF:
        address -= HEAD_BYTES
    return address


def line_of(thing):
    frames = ask(0, block_of(thing))
    if frames in (None, (('<unknown>', 0),)):
        frames = ()
    return '\t'.join([hex(id(thing))] + [f'{file}:{line}' for file, line in frames])


def things():
    """Each once. Kept from here on, so that no other object gets an address of theirs."""
    known = gc.get_objects()
    by_id = {id(thing): thing for thing in known}
    for thing in known:
        by_id.update((id(referent), referent) for referent in gc.get_referents(thing))
    by_id.pop(id(known), None)
    return list(by_id.values())


if __name__ == '__main__':
    zoo.build()
    gc.collect()
    KEPT = things()
    with open(sys.argv[1], 'w') as out:
        for thing in KEPT:
            out.write(line_of(thing) + '\n')
    print('ready', flush=True)
    sys.stdin.read()
