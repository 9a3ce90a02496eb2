"""One of everything that the standard library makes of C structures, for the comparison of both readers."""
import array
import ast
import asyncio
import bz2
import collections
import contextvars
import copy
import csv
import ctypes
import datetime
import decimal
import enum
import fractions
import functools
import gc
import hashlib
import io
import itertools
import json
import lzma
import mmap
import operator
import os
import pickle
import queue
import random
import re
import select
import socket
import sqlite3
import struct
import sys
import tempfile
import threading
import time
import types
import typing
import uuid
import weakref
import xml.etree.ElementTree
import zlib
import zoneinfo

keep = []


def add(*things):
    keep.extend(things)


class Plain:
    def __init__(self, number):
        self.number = number
        self.text = 'text %d' % number


class Slotted:
    __slots__ = ('left', 'right', '__weakref__')


class Grown(Slotted):
    __slots__ = ('more', '__dict__')


class Meta(type):
    pass


class WithMeta(metaclass=Meta):
    table = {}


class ListOf(list):
    pass


class DictOf(dict):
    __slots__ = ('extra',)


class StrOf(str):
    pass


class IntOf(int):
    pass


class TupleOf(tuple):
    pass


class BytesOf(bytes):
    pass


class FloatOf(float):
    pass


class DequeOf(collections.deque):
    def __init__(self, *args):
        super().__init__(*args)
        self.note = 'note'


class Failure(Exception):
    def __init__(self, detail):
        super().__init__(detail)
        self.detail = detail


class WithSize:
    def __sizeof__(self):
        return 1000


class Colour(enum.Enum):
    RED = 'red'
    GREEN = object()


class Point(typing.NamedTuple):
    x: object
    y: object


def objects():
    for number in range(50):
        add(Plain(number))
    odd = Plain(1)
    odd.__dict__['later'] = object()
    add(odd, odd.__dict__)
    bare = Plain(2)
    del bare.text
    other = Plain(3)
    other.__dict__ = {'a': 1}
    for name in range(40):
        setattr(bare, 'attribute_%d' % name, object())
    add(bare, other)
    slotted = Slotted()
    slotted.left = slotted
    grown = Grown()
    grown.left, grown.more, grown.free = [], {}, object()
    add(slotted, grown, weakref.ref(slotted), weakref.proxy(grown), WithMeta(), WithMeta.table, Colour.RED)
    add(weakref.WeakKeyDictionary({slotted: object()}), weakref.WeakValueDictionary({1: slotted}),
        weakref.WeakSet([slotted]), weakref.finalize(slotted, print, 'gone'), weakref.ref(slotted, print))
    add(ListOf([1, object()]), DictOf(a=1), StrOf('text'), StrOf('t\u00e9xt'), IntOf(10**30), TupleOf((1, object())),
        BytesOf(b'bytes'), FloatOf(1.5), DequeOf([object()]), WithSize(), Point(object(), 2))
    extra = DictOf()
    extra.extra = object()
    add(extra, object(), types.SimpleNamespace(a=1, b=[]), types.MappingProxyType({'k': object()}))
    add(copy.copy(odd), functools.cached_property(len), Exception, NotImplemented, Ellipsis, None)


def containers():
    add({}, {1: object(), 'two': 2}, dict.fromkeys(range(1000)), {str(i): i for i in range(300)}, set(), {1, 'a'},
        frozenset(range(200)), set(range(5000)), [], list(range(500)), (), (1,), tuple(range(300)))
    holes = {str(i): object() for i in range(100)}
    for i in range(0, 100, 3):
        del holes[str(i)]
    thinned = set(range(100))
    thinned -= set(range(0, 100, 2))
    add(holes, thinned, holes.keys(), holes.values(), holes.items(), reversed(holes), iter(holes.items()))
    ordered = collections.OrderedDict((i, object()) for i in range(20))
    ordered.move_to_end(3)
    del ordered[5]
    ordered_sub = type('OrderedSub', (collections.OrderedDict,), {})(a=[], b={})
    ordered_sub.attribute = object()
    add(ordered, ordered_sub, iter(ordered), ordered.items(), collections.OrderedDict())
    queue_ = collections.deque([object() for _ in range(200)], maxlen=150)
    queue_.rotate(37)
    add(queue_, collections.deque(), collections.deque([1]), iter(queue_), reversed(queue_), copy.copy(queue_))
    default = collections.defaultdict(list)
    default['a'].append(object())
    add(default, collections.Counter('abracadabra'), collections.ChainMap({}, {'a': object()}),
        collections.UserDict(a=1), collections.UserList([1]), array.array('d', range(100)), array.array('u', 'abc'),
        memoryview(bytearray(b'abc')), memoryview(b'abc')[1:], memoryview(array.array('i', [1])), bytearray(1000),
        bytearray(), bytes(300), slice(1, [], None), range(10**20), range(5), slice(object()))


