"""A mutable default that belongs to the class.

`items` looks like a list of each cart. It is one list of the class, and append() does not make another: the carts go,
what was in them stays.

    $ holdfast run -o leak.hfs class_default.py
    $ holdfast why leak.hfs Item
    150 objects of type __main__.Item; shown is #6844 at 0x7fbe20969cd0

      reference        type              size  retained  value
      module __main__  module           536 B  26.2 KiB  <module '__main__'>
        .Cart          type           1.9 KiB  20.6 KiB  <class '__main__.Cart'>
        .items         list           1.4 KiB  17.8 KiB  list of 150 items
        [1]            __main__.Item     56 B     111 B
      = sys.modules['__main__'].Cart.items[1]

      150 of 150  8.2 KiB  through __main__.Cart.items[*]

Mend it: `self.items = []` in __init__().
"""
class Cart:
    items = []                           # meant for each cart, made once for the class

    def add(self, item):
        self.items.append(item)


class Item:
    def __init__(self, name):
        self.name = name


def serve(num_visitors):
    for number in range(num_visitors):
        cart = Cart()
        cart.add(Item(f"item-{number}"))


serve(150)
