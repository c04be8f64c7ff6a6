import json

import cv2
import numpy as np
import pytest
from skimage import data

from fer_core.data.annotated import AnnotatedPhoto, read_annotated_photos
from fer_core.evaluate.detection import (
    FaceFreeScores,
    TiltScores,
    _Counts,
    evaluate_detector,
    match_faces,
)
from fer_core.faces.detections import Detections


def found_at(*boxes, scores=None):
    return Detections(
        np.array(boxes, float).reshape(-1, 4),
        np.array(scores if scores else [0.9] * len(boxes)),
        np.zeros(len(boxes)),
    )


def test_no_detections_and_no_annotated_faces_give_zeros():
    assert match_faces(found_at(), np.zeros((0, 3))) == (0, 0)


def test_a_detection_without_an_annotated_face_is_false():
    assert match_faces(found_at([0, 0, 10, 10]), np.zeros((0, 3))) == (0, 1)


def test_a_second_detection_of_the_same_face_is_false():
    face = np.array([[5.0, 5.0, 10.0]])
    assert match_faces(found_at([0, 0, 10, 10], [1, 0, 11, 10]), face) == (1, 1)


def test_a_long_box_stands_for_the_square_with_its_area():
    assert match_faces(found_at([2.5, -5, 7.5, 15]), np.array([[5.0, 5.0, 10.0]])) == (1, 0)


def test_too_little_overlap_does_not_count():
    face = np.array([[5.0, 5.0, 10.0]])
    assert match_faces(found_at([3.3, 0, 13.3, 10]), face) == (1, 0)  # 6.7 / 13.3 = 0.504
    assert match_faces(found_at([3.4, 0, 13.4, 10]), face) == (0, 1)  # 6.6 / 13.4 = 0.493


def test_the_detection_with_the_best_score_is_matched_first():
    faces = np.array([[5.0, 5.0, 10.0], [9.0, 5.0, 10.0]])
    boxes = ([2.0, 0, 12.0, 10], [0.0, 0, 10.0, 10])
    assert match_faces(found_at(*boxes, scores=[0.5, 0.9]), faces) == (2, 0)


def test_recall_and_false_faces_are_shares_by_hand():
    tilt = TiltScores(degrees=0, n_photos=4, n_faces=8, n_found=6, n_false=1)
    assert (tilt.recall, tilt.false_per_photo) == (0.75, 0.25)
    nothing = TiltScores(degrees=0, n_photos=0, n_faces=0, n_found=0, n_false=0)
    assert (nothing.recall, nothing.false_per_photo) == (0, 0)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("annotated")
    portrait = cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR)
    stripes = np.tile(np.where(np.arange(320) // 8 % 2, 255, 0).astype(np.uint8), (240, 1))
    cv2.imwrite(str(folder / "portrait.png"), portrait)
    cv2.imwrite(str(folder / "stripes_8.png"), stripes)
    face = {"x": 171, "y": 64, "w": 100, "h": 116}
    entries = [
        {"file": "portrait.png", "width": 512, "height": 512, "boxes": [face]},
        {"file": "stripes_8.png", "boxes": []},
    ]
    (folder / "annotations.json").write_text(json.dumps(entries))
    return read_annotated_photos(folder)


def test_haar_loses_the_portrait_when_it_is_turned(photos):
    scores = evaluate_detector("haar", photos, angles_deg=(0, 90))
    assert [tilt.recall for tilt in scores.tilts] == [1.0, 0.0]
    assert scores.ms_per_frame > 0


@pytest.mark.parametrize("mode", ["photo", "video"])
def test_blazeface_finds_the_portrait_and_no_face_in_stripes(photos, mode):
    shares = []
    angles_deg = (0, 90) if mode == "photo" else (0,)
    scores = evaluate_detector(
        "blazeface", photos, mode=mode, angles_deg=angles_deg, on_progress=shares.append
    )
    assert [tilt.recall for tilt in scores.tilts] == [1.0] * len(angles_deg)
    assert scores.face_free == {"stripes": FaceFreeScores(n_photos=1, n_false=0)}
    assert shares == [0.5, 1.0]


def test_a_photo_that_cannot_be_read_is_reported_and_counts_nowhere(photos, tmp_path):
    missing = AnnotatedPhoto(tmp_path / "gone.png", photos[0].xyxy, 640)
    problems = []
    scores = evaluate_detector(
        "haar", (missing, *photos), angles_deg=(0,), on_message=problems.append
    )
    assert len(problems) == 1
    assert "gone.png" in problems[0]
    assert (scores.tilts[0].n_photos, scores.tilts[0].recall) == (1, 1.0)


class Choking(AnnotatedPhoto):
    """A photo that is read into what no detector takes."""

    def read(self):
        return np.zeros((40, 40), np.uint8)


def test_a_photo_on_which_a_detector_raises_is_reported_and_counts_nowhere(photos, caplog):
    choking = Choking(photos[0].path, photos[0].xyxy, 640)
    problems = []
    scores = evaluate_detector(
        "haar", (choking, *photos), angles_deg=(0,), on_message=problems.append
    )
    (problem,) = problems
    assert problem.startswith(f"{photos[0].path}: expected to read it")
    assert (scores.tilts[0].n_photos, scores.tilts[0].recall) == (1, 1.0)
    assert len(caplog.records) == 1


def raise_if_turned(frame_bgr):
    if frame_bgr.shape == (60, 40, 3):
        raise MemoryError
    return found_at([0, 0, 10, 10]), 1.0


def test_a_photo_that_raises_at_one_angle_counts_at_none(tmp_path):
    photo = AnnotatedPhoto(tmp_path / "a.png", np.array([[0, 0, 10, 10]], np.float32), 640)
    counts = _Counts(raise_if_turned, (0, 90))
    with pytest.raises(MemoryError):
        counts.add(photo, np.zeros((40, 60, 3), np.uint8))
    assert [row.total() for row in counts.by_angle.values()] == [0, 0]
    assert counts.upright_ms == []


def test_no_photos_give_scores_of_nothing():
    scores = evaluate_detector("haar", (), angles_deg=(0,))
    assert (scores.tilts[0].n_photos, scores.face_free, scores.ms_per_frame) == (0, {}, 0.0)


def test_scores_are_written_out_for_json(photos):
    written = evaluate_detector("haar", photos, angles_deg=(0,)).as_dict()
    assert json.loads(json.dumps(written))["tilts"][0]["recall"] == 1.0
    assert written["detector"] == "haar"
