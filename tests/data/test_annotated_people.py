import json

import numpy as np
import pytest

from fer_core.data.annotated_people import AnnotatedPerson, read_people_photos
from fer_core.errors import DataError

SHOULDERS_AND_HIPS = [5, 6, 11, 12]


def person(*, height=100.0, n_annotated=17, missing=(), is_crowd=False):
    keypoints = np.zeros((17, 3))
    order = [*SHOULDERS_AND_HIPS, *(i for i in range(17) if i not in SHOULDERS_AND_HIPS)]
    keypoints[order[:n_annotated], 2] = 1
    keypoints[[5, 6], :2] = [[0, 0], [20, 0]]
    keypoints[[11, 12], :2] = [[10, 30], [90, 30]]
    keypoints[list(missing), 2] = 0
    return AnnotatedPerson(np.array([0, 0, 50, height]), keypoints, is_crowd)


def test_the_torso_is_the_distance_of_the_centres_of_shoulders_and_hips():
    assert person().torso == 50.0  # from (10, 0) to (50, 30)


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, True),
        ({"height": 99.9}, False),
        ({"n_annotated": 10}, True),
        ({"n_annotated": 9}, False),
        ({"missing": [6]}, False),
        ({"missing": [11]}, False),
        ({"missing": [0]}, True),
        ({"is_crowd": True}, False),
    ],
)
def test_only_large_people_with_enough_keypoints_count(changes, counts):
    assert person(**changes).counts is counts


def write(folder, value):
    (folder / "annotations.json").write_text(json.dumps(value))


def test_photos_are_read_in_their_order_with_all_their_people(tmp_path):
    keypoints = [float(number) for number in range(51)]
    someone = {"box_xywh": [1, 2, 30, 40], "keypoints": keypoints, "iscrowd": 1}
    write(tmp_path, [{"file": "b.jpg", "people": [someone]}, {"file": "a.jpg", "people": []}])
    first, second = read_people_photos(tmp_path)
    assert (first.path, second.path) == (tmp_path / "b.jpg", tmp_path / "a.jpg")
    assert second.people == ()
    (found,) = first.people
    assert found.xyxy.tolist() == [1, 2, 31, 42]
    assert found.keypoints[1].tolist() == [3, 4, 5]
    assert found.is_crowd


@pytest.mark.parametrize(
    "value",
    [
        {"photos": []},
        [{"file": "a.jpg"}],
        [{"file": "a.jpg", "people": [{"box_xywh": [1, 2, 3], "keypoints": [0] * 51}]}],
        [{"file": "a.jpg", "people": [{"box_xywh": [1, 2, 3, 4], "keypoints": [0] * 50}]}],
        [{"file": "a.jpg", "people": [{"box_xywh": [1, 2, 3, None], "keypoints": [0] * 51}]}],
    ],
)
def test_a_list_of_another_form_is_refused_with_the_form_that_is_expected(tmp_path, value):
    write(tmp_path, value)
    with pytest.raises(DataError, match="expected a list of"):
        read_people_photos(tmp_path)


def test_an_empty_or_missing_list_is_refused(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read_people_photos(tmp_path)
    write(tmp_path, [])
    with pytest.raises(DataError, match="lists no photo"):
        read_people_photos(tmp_path)
