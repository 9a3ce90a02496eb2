"""holdfast.install: a service that photographs itself."""
import atexit
import os

from holdfast import _core

_installed = globals().get("_installed")     # of before a reload


def _number_of_signal(wanted):
    """12 of 12, "USR2", "SIGUSR2" or signal.SIGUSR2."""
    import _signal  # type: ignore[import]
    number = wanted
    if isinstance(wanted, str):
        name = wanted if wanted.startswith("SIG") else "SIG" + wanted
        number = getattr(_signal, name, 0) if not name.startswith("SIG_") else 0
    if not isinstance(number, int) or isinstance(number, bool):
        raise TypeError(f"signal is a number, or a name such as 'USR2', or a list of them, not {wanted!r}")
    if not 1 <= number < _signal.NSIG:
        raise ValueError(f"there is no signal {wanted!r}")
    return int(number)


def _place(output):
    """Stem, suffix, and whether files are numbered: a folder, which is made, has "PID-00001.hfs" and so on."""
    output = os.fsdecode(output) if output is not None else f"holdfast-{os.getpid()}/"
    if output.endswith("/") or os.path.isdir(output):
        os.makedirs(output, exist_ok=True)
        return os.path.join(output, str(os.getpid())), ".hfs", True
    _core.check_save(output)
    return *os.path.splitext(output), False


def _amount(name, value, unit, scale, largest):
    """In the smallest unit that is looked at. 0 for None and 0: never."""
    if value is None:
        return 0
    try:
        whole = -1 if isinstance(value, (str, bytes, bool)) else round(float(value) * scale)
    except (TypeError, ValueError, OverflowError):
        whole = -1
    if not 0 <= whole <= largest or (value and not whole):
        raise ValueError(f"{name} is a number of {unit}, not {value!r}")
    return whole


def install(output, signal, every, when_rss, children, plain, previews):
    """The work of holdfast.install, which says what all this is."""
    wanted = () if signal is None else signal if isinstance(signal, (tuple, list, set)) else (signal,)
    signals = tuple(_number_of_signal(one) for one in wanted)
    every_ns = _amount("every", every, "seconds", 1e9, 2**62)
    rss_bytes = _amount("when_rss", when_rss, "bytes", 1, 2**62)
    watch = None
    if signals or every_ns or rss_bytes:
        stem, suffix, numbered = _place(output)
        watch = _core.Watch(os.path.abspath(stem), stem, suffix, numbered, 0, signals, every_ns, rss_bytes, False,
                            children, plain, previews)
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
