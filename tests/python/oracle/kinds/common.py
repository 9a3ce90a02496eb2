"""What owners of several themes are made with."""
import types

GAP = object()


class Target:
    """What is asked for: one object per kind, held in one way."""


class Plain:
    pass


class Rows(list):
    def __getitem__(self, index):
        raise AssertionError("the expression ran __getitem__")


class Text(str):
    pass


class Sequence:
    """The old protocol of sequences."""

    def __init__(self, value):
        self.value = value

    def __getitem__(self, index):
        return index

    def __len__(self):
        return 3


ANCHORS = []       # what weak references refer to
LOOPS = []         # what tasks and futures need


def forget():
    """Lets go of what the owners need beside them."""
    for loop in LOOPS:
        loop.close()
    LOOPS.clear()
    ANCHORS.clear()


async def coroutine(value):
    await suspended()
    return value


@types.coroutine
def suspended():
    yield


def advanced(iterator):
    next(iterator)
    return iterator


def set_attribute(owner, value):
    owner.kept = value
    return owner


def with_attributes(owner, **attributes):
    vars(owner).update(attributes)
    return owner


def class_with(value, **more):
    return type("Made", (), {"kept": value, **more})


def callback(value):
    return types.MethodType(print, value)
