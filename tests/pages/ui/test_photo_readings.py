"""What a session keeps of a photo."""

import numpy as np
from pages.ui.photo_readings import _kept

from fer_core.batch import PictureReading
from fer_core.results import Box, Face, FrameResult


def test_a_photo_that_cannot_be_drawn_on_gets_its_sentence(caplog):
    result = FrameResult(40, 30, (Face(Box(5, 5, 20, 20), 0.9),))
    not_a_picture = PictureReading("a.jpg", np.zeros((30, 40, 3), np.float64), result)
    kept = _kept("key", not_a_picture)
    assert kept.record["error"].startswith("a.jpg: expected to read it")
    assert (kept.faces, kept.annotated_jpeg) == ((), None)
    assert len(caplog.records) == 1
