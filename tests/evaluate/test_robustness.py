import numpy as np
import pytest

from fer_core.evaluate import robustness as module
from fer_core.evaluate.corruptions import CORRUPTIONS
from fer_core.evaluate.robustness import robustness, sample
from tests.synthetic import noise_faces


def classify_by_the_last_pixel(crops: np.ndarray) -> np.ndarray:
    return np.eye(7)[crops[:, -1, 24] % 7]


def test_each_curve_starts_with_clean_faces_and_has_one_point_per_level():
    faces = noise_faces(14)
    faces.pixels[:, -1, 24] = faces.label_ids
    curves = robustness(classify_by_the_last_pixel, faces)
    for kind, curve in curves.items():
        assert curve.points[0].accuracy == 1.0
        assert tuple(point.level for point in curve.points) == CORRUPTIONS[kind].levels
        assert curve.faces == 14
    assert [point.accuracy for point in curves["covered_eyes"].points] == [1.0] * 5
    # a mask of grey 200 hides the pixel: all faces get label 200 modulo 7 = 4, right for two of 14
    masked = curves["covered_mouth"].points[-1]
    assert masked.accuracy == pytest.approx(2 / 14)
    assert masked.macro_f1 == pytest.approx((2 * 2 / (14 + 2)) / 7)


def test_a_small_split_is_measured_whole_and_a_large_one_in_proportion(monkeypatch):
    faces = noise_faces(70)
    assert sample(faces) is faces
    monkeypatch.setattr(module, "MAX_FACES", 35)
    part = sample(faces)
    assert len(part) == len(np.unique(part.rows)) == 35
    assert np.bincount(part.label_ids) == pytest.approx(5, abs=1)
    assert np.array_equal(part.rows, sample(faces).rows)
