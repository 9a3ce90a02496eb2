"""What is left when holdfast's own objects are taken out of rows that the program sees."""

import sys

import holdfast


class Thing:
    pass


def test_indexes_count_hidden_items():
    """An item behind one of holdfast's own objects keeps the index that Python gives it."""
    thing = Thing()
    sys.modules[__name__].MIXED = [1, holdfast, 2, thing]
    try:
        path = holdfast.snapshot().why(thing).paths[0]
        assert eval(path.expression, {"sys": sys}) is thing, path.expression
    finally:
        del sys.modules[__name__].MIXED


def test_a_kept_snapshot_is_not_in_the_next_one():
    first = holdfast.snapshot()
    names = {row.name for row in holdfast.snapshot().types()}
    assert not {name for name in names if name.startswith("holdfast")}
    assert first is not None
