from dataclasses import replace

import pytest

from fer_core.evaluate.sizes import SizeComparison, SizeRow, SizeScores
from fer_core.figures import scores_by_size, scores_by_size_caption
from fer_core.metrics.intervals import Interval


def scores(macro_f1: float) -> SizeScores:
    return SizeScores(100, 0.6, macro_f1, {"macro_f1": Interval(macro_f1 - 0.1, macro_f1 + 0.1)})


COMPARISON = SizeComparison(
    "vgg",
    12,
    0,
    "PublicTest",
    "portraits",
    (SizeRow(48, 0.5, scores(0.5), scores(0.4)), SizeRow(96, 2.0, scores(0.55), scores(0.55))),
)


def test_each_set_of_faces_has_a_line_with_intervals():
    split, photos = scores_by_size(COMPARISON).data
    assert (split.name, photos.name) == ("PublicTest", "portraits")
    assert list(split.y) == [0.5, 0.55]
    assert list(photos.error_y.array) == pytest.approx([0.1, 0.1])
    assert split.marker.symbol != photos.marker.symbol
    assert photos.hovertext[1] == "96 pixels, portraits: macro-F1 0.550"


def test_the_caption_says_what_is_chance_and_what_is_not():
    caption = scores_by_size_caption(COMPARISON)
    assert "On PublicTest, macro-F1 goes from 0.500 to 0.550, which is within chance." in caption
    assert "On portraits, macro-F1 goes from 0.400 to 0.550, more than chance explains." in caption


def test_photos_that_were_not_read_at_one_size_are_left_out():
    small, large = COMPARISON.rows
    part = replace(COMPARISON, rows=(replace(small, photos=None), large))
    assert list(scores_by_size(part).data[1].y) == [0.55]
    assert "On portraits" not in scores_by_size_caption(part)
