"""Leaks of many kinds, each planted by one function, and the noise that they hide in. See test_suspects.py.

A leak is some megabytes in the one reference that its decorator names.
"""
import asyncio
import atexit
import collections
import concurrent.futures
import contextvars
import functools
import gc
import heapq
import io
import json
import logging
import os
import queue
import random
import socket
import sys
import threading
import types
import weakref

LEAKS = {}
KEPT = []        # what has to stay alive for a leak, and is none itself


def leak(reference, owner, *, verdict="unknown"):
    """The leak hangs in `reference`, owned by a class, module or function `owner` of the application."""
    def register(function):
        LEAKS[function.__name__] = (function, reference, owner, verdict)
        return function
    return register


def payload(number, size=1500):
    return bytearray(size + number % 7)


# ---- noise ----

class Row:
    __slots__ = ("key", "values", "owner")

    def __init__(self, key, values, owner):
        self.key, self.values, self.owner = key, values, owner


class Entity:
    def __init__(self, number, name):
        self.number, self.name, self.tags, self.peer = number, name, [], None


class Part:
    """Some of everything, none of it much."""

    def __init__(self, index, count, rng):
        self.rows = [Row(i, (i, i * 0.5, str(i)), None) for i in range(count // 6)]
        self.entities = {f"e{index}-{i}": Entity(i, f"entity {i}") for i in range(count // 6)}
        self.names = {f"name-{index}-{i}" for i in range(count // 4)}
        self.tree = self.grow(rng, 7)
        self.queue = collections.deque(range(1000, 1000 + count // 10))
        names = list(self.entities)
        for entity in self.entities.values():
            entity.tags.append(rng.choice(names))
            entity.peer = self.entities[rng.choice(names)]

    def grow(self, rng, depth):
        if not depth:
            return [rng.random()]
        return {"left": self.grow(rng, depth - 1), "right": self.grow(rng, depth - 1), "weight": rng.random()}


def make_noise(num_objects=500_000, num_parts=40):
    rng = random.Random(5)
    for i in range(num_parts):
        module = types.ModuleType(f"stock.part_{i}")
        module.__file__ = f"/srv/stock/part_{i}.py"
        module.PART = Part(i, int(num_objects / num_parts / 2.2), rng)
        module.LIMITS = {number: number * 1.5 for number in range(2000, 2300)}
        module.TABLE = tuple((number, str(number)) for number in range(300))
        sys.modules[module.__name__] = module


# ---- containers that nobody empties ----

class Session:
    def __init__(self, number):
        self.user, self.data = f"user-{number}", payload(number)


class Registry:
    def __init__(self):
        self.by_number = {}
        self.parent = None


REGISTRY = Registry()


@leak("leaks.Registry.by_number[*]", "leaks.Registry")
def dict_of_an_instance():
    for i in range(4000):
        REGISTRY.by_number[i] = Session(i)


class Order:
    items = []

    def add(self, item):
        self.items.append(item)


@leak("leaks.Order.items[*]", "leaks.Order")
def mutable_class_attribute():
    for i in range(4000):
        Order().add(payload(i))


HISTORY = collections.deque()


@leak("leaks.HISTORY[*]", "leaks")
def deque_without_a_limit():
    HISTORY.extend((i, payload(i)) for i in range(4000))


SEEN = set()


@leak("leaks.SEEN[*]", "leaks")
def set_of_tokens():
    SEEN.update(f"token-{i}-" + "x" * 60 for i in range(60000))


COUNTS = collections.defaultdict(list)


@leak("leaks.COUNTS[*]", "leaks")
def defaultdict_by_client():
    for i in range(120000):
        COUNTS[f"10.0.{i % 256}.{i // 256 % 256}-{i}"].append(i)


INBOX = queue.Queue()


@leak("queue.Queue.queue[*]", "leaks")
def queue_that_nobody_drains():
    for i in range(4000):
        INBOX.put(Session(i))


TIMERS = []


@leak("leaks.TIMERS[*]", "leaks")
def heap_of_timers():
    for i in range(4000):
        heapq.heappush(TIMERS, (i, functools.partial(print, payload(i))))


class Trie:
    def __init__(self):
        self.children = {}
        self.words = None

    def add(self, word):
        node = self
        for letter in word:
            node = node.children.setdefault(letter, Trie())
        node.words = payload(0, 300)


DICTIONARY = Trie()


@leak("leaks.Trie.children[*]", "leaks.Trie")
def tree_of_dicts():
    for i in range(9000):
        DICTIONARY.add(f"{i * 7919 % 100000:05d}")


class Node:
    def __init__(self, value, following):
        self.value, self.next = value, following


class Log:
    head = None


LOG = Log()


@leak("leaks.Log.head", "leaks.Log")
def linked_list():
    for i in range(60000):
        LOG.head = Node(f"line {i}", LOG.head)


# ---- functions that remember ----

@functools.lru_cache(maxsize=None)
def report(number):
    return payload(number)


@leak("leaks.report<cache>*", "leaks")
def lru_cache_without_a_limit():
    for i in range(4000):
        report(i)


class Client:
    def __init__(self, number):
        self.number, self.buffer = number, payload(number)

    @functools.lru_cache(maxsize=None)
    def limits(self):
        return self.number


@leak("leaks.Client.limits<cache>*", "leaks.Client")
def lru_cache_on_a_method():
    for i in range(4000):
        Client(i).limits()


def remember(function):
    known = {}

    @functools.wraps(function)
    def wrapper(key):
        if key not in known:
            known[key] = function(key)
        return known[key]
    return wrapper


@remember
def thumbnail(key):
    return payload(key)


@leak("leaks.thumbnail.__closure__[*].cell_contents[*]", "leaks.thumbnail")
def closure_of_a_decorator():
    for i in range(4000):
        thumbnail(i)


def collect(number, found=[]):
    found.append(payload(number))


@leak("leaks.collect.__defaults__[*][*]", "leaks.collect")
def mutable_default_argument():
    for i in range(4000):
        collect(i)


def parse(number):
    parse.cache[number] = payload(number)


parse.cache = {}


@leak("leaks.parse.cache[*]", "leaks.parse")
def attribute_of_a_function():
    for i in range(4000):
        parse(i)


# ---- listeners and callbacks ----

class Bus:
    def __init__(self):
        self._listeners = []

    def subscribe(self, listener):
        self._listeners.append(listener)


BUS = Bus()


class View:
    def __init__(self, number):
        self.pixels = payload(number)
        BUS.subscribe(self.refresh)

    def refresh(self):
        pass


@leak("leaks.Bus._listeners[*]", "leaks.Bus", verdict="leaking")
def listeners_of_dead_owners():
    for i in range(4000):
        View(i)


CALLBACKS = []


@leak("leaks.CALLBACKS[*]", "leaks")
def closures_in_a_list_of_callbacks():
    for i in range(4000):
        data = payload(i)
        CALLBACKS.append(lambda data=data: data)


@leak("builtin_function_or_method.__self__", "")
def functions_to_run_at_exit():
    for i in range(4000):
        atexit.register(Session(i).data.clear)


class Audit(logging.Handler):
    def __init__(self, number):
        super().__init__()
        self.buffer = payload(number)


@leak("logging.RootLogger.handlers[*]", "")
def handlers_of_a_logger():
    for i in range(3500):
        logging.getLogger().addHandler(Audit(i))


# ---- what has ended ----

JOBS = []


@leak("logging.Logger.handlers[*]", "")
def handlers_of_a_named_logger():
    for i in range(4000):
        logging.getLogger("audit").addHandler(Audit(i))


class Signal:
    def __init__(self):
        self.receivers = []


FINISHED = Signal()


@leak("leaks.Signal.receivers[*][*]", "leaks.Signal")
def functions_behind_their_ids():
    for i in range(4000):
        def receive(data=payload(i)):
            return len(data)
        FINISHED.receivers.append(((i, id(receive)), receive))


@leak("asyncio.*EventLoop._scheduled[*]", "leaks")
def tasks_that_sleep():
    async def wait_for_reply(data):
        await asyncio.sleep(100000)

    loop = asyncio.new_event_loop()
    KEPT.append(loop)
    for i in range(4000):
        loop.create_task(wait_for_reply(payload(i)))
    loop.call_later(0.1, loop.stop)
    loop.run_forever()


@leak("leaks.JOBS[*]", "leaks", verdict="leaking")
def finished_tasks():
    async def job(number):
        return payload(number)

    async def main():
        JOBS.extend(asyncio.ensure_future(job(i)) for i in range(4000))
        await asyncio.gather(*JOBS)
    asyncio.run(main())


FUTURES = {}


@leak("leaks.FUTURES[*]", "leaks", verdict="leaking")
def futures_that_are_done():
    for i in range(4000):
        FUTURES[i] = concurrent.futures.Future()
        FUTURES[i].set_result(payload(i))


class Connection:
    def __init__(self, number):
        self.buffer, self.closed = payload(number), False

    def close(self):
        self.closed = True


class Pool:
    def __init__(self):
        self.all = []


POOL = Pool()


@leak("leaks.Pool.all[*]", "leaks.Pool", verdict="leaking")
def closed_connections():
    for i in range(4000):
        POOL.all.append(Connection(i))
        POOL.all[-1].close()


class Peer(socket.socket):
    """A socket with a buffer."""


PEERS = {}


@leak("leaks.PEERS[*]", "leaks", verdict="leaking")
def closed_sockets():
    for i in range(3000):
        peer = Peer(socket.AF_INET, socket.SOCK_STREAM)
        peer.buffer = payload(i, 2000)
        peer.close()
        PEERS[i] = peer


LOGS = []


@leak("leaks.LOGS[*]", "leaks", verdict="leaking")
def closed_files():
    for i in range(3000):
        log = open(os.devnull, "wb")
        log.header = payload(i, 2000)
        log.close()
        LOGS.append(log)


def lines(number):
    data = payload(number)
    yield len(data)
    yield data[0]


STREAMS = []


@leak("leaks.STREAMS[*]", "leaks")
def suspended_generators():
    for i in range(4000):
        stream = lines(i)
        next(stream)
        STREAMS.append(stream)


FAILURES = []


def fail(number):
    data = payload(number)
    raise ValueError(f"no {number}: {len(data)} bytes")


@leak("leaks.FAILURES[*]", "leaks", verdict="leaking")
def exceptions_with_tracebacks():
    for i in range(4000):
        try:
            fail(i)
        except ValueError as error:
            FAILURES.append(error)


PENDING = set()


@leak("leaks.PENDING[*]", "leaks")
def coroutines_that_nobody_awaits():
    async def fetch(data):
        await asyncio.sleep(len(data))
    for i in range(4000):
        PENDING.add(fetch(payload(i)))
    KEPT.append(PENDING)


@leak("garbage", "", verdict="leaking")
def garbage_that_is_never_collected():
    gc.disable()
    for i in range(4000):
        node = Session(i)
        node.self = node


# ---- threads ----

class Worker(threading.Thread):
    def __init__(self):
        super().__init__(daemon=True, name="poller")
        self.ready, self.done = threading.Event(), threading.Event()

    def run(self):
        self.poll()

    def poll(self):
        answers = [payload(i) for i in range(4000)]
        self.ready.set()
        self.done.wait()
        return len(answers)


@leak("Worker.poll() local 'answers'[*]", "leaks.Worker.poll")
def local_of_a_running_function():
    KEPT.append(Worker())
    KEPT[-1].start()
    KEPT[-1].ready.wait()


LOCAL = threading.local()


@leak("leaks.LOCAL<*>[*][*][*]", "leaks")
def thread_local():
    def work(ready, done):
        LOCAL.rows = [payload(i) for i in range(4000)]
        ready.set()
        done.wait()
    events = threading.Event(), threading.Event()
    threading.Thread(target=work, args=events, daemon=True, name="cruncher").start()
    events[0].wait()
    KEPT.append(events)


REQUEST = contextvars.ContextVar("request")


@leak("<interpreter context *>*", "")
def context_variable():
    REQUEST.set([payload(i) for i in range(4000)])


# ---- the rest ----

@leak("leaks.*", "leaks")
def variables_of_a_module():
    for i in range(4000):
        globals()[f"ROWS_{i}"] = Session(i)


class Settings:
    pass


SETTINGS = Settings()


@leak("leaks.SETTINGS.*", "leaks.Settings")
def attributes_made_up():
    for i in range(4000):
        setattr(SETTINGS, f"option_{i}", payload(i))


SCHEMAS = []


@leak("leaks.SCHEMAS[*]", "leaks")
def classes_made_at_run_time():
    for i in range(1500):
        SCHEMAS.append(collections.namedtuple("Schema", ["name", "kind"]))


BLOB = io.BytesIO()


@leak("leaks.BLOB", "leaks")
def one_large_buffer():
    for i in range(80):
        BLOB.write(b"x" * 100_000)


BY_NAME, BY_NUMBER = {}, {}


@leak("leaks.BY_N*[*]", "leaks")
def two_indexes_of_the_same_objects():
    for i in range(4000):
        BY_NAME[f"s{i}"] = BY_NUMBER[i] = Session(i)


class Shard:
    def __init__(self):
        self.items = {}


class Store:
    def __init__(self, count):
        self.shards = [Shard() for _ in range(count)]


STORE = Store(24)


@leak("leaks.Shard.items[*]", "leaks.Shard")
def shards():
    for i in range(4800):
        STORE.shards[i % 24].items[f"key-{i}"] = Session(i)


FINALIZERS = []


@leak("weakref.finalize._registry[*]", "")
def finalizers_that_hold_their_objects():
    for i in range(4000):
        owner = Session(i)
        weakref.finalize(REGISTRY, print, owner.data)


class Parent:
    def __init__(self):
        self.children = []


@leak("leaks.Parent.children[*]", "leaks.Parent")
def children_that_know_their_parent():
    REGISTRY.parent = Parent()
    for i in range(4000):
        child = Session(i)
        child.parent = REGISTRY.parent
        REGISTRY.parent.children.append(child)


# ---- what holdfast says to each of them ----

def ask(name):
    """Plants a leak (none for "clean") and gives what the first suspect says, as a dict; {} if there is none."""
    import holdfast
    if name in LEAKS:
        LEAKS[name][0]()
    if gc.isenabled():
        gc.collect()
    suspects = holdfast.snapshot().suspects()
    if not suspects:
        return {}
    first = suspects[0]
    return {"reference": first.reference, "owner": first.owner, "owner_file": first.owner_file, "known": first.known,
            "kind": first.kind, "unit_type": first.unit_type, "unit_count": first.unit_count,
            "fingerprint": first.fingerprint, "advice": first.advice, "text": first.text, "count": len(suspects),
            "verdicts": [verdict.verdict for verdict in first.verdicts],
            "underlined": [hop.reference for hop, verdict in zip(first.path or (), first.verdicts)
                           if verdict.is_underlined]}


def main():
    """Answers for the leaks named in the arguments, one line of JSON each; each is planted in a copy of the noise."""
    make_noise()
    gc.collect()
    for name in sys.argv[1:]:
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            print(json.dumps([name, ask(name)]), flush=True)
            os._exit(0)
        if os.waitpid(child, 0)[1] != 0:
            sys.exit(f"leaks: {name} failed")
