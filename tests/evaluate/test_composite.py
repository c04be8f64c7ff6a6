import numpy as np
import pytest

from fer_core.errors import DataError
from fer_core.evaluate.composite import balanced_sample, composite_frame, nearest_to_centre
from fer_core.faces.detections import Detections
from tests.synthetic import noise_faces

HALF_BRIGHT = np.zeros((48, 48), np.uint8)  # dark on the left, bright on the right
HALF_BRIGHT[:, 24:] = 200


def test_a_sample_has_as_many_faces_of_each_label_and_no_blank_one():
    faces = noise_faces(21)
    faces.pixels[0] = 7
    chosen = balanced_sample(faces, per_label=3)
    assert np.bincount(chosen.label_ids).tolist() == [2, 3, 3, 3, 3, 3, 3]
    assert np.array_equal(chosen.rows, balanced_sample(faces, per_label=3).rows)


def test_a_split_without_faces_has_no_sample():
    with pytest.raises(DataError, match="holds no faces"):
        balanced_sample(noise_faces(0), per_label=3)


def test_an_upright_face_is_in_the_centre_and_keeps_its_pixels():
    frame = composite_frame(HALF_BRIGHT, 0, seed=0)
    assert frame.shape == (360, 480)
    assert frame[180, 180] < 20
    assert frame[180, 300] > 180


def test_a_quarter_turn_clockwise_brings_the_right_side_down():
    frame = composite_frame(HALF_BRIGHT, 90, seed=0)
    assert frame[120, 240] < 20
    assert frame[240, 240] > 180


def test_the_background_depends_on_the_seed_alone():
    corner = composite_frame(HALF_BRIGHT, 0, seed=3)[:30, :30]
    assert np.array_equal(composite_frame(HALF_BRIGHT, 45, seed=3)[:30, :30], corner)
    assert not np.array_equal(composite_frame(HALF_BRIGHT, 0, seed=4)[:30, :30], corner)


def test_only_the_detection_nearest_to_the_centre_counts():
    boxes = [[160, 80, 360, 280], [145, 85, 345, 285], [0, 0, 200, 200]]  # 20, 7 and 161 px off
    found = Detections(boxes, [0.9, 0.5, 0.9], [0.0, 0.0, 0.0])
    assert nearest_to_centre(found).scores.tolist() == [0.5]
    assert len(nearest_to_centre(found.take(np.array([2])))) == 0
    assert len(nearest_to_centre(Detections.empty())) == 0
