"""A closure in a list of callbacks.

flush() wants the path of the request. A closure has the variable, not the path: its cell holds the whole request, with
the body.

    $ holdfast run -o leak.hfs closure.py
    $ holdfast why leak.hfs Request
    60 objects of type __main__.Request; shown is #7117 at 0x7f9d95985d90

      reference         type               size  retained  value
      module __main__   module            536 B   2.9 MiB  <module '__main__'>
        .AT_SHUTDOWN    list              568 B   2.9 MiB  list of 60 items
        [0]             function          152 B  49.4 KiB  <function __main__.handle.<locals>.flush>
        .__closure__    tuple              56 B  49.2 KiB  tuple of 2 items
        [1]             cell               40 B  49.0 KiB  cell of Request
        .cell_contents  __main__.Request   56 B  49.0 KiB
      = sys.modules['__main__'].AT_SHUTDOWN[0].__closure__[1].cell_contents

      60 of 60  3.3 KiB  through __main__.handle.<locals>.flush.__closure__[*].cell_contents  __main__.AT_SHUTDOWN[*].__closure__[*].cell_contents

Mend it: `path = request.path` outside of flush(), or take the callback off the list when it has run.
"""
class Request:
    def __init__(self, path):
        self.path = path
        self.body = bytearray(50_000)


AT_SHUTDOWN = []


def handle(request):
    log = []

    def flush():
        print(request.path, *log)        # of the whole request only the path is wanted

    AT_SHUTDOWN.append(flush)
    log.append("done")


for number in range(60):
    handle(Request(f"/orders/{number}"))