def numbers_and_text():
    add(0, 1, 10**100, -2**63, 2**30, True, 1.5, 2j, 'x' * 300, 't\u00e9xt', 't\u20acxt', 't\U0001F600xt', '', b'')
    cached = 't\u00e9xt with utf-8 \u20ac'
    cached.encode()
    hash(cached)
    json.dumps(cached)
    add(cached, decimal.Decimal('1.5'), decimal.Decimal(10)**200, decimal.getcontext(), fractions.Fraction(1, 3),
        datetime.datetime.now(datetime.timezone.utc), datetime.date.today(), datetime.timedelta(1), datetime.time(1),
        datetime.timezone(datetime.timedelta(hours=1), 'name'), datetime.datetime.now(), uuid.uuid4(),
        random.Random(1), hashlib.sha256(b'x'), hashlib.md5(b'x'), hashlib.blake2b(b'x'), struct.Struct('<2id3s'),
        re.compile('(a)(?P<name>b)'), re.match('(a)(?P<name>b)', 'ab'), re.finditer('a', 'aaa'),
        zlib.compressobj(), zlib.decompressobj(), bz2.BZ2Compressor(), lzma.LZMACompressor(), time.gmtime(),
        os.stat('.'), os.times(), sys.version_info, sys.flags, sys.float_info)
    try:
        add(zoneinfo.ZoneInfo('Europe/Berlin'))
    except Exception:
        pass


def functions():
    def inner(a, b=[], *args, c={}, **kwargs) -> dict:
        return inner, a

    def closing():
        count = object()

        def increment():
            nonlocal count
            count = increment
        return increment

    class Methods:
        @classmethod
        def of_class(cls):
            pass

        @staticmethod
        def static():
            pass

        @property
        def value(self):
            """Doc."""
            return self

        @value.setter
        def value(self, other):
            pass

        def method(self):
            return super().__init__

    @functools.lru_cache(maxsize=30)
    def cached(key):
        return object()

    @functools.lru_cache(maxsize=None)
    def cached_all(key):
        return object()

    @functools.singledispatch
    def dispatched(value):
        pass

    @dispatched.register(int)
    def _(value):
        pass

    for i in range(50):
        cached((i, 'key'))
        cached_all(i)
    thing = Methods()
    inner.attribute = object()
    partial = functools.partial(inner, object(), c=object())
    partial.note = []
    add(inner, closing(), Methods, thing, thing.method, Methods.of_class, Methods.static, thing.method(), cached,
        cached_all, dispatched, partial, functools.partialmethod(inner, 1), functools.cmp_to_key(inner),
        functools.cmp_to_key(inner)(object()), lambda: None, [].append, len, str.join, str.__add__, 'a'.join,
        'a'.__add__, int.__dict__['real'], dict.fromkeys, type.__dict__['__mro__'], operator.itemgetter(1, 'a'),
        operator.attrgetter('a.b', 'c'), operator.methodcaller('name', 1, key=[]), super(Methods, thing),
        list[int], dict[str, typing.Any], typing.Optional[int], typing.Union[int, str], typing.TypeVar('T'),
        compile('a = 1\ndef f(x):\n  y = x\n  return lambda: y', 'file', 'exec'), ast.parse('a = b + 1'),
        staticmethod(inner), classmethod(inner), types.MethodType(inner, thing), thing.method.__call__,
        Methods.__init_subclass__, functools.wraps(inner)(closing()))
    if sys.version_info >= (3, 10):
        add(int | str, eval('int | list[str]'))


