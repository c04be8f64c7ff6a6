import numpy as np
import pytest

from fer_core.data.dataset import (
    FaceDataset,
    class_counts,
    image_keys,
    is_blank,
    stratified_order,
)
from fer_core.labels import FER2013_LABELS
from tests.synthetic import joined, noise_faces


def test_arrays_of_different_lengths_and_float_pixels_are_refused():
    faces = noise_faces(2)
    with pytest.raises(ValueError, match=r"Expected rows of shape \(2,\), got \(3,\)"):
        FaceDataset(faces.pixels, faces.label_ids, faces.split_ids, np.arange(3))
    with pytest.raises(ValueError, match="Expected uint8 pixels"):
        FaceDataset(faces.pixels / 255, faces.label_ids, faces.split_ids, faces.rows)


def test_a_split_is_chosen_by_name_and_may_be_empty():
    faces = joined(noise_faces(3), noise_faces(2, split="PublicTest"))
    assert [len(faces.split(name)) for name in ("Training", "PublicTest", "PrivateTest")] == [
        *(3, 2, 0)
    ]
    with pytest.raises(ValueError, match="Expected a split of Training, PublicTest"):
        faces.split("validation")


def test_counts_have_every_label_of_each_split_that_has_faces():
    counts = class_counts(joined(noise_faces(8), noise_faces(1, split="PrivateTest")))
    assert counts["Training"] == {label: 1 + (label == "angry") for label in FER2013_LABELS}
    assert counts["PrivateTest"]["angry"] == 1
    assert "PublicTest" not in counts


def test_keys_are_equal_exactly_if_all_pixels_are_equal():
    pixels = np.zeros((3, 48, 48), np.uint8)
    pixels[1, 47, 47] = 1
    keys = image_keys(pixels)
    assert [keys[0] == keys[1], keys[0] == keys[2]] == [False, True]
    assert image_keys(pixels[:0]).shape == (0,)


def test_an_image_is_blank_if_all_its_pixels_are_equal():
    pixels = np.full((3, 48, 48), [[[0]], [[255]], [[100]]], np.uint8)
    pixels[2, 47, 47] = 101
    assert is_blank(pixels).tolist() == [True, True, False]
    assert is_blank(pixels[:0]).shape == (0,)


def test_evenly_spaced_entries_of_the_stratified_order_hold_each_label_in_its_proportion():
    label_ids = np.repeat([2, 0, 1], [40, 6, 20])
    order = stratified_order(label_ids)
    assert sorted(order.tolist()) == list(range(66))
    assert np.bincount(label_ids[order[::2]]).tolist() == [3, 10, 20]
    assert not np.array_equal(order[26:], np.arange(40))  # shuffled within the label
    assert stratified_order(np.zeros(0, int)).tolist() == []
