import cv2
import numpy as np
import pytest

from fer_core.faces.photo_search import PhotoSearch, SearchConfig
from fer_core.geometry import pairwise_iou


@pytest.fixture(scope="module")
def search():
    return PhotoSearch()


@pytest.mark.parametrize("degrees", [0, 100, 180, 270])
def test_the_face_is_one_place_at_any_tilt(search, portrait_bgr, turn, degrees):
    turned_bgr = turn(portrait_bgr, degrees)
    clear = [poses for poses in search.places(turned_bgr) if poses.scores.max() > 0.6]
    assert len(clear) == 1
    tilts = (clear[0].rolls_deg - degrees + 180) % 360 - 180
    assert np.abs(tilts).min() < 45  # the mesh measures it


def test_places_are_in_pixels_of_the_photo_where_turned_looks_are_smaller(search, astronaut_bgr):
    photo_bgr = cv2.resize(astronaut_bgr, (1000, 1000))[::-1, ::-1].copy()
    best = max(search.places(photo_bgr), key=lambda poses: poses.scores.max())
    face = 1000 - np.array([[271, 180, 171, 64]], np.float32) * 1000 / 512
    assert pairwise_iou(best.xyxy, face)[:, 0].max() > 0.5


def test_small_faces_are_places(search, six_faces_bgr):
    small_bgr = cv2.resize(six_faces_bgr, (240, 180), interpolation=cv2.INTER_AREA)
    clear = [poses for poses in search.places(small_bgr) if poses.scores.max() > 0.3]
    assert len(clear) >= 6


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 900, 3), (480, 640, 3)])
def test_a_plain_photo_has_no_place(search, shape):
    assert search.places(np.full(shape, 127, np.uint8)) == []


@pytest.mark.parametrize(
    "changes", [{"min_proposal": 0.0}, {"min_proposal": 1.0}, {"turned_side": 0}, {"min_face": -1}]
)
def test_settings_out_of_range_are_refused(changes):
    with pytest.raises(ValueError, match=r"out of range|lie in"):
        SearchConfig(**changes)
