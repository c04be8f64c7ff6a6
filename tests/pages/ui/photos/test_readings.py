"""The summary of all photos."""

import pytest

from fer_core.batch import PhotoReading
from fer_core.results import Box, Face, FrameResult
from pages.ui.photos.readings import summary


def reading(n_faces, *, error=None):
    if error is not None:
        return PhotoReading("a.jpg", error=error)
    faces = (Face(Box(0, 0, 9, 9), 0.9),) * n_faces
    return PhotoReading("a.jpg", FrameResult(40, 30, faces))


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
