import math

import numpy as np
import pytest

from fer_core.tracking.smoothing import smoothed, smoothing_weight


@pytest.mark.parametrize("fps", [5, 15, 30])
def test_one_time_constant_closes_63_percent_of_the_gap_at_any_frame_rate(fps):
    estimate = np.array([1.0, 0.0])
    for _ in range(fps):  # one second of frames showing the other expression
        estimate = smoothed(estimate, np.array([0.0, 1.0]), elapsed_s=1 / fps, time_constant_s=1.0)
    assert estimate[1] == pytest.approx(1 - math.exp(-1))
    assert estimate.sum() == pytest.approx(1.0)


def test_the_first_reading_is_not_smoothed():
    assert smoothed(None, np.array([0.3, 0.7]), elapsed_s=0, time_constant_s=1).tolist() == [
        0.3,
        0.7,
    ]


@pytest.mark.parametrize(("elapsed_s", "time_constant_s"), [(-0.1, 1.0), (1.0, 0.0), (1.0, -1.0)])
def test_times_out_of_range_are_refused(elapsed_s, time_constant_s):
    with pytest.raises(ValueError, match="Out of range"):
        smoothing_weight(elapsed_s, time_constant_s=time_constant_s)
