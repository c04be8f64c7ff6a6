import numpy as np
import pytest

from fer_core.data.cleaning import clean, has_conflicting_label, is_repeat, sort_out
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
        "n_further": 0,
        "n_test": 1,
        "n_held_out": 0,
    }
    assert cleaned.train.rows.tolist() == [0, 1]
    assert cleaned.validation.rows.tolist() == [9, 10, 11]
    assert cleaned.report.sentences()[0] == "Unreadable rows or files dropped: 1."
    assert cleaned.report.sentences()[-1] == (
        "Kept: 2 faces for training, 3 for validation, 1 for the final test."
    )


def test_every_tenth_face_of_a_label_is_held_out_for_a_file_without_public_test():
    cleaned = clean(noise_faces(140))  # 20 of each label
    assert np.bincount(cleaned.validation.label_ids).tolist() == [2] * 7
    assert len(cleaned.train) == 126
    assert not set(cleaned.train.rows) & set(cleaned.validation.rows)


@pytest.mark.parametrize(
    ("n_faces", "n_held_out"), [(1, 0), (2, 1), (9, 1), (10, 1), (19, 1), (20, 2), (35, 3)]
)
def test_a_tenth_of_a_label_is_held_out_and_at_least_one_of_two(n_faces, n_held_out):
    letters = [chr(ord("a") + index) for index in range(n_faces)]
    faces = faces_of(
        *((letter, "Training", 3) for letter in letters), ("A", "Training", 0), ("B", "Training", 0)
    )
    cleaned = clean(faces)
    assert (cleaned.validation.label_ids == 3).sum() == n_held_out
    assert cleaned.report.n_held_out == n_held_out + 1
    assert clean(faces).validation.rows.tolist() == cleaned.validation.rows.tolist()


def test_copies_of_an_image_are_on_one_side_of_data_without_splits():
    cleaned = clean(faces_of(*((letter, "Training", 3) for letter in "abcabcabcabc")))
    assert not set(cleaned.train.pixels[:, 0, 0]) & set(cleaned.validation.pixels[:, 0, 0])
    assert (len(cleaned.train), len(cleaned.validation)) == (2, 1)


@pytest.mark.parametrize("seed", range(12))
def test_every_image_is_kept_or_left_out_for_one_reason(seed):
    random = np.random.default_rng(seed)
    n_splits = 1 + seed % 3
    rows = [
        (
            "-abcdefgh"[random.integers(9)],
            SPLITS[random.integers(n_splits)],
            int(random.integers(2)) if seed % 2 else 3,
        )
        for _ in range(random.integers(60))
    ]
    leave_out = random.integers(0, 60, size=int(random.integers(8)))
    report = sort_out(faces_of(*rows), n_unreadable=4, n_further=3, leave_out=leave_out).report
    counts = report.as_dict()
    assert counts.pop("n_read") == len(rows) + 7
    assert counts.pop("n_held_out") in (0, counts["n_validation"])
    assert sum(counts.values()) == len(rows) + 7


@pytest.mark.parametrize(
    ("faces", "needed"),
    [
        (noise_faces(0), "at least two different images of one expression, .*; 0 left"),
        (noise_faces(3), "at least two different images of one expression, .*; 3 left"),
        (noise_faces(9, split="PublicTest"), "needs images in the split Training"),
        (
            faces_of(("-", "Training", 0), ("a", "PublicTest", 0)),
            "needs images in the split Training",
        ),
    ],
)
def test_too_few_faces_for_training_are_refused_with_what_is_needed(faces, needed):
    with pytest.raises(DataError, match=needed):
        clean(faces)
    assert sort_out(faces).shapes() == ()


def test_an_empty_data_set_has_no_repeats_and_no_conflicts():
    none = noise_faces(0)
    assert is_repeat(none.pixels).shape == (0,)
    assert has_conflicting_label(none).shape == (0,)
