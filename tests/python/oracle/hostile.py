"""A process full of objects that note whatever is done to them: what a snapshot and the questions did, as JSON.

    python -m oracle.hostile walk|copy FOLDER
"""
import gc
import json
import os
import sys
import threading
import types
import weakref

import holdfast
import holdfast.results

METHOD = sys.argv[1]
CALLS = []
ARMED = False
HOOKS = ("__getattribute__", "__getattr__", "__setattr__", "__eq__", "__ne__", "__lt__", "__hash__", "__repr__",
         "__str__", "__format__", "__bool__", "__len__", "__iter__", "__contains__", "__getitem__", "__setitem__", "__call__",
         "__index__", "__int__", "__float__", "__sizeof__", "__dir__", "__reduce__", "__reduce_ex__", "__get__",
         "__set__", "__missing__", "__fspath__", "__bytes__", "__length_hint__", "__next__", "__enter__", "__exit__", "__copy__",
         "__deepcopy__", "__del__", "__instancecheck__", "__subclasscheck__", "mro", "__prepare__")
LIES = ("__class__", "__dict__", "__module__", "__doc__", "__name__", "__qualname__", "__mro__", "__bases__")


def note(what):
    if ARMED:
        CALLS.append(what)


def hook_of(owner, name, base):
    def hook(self, *args, **kwargs):
        note(f"{owner}.{name}")
        return (getattr(base, name) or getattr(object, name))(self, *args, **kwargs)     # a list has no hash
    return hook


def lie_of(owner, name):
    return property(lambda self: note(f"{owner}.{name}"))


class Meta(type):
    """Looking at a class of this kind is noted."""


for _name in HOOKS + ("__subclasses__",):
    if hasattr(type, _name) and _name != "mro":
        setattr(Meta, _name, hook_of("metaclass", _name, type))


def armed(base, **more):
    """A class with all hooks of its base that can be there, each noted, and with attributes that lie."""
    name = "Armed" + base.__name__
    body = {hook: hook_of(name, hook, base) for hook in HOOKS if hasattr(base, hook) or hook == "__del__"}
    body["__del__"] = lambda self: note(f"{name}.__del__")
    body["__getattr__"] = lambda self, attribute: note(f"{name}.__getattr__")
    body.update((lie, lie_of(name, lie)) for lie in LIES if lie not in ("__dict__", "__module__", "__qualname__"))
    return Meta(name, (base,), {**body, **more})


BASES = ((object, ()), (str, ("text",)), (int, (1 << 70,)), (float, (1.5,)), (complex, (1j,)), (bytes, (b"bytes",)),
         (bytearray, (b"x",)), (tuple, ((1, 2),)), (list, ()), (dict, ()), (set, ()), (frozenset, ((1,),)),
         (BaseException, ("x",)), (types.ModuleType, ("armed",)), (types.SimpleNamespace, ()))


class Mapping(dict):
    """The namespace of a class while its body runs."""


class Prepared(type):
    @classmethod
    def __prepare__(cls, name, bases):
        return NAMESPACE

    def __new__(cls, name, bases, body):
        return None


def make():
    """One of each, as attribute, item, key, member, variable, module, weak reference, and where names are read."""
    pieces = [armed(base)(*arguments) for base, arguments in BASES]
    text = pieces[1]
    pieces.append({piece: piece for piece in pieces})
    pieces.append({type(piece): piece for piece in pieces})
    pieces.append([weakref.ref(pieces[0], lambda reference: note("weak reference")), weakref.proxy(pieces[0])])
    pieces.append(armed(dict, __slots__=("slot",))({text: text}))
    pieces[-1].slot = text
    pieces.append(type("Named", (), {"__module__": text, "__qualname__": "Named", "text": text})())
    sys.modules[text] = pieces[0]
    sys.modules["armed"] = pieces[13]
    sys.argv = [text, *sys.argv]
    return pieces


def make_garbage():
    """A cycle that only a collection would find."""
    first, second = armed(object)(), armed(object)()
    first.other, second.other = second, first


def wait_in_thread(text, ready, done):
    """A frame whose module name and thread name are armed, with armed variables."""
    names = {"__name__": text, "kept": text, "ready": ready, "done": done, "threading": threading, "text": text}
    exec("def wait():\n    local = text\n    threading.current_thread()._name = text\n"
         "    ready.set()\n    done.wait()\n", names)
    names["wait"]()


def take():
    global ARMED
    ARMED = True
    snapshot = holdfast.snapshot(method=METHOD)
    ARMED = False
    return snapshot


def take_in_class_body():
    """The variables of the running frame are an object of the program."""
    global NAMESPACE
    NAMESPACE = armed(Mapping)()

    class Body(metaclass=Prepared):
        kept = 1
        take()


def take_watched():
    """Everything is noted that Python itself can tell of: collections, audit events, imports."""
    gc.callbacks.append(lambda phase, info: note(f"collection: {phase}"))
    sys.addaudithook(lambda event, arguments: note(f"audit: {event}"))
    sys.meta_path.insert(0, Finder)
    snapshot = take()
    sys.meta_path.remove(Finder)
    gc.callbacks.pop()
    return snapshot


class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        note(f"import {name}")


def ask(snapshot, pieces):
    str(snapshot.info())
    str(snapshot.types())
    str(snapshot.why(selector="*Armed*"))
    str(snapshot.graph(selector="*Armed*").dot)
    for piece in pieces:
        str(snapshot.why(piece))
        str(snapshot.find(piece)[0])


def work(pieces):
    """What the program itself does is noted: the hooks are in place."""
    repr(pieces[0]), len(pieces[8]), sys.getsizeof(pieces[1]), pieces[0].__class__, type(pieces[0]).__name__


def main():
    global ARMED
    path = os.path.join(sys.argv[2], "heap.hfs")
    gc.disable()
    pieces = make()
    make_garbage()
    ready, done = threading.Event(), threading.Event()
    thread = threading.Thread(target=wait_in_thread, args=(pieces[1], ready, done), daemon=True)
    thread.start()
    ready.wait()

    take_in_class_body()
    snapshot = take_watched()
    taken = list(CALLS)
    ARMED = True
    snapshot.save(path)
    str(holdfast.load(path).info())
    ask(snapshot, pieces)
    ARMED = False
    asked = [call for call in CALLS[len(taken):] if not call.startswith("audit: ")]
    CALLS.clear()
    ARMED = True
    work(pieces)
    ARMED = False
    json.dump({"taken": taken, "asked": asked, "working": CALLS,
               "alive": sum(row.count for row in snapshot.types("__main__.Armedobject"))}, sys.stdout)
    done.set()
    thread.join()
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
