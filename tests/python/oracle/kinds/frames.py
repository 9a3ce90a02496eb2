"""Variables of frames, generators and coroutines; exceptions and their tracebacks."""
import sys

from oracle.kinds.common import GAP, advanced, coroutine


def generator(value):
    yield
    return value


def generator_with_cell(value):
    yield
    return lambda: value


def delegating(value):
    yield from generator(value)


def handling(value):
    try:
        raise ValueError(value)
    except ValueError:
        yield


async def awaiting(value):
    await coroutine(value)


async def awaiting_given(awaited):
    await next(iter([awaited, (awaited := None)]))


async def async_generator(value):
    yield
    print(value)


def started(iterator):
    iterator.send(None)
    return iterator


def finish(step):
    try:
        step.send(None)
    except StopIteration:
        return
    raise AssertionError("it did not stop")


def started_async(iterator):
    finish(iterator.asend(None))
    return iterator


def stepping(value):
    """An asend() that waits to be sent."""
    return async_generator(None).asend(value)


def throwing(value):
    return async_generator(None).athrow(ValueError(value))


def raised(value):
    try:
        raise ValueError(value)
    except ValueError as error:
        return error


def with_traceback(value):
    try:
        raise ValueError
    except ValueError as error:
        return error.__traceback__


def deep_traceback(value):
    def inner(kept):
        raise ValueError
    try:
        inner(value)
    except ValueError as error:
        del value
        return error.__traceback__


def frame_of(value):
    return sys._getframe()


def back_of(value):
    def inner():
        return sys._getframe()
    return inner()


def chained(value):
    try:
        try:
            raise KeyError(value)
        except KeyError:
            raise ValueError
    except ValueError as error:
        return error.with_traceback(None)


def caused(value):
    try:
        raise ValueError from KeyError(value)
    except ValueError as error:
        return error.with_traceback(None)


def noted(value):
    error = ValueError()
    error.__notes__ = [value]
    return error


KINDS = {
    "generator": (lambda x: started(generator(x)), ".gi_frame.f_locals['value']"),
    "generator, not started": (generator, ".gi_frame.f_locals['value']"),
    "generator, cell": (lambda x: started(generator_with_cell(x)), ".gi_frame.f_locals['value']"),
    "generator, handling": (lambda x: started(handling(x)), None),
    "generator expression": (lambda x: advanced(i for i in [1, x]), None),
    "yield from": (lambda x: started(delegating(x)), None),
    "coroutine": (lambda x: started(coroutine(x)), ".cr_frame.f_locals['value']"),
    "coroutine, awaiting": (lambda x: started(awaiting(x)), None),
    "coroutine, awaiting alone": (lambda x: started(awaiting_given(coroutine(x))),
                                  ".cr_await.cr_frame.f_locals['value']"),
    "coroutine, awaited": (lambda x: started(coroutine(x)).__await__(), GAP),
    "async generator": (lambda x: started_async(async_generator(x)), ".ag_frame.f_locals['value']"),
    "async generator, sent": (stepping, GAP),
    "async generator, thrown": (throwing, GAP),
    "frame": (frame_of, ".f_locals['value']"),
    "frame, back": (back_of, ".f_back.f_locals['value']"),
    "exception": (raised, ".args[0]"),
    "exception, notes": (noted, ".__notes__[0]"),
    "stop iteration": (lambda x: StopIteration(x), None),
    "system exit": (lambda x: SystemExit(1, x), None),
    "os error": (lambda x: OSError(2, "no", x), ".filename"),
    "import error": (lambda x: ImportError("no", name=x), ".name"),
    "traceback": (with_traceback, ".tb_frame.f_locals['value']"),
    "traceback, next": (deep_traceback, ".tb_next.tb_frame.f_locals['kept']"),
    "exception, context": (chained, ".__context__.args[0]"),
    "exception, cause": (caused, ".__cause__.args[0]"),
}
