"""A registry of a module that nobody tidies up.

Each connection enters itself into a dict of the module. close() frees the buffer, and forgets the entry.

    $ holdfast run -o leak.hfs registry.py
    $ holdfast why leak.hfs Connection
    100 objects of type __main__.Connection; shown is #7183 at 0x7f7e7a7a1e90

      reference                type                    size  retained  value
      module __main__          module                 536 B  30.3 KiB  <module '__main__'>
        .CONNECTIONS           dict                 4.6 KiB  23.8 KiB  dict of 100 items
        [('10.0.0.1', 40000)]  __main__.Connection     56 B     113 B
      = sys.modules['__main__'].CONNECTIONS[('10.0.0.1', 40000)]

      100 of 100  5.5 KiB  through __main__.CONNECTIONS[*]

Mend it: `del CONNECTIONS[self.peer]` in close(), or a weakref.WeakValueDictionary.
"""
CONNECTIONS = {}


class Connection:
    def __init__(self, peer):
        self.peer = peer
        self.buffer = bytearray(4096)
        CONNECTIONS[peer] = self

    def close(self):
        self.buffer.clear()              # and CONNECTIONS keeps the connection


def serve(num_clients):
    for number in range(num_clients):
        connection = Connection(("10.0.0.1", 40000 + number))
        connection.close()


serve(100)
