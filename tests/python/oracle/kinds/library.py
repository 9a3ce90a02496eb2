"""Weak references, context variables, and types of the standard library that are made in C."""
import asyncio
import concurrent.futures
import contextlib
import contextvars
import csv
import ctypes
import datetime
import io
import pickle
import queue
import re
import threading
import types
import weakref
import xml.etree.ElementTree

from oracle.kinds.common import ANCHORS, GAP, LOOPS, Plain, Text, callback, coroutine, set_attribute


class Zone(datetime.tzinfo):
    def __init__(self, value):
        self.value = value


class Stream(io.RawIOBase):
    def __init__(self, value):
        self.value = value

    def writable(self):
        return True

    def readable(self):
        return True


class Write:
    """A file for writers in C: they look up `write` once."""

    def __init__(self, value):
        self.value = value

    def write(self, text):
        return len(text)


class Reference(weakref.ref):
    pass


def anchor():
    ANCHORS.append(Plain())
    return ANCHORS[-1]


def reference_with(value):
    owner = Reference(anchor())
    owner.kept = value
    return owner


def weak_values(value):
    owner = weakref.WeakValueDictionary()
    owner[value] = anchor()
    return owner


def weak_keys(value):
    owner = weakref.WeakKeyDictionary()
    owner[anchor()] = value
    return owner


def context_with(value):
    variable, context = contextvars.ContextVar("kept"), contextvars.Context()
    context.run(variable.set, value)
    ANCHORS.append(variable)
    return context


def context_of_many(value):
    """More variables than one node of the mapping holds."""
    variables, context = [contextvars.ContextVar(f"v{i}") for i in range(60)], contextvars.Context()
    for variable in variables:
        context.run(variable.set, value if variable is variables[30] else None)
    ANCHORS.append(variables)
    return context


def token_with(value):
    variable, context = contextvars.ContextVar("kept"), contextvars.Context()
    context.run(variable.set, value)
    token = context.run(variable.set, None)
    context.run(lambda: None)
    return token


def task_of(value):
    loop = asyncio.new_event_loop()
    task = loop.create_task(coroutine(value))
    task._log_destroy_pending = False
    loop.call_soon(loop.stop)
    loop.run_forever()
    LOOPS.append(loop)
    return task


def future_of(value, kind="result"):
    loop = asyncio.new_event_loop()
    LOOPS.append(loop)
    future = loop.create_future()
    if kind == "result":
        future.set_result(value)
    elif kind == "exception":
        future.set_exception(ValueError(value))
        future.exception()
    else:
        future.add_done_callback(callback(value))
    return future


def handle_of(value):
    loop = asyncio.new_event_loop()
    LOOPS.append(loop)
    return loop.call_later(3600, print, value)


def simple_queue(value):
    owner = queue.SimpleQueue()
    owner.put(value)
    return owner


def thread_local(value):
    owner = threading.local()
    owner.kept = value
    return owner


def timestamp(value):
    return datetime.datetime(2020, 1, 1, tzinfo=Zone(value))


def element_of(value, kind="text"):
    owner = xml.etree.ElementTree.Element("made")
    if kind == "text":
        owner.text = value
    elif kind == "attribute":
        owner.set("kept", value)
    else:
        child = xml.etree.ElementTree.SubElement(owner, "child")
        child.tail = value
    return owner


def callback_in_c(value):
    function = ctypes.CFUNCTYPE(None)(types.MethodType(lambda kept: None, value))
    return function


def stack_of(value):
    stack = contextlib.ExitStack()
    stack.callback(print, value)
    return stack


def future_done(value):
    future = concurrent.futures.Future()
    future.set_result(value)
    return future


def view_of(value):
    class Bytearray(bytearray):
        pass
    return memoryview(set_attribute(Bytearray(8), value))


KINDS = {
    # weak references
    "weak reference, callback": (lambda x: weakref.ref(anchor(), callback(x)), ".__callback__.__self__"),
    "weak reference, attribute": (reference_with, None),
    "proxy, callback": (lambda x: weakref.proxy(anchor(), callback(x)), GAP),
    "weak values": (weak_values, None),
    "weak keys": (weak_keys, None),
    # context variables
    "context variable": (lambda x: contextvars.ContextVar("v", default=x), GAP),
    "context": (context_with, GAP),
    "context of many": (context_of_many, GAP),
    "context token": (token_with, None),
    # the standard library in C
    "thread local": (thread_local, GAP),
    "thread, arguments": (lambda x: threading.Thread(target=print, args=(x,)), None),
    "simple queue": (simple_queue, GAP),
    "future, result": (future_of, "._result"),
    "future, exception": (lambda x: future_of(x, "exception"), None),
    "future, callback": (lambda x: future_of(x, "callback"), "._callbacks[0][0]"),
    "task": (task_of, "._coro.cr_frame.f_locals['value']"),
    "handle": (handle_of, None),
    "future of a pool": (future_done, None),
    "exit stack": (stack_of, None),
    "memory view": (view_of, GAP),
    "match": (lambda x: re.match(".", set_attribute(Text("text"), x)), ".string.kept"),
    "time zone": (timestamp, None),
    "element, text": (element_of, None),
    "element, attribute": (lambda x: element_of(x, "attribute"), GAP),
    "element, child": (lambda x: element_of(x, "child"), GAP),
    "ctypes, object": (lambda x: ctypes.py_object(x), None),
    "ctypes, callback": (callback_in_c, GAP),
    "text stream": (lambda x: io.TextIOWrapper(io.BufferedWriter(Stream(x))), None),
    "csv writer": (lambda x: csv.writer(Write(x)), GAP),
    "pickler": (lambda x: pickle.Pickler(Write(x)), GAP),
}
