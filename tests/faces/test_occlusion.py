import json
import shutil

import cv2
import numpy as np
import pytest

from fer_core.errors import ModelError
from fer_core.faces.crop import upright_crops
from fer_core.faces.occlusion import (
    OCCLUSION_CARD,
    OCCLUSION_FILE,
    OCCLUSION_FOLDER,
    OcclusionNetwork,
)
from fer_core.faces.registry import create_detector

EYES, MOUTH = np.s_[8:26, 2:46], np.s_[28:48, 6:42]


@pytest.fixture(scope="module")
def clear_crop(astronaut_bgr):
    found = create_detector("blazeface", mode="photo").detect(astronaut_bgr)
    return upright_crops(cv2.cvtColor(astronaut_bgr, cv2.COLOR_BGR2GRAY), found, size=48)[0]


@pytest.fixture
def files(tmp_path):
    """Return a copy of the network's folder."""
    return shutil.copytree(OCCLUSION_FOLDER, tmp_path / "quality")


def test_a_clear_face_is_not_occluded(clear_crop):
    faces = np.stack([clear_crop, clear_crop[:, ::-1]])
    assert OcclusionNetwork().is_occluded(faces).tolist() == [False, False]


@pytest.mark.parametrize("part", [EYES, MOUTH])
@pytest.mark.parametrize("grey", [0, 60, 200, 255])
def test_a_painted_over_face_is_occluded(clear_crop, part, grey):
    face = clear_crop.copy()
    face[part] = grey
    assert OcclusionNetwork().is_occluded(face[None]).all()


def test_crops_of_any_size_get_the_same_result(clear_crop):
    network = OcclusionNetwork()
    large = cv2.resize(clear_crop, (96, 96), interpolation=cv2.INTER_CUBIC)
    assert network.log_odds(large[None]) == pytest.approx(network.log_odds(clear_crop[None]), abs=1)


def test_a_face_gets_the_same_result_alone_and_in_a_batch(clear_crop):
    network = OcclusionNetwork()
    faces = np.stack([clear_crop, clear_crop[::-1], clear_crop // 2])
    alone = [network.log_odds(face[None])[0] for face in faces]
    assert network.log_odds(faces) == pytest.approx(alone, abs=1e-3)


def test_no_faces_give_an_empty_result():
    assert OcclusionNetwork().is_occluded(np.zeros((0, 48, 48), np.uint8)).shape == (0,)


def test_missing_damaged_and_exchanged_files_are_reported(files):
    card = (files / OCCLUSION_CARD).read_text()
    (files / OCCLUSION_FILE).write_bytes(b"another network")
    with pytest.raises(ModelError, match=r"occlusion\.tflite was changed"):
        OcclusionNetwork(files)
    values = json.loads(card)
    deep = "[" * 100_000
    for broken in (card[:20], card.replace(str(values["limit"]), "NaN"), "{}", deep):
        (files / OCCLUSION_CARD).write_text(broken)
        with pytest.raises(ModelError, match=r"Cannot read .*occlusion\.json"):
            OcclusionNetwork(files)
    shutil.rmtree(files)
    with pytest.raises(ModelError, match="No such file"):
        OcclusionNetwork(files)
