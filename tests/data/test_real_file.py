"""The real file: counts as published, and what cleaning finds in it."""

import shutil
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from fer_core.data.cleaning import CleanData, clean
from fer_core.data.dataset import FaceDataset, class_counts
from fer_core.data.inspection import DataInspection
from fer_core.data.worker import inspect_in_process
from fer_core.labels import FER2013_LABELS

# Goodfellow et al. 2013, arXiv 1307.0414; a file may leave out the last split
PUBLISHED = {
    "Training": (3995, 436, 4097, 7215, 4830, 3171, 4965),
    "PublicTest": (467, 56, 496, 895, 653, 415, 607),
    "PrivateTest": (491, 55, 528, 879, 594, 416, 626),
}

pytestmark = [pytest.mark.data, pytest.mark.slow]


@pytest.fixture(scope="module")
def path(fer2013_csv, tmp_path_factory) -> Path:
    """Return a copy of the file: the cache is written beside it."""
    return Path(shutil.copy(fer2013_csv, tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def inspection(path) -> DataInspection:
    return inspect_in_process(path)


@pytest.fixture(scope="module")
def faces(inspection) -> FaceDataset:
    return inspection.dataset


@pytest.fixture(scope="module")
def cleaned(faces) -> CleanData:
    return clean(faces)


def test_the_counts_are_the_published_ones(faces):
    counts = class_counts(faces)
    assert {"Training", "PublicTest"} <= counts.keys()
    for split, per_label in counts.items():
        assert per_label == dict(zip(FER2013_LABELS, PUBLISHED[split], strict=True))


def test_a_later_load_takes_under_two_seconds(path, inspection):
    started = time.perf_counter()
    again = inspect_in_process(path)
    assert time.perf_counter() - started < 2
    assert np.array_equal(again.collection.thumbnails, inspection.collection.thumbnails)


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


def test_findings_are_those_of_an_independent_count(inspection, faces):
    copies = defaultdict(list)
    for row, pixels in enumerate(faces.pixels):
        copies[pixels.tobytes()].append(row)
    blank = [rows for content, rows in copies.items() if len(set(content)) == 1]
    groups = [rows for content, rows in copies.items() if len(rows) > 1 and rows not in blank]
    findings = inspection.findings
    assert len(findings.blank) == sum(map(len, blank)) == 12
    assert sorted(map(list, (group.rows for group in findings.exact))) == sorted(groups)
    labels = faces.label_ids.tolist()
    conflicts = sum(len({labels[row] for row in rows}) > 1 for rows in groups)
    assert sum(group.has_conflict for group in findings.exact) == conflicts
    splits = faces.split_ids.tolist()
    across = sum(0 in {splits[row] for row in rows} != {0} for rows in groups)
    assert sum(group.is_across for group in findings.exact) == across


def test_near_duplicates_are_similar_and_not_equal(inspection, faces):
    values = faces.pixels.reshape(len(faces), -1).astype(np.float64)
    for group in inspection.findings.near:
        assert len({faces.pixels[row].tobytes() for row in group.rows}) > 1
        first = np.array(group.rows[:1])
        others = np.array(group.rows[1:])
        mirrored = faces.pixels[others][:, :, ::-1].reshape(len(others), -1)
        found = [np.corrcoef(values[first[0]], other)[0, 1] for other in values[others]]
        found += [np.corrcoef(values[first[0]], other)[0, 1] for other in mirrored]
        assert max(found) >= 0.95  # the first one is near to at least one other
    assert len(inspection.findings.near) > 400


def test_the_shapes_after_cleaning_are_those_of_the_arrays(inspection, cleaned):
    assert inspection.shapes[0].shape == (len(cleaned.train), 48, 48, 1)
    assert inspection.shapes[1].shape == (3_588, 48, 48, 1)
