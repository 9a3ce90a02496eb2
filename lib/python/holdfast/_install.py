"""holdfast.install: a service that photographs itself."""
import atexit
import os

from holdfast._core import Watch

_installed = globals().get("_installed")     # of before a reload


def _number_of_signal(wanted):
    """12 of 12, "USR2", "SIGUSR2" or signal.SIGUSR2."""
    import _signal  # type: ignore[import]
    if isinstance(wanted, str):
        name = wanted if wanted.startswith("SIG") else "SIG" + wanted
        wanted = getattr(_signal, name, None)
        if wanted is None:
            raise ValueError(f"there is no signal {name}")
    return int(wanted)


def _place(output):
    """Stem, suffix, and whether files are numbered: a folder, which is made, has "PID-00001.hfs" and so on."""
    output = os.fsdecode(output) if output is not None else f"holdfast-{os.getpid()}/"
    if output.endswith("/") or os.path.isdir(output):
        os.makedirs(output, exist_ok=True)
        return os.path.join(output, str(os.getpid())), ".hfs", True
    return *os.path.splitext(output), False


def _amount(name, value, unit, largest):
    """0 for None: never."""
    try:
        amount = float(value or 0)
    except (TypeError, ValueError, OverflowError):
        amount = -1.0
    if not 0 <= amount <= largest:
        raise ValueError(f"{name} is a number of {unit}, not {value!r}")
    return amount


def install(output, signal, every, when_rss, children, plain, previews):
    """The work of holdfast.install, which says what all this is."""
    wanted = () if signal is None else signal if isinstance(signal, (tuple, list, set)) else (signal,)
    signals = tuple(_number_of_signal(one) for one in wanted)
    every, when_rss = _amount("every", every, "seconds", 2**32), _amount("when_rss", when_rss, "bytes", 2**62)
    watch = None
    if signals or every or when_rss:
        stem, suffix, numbered = _place(output)
        watch = Watch(os.path.abspath(stem), stem, suffix, numbered, 0, signals, round(every * 1e9), int(when_rss),
                      False, children, plain, previews)
    _end()
    if watch is not None:
        _begin(watch)


def _begin(watch):
    """Until the interpreter ends: a sub-interpreter may not end with a thread of ours in it."""
    global _installed
    watch.start()
    os.register_at_fork(before=watch.before_fork, after_in_parent=watch.after_fork_in_parent,
                        after_in_child=watch.after_fork_in_child)
    atexit.register(_end)
    _installed = watch


def _end():
    global _installed
    atexit.unregister(_end)
    if _installed is not None:
        _installed.finish()
        _installed = None
