import json

import cv2
import numpy as np
import pytest
from skimage import data

from fer_core.data.annotated import AnnotatedPhoto
from fer_core.evaluate.small_faces import (
    SmallFaceScores,
    evaluate_small_faces,
    read_small_face_photos,
)


def box(x, y, side):
    return {"x": x, "y": y, "w": side, "h": side}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three photos: one face of 36 pixels, one of 232 pixels, one without a face."""
    path = tmp_path_factory.mktemp("annotated")
    portrait = cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR)
    small = np.full((768, 1024, 3), 110, np.uint8)
    small[300:460, 400:560] = cv2.resize(portrait, (160, 160), interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(path / "small.png"), small)
    cv2.imwrite(str(path / "large.png"), cv2.resize(portrait, (1024, 1024)))
    cv2.imwrite(str(path / "none.png"), np.full((768, 1024, 3), 110, np.uint8))
    found, missing, tiny, big = box(453, 320, 36), box(20, 20, 30), box(0, 700, 20), box(0, 0, 40)
    entries = [
        {"file": "small.png", "width": 1024, "height": 768, "boxes": [found, missing, tiny, big]},
        {"file": "large.png", "width": 1024, "height": 1024, "boxes": [box(342, 128, 232)]},
        {"file": "none.png", "width": 1024, "height": 768, "boxes": []},
    ]
    (path / "annotations.json").write_text(json.dumps(entries))
    return path


def test_only_faces_of_24_to_40_pixels_count_in_photos_that_tilt_is_not_measured_on(folder):
    (photo,) = read_small_face_photos(folder)
    assert photo.path.name == "small.png"
    scores = evaluate_small_faces("blazeface", [photo])
    assert scores == SmallFaceScores("blazeface", "photo", n_photos=1, n_faces=2, n_found=1)
    assert scores.as_dict()["recall"] == 0.5


def test_a_photo_that_cannot_be_read_is_reported_and_does_not_count(folder, tmp_path):
    (photo,) = read_small_face_photos(folder)
    missing = AnnotatedPhoto(tmp_path / "gone.png", photo.xyxy, 1024)
    problems, shares = [], []
    scores = evaluate_small_faces(
        "haar", [missing, photo], on_message=problems.append, on_progress=shares.append
    )
    assert len(problems) == 1
    assert "gone.png" in problems[0]
    assert (scores.n_photos, scores.n_faces, shares) == (1, 2, [0.5, 1.0])


def test_no_photos_give_scores_of_nothing():
    assert evaluate_small_faces("haar", []).recall == 0
