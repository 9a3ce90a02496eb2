"""A program that holds an object from each kind of root, and says where, as JSON.

    python -m oracle.rooted FILE
"""
import atexit
import builtins
import contextvars
import ctypes
import gc
import json
import sys
import threading

import holdfast

TOLD = {}
VARIABLE = contextvars.ContextVar("variable")
LOCAL = threading.local()


class Target:
    pass


def tell(name, thing):
    """Notes an address, and holds nothing."""
    TOLD[name] = id(thing)
    return thing


def line_here():
    return sys._getframe(1).f_lineno


def work(job, ready, done):
    local = tell("variable of a thread", Target())
    deeper(ready, done)
    return job, local


def deeper(ready, done):
    VARIABLE.set(tell("context of a thread", Target()))
    try:
        raise KeyError(tell("exception being handled", Target()))
    except KeyError:
        ready.set(); TOLD["line"] = line_here(); done.wait()


def running(steps):
    """A generator that runs while the snapshot is taken."""
    kept = tell("variable of a running generator", Target())
    for step in steps:
        yield step()
    del kept


def suspended():
    kept = tell("variable of a suspended generator", Target())
    yield
    del kept


def held_from_outside(times):
    """References that only native code has."""
    thing = tell(f"outside, {times} times", Target())
    for _ in range(times):
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(thing))


def main():
    sys.modules[__name__].module_variable = tell("variable of a module", Target())
    builtins.from_builtins = tell("variable of builtins", Target())
    sys.modules["not a module"] = tell("value of sys.modules", Target())
    atexit.register(print, tell("argument at exit", Target()))
    sys.modules[__name__].waiting = suspended()
    next(sys.modules[__name__].waiting)
    LOCAL.kept = tell("thread-local", Target())
    held_from_outside(1)
    held_from_outside(3)
    gc.freeze()
    ready, done = threading.Event(), threading.Event()
    thread = threading.Thread(target=work, name="worker \u2713",
                              args=(tell("argument of a thread", Target()), ready, done))
    thread.start()
    ready.wait()
    main_variable = tell("variable of the main thread", Target())
    next(running([lambda: holdfast.dump(sys.argv[1], plain=True)]))
    done.set()
    thread.join()
    atexit.unregister(print)
    json.dump({"told": TOLD, "file": __file__, "ident": thread.ident, "main": threading.get_ident(), "none": id(None),
               "zero": id(0), "empty": id(()), "dict": id(dict), "type": id(type), "class": id(Target),
               "frozen": id(held_from_outside)}, sys.stdout)
    del main_variable


if __name__ == "__main__":
    main()
