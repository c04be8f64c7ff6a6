import numpy as np
import pytest

from fer_core.metrics.intervals import (
    N_RESAMPLES,
    Interval,
    bootstrap_intervals,
    check_intervals,
    check_shares,
    wilson_interval,
)


def test_the_interval_of_a_share_is_that_of_the_binomial_distribution():
    # 60 of 100 right: +-1.96 * sqrt(0.6 * 0.4 / 100) = 0.504 to 0.696
    is_right = np.repeat([True, False], [60, 40])
    (interval,) = bootstrap_intervals(lambda drawn: is_right[drawn].mean(axis=1)[None], n=100)
    assert interval == pytest.approx((0.504, 0.696), abs=0.015)


def test_several_shares_see_the_same_resamples_of_as_many_faces_as_there_are():
    seen = []

    def statistic(drawn: np.ndarray) -> np.ndarray:
        seen.append(drawn)
        share = (drawn < 15).mean(axis=1)
        return np.stack([share, 1 - share])

    low_ids, high_ids = bootstrap_intervals(statistic, n=30)
    assert low_ids == pytest.approx((1 - high_ids.high, 1 - high_ids.low))
    assert sum(len(drawn) for drawn in seen) == N_RESAMPLES
    assert all(drawn.shape[1] == 30 and 0 <= drawn.min() <= drawn.max() < 30 for drawn in seen)


def test_a_single_face_has_an_interval_without_width():
    assert bootstrap_intervals(lambda drawn: np.full((1, len(drawn)), 0.4), n=1) == (
        Interval(0.4, 0.4),
    )


def test_rounding_does_not_leave_the_range_of_shares():
    (interval,) = bootstrap_intervals(lambda drawn: np.full((1, len(drawn)), 1 + 1e-9), n=5)
    assert interval == (1.0, 1.0)


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_what_is_no_share_is_refused_by_name(share):
    with pytest.raises(ValueError, match=r"shares of recall from 0 to 1, got"):
        check_shares("recall", [0.5, share])


@pytest.mark.parametrize("ends", [(0.6, 0.5), (-0.1, 0.5), (0.5, 1.1)])
def test_an_interval_that_is_reversed_or_out_of_range_is_refused_by_name(ends):
    with pytest.raises(ValueError, match="expected an interval of accuracy within 0 to 1"):
        check_intervals({"accuracy": Interval(*ends)})


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    # Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3
    [
        *((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605)),
        *((0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)),
    ],
)
def test_the_interval_of_a_count_is_the_published_one_of_wilson(count, n, low, high):
    assert wilson_interval(count, n) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(("count", "n"), [(3, 2), (-1, 2), (0, 0)])
def test_a_count_that_is_no_part_of_a_number_has_no_interval(count, n):
    with pytest.raises(ValueError, match="Out of range"):
        wilson_interval(count, n)
