"""The summary of all photos, and what a session keeps per photo."""

import numpy as np
import pytest

from fer_core.batch import PictureReading
from fer_core.results import Box, Face, FrameResult
from pages.ui.photos.readings import PhotoReading, _kept, summary


def reading(n_faces, *, error=None):
    faces = (Face(Box(0, 0, 9, 9), 0.9),) * n_faces
    return PhotoReading("key", "a.jpg", {"error": error}, faces, None)


@pytest.mark.parametrize(
    ("readings", "n_photos", "words"),
    [
        ([reading(1)], 1, "1 face in 1 photo"),
        ([reading(2), reading(0)], 2, "2 faces in 2 photos"),
        ([reading(1), reading(0, error="no image")], 2, "1 face in 2 photos, 1 photo failed"),
        ([reading(3)], 4, "3 faces in 1 of 4 photos"),
    ],
    ids=["one", "several", "one failed", "stopped"],
)
def test_the_summary_counts_faces_photos_and_failures(readings, n_photos, words):
    assert summary(readings, n_photos=n_photos) == words


def test_a_photo_that_cannot_be_drawn_on_gets_its_sentence(caplog):
    result = FrameResult(40, 30, (Face(Box(5, 5, 20, 20), 0.9),))
    not_a_frame = PictureReading("a.jpg", np.zeros((30, 40, 3), np.float64), result)
    kept = _kept("key", not_a_frame)
    assert kept.record["error"].startswith("a.jpg: expected to read it")
    assert (kept.faces, kept.annotated_jpeg) == ((), None)
    assert len(caplog.records) == 1