def iterators():
    first, second = itertools.tee(iter([object() for _ in range(100)]))
    for _ in range(70):
        next(first)
    grouped = itertools.groupby([object()] * 3)
    _, group = next(grouped)
    cycle = itertools.cycle([object(), 2])
    next(cycle)
    zipped = zip([1], {2})
    chained = itertools.chain([object()], (2,))
    next(chained)
    text = 't\u00e9xt'
    add(first, second, grouped, group, cycle, zipped, chained, iter([object()]), iter((1,)), iter({1}), iter({1: 2}),
        iter(text), iter('abc'), iter(b'abc'), iter(range(3)), iter(range(10**30)), iter(int, 1), enumerate([1], 10**30),
        reversed([1]), reversed((1,)), map(len, [[]]), filter(None, [1]), itertools.count(10**30), itertools.repeat([]),
        itertools.islice([1, 2], 1), itertools.takewhile(len, [[]]), itertools.dropwhile(len, [[]]),
        itertools.filterfalse(None, [1]), itertools.starmap(max, [(1, 2)]), itertools.accumulate([1, 2]),
        itertools.compress([1], [1]), itertools.product([object()], [2]), itertools.permutations([1, 2]),
        itertools.combinations([object(), 2], 1), itertools.combinations_with_replacement([1], 1),
        itertools.zip_longest([1], [2], fillvalue=object()), itertools.chain.from_iterable([[1]]),
        iter(type('Sequence', (), {'__getitem__': lambda self, i: i})()), iter(memoryview(b'abc')),
        iter({1: object()}.values()), iter(bytearray(b'abc')), os.scandir('.'))
    if sys.version_info >= (3, 10):
        pairs = itertools.pairwise([object(), 2, 3])
        next(pairs)
        add(pairs)
    if sys.version_info >= (3, 12):
        add(itertools.batched([1, 2, 3], 2))
    for iterator in keep[-10:]:
        if isinstance(iterator, itertools.permutations):
            next(iterator)


def generators():
    def generator(value):
        local = object()
        received = yield value, local
        yield from [received]

    async def coroutine(value):
        local = [value]
        await asyncio.sleep(10)
        return local

    async def async_generator(value):
        local = [value]
        yield local

    fresh, started, delegating, ended = generator(1), generator([]), generator(2), generator(3)
    next(started)
    next(delegating)
    delegating.send('x')
    list(ended)
    raising = generator(4)
    next(raising)
    try:
        raising.throw(ValueError('thrown'))
    except ValueError as error:
        add(error)
    unawaited = coroutine(object())
    wrapper = unawaited.__await__()
    agen = async_generator(object())
    add(fresh, started, delegating, ended, raising, unawaited, wrapper, agen, agen.__anext__(), agen.asend(None),
        agen.athrow(ValueError), (x for x in [object()]), started.gi_frame, fresh.gi_frame)

    def chained():
        try:
            try:
                raise Failure([1])
            except Failure as error:
                raise KeyError('second') from error
        except KeyError as error:
            return error

    error = chained()
    add(error, error.__traceback__, error.__traceback__.tb_frame, OSError(2, 'no', 'file'), SyntaxError('bad'),
        StopIteration([object()]), UnicodeDecodeError('utf-8', b'x', 0, 1, 'why'), ImportError('x', name='n', path='p'),
        SystemExit([1]), KeyError(object()))
    if sys.version_info >= (3, 11):
        error.add_note('a note')
        add(ExceptionGroup('group', [error, ValueError([1])]))

    def frame():
        local = object()
        return sys._getframe()

    add(frame())


variable = contextvars.ContextVar('variable', default=object())
other_variable = contextvars.ContextVar('other')


def contexts():
    token = variable.set([1])
    context = contextvars.copy_context()
    for number in range(60):
        context.run(contextvars.ContextVar('many %d' % number).set, object())
    add(variable, token, context, context.items(), iter(context), contextvars.copy_context())
    other_variable.set('x')


