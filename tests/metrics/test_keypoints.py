import numpy as np
import pytest

from fer_core.metrics.keypoints import COCO_SIGMAS, match_bodies, oks


def body(x=0.0, flag=2.0):
    return np.column_stack([np.full(17, x), np.zeros(17), np.full(17, flag)])


def test_the_same_body_has_a_similarity_of_one():
    assert oks(body()[:, :2], body(), area=1.0) == 1.0


def test_a_keypoint_two_sigmas_away_counts_as_the_formula_says():
    # of 100 x 100 pixels, an ankle's 2 sigma are 17.8 pixels: exp(-1/2) at that distance
    annotated = body(flag=0)
    annotated[16, 2] = 1
    found = body()[:, :2]
    found[16, 0] = 17.8
    assert oks(found, annotated, area=10_000.0) == pytest.approx(np.exp(-0.5))


def test_keypoints_that_are_not_annotated_do_not_count():
    annotated = body()
    annotated[0, 2] = 0
    found = body()[:, :2]
    found[0] = 1e6
    assert oks(found, annotated, area=1.0) == 1.0
    assert oks(found, body(flag=0), area=1.0) == 0.0


def test_the_sigmas_are_one_per_keypoint_and_the_same_left_and_right():
    assert len(COCO_SIGMAS) == 17
    assert np.array_equal(COCO_SIGMAS[1::2], COCO_SIGMAS[2::2])


def test_the_best_sum_is_matched_and_not_the_best_pair_first():
    assert match_bodies(np.array([[0.9, 0.8], [0.85, 0.2]])) == [(0, 1), (1, 0)]


def test_strangers_are_not_matched():
    assert match_bodies(np.array([[0.09], [0.05]])) == []
    assert match_bodies(np.zeros((0, 3))) == []
    assert match_bodies(np.zeros((2, 0))) == []
