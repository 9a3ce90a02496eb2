"""An exception that is kept, with its traceback.

An exception that was raised has a traceback, that has the frames it passed, and they have their variables. A list of
what went wrong is a list of everything that was at hand then.

    $ holdfast run -o leak.hfs stored_exception.py
    $ holdfast why leak.hfs Upload
    30 objects of type __main__.Upload; shown is #7108 at 0x7f2141d51cd0

      reference          type              size  retained  value
      module __main__    module           536 B   2.9 MiB  <module '__main__'>
        .FAILURES        list             312 B   2.9 MiB  list of 30 items
        [0]              OSError          128 B  98.5 KiB  OSError(28, 'no space left on the device')
        .__traceback__   traceback         56 B  98.3 KiB
        .tb_frame        frame            192 B     192 B  <frame handle>
         local 'upload'  __main__.Upload   56 B  97.8 KiB
      = sys.modules['__main__'].FAILURES[0].__traceback__.tb_frame.f_locals['upload']

    1 other owner holds it too: see --paths 2

      30 of 30  1.6 KiB  through frame local 'upload'  __main__.FAILURES[*].__traceback__.tb_frame local 'upload'

Mend it: keep str(error), or error.with_traceback(None).
"""
class Upload:
    def __init__(self, name):
        self.name = name
        self.data = bytearray(100_000)


FAILURES = []


def store(upload):
    raise OSError(28, "no space left on the device")


def handle(name):
    upload = Upload(name)
    try:
        store(upload)
    except OSError as error:
        FAILURES.append(error)           # with error.__traceback__, its frames and their variables


for number in range(30):
    handle(f"photo-{number}.jpg")
