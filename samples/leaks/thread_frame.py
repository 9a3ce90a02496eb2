"""A variable of a function that another thread is in.

send_all() waits for a mail server that does not answer. All the while its variable has every invoice, those that were
sent included.

    $ holdfast run -o leak.hfs thread_frame.py
    $ holdfast why leak.hfs Invoice
    40 objects of type __main__.Invoice; shown is #11464 at 0x7fb7c4379210

      reference   type               size   retained  value
      thread mailer, send_all() at thread_frame.py:43
        invoices  list              376 B    7.6 MiB  list of 40 items
        [0]       __main__.Invoice   56 B  195.4 KiB
      = sys._current_frames()[140427245717184].f_back.f_locals['invoices'][0]

      40 of 40  2.2 KiB  through send_all() local 'invoices'[*]

Mend it: give the invoices away one by one (pop them, or yield them), and give the socket a timeout.
"""
import threading
import time


class Invoice:
    def __init__(self, number):
        self.number = number
        self.pdf = bytearray(200_000)


SENDING = threading.Event()


def send(number):
    SENDING.set()
    time.sleep(3600)                     # a mail server that does not answer


def send_all(numbers):
    invoices = [Invoice(number) for number in numbers]   # alive until the last one is sent
    for invoice in invoices:
        number = invoice.number
        del invoice
        send(number)


threading.Thread(target=send_all, args=(range(40),), name="mailer", daemon=True).start()
SENDING.wait()
