import io

import numpy as np
import pytest

from fer_core.data.dataset import IMAGE_SIZE, FaceDataset
from fer_core.data.file_cache import FileCache
from fer_core.data.inspection import (
    DataInspection,
    cached_inspection,
    inspect_source,
    recorded_inspection,
)
from fer_core.errors import DataError
from fer_core.expression.card import Training
from fer_core.labels import FER2013_LABELS

NO_FACES = dict.fromkeys(FER2013_LABELS, 0)
CLEANING = {
    "n_read": 5,
    "n_unreadable": 0,
    "n_blank": 1,
    "n_duplicates": 0,
    "n_conflicting": 0,
    "n_also_in_test": 0,
    "n_train": 3,
    "n_validation": 1,
}


def csv_of(*rows):
    """Return FER2013's CSV with one random face per `(label_id, split)`."""
    random = np.random.default_rng(0)
    lines = ["emotion,pixels,Usage"]
    for label_id, split in rows:
        pixels = " ".join(map(str, random.integers(0, 256, IMAGE_SIZE**2)))
        lines.append(f"{label_id},{pixels},{split}")
    return "\n".join(lines) + "\n"


def dataset_of(*label_ids):
    n = len(label_ids)
    pixels = np.arange(n, dtype=np.uint8)[:, None, None] * np.ones((48, 48), dtype=np.uint8)
    pixels[:, 0, 1] = 255  # so that no image is blank
    zeros = np.zeros(n, dtype=np.int64)
    return FaceDataset(pixels, np.array(label_ids, dtype=np.int64), zeros, np.arange(n))


def test_a_file_is_counted_and_cleaned(tmp_path):
    path = tmp_path / "faces.csv"
    path.write_text(csv_of((3, "Training"), (3, "Training"), (0, "PublicTest")))
    inspection = inspect_source(path)
    assert inspection.name == "faces.csv"
    assert inspection.counts == {
        "Training": NO_FACES | {"happy": 2},
        "PublicTest": NO_FACES | {"angry": 1},
    }
    assert inspection.cleaning == ("Kept: 2 faces for training, 1 for validation.",)
    assert len(inspection.dataset) == 3


def test_blank_images_and_duplicates_are_found_by_row(tmp_path):
    rows = csv_of((3, "Training"), (0, "PublicTest")).splitlines()
    blank = " ".join(["7"] * IMAGE_SIZE**2)
    rows += [rows[1].replace("3,", "4,", 1), f"6,{blank},Training"]
    path = tmp_path / "faces.csv"
    path.write_text("\n".join(rows))
    findings = inspect_source(path).findings
    assert findings.blank == (3,)
    (group,) = findings.exact
    assert (group.rows, group.labels) == ((0, 2), ("happy", "sad"))
    assert findings.sentences() == (
        "Blank images: 1.",
        "Exact duplicates (equal pixel by pixel): 2 images in 1 group.",
        "Exact duplicates whose labels differ: 1 group.",
    )


@pytest.mark.parametrize(
    "report", [{}, {"report": "{"}, {"report": '{"name": "x"}'}], ids=["none", "cut off", "parts"]
)
def test_a_foreign_report_in_the_cache_is_made_anew(tmp_path, report):
    path = tmp_path / "faces.csv"
    path.write_text(csv_of((3, "Training"), (0, "PublicTest")))
    inspect_source(path)
    assert cached_inspection(path) is not None
    FileCache(path, "report").save(report, {})
    assert cached_inspection(path) is None
    assert inspect_source(path).findings is not None


def test_progress_rises_to_one(tmp_path):
    path = tmp_path / "faces.csv"
    path.write_text(csv_of((3, "Training"), (0, "PublicTest")))
    shares = []
    inspect_source(path, on_progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_data_set_too_small_for_training_is_counted_nevertheless(tmp_path):
    path = tmp_path / "faces.csv"
    path.write_text(csv_of((3, "PrivateTest")))
    inspection = inspect_source(path)
    assert inspection.counts == {"PrivateTest": NO_FACES | {"happy": 1}}
    assert inspection.cleaning == (
        "Kept: 0 faces for training, 0 for validation, 1 for the final test.",
        "Training needs at least two different images of one expression, of which one is kept for "
        "validation; 0 left.",
    )
    assert inspection.shapes == ()


def test_data_without_splits_is_counted_and_split(tmp_path):
    path = tmp_path / "faces.csv"
    path.write_text(csv_of(*((label, "Training") for label in (3, 0, 3, 3, 0, 4))))
    inspection = inspect_source(path)
    assert inspection.cleaning[-2:] == (
        "No validation split in the data: 2 of 6 training images were kept for validation.",
        "Kept: 4 faces for training, 2 for validation.",
    )
    assert [shape.shape[0] for shape in inspection.shapes] == [4, 2]


def test_an_open_file_is_named_without_its_folder():
    file = io.BytesIO(csv_of((3, "Training"), (0, "PublicTest")).encode())
    file.name = "../../faces.csv"
    assert inspect_source(file).name == "faces.csv"


def test_a_file_without_a_row_that_can_be_read_is_an_error_on_the_first_one(tmp_path):
    path = tmp_path / "faces.csv"
    path.write_text("emotion,pixels\n3,1 2 3\n")
    with pytest.raises(DataError, match=r"faces\.csv, line 2: expected 2,304 pixels, got 3"):
        inspect_source(path)


def test_a_card_gives_counts_and_sentences_but_no_faces():
    counts = {"Training": NO_FACES | {"happy": 4}}
    inspection = recorded_inspection("small", Training(class_counts=counts, cleaning=CLEANING))
    assert inspection.counts == counts
    assert inspection.cleaning[0] == "Blank images dropped: 1."
    assert inspection.dataset is None


@pytest.mark.parametrize(
    "training",
    [
        {},
        {"class_counts": {"Training": NO_FACES}},
        {"class_counts": {"Training": NO_FACES}, "cleaning": {"n_read": 5}},
        {"class_counts": {"Training": {"happy": 4}}, "cleaning": CLEANING},
        {"class_counts": {"Elsewhere": NO_FACES}, "cleaning": CLEANING},
        {"class_counts": {}, "cleaning": CLEANING},
    ],
)
def test_a_card_with_missing_or_damaged_counts_is_an_error(training):
    with pytest.raises(DataError, match="card of model small holds no counts"):
        recorded_inspection("small", Training(**training))


def test_negative_counts_are_refused():
    with pytest.raises(ValueError, match="at least 0"):
        DataInspection("x", {"Training": NO_FACES | {"happy": -1}}, ())


def test_data_of_further_classes_alone_is_counted_and_says_what_training_needs(tmp_path):
    path = tmp_path / "faces.csv"
    path.write_text(csv_of((8, "Training"), (9, "Training")) + "-1,,Training\n")
    inspection = inspect_source(path)
    assert inspection.cleaning[:2] == (
        "Unreadable rows or files dropped: 1.",
        "Images dropped whose class training does not use: 2.",
    )
    assert inspection.cleaning[-1].startswith("Training needs one of these classes: angry,")
    assert (inspection.counts, inspection.shapes) == ({}, ())
