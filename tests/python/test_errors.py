"""Errors of the Python module are the builtin exceptions that fit, and say what to do."""
import errno
import os
import resource
import signal
import subprocess
import sys
import threading

import holdfast
import pytest


@pytest.fixture(scope="module")
def snap():
    return holdfast.snapshot()


class Younger:
    pass


KEPT = [Younger()]


def test_files_that_cannot_be(snap, tmp_path):
    missing = tmp_path / "missing" / "heap.hfs"
    for act in (snap.save, holdfast.load):
        with pytest.raises(FileNotFoundError) as raised:
            act(missing)
        assert (raised.value.errno, raised.value.filename) == (errno.ENOENT, str(missing))
        with pytest.raises(IsADirectoryError) as raised:
            act(tmp_path)
        assert raised.value.filename == str(tmp_path)
        with pytest.raises(TypeError):
            act(3)
        with pytest.raises(ValueError):
            act("a\0b")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("plain", [True, False])
def test_a_full_disk(snap, tmp_path, plain):
    """Nothing is left of a file that does not fit, and the one that was there is as it was."""
    path = tmp_path / "heap.hfs"
    path.write_bytes(b"as it was")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(OSError) as raised:
            snap.save(path, plain=plain)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (raised.value.errno, raised.value.filename) == (errno.EFBIG, str(path))
    assert path.read_bytes() == b"as it was"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises((OSError, ValueError)):
        snap.save("/dev/full")


def test_files_are_private(snap, tmp_path):
    path = tmp_path / "heap.hfs"
    mask = os.umask(0)
    try:
        snap.save(path)
    finally:
        os.umask(mask)
    assert path.stat().st_mode & 0o7777 == 0o600


def test_files_that_are_no_snapshot(snap, tmp_path):
    path = tmp_path / "heap.hfs"
    path.write_bytes(b"\x7fELF or so")
    with pytest.raises(ValueError, match="not a holdfast snapshot"):
        holdfast.load(path)
    snap.save(path)
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(ValueError):
        holdfast.load(path)


def test_an_object_that_is_younger_than_the_snapshot(snap):
    with pytest.raises(LookupError, match="type Younger is not in the snapshot"):
        snap.why(Younger())


def test_live_objects_and_a_snapshot_of_another_process(tmp_path):
    path = tmp_path / "other.hfs"
    subprocess.run([sys.executable, "-c", f"import holdfast; holdfast.dump({str(path)!r})"], check=True)
    with pytest.raises(LookupError, match="not of this one: name its objects with selector="):
        holdfast.load(path).why(sys)


@pytest.mark.parametrize("ask, error, words", [
    (lambda s: s.why(), TypeError, "which object"),
    (lambda s: s.why(1, selector="int"), TypeError, "not both"),
    (lambda s: s.why(1, 2), TypeError, "positional"),
    (lambda s: s.why(selector="Youngr"), LookupError, "did you mean '.*Younger'"),
    (lambda s: s.why(selector="0xZZ"), ValueError, "0xZZ"),
    (lambda s: s.why(selector="#99999999"), (ValueError, LookupError), "99999999"),
    (lambda s: s.why(selector="\ud800"), ValueError, "surrogates"),
    (lambda s: s.why(sys, avoid="module:no.such"), ValueError, "no.such"),
    (lambda s: s.why(sys, avoid=[1]), TypeError, "str"),
    (lambda s: s.why(sys, paths=0), ValueError, "from 1"),
    (lambda s: s.types(limit=-1), (ValueError, OverflowError), ""),
    (lambda s: s.types(limit="3"), TypeError, "integer"),
    (lambda s: s.types(sort="size"), ValueError, "choose one of bytes, count, name"),
    (lambda s: s.graph(sys, direction="up"), ValueError, "referrers, references, chain"),
    (lambda s: s.graph(sys, depth=2 ** 40), ValueError, "from 1"),
    (lambda s: s.graph(sys).render("gif"), ValueError, "svg, png, pdf, dot"),
    (lambda s: type(s)(), TypeError, "holdfast.snapshot"),
    (lambda s: holdfast.nothing, AttributeError, "nothing"),
])
def test_wrong_words(snap, ask, error, words):
    with pytest.raises(error, match=words):
        ask(snap)


@pytest.mark.parametrize("level", [23, 99, -131073, 10 ** 10, -10 ** 30])
def test_levels_that_zstd_does_not_have(snap, tmp_path, level, monkeypatch):
    monkeypatch.setattr(holdfast, "snapshot", lambda **options: pytest.fail("captured"))
    for act in (holdfast.dump, snap.save):
        with pytest.raises(ValueError, match=f"zstd has no compression level {level}"):
            act(tmp_path / "heap.hfs", level=level)
    assert list(tmp_path.iterdir()) == []


def test_levels_that_zstd_has(snap, tmp_path):
    sizes = []
    for level in (-131072, 1, 22):
        snap.save(tmp_path / "heap.hfs", level=level)
        assert len(holdfast.load(tmp_path / "heap.hfs")) == len(snap)
        sizes.append((tmp_path / "heap.hfs").stat().st_size)
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("words, error, name", [
    ({"path": "missing/heap.hfs"}, FileNotFoundError, "missing/heap.hfs"), ({"path": "."}, IsADirectoryError, "."),
    ({"path": ""}, ValueError, None), ({"path": 3}, TypeError, None), ({"path": "heap.hfs", "fork": "no"}, TypeError, None),
    ({"path": "heap.hfs", "level": 1.5}, TypeError, None), ({"path": "heap.hfs", "level": None}, TypeError, None)])
def test_dump_says_it_before_anything_is_captured(words, error, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(holdfast, "snapshot", lambda **options: pytest.fail("captured"))
    with pytest.raises(error) as raised:
        holdfast.dump(**words)
    assert getattr(raised.value, "filename", None) == name
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [{"limit": 0}, {"limit": -1}, {"limit": 2 ** 70}, {"fail_if": "total"},
                                   {"fail_if": "total:bytes>nan"}, {"fail_if": "total:bytes>-5"}])
def test_growth_and_diff_refuse_the_same(snap, words):
    for act in (holdfast.growth, lambda **words: holdfast.diff(snap, snap, **words)):
        with pytest.raises(ValueError):
            act(**words)


@pytest.mark.parametrize("act", [lambda: holdfast.growth(fail_if=3), lambda: holdfast.diff("a", "b", fail_if=None)])
def test_limits_that_are_no_words(act):
    with pytest.raises(TypeError, match="fail_if= takes a str or an iterable of them, not (int|NoneType)"):
        act()


def test_nothing_holds_it(snap):
    why = snap.why(KEPT[0], avoid="list")
    assert not why and "nothing else holds it" in str(why)
    with pytest.raises(LookupError, match="nothing holds"):
        why.path


def test_ctrl_c_ends_a_question(snap, tmp_path):
    big = [[i] for i in range(1_000_000)]
    snapshot = holdfast.snapshot()
    timer = threading.Timer(0.3, signal.raise_signal, [signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        for _ in range(100):
            snapshot.save(tmp_path / "heap.hfs", level=19)
    timer.join()
    assert len(big) == 1_000_000
