"""A listener that is never removed.

Each basket subscribes to the feed of prices, and none unsubscribes. The feed lives as long as the program, its list has
a bound method of each basket, and a bound method holds its object: the visitors go, their baskets stay.

    $ holdfast run -o leak.hfs listener.py
    $ holdfast why leak.hfs Basket
    200 objects of type __main__.Basket; shown is #6921 at 0x7f8589965210

      reference        type                size  retained  value
      module __main__  module             536 B  50.6 KiB  <module '__main__'>
        .FEED          __main__.Feed       56 B  39.2 KiB
        ._listeners    list             1.6 KiB  39.1 KiB  list of 200 items
        [0]            method              64 B     192 B  <bound method __main__.Basket.refresh>
        .__self__      __main__.Basket     56 B     128 B
      = sys.modules['__main__'].FEED._listeners[0].__self__

      200 of 200  10.9 KiB  through method.__self__  __main__.FEED._listeners[*].__self__

Mend it: unsubscribe when the visitor goes, or let the feed keep weakref.WeakMethod(listener).
"""
class Feed:
    def __init__(self):
        self._listeners = []

    def subscribe(self, listener):
        self._listeners.append(listener)

    def publish(self, prices):
        for listener in self._listeners:
            listener(prices)


FEED = Feed()


class Basket:
    def __init__(self, items):
        self.items = items
        FEED.subscribe(self.refresh)   # and nobody unsubscribes

    def refresh(self, prices):
        self.total = sum(prices[item] for item in self.items)


def serve(num_visitors):
    for _ in range(num_visitors):
        basket = Basket(["apples", "bread"])
        FEED.publish({"apples": 3, "bread": 4})
        del basket                     # the visitor has paid and gone


serve(200)
