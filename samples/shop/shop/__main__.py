"""python -m shop [VISITORS]: serves that many visitors with a few threads, says what it earned, and ends."""
import queue
import sys
import threading

from . import cache

PRICES = {"tea": 4, "pot": 30, "cup": 9}
NUM_WORKERS = 4


def login(number):
    cache.CACHE.put(number, cache.Session(number, f"visitor-{number}"))


def browse(number):
    session = cache.CACHE.get(number)
    for offset in range(len(session.pages)):
        session.pages[offset] = (number + offset) % 256
    session.basket.extend(name for name in PRICES if (number + len(name)) % 2)


def checkout(number):
    return sum(PRICES[name] for name in cache.CACHE.get(number).basket)


def logout(number):
    cache.CACHE.forget(number)


def visit(number):
    login(number)
    browse(number)
    earned = checkout(number)
    logout(number)
    return earned


def work(visitors, earnings):
    while (number := visitors.get()) is not None:
        earnings.put(visit(number))


def serve(num_visitors):
    visitors, earnings = queue.Queue(), queue.Queue()
    workers = [threading.Thread(target=work, args=(visitors, earnings), name=f"worker-{i}") for i in range(NUM_WORKERS)]
    for worker in workers:
        worker.start()
    for number in range(num_visitors):
        visitors.put(number)
    for worker in workers:
        visitors.put(None)
    for worker in workers:
        worker.join()
    return sum(earnings.get() for _ in range(num_visitors))


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    print(f"shop: {count} visitors, earned {serve(count)}")
