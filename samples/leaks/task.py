"""A task of asyncio that nobody awaits.

A reminder sleeps until tomorrow for an order that was paid long since. The loop has the timer, the timer the future, the
future the task that waits for it, and the task the variables of its coroutine.

    $ holdfast run -o leak.hfs task.py
    $ holdfast why leak.hfs Order
    25 objects of type __main__.Order; shown is #9871 at 0x7feac785e990

      reference            type                                         size   retained  value
      module __main__      module                                      536 B  435.7 KiB  <module '__main__'>
        .loop              asyncio.unix_events._UnixSelectorEventLoop   56 B  428.3 KiB
        ._scheduled        list                                        312 B  425.1 KiB  list of 25 items
        [0]                asyncio.events.TimerHandle                  112 B   17.0 KiB
        ._args             tuple                                        56 B   16.8 KiB  tuple of 2 items
        [0]                _asyncio.Future                             144 B   16.7 KiB
        ._callbacks[0][0]  builtin_function_or_method                   72 B   16.5 KiB
        .__self__          _asyncio.Task                               192 B   16.5 KiB
        ._coro             coroutine                                   208 B   16.2 KiB  <coroutine remind>
         local 'order'     __main__.Order                               56 B   15.7 KiB
      = sys.modules['__main__'].loop._scheduled[0]._args[0]._callbacks[0][0].__self__._coro.cr_frame.f_locals['order']

      25 of 25  1.4 KiB  through coroutine local 'order'  __main__.loop._scheduled[*]._args[*]._callbacks[0][0].__self__._coro local 'order'

Mend it: keep the task with the order, and cancel it when that is paid.
"""
import asyncio


class Order:
    def __init__(self, number):
        self.number = number
        self.lines = [number] * 2000


async def remind(order):
    await asyncio.sleep(24 * 3600)       # the timer holds the task, and the task its variables
    print("still not paid:", order.number)


async def serve(num_orders):
    for number in range(num_orders):
        asyncio.create_task(remind(Order(number)))   # nobody awaits or cancels it when the order is paid
    await asyncio.sleep(0)


loop = asyncio.new_event_loop()
loop.run_until_complete(serve(25))
