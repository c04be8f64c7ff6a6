import cv2
import numpy as np
import pytest

from fer_core.data import read_portrait
from fer_core.faces.crop_check import check_crop

PORTRAIT = read_portrait()
CUTS = (np.s_[60:186, 93:219], np.s_[60:180, 100:210], np.s_[30:210, 66:246])
ROWS, COLUMNS = np.mgrid[:120, :120]
NO_FACES = {
    "stripes": 128 + 100 * np.sin(ROWS / 3),
    "checks": 60 + 140 * ((ROWS // 15 + COLUMNS // 15) % 2),
    "a disc": np.where(np.hypot(ROWS - 60, COLUMNS - 60) < 40, 210, 40),
    "noise": np.random.default_rng(0).uniform(0, 255, (120, 120)),
    "one level": np.full((120, 120), 90),
}


@pytest.mark.parametrize("side", [24, 48, 100, 400])
@pytest.mark.parametrize(
    "cut", [np.s_[60:186, 93:219], np.s_[60:180, 100:210], np.s_[30:210, 66:246]]
)
def test_a_face_is_present_whatever_its_size_and_frame(side, cut):
    crop = cv2.resize(PORTRAIT[cut], (side, side), interpolation=cv2.INTER_AREA)
    for picture in (crop, np.ascontiguousarray(crop[:, ::-1])):
        look = check_crop(picture)
        assert 0.5 < look.presence <= 1
        assert look.is_whole
        assert np.abs(look.head_deg).max() < 30


@pytest.mark.parametrize("level", NO_FACES.values(), ids=NO_FACES)
def test_in_a_picture_without_a_face_none_is_present(level):
    crop = np.repeat(level.astype(np.uint8)[..., None], 3, axis=2)
    assert 0 <= check_crop(crop).presence < 0.5


@pytest.mark.parametrize("size", [(1, 1), (1, 5_000), (5_000, 1), (24, 3_000)])
def test_any_size_is_answered(size):
    assert 0 <= check_crop(np.full((*size, 3), 128, np.uint8)).presence <= 1


@pytest.mark.parametrize(("turns", "side"), [(1, 48), (3, 48), (1, 120), (3, 120)])
def test_a_face_that_is_not_upright_is_not_present(turns, side):
    crop = cv2.resize(PORTRAIT[60:186, 93:219], (side, side), interpolation=cv2.INTER_AREA)
    assert check_crop(np.ascontiguousarray(np.rot90(crop, turns))).presence < 0.5
