"""A thread-local of threads that never end.

Each thread of a pool keeps the buffer of its last job: a thread-local is freed when the thread ends, and these do not.

    $ holdfast run -o leak.hfs thread_local.py
    $ holdfast why leak.hfs Buffer
    4 objects of type __main__.Buffer; shown is #9158 at 0x7f6246442190

      reference                    type              size   retained  value
      module __main__              module           536 B    3.8 MiB  <module '__main__'>
        .STATE                     _thread._local    80 B    3.8 MiB
        <thread-local marks>       dict             224 B    3.8 MiB  dict of 5 items
        [<weakref.ReferenceType>]  dict             184 B  976.9 KiB  dict of 1 item
        ['buffer']                 __main__.Buffer   56 B  976.7 KiB
      no Python expression: <thread-local marks> of _thread._local: it is a field of C code

      4 of 4  224 B  through __main__.STATE<thread-local marks>[*][*]

Mend it: `del STATE.buffer` when the job is done, or one buffer that all jobs of the thread use.
"""
import queue
import threading


class Buffer:
    def __init__(self):
        self.data = bytearray(1_000_000)


STATE = threading.local()
JOBS = queue.Queue()
ALL_AT_WORK = threading.Barrier(4)


def resize(photo):
    STATE.buffer = Buffer()              # stays when the job is done: a thread of a pool never ends
    ALL_AT_WORK.wait()


def work():
    while True:
        resize(JOBS.get())
        JOBS.task_done()


for number in range(4):
    threading.Thread(target=work, name=f"worker-{number}", daemon=True).start()
for number in range(4):
    JOBS.put(f"photo-{number}.jpg")
JOBS.join()
