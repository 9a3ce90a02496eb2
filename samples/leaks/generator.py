"""A generator that nobody runs to its end.

A suspended generator keeps its frame, and the frame its variables. Each session has read one row, and holds the page
from which it came.

    $ holdfast run -o leak.hfs generator.py
    $ holdfast why leak.hfs Page
    20 objects of type __main__.Page; shown is #7169 at 0x7f0a86e29890

      reference        type               size  retained  value
      module __main__  module            536 B  97.3 KiB  <module '__main__'>
        .SESSIONS      list              248 B  88.1 KiB  list of 20 items
        [4]            __main__.Session   56 B   4.4 KiB
        .results       generator         232 B   4.3 KiB  <generator read_rows>
         local 'page'  __main__.Page      56 B      56 B
      = sys.modules['__main__'].SESSIONS[4].results.gi_frame.f_locals['page']

      20 of 20  1.1 KiB  through generator local 'page'  __main__.SESSIONS[*].results local 'page'

Mend it: self.results.close() once the row is read, or read no more than is wanted.
"""
class Page:
    def __init__(self, number):
        self.rows = [number] * 500


def read_rows(num_pages):
    for number in range(num_pages):
        page = Page(number)
        for row in page.rows:
            yield row                    # stands here as long as somebody has the generator


class Session:
    def __init__(self):
        self.results = read_rows(100)

    def first(self):
        return next(self.results)        # one row is all that anybody wants


SESSIONS = [Session() for _ in range(20)]
for session in SESSIONS:
    session.first()
del session
