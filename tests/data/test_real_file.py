"""The real file: counts as published, and what cleaning finds in it."""

import numpy as np
import pytest

from fer_core.data.cleaning import CleanData, clean
from fer_core.data.dataset import FaceDataset, class_counts
from fer_core.data.fer2013 import read_fer2013
from fer_core.labels import FER2013_LABELS

# Goodfellow et al. 2013, arXiv 1307.0414; a file may leave out the last split
PUBLISHED = {
    "Training": (3995, 436, 4097, 7215, 4830, 3171, 4965),
    "PublicTest": (467, 56, 496, 895, 653, 415, 607),
    "PrivateTest": (491, 55, 528, 879, 594, 416, 626),
}

pytestmark = [pytest.mark.data, pytest.mark.slow]


@pytest.fixture(scope="module")
def faces(fer2013_csv) -> FaceDataset:
    return read_fer2013(fer2013_csv).dataset


@pytest.fixture(scope="module")
def cleaned(faces) -> CleanData:
    return clean(faces)


def test_the_counts_are_the_published_ones(faces):
    counts = class_counts(faces)
    assert {"Training", "PublicTest"} <= counts.keys()
    for split, per_label in counts.items():
        assert per_label == dict(zip(FER2013_LABELS, PUBLISHED[split], strict=True))


def test_rows_are_in_the_original_order(faces):
    assert np.array_equal(faces.rows, np.arange(len(faces)))
    assert set(faces.split_ids[:28_709]) == {0}


def test_cleaning_drops_what_was_counted_by_hand(cleaned):
    report = cleaned.report
    assert (report.n_blank, report.n_conflicting, report.n_duplicates) == (12, 96, 1_168)
    assert report.n_validation == 3_589 - 1  # one image is blank


def test_no_training_face_occurs_twice_or_in_a_test_split(faces, cleaned):
    trained = {pixels.tobytes() for pixels in cleaned.train.pixels}
    assert len(trained) == cleaned.report.n_train
    for split in ("PublicTest", "PrivateTest"):
        assert not trained & {pixels.tobytes() for pixels in faces.split(split).pixels}
