import pytest

from fer_core.progress import ignore, within


def test_two_parts_cover_the_whole_work():
    shares: list[float] = []
    for part in (within(shares.append, 0.0, 0.75), within(shares.append, 0.75, 1.0)):
        for share in (0.0, 0.5, 1.0):
            part(share)
    assert shares == pytest.approx([0, 0.375, 0.75, 0.75, 0.875, 1])


def test_a_part_ends_exactly_at_one():
    shares: list[float] = []
    within(shares.append, 0.1, 1.0)(1.0)
    assert shares == [1.0]


def test_the_default_callback_accepts_a_share_and_a_sentence():
    assert ignore(0.5) is None
    assert ignore("Calibrating.") is None
