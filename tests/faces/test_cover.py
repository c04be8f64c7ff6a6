import shutil

import cv2
import numpy as np
import pytest

from fer_core.errors import ModelError
from fer_core.faces.cover import COVER_CARD, COVER_FILE, COVER_FOLDER, CoverNetwork
from fer_core.faces.crop import upright_crops
from fer_core.faces.registry import create_detector

EYES, MOUTH = np.s_[8:26, 2:46], np.s_[28:48, 6:42]


@pytest.fixture(scope="module")
def clear_crop(astronaut_bgr):
    found = create_detector("blazeface", mode="photo").detect(astronaut_bgr)
    return upright_crops(cv2.cvtColor(astronaut_bgr, cv2.COLOR_BGR2GRAY), found, size=48)[0]


@pytest.fixture
def files(tmp_path):
    """Return a copy of the network's folder."""
    return shutil.copytree(COVER_FOLDER, tmp_path / "quality")


def test_a_clear_face_is_not_covered(clear_crop):
    faces = np.stack([clear_crop, clear_crop[:, ::-1]])
    assert CoverNetwork().is_covered(faces).tolist() == [False, False]


@pytest.mark.parametrize("part", [EYES, MOUTH])
@pytest.mark.parametrize("grey", [0, 60, 200, 255])
def test_a_painted_over_face_is_covered(clear_crop, part, grey):
    face = clear_crop.copy()
    face[part] = grey
    assert CoverNetwork().is_covered(face[None]).all()


def test_faces_of_any_size_are_judged_alike(clear_crop):
    network = CoverNetwork()
    large = cv2.resize(clear_crop, (96, 96), interpolation=cv2.INTER_CUBIC)
    assert network.evidence(large[None]) == pytest.approx(network.evidence(clear_crop[None]), abs=1)


def test_a_face_is_judged_alike_alone_and_among_others(clear_crop):
    network = CoverNetwork()
    faces = np.stack([clear_crop, clear_crop[::-1], clear_crop // 2])
    alone = [network.evidence(face[None])[0] for face in faces]
    assert network.evidence(faces) == pytest.approx(alone, abs=1e-3)


def test_no_faces_give_no_evidence():
    assert CoverNetwork().is_covered(np.zeros((0, 48, 48), np.uint8)).shape == (0,)


def test_missing_damaged_and_exchanged_files_get_one_sentence(files):
    card = (files / COVER_CARD).read_text()
    (files / COVER_FILE).write_bytes(b"another network")
    with pytest.raises(ModelError, match=r"not the file that cover\.json describes"):
        CoverNetwork(files)
    (files / COVER_CARD).write_text(card[:20])
    with pytest.raises(ModelError, match=r"Cannot read cover\.tflite and cover\.json"):
        CoverNetwork(files)
    shutil.rmtree(files)
    with pytest.raises(ModelError, match="No such file"):
        CoverNetwork(files)