def threads():
    local = threading.local()
    local.value = [object()]
    ready, done = threading.Event(), threading.Event()
    simple = queue.SimpleQueue()
    simple.put(object())
    full = queue.Queue()
    full.put([1])

    def work(number):
        local.value = {'number': number}
        variable.set(number)
        waiting = [object()]
        if number == 2:
            ready.set()
        done.wait()
        del waiting

    workers = [threading.Thread(target=work, args=(number,), name='worker %d' % number, daemon=True)
               for number in range(3)]
    for worker in workers:
        worker.start()
    ready.wait()
    time.sleep(0.1)
    add(local, ready, done, simple, full, workers, threading.Lock(), threading.RLock(), threading.Condition(),
        threading.Timer(100, print))


def tasks():
    loop = asyncio.new_event_loop()

    async def wait(event, value):
        held = [value]
        await event.wait()
        return held

    async def fail():
        raise Failure('task')

    async def start():
        event = asyncio.Event()
        waiting = [loop.create_task(wait(event, object())) for _ in range(5)]
        failed = loop.create_task(fail())
        done = loop.create_task(asyncio.sleep(0, [object()]))
        gathered = asyncio.gather(*waiting)
        future = loop.create_future()
        future.add_done_callback(print)
        future.add_done_callback(len)
        await asyncio.sleep(0.01)
        waiting[0].cancel()
        add(event, waiting, failed, done, gathered, future, loop.call_later(100, print, [1]), asyncio.Queue(),
            asyncio.Lock(), loop)
    loop.run_until_complete(start())


def files():
    buffered = tempfile.TemporaryFile('w+b')
    text = tempfile.NamedTemporaryFile('w+', encoding='utf-8')
    text.write('text')
    memory = io.BytesIO(b'x' * 1000)
    view = io.BytesIO(b'abc').getbuffer()
    strings = io.StringIO('text')
    strings.write('more')
    left, right = socket.socketpair()
    poll = select.epoll()
    poll.register(left)
    writer = csv.writer(io.StringIO())
    writer.writerow([1, 'a'])
    database = sqlite3.connect(':memory:')
    database.create_function('f', 1, lambda x: x)
    cursor = database.execute('create table t (a, b)')
    database.execute('insert into t values (?, ?)', (1, 'x'))
    rows = database.execute('select * from t')
    database.row_factory = sqlite3.Row
    root = xml.etree.ElementTree.fromstring('<a x="1"><b>t</b><c/></a>')
    add(buffered, text, memory, view, strings, left, right, poll, select.poll(), writer, csv.reader(['a,b']),
        csv.DictReader(['a,b']), database, cursor, rows, database.execute('select * from t').fetchall(), root,
        root.iter(), xml.etree.ElementTree.XMLPullParser(), pickle.Pickler(io.BytesIO()),
        pickle.Unpickler(io.BytesIO(b'')), json.JSONDecoder(), json.JSONEncoder(), mmap.mmap(-1, 4096),
        io.TextIOWrapper(io.BytesIO()), io.BufferedRWPair(io.BytesIO(), io.BytesIO()), open(__file__), open(__file__, 'rb'),
        io.IncrementalNewlineDecoder(None, True), os.popen('true'))
    pickler = pickle.Pickler(io.BytesIO())
    pickler.dump([object(), 'text', {}])
    add(pickler)


def native():
    class Structure(ctypes.Structure):
        _fields_ = [('a', ctypes.c_int), ('p', ctypes.c_char_p), ('o', ctypes.py_object)]

    structure = Structure(1, b'text', [object()])
    callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda x: x)
    add(Structure, structure, ctypes.pointer(structure), (ctypes.c_int * 10)(), callback, ctypes.c_char_p(b'x'),
        ctypes.byref(structure), ctypes.CDLL(None).getpid, Structure.a, ctypes.create_string_buffer(10),
        types.ModuleType('made'), types.CodeType, sys.implementation)


def build():
    for part in (objects, containers, numbers_and_text, functions, iterators, generators, contexts, threads, tasks,
                 files, native):
        part()
    gc.collect()


def main():
    build()
    import holdfast_oracle
    holdfast_oracle.take(*sys.argv[1:])


if __name__ == '__main__':
    main()
