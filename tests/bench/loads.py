"""Running services as the targets of `holdfast snapshot PID`: what it costs them, and what it costs holdfast.

    loads.py [LOAD ...]      HOLDFAST names the command; all loads when none is named

Each load is a program that works while it is photographed, and tells on request how much it has done. One line for each:
the pause, alone and for each GiB that is resident; CPU time and peak memory of holdfast for each object; the share of
objects whose reference count is explained.
"""
import json
import os
import subprocess
import sys
import tempfile

GIB = 1 << 30

# Each ends with a thread `work` that counts in `done`; the frame below answers.
FRAME = """
import sys, threading
done = [0]
{setup}
print("ready", flush=True)
for line in sys.stdin:
    print(done[0], flush=True)
"""

DJANGO = """
import django
from django.conf import settings
settings.configure(SECRET_KEY="x", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], INSTALLED_APPS=[
    "django.contrib.auth", "django.contrib.contenttypes"], DATABASES={"default": {
    "ENGINE": "django.db.backends.sqlite3", "NAME": "file:load?mode=memory&cache=shared"}})
django.setup()
from django.core.management import call_command
from django.contrib.auth.models import User
from django.http import JsonResponse
from django.test import Client
from django.urls import path
call_command("migrate", verbosity=0)
User.objects.bulk_create(User(username=f"user {i}") for i in range(500))
RECENT = []
def users(request):
    RECENT.append([user.username for user in User.objects.all()[:50]])
    del RECENT[:-200]
    return JsonResponse({"users": RECENT[-1]})
urlpatterns = [path("users", users)]
def work():
    client = Client()
    while True:
        assert client.get("/users").status_code == 200
        done[0] += 1
for _ in range(2):
    threading.Thread(target=work, daemon=True).start()
"""

SQLALCHEMY = """
import numpy, sqlalchemy, sqlalchemy.orm
Base = sqlalchemy.orm.declarative_base()
class Row(Base):
    __tablename__ = "rows"
    id = sqlalchemy.Column(sqlalchemy.Integer, primary_key=True)
    name = sqlalchemy.Column(sqlalchemy.String)
ARRAYS = [numpy.array([object() for _ in range(1000)], dtype=object), numpy.random.rand(1000, 1000)]
def work():
    engine = sqlalchemy.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    session = sqlalchemy.orm.Session(engine)
    session.add_all([Row(name=str(number)) for number in range(5000)])
    session.commit()
    while True:
        rows = session.query(Row).filter(Row.id < 500).all()
        ARRAYS.append(numpy.array([row.id for row in rows]).cumsum())
        del ARRAYS[2:-50]
        done[0] += 1
threading.Thread(target=work, daemon=True).start()
"""

ASYNCIO = """
import asyncio
SESSIONS = {}
class Session:
    def __init__(self, number):
        self.number, self.lines = number, []
async def serve(reader, writer):
    session = SESSIONS[id(writer)] = Session(len(SESSIONS))
    while line := await reader.readline():
        session.lines.append(line)
        del session.lines[:-20]
        writer.write(line)
        await writer.drain()
        done[0] += 1
async def talk(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while True:
        writer.write(b"hello\\n")
        assert await reader.readline() == b"hello\\n"
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await asyncio.gather(*(talk(port) for _ in range(100)))
threading.Thread(target=asyncio.run, args=(main(),), daemon=True).start()
while len(SESSIONS) < 100:
    pass
"""

THREADS = """
import time
class Job:
    def __init__(self, number):
        self.number, self.parts = number, [str(number)] * 10
def work(number):
    job = Job(number)
    while True:
        job.parts = [str(part) for part in range(number % 50)]
        done[0] += 1
        time.sleep(0.002)
for number in range(200):
    threading.Thread(target=work, args=(number,), daemon=True).start()
"""

INTERPRETERS = """
try:
    import _interpreters as interpreters
    run = interpreters.exec
except ImportError:
    import _xxsubinterpreters as interpreters
    run = interpreters.run_string
made = [interpreters.create() for _ in range(3)]
for interpreter in made:
    run(interpreter, "class Inner: pass\\nheld = [Inner() for _ in range(1000)]")
def work():
    while True:
        done[0] += 1
threading.Thread(target=work, daemon=True).start()
"""

LARGE = """
class Node:
    def __init__(self, number):
        self.number, self.text, self.children = number, f"node {{number}}", []
BLOCKS = [bytearray(1 << 20) for _ in range({blocks})]
for block in BLOCKS:
    block[::4096] = bytes(len(block) // 4096)
NODES = [Node(number) for number in range({nodes})]
def work():
    while True:
        NODES[done[0] % len(NODES)].children = [done[0]]
        done[0] += 1
threading.Thread(target=work, daemon=True).start()
"""

LOADS = {
    "django": DJANGO,
    "sqlalchemy and numpy": SQLALCHEMY,
    "asyncio server": ASYNCIO,
    "200 threads": THREADS,
    "interpreters": INTERPRETERS,
    "1 GiB": LARGE.format(blocks=512, nodes=1_500_000),
    "4 GiB": LARGE.format(blocks=2560, nodes=4_500_000),
}


class Running:
    """A load that has begun to work."""

    def __init__(self, name):
        self.process = subprocess.Popen([sys.executable, "-c", FRAME.format(setup=LOADS[name])], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError(f"{name} did not start")

    def done(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


def photograph(pid, path, *options):
    """Takes a snapshot; gives the origin as `info --json` tells it, with the number of objects and the peak memory."""
    words = [os.environ["HOLDFAST"], "snapshot", str(pid), "-o", path, *options]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    notes = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(notes)
    info = json.loads(subprocess.run([words[0], "info", path, "--json"], capture_output=True, text=True,
                                     check=True).stdout)
    return {**info["origin"], "objects": info["num_nodes"], "peak_bytes": usage.ru_maxrss * 1024,
            "notes": notes}


def line_of(name):
    with Running(name) as running, tempfile.TemporaryDirectory() as folder:
        before = running.done()
        found = photograph(running.process.pid, os.path.join(folder, "load.hfs"))
        while running.done() <= before:
            pass
    pause_ms, gib = found["pause_ns"] / 1e6, found["resident_bytes"] / GIB
    return (f"{name:22s} {found['objects']:>10,} objects {gib:6.2f} GiB  pause {pause_ms:7.1f} ms"
            f" ({pause_ms / gib:5.1f} ms/GiB)  {found['cpu_ns'] / found['objects']:4.0f} ns and"
            f" {found['capture_bytes'] / found['objects']:3.0f} B an object, peak {found['peak_bytes'] / 2**20:5.0f} MiB"
            f"  {100 * found['num_exact'] / found['num_checked']:.2f} % exact")


if __name__ == "__main__":
    for load in sys.argv[1:] or LOADS:
        print(line_of(load), flush=True)
