from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from fer_core.data.labelled_photos import read_labelled_photos
from fer_core.errors import DataError
from fer_core.evaluate.photos import evaluate_photos
from fer_core.metrics.curves import ShownWords
from fer_core.results import Box, Expression, Face, FrameResult

LABELS = ("happy", "sad")


def face(label, *, side=50.0, share=0.9):
    probs = np.array([share, 1 - share] if label == "happy" else [1 - share, share])
    return Face(Box(0, 0, side, side), 0.9, 0.0, Expression.from_probs(LABELS, probs))


class Scripted:
    """A pipeline whose result for a picture depends on the grey of its first pixel."""

    recognizer = SimpleNamespace(card=SimpleNamespace(model_id="small"))
    detector = SimpleNamespace(name="haar")

    def __init__(self, *results):
        self.results = results

    def analyze(self, frame_bgr):
        faces = self.results[frame_bgr[0, 0, 0]]
        if isinstance(faces, Exception):
            raise faces
        return FrameResult(100, 100, faces)

    def analyze_crop(self, crop_bgr):
        return FrameResult(100, 100, (face("sad", side=100),))


@pytest.fixture
def photos_of(tmp_path):
    """Return a function that lists pictures: the n-th row is the n-th grey."""

    def listed(header, *rows):
        lines = [header]
        for gray, row in enumerate(rows):
            picture = np.full((20, 20, 3), gray, np.uint8)
            assert cv2.imwrite(str(tmp_path / f"{gray}.png"), picture)
            lines.append(f"{gray}.png,{row}")
        (tmp_path / "labels.csv").write_text("\n".join(lines))
        return read_labelled_photos(tmp_path)

    return listed


def test_the_largest_of_several_faces_counts(photos_of):
    pipeline = Scripted((face("sad", side=20), face("happy", side=60), face("sad", side=40)))
    scores = evaluate_photos(pipeline, photos_of("file,label", "happy"))
    assert (scores.n, scores.found, scores.said_right) == (1, 1, 1)


def test_a_face_that_is_refused_counts_by_its_first_reason(photos_of):
    refused = Face(Box(0, 0, 9, 9), 0.9, reasons=("too small to read", "turned away"))
    scores = evaluate_photos(Scripted((refused,), ()), photos_of("file,label", "happy", "sad"))
    assert (scores.found, scores.read) == (1, 0)
    assert scores.unread == {"no face found": 1, "too small to read": 1}


def test_bad_files_are_reported_and_do_not_stop_the_others(photos_of, tmp_path):
    photos = photos_of("file,label", "happy", "happy", "happy", "happy")
    (tmp_path / "1.png").unlink()
    (tmp_path / "2.png").write_bytes(b"%PDF-1.7")
    pipeline = Scripted((face("happy"),), (), (), ValueError("inner words"))
    sentences, shares = [], []
    scores = evaluate_photos(
        pipeline, photos, on_message=sentences.append, on_progress=shares.append
    )
    assert (scores.n, scores.found, scores.read) == (4, 1, 1)
    assert scores.unread == {"the file cannot be read": 3}
    assert len(sentences) == 3
    assert all(str(tmp_path) in sentence for sentence in sentences)
    assert shares == [0.25, 0.5, 0.75, 1.0]


def test_photos_of_which_none_can_be_read_are_an_error(photos_of, tmp_path):
    photos = photos_of("file,label", "happy")
    (tmp_path / "0.png").unlink()
    with pytest.raises(DataError, match="None of the 1 photos of"):
        evaluate_photos(Scripted(()), photos)


def test_crops_are_read_without_the_detector(photos_of):
    scores = evaluate_photos(Scripted(()), photos_of("file,label", "sad"), is_crop=True)
    assert (scores.crops, scores.detector, scores.said_right) == (True, None, 1)


def test_every_further_column_is_a_group_in_the_order_of_its_numbers(photos_of):
    rows = ("happy,10-19,S1", "happy,3-9,S1", "sad,70+,S2", ",,S3")
    photos = photos_of("file,label,age,subject", *rows)
    scores = evaluate_photos(Scripted((face("happy"),), (), (face("sad"),), ()), photos)
    assert list(scores.groups["age"]) == ["3-9", "10-19", "70+"]
    assert [cell.n for cell in scores.groups["subject"].values()] == [2, 1, 1]
    assert (scores.groups["age"]["3-9"].found, scores.groups["age"]["70+"].said_right) == (0, 1)


def test_a_subject_is_a_cluster_whose_scores_are_not_stored_and_groups_are_not_compared(photos_of):
    rows = [f"happy,{'old' if n % 2 else 'young'},S{n // 2}" for n in range(8)]
    photos = photos_of("file,label,age,subject", *rows)
    results = [(face("happy"),) if n % 2 else () for n in range(8)]
    scores = evaluate_photos(Scripted(*results), photos)
    assert (scores.cluster_column, scores.n_clusters) == ("subject", 4)
    assert (scores.n_comparisons, scores.differences) == (0, ())
    assert list(scores.without_clusters().groups) == ["age"]


def test_a_column_with_many_values_is_a_cluster_whatever_its_name(photos_of):
    photos = photos_of("file,label,who", *(f"sad,{n}" for n in range(21)))
    scores = evaluate_photos(Scripted(*[(face("sad"),)] * 21), photos)
    assert scores.cluster_column == "who"


def test_groups_that_differ_beyond_chance_are_named(photos_of):
    rows = [f"happy,{'old' if n < 20 else 'young'}" for n in range(40)]
    results = [() if n < 20 else (face("happy"),) for n in range(40)]
    scores = evaluate_photos(Scripted(*results), photos_of("file,label,age", *rows))
    first = scores.differences[0]
    assert (first.value, first.what, first.share, first.others) == ("old", "found", 0.0, 1.0)


def test_the_coverage_of_a_set_counts_the_faces_read(photos_of):
    rows = ("happy", "sad", "", "happy")
    faces = [(face("happy", share=share),) for share in (0.9, 0.7, 0.8)]
    scores = evaluate_photos(Scripted(*faces, ()), photos_of("file,label", *rows))
    points = {point.min_confidence: point for point in scores.coverage}
    assert (points[0.5].coverage, points[0.5].accuracy) == (1.0, 0.5)
    assert (points[0.75].coverage, points[0.75].accuracy) == (pytest.approx(2 / 3), 1.0)
    assert scores.shown == ShownWords(n=3, shown=3, judged=2, right=1)


def test_a_set_without_labels_or_without_a_face_that_is_read_has_no_coverage(photos_of):
    assert evaluate_photos(Scripted((face("sad"),)), photos_of("file,label", "")).coverage == ()
    unread = evaluate_photos(Scripted(()), photos_of("file,label", "sad"))
    assert (unread.coverage, unread.shown) == ((), None)


def test_contempt_is_found_read_and_said_but_not_scored(photos_of):
    pipeline = Scripted((face("happy"),), (face("sad"),))
    scores = evaluate_photos(pipeline, photos_of("file,label", "happy", "contempt"))
    assert (scores.read, scores.said_labelled, scores.said_right) == (2, 2, 1)
    assert (scores.scored, scores.accuracy, scores.macro_f1) == (1, 1.0, 1.0)
    assert scores.unscored == {"contempt": 1}
    assert list(scores.per_class) == ["happy"]
