"""A leak of one object a round in a heap of a million others, of which many come and go: it is found and named; and where
there is none, none is reported."""
import holdfast

NOISE = """
import collections, random, sys, threading, time, types
import holdfast

size, num_rounds, num_planted, folder = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
chance = random.Random(7)

class Record:
    def __init__(self, number):
        self.number, self.name, self.tags = number, f"record-{number}" * chance.randrange(1, 4), [number, str(number)]

class Leaked:
    pass

class Handler:
    def __init__(self):
        self.listeners = []

SHOP = types.SimpleNamespace(pool=[Record(i) for i in range(size)], handlers={"x": Handler()}, queue=collections.deque(),
                             lru=collections.OrderedDict(), texts={}, filled={}, counters={}, stack=[], tree={})
number = size

def record():
    global number
    number += 1
    return Record(number)

def serve():
    while True:
        jobs = [record() for _ in range(chance.randrange(1, 50))]
        time.sleep(0.001)

def work():
    for i in chance.sample(range(size), size // 5):           # replaced by others
        SHOP.pool[i] = record()
    SHOP.queue.extend(record() for _ in range(1000 + chance.randrange(500)))     # about as many go as come
    while len(SHOP.queue) > 800 + chance.randrange(400):
        SHOP.queue.popleft()
    for _ in range(5000):                                     # a cache of a fixed size
        SHOP.lru[chance.randrange(10**9)] = record()
        if len(SHOP.lru) > 4000:
            SHOP.lru.popitem(last=False)
    for i in range(1000):                                     # values of other sizes
        SHOP.texts[i] = "x" * chance.randrange(300)
    for i in range(3000):                                     # a cache that fills in the first round
        SHOP.filled.setdefault(i, record())
    for i in range(200):                                      # numbers that grow
        SHOP.counters[i] = SHOP.counters.get(i, 0) + chance.randrange(10**6)
    SHOP.stack = [[i] for i in range(chance.randrange(1000))] # a new one each time
    SHOP.tree = {i: {j: (i, j) for j in range(chance.randrange(20))} for i in range(chance.randrange(100, 200))}
    for _ in range(chance.randrange(500)):                    # garbage
        rubbish = record()
        rubbish.myself = rubbish

for _ in range(2):
    threading.Thread(target=serve, daemon=True).start()
for number_of_round in range(num_rounds):
    work()
    SHOP.handlers["x"].listeners.extend(Leaked() for _ in range(num_planted))
    holdfast.dump(f"{folder}/noise-{number_of_round + 1:05}.hfs", plain=True)
"""

SIZE = 190_000      # records of six objects: a million
ROUNDS = 7


def run(runner, tmp_path, num_planted):
    runner.environment["PYTHONPATH"] = runner.environment["HOLDFAST_PYTHON_PATH"]
    runner.write("noise.py", NOISE)
    folder = tmp_path / "snapshots"
    folder.mkdir()
    done = runner.plain("noise.py", str(SIZE), str(ROUNDS), str(num_planted), str(folder), timeout=500)
    assert done.returncode == 0, done.stderr
    return holdfast.diff(folder, limit=None)


def test_a_planted_leak_is_found(runner, tmp_path):
    growth = run(runner, tmp_path, num_planted=1)
    assert growth.moments[0].count > 1_000_000
    place, = growth.steady
    assert (place.type, place.num_types, place.owner) == ("__main__.Leaked", 1, "__main__.Handler.listeners[*]")
    assert place.pattern == "__main__.SHOP.handlers[*].listeners[*]"
    assert place.count_steps == (1,) * (ROUNDS - 1) and place.count == ROUNDS
    assert (place.container_type, place.length_then, place.length_now) == ("list", 1, ROUNDS)
    assert growth["__main__.Leaked"].trend == "steady" and growth["__main__.Leaked"].num_new == ROUNDS - 1
    assert growth.places[0] == place


def test_without_a_leak_nothing_grows_steadily(runner, tmp_path):
    growth = run(runner, tmp_path, num_planted=0)
    assert growth.steady == () and growth.num_steady == 0
    assert all(row.trend != "steady" for row in growth.grown if row.name.startswith("__main__."))
    assert growth.identity.num_new > 100_000
