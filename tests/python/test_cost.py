"""What a snapshot says about its own cost."""
import holdfast


def test_memory_of_the_capture_is_told_and_bounded():
    kept = [[i] for i in range(100_000)]
    snap = holdfast.snapshot()
    per_object = snap.info().origin.capture_bytes / len(snap)
    assert len(kept) == 100_000
    # A node takes 22 bytes, and in the end there is a second number of four for each.
    assert 26 < per_object < 200
