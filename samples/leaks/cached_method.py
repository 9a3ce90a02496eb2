"""functools.lru_cache on a method.

The cache belongs to the function, and so to the class. Its keys have all arguments in them, `self` as well: each report
that was ever asked for its total stays, with all its rows.

    $ holdfast run -o leak.hfs cached_method.py
    $ holdfast why leak.hfs Report
    50 objects of type __main__.Report; shown is #6269 at 0x7fe47adf2990

      reference               type                             size   retained  value
      module __main__         module                          536 B  409.3 KiB  <module '__main__'>
        .Report               type                          1.9 KiB  406.3 KiB  <class '__main__.Report'>
        .total                functools._lru_cache_wrapper    168 B  403.4 KiB
        <cache>               dict                          2.2 KiB  402.0 KiB  dict of 50 items
         key tuple of 1 item  tuple                            48 B    8.0 KiB  tuple of 1 item
        [0]                   __main__.Report                  56 B    7.9 KiB
      no Python expression: <cache> of functools._lru_cache_wrapper: it is a field of C code

      50 of 50  2.7 KiB  through __main__.Report.total<cache> key [*][*]

Mend it: functools.cached_property, or a cache that the object itself has.
"""
import functools


class Report:
    def __init__(self, number):
        self.number = number
        self.rows = [number] * 1000

    @functools.lru_cache(maxsize=None)   # the cache belongs to the class; each key has the report in it
    def total(self):
        return sum(self.rows)


def serve(num_requests):
    for number in range(num_requests):
        Report(number).total()


serve(50)
