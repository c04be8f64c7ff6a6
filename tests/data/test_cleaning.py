import numpy as np
import pytest

from fer_core.data.cleaning import clean, has_conflicting_label, is_repeat
from fer_core.data.dataset import SPLITS, FaceDataset
from fer_core.errors import DataError
from tests.synthetic import noise_faces


def faces_of(*rows: tuple[str, str, int]) -> FaceDataset:
    """Return one face per row of image, split and label; a letter is an image, "-" is blank."""
    pixels = np.zeros((len(rows), 48, 48), np.uint8)
    for index, (image, _, _) in enumerate(rows):
        if image != "-":
            pixels[index, 0, 0] = ord(image)
    splits = [SPLITS.index(split) for _, split, _ in rows]
    labels = [label_id for _, _, label_id in rows]
    return FaceDataset(pixels, np.array(labels), np.array(splits), np.arange(len(rows)))


def test_each_face_is_dropped_for_one_reason_and_the_right_faces_stay():
    faces = faces_of(
        ("a", "Training", 3),  # kept
        ("b", "Training", 3),  # kept, the first of two
        ("b", "Training", 3),  # repeats
        ("c", "Training", 0),  # different labels: both go
        ("c", "Training", 4),
        ("d", "Training", 5),  # also in PublicTest
        ("e", "Training", 5),  # also in PrivateTest
        ("e", "Training", 5),  # repeats; counted before the leak
        ("-", "Training", 6),  # blank
        ("d", "PublicTest", 5),  # kept: test splits keep what training also has
        ("f", "PublicTest", 6),
        ("f", "PublicTest", 6),  # kept: test splits keep their repeats, as in the literature
        ("-", "PublicTest", 6),  # blank
        ("e", "PrivateTest", 5),
    )
    cleaned = clean(faces, n_unreadable=1)
    assert cleaned.report.as_dict() == {
        "n_read": 15,
        "n_unreadable": 1,
        "n_blank": 2,
        "n_duplicates": 2,
        "n_conflicting": 2,
        "n_also_in_test": 2,
        "n_train": 2,
        "n_validation": 3,
        "n_left_out": 0,
    }
    assert cleaned.train.rows.tolist() == [0, 1]
    assert cleaned.validation.rows.tolist() == [9, 10, 11]
    assert cleaned.report.sentences()[0] == "Unreadable rows dropped: 1."
    assert cleaned.report.sentences()[-1] == "Kept: 2 faces for training, 3 for validation."


def test_every_tenth_face_of_a_label_is_held_out_for_a_file_without_public_test():
    cleaned = clean(noise_faces(140))  # 20 of each label
    assert np.bincount(cleaned.validation.label_ids).tolist() == [2] * 7
    assert len(cleaned.train) == 126
    assert not set(cleaned.train.rows) & set(cleaned.validation.rows)


@pytest.mark.parametrize(
    "faces",
    [
        noise_faces(0),
        noise_faces(3),  # too few to hold one out
        noise_faces(9, split="PublicTest"),
        faces_of(("-", "Training", 0), ("a", "PublicTest", 0)),
    ],
)
def test_too_few_faces_for_training_and_validation_are_refused(faces):
    with pytest.raises(DataError, match="Expected faces for training and validation"):
        clean(faces)


def test_an_empty_data_set_has_no_repeats_and_no_conflicts():
    none = noise_faces(0)
    assert is_repeat(none.pixels).shape == (0,)
    assert has_conflicting_label(none).shape == (0,)
