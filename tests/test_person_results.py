"""A person as a result, alone and in a frame."""

import numpy as np
import pytest

from fer_core.results import Box, FrameResult, Person


def person(*, box=(10, 20, 110, 220), **changes):
    landmarks = np.zeros((33, 4))
    landmarks[0] = [50.04, 30.26, -12.34, 0.99996]
    values = {"landmarks": landmarks, "world_m": np.full((33, 3), 0.12345), "presence": 0.98765}
    return Person(Box(*box), **(values | changes))


def test_the_record_of_a_person_has_the_keys_of_the_contract_and_rounded_numbers():
    record = person(face_id=2, posture=("arms crossed",), distance_m=0.98765).to_dict()
    assert list(record) == ["face_id", "box", "landmarks", "world_m", "posture", "distance_m"]
    assert record["face_id"] == 2
    assert record["box"] == [10, 20, 110, 220]
    assert len(record["landmarks"]) == len(record["world_m"]) == 33
    assert record["landmarks"][0] == [50.0, 30.3, -12.3, 1.0]
    assert record["world_m"][0] == [0.123, 0.123, 0.123]
    assert (record["posture"], record["distance_m"]) == (["arms crossed"], 0.988)


def test_what_is_not_known_of_a_person_is_empty():
    record = person().to_dict()
    assert (record["face_id"], record["posture"], record["distance_m"]) == (None, [], None)


def test_a_frame_has_people_in_its_record_only_if_bodies_were_read():
    assert "people" not in FrameResult(640, 480).to_dict()
    assert FrameResult(640, 480, is_body_read=True).to_dict()["people"] == []
    (record,) = FrameResult(640, 480, people=(person(),), is_body_read=True).to_dict()["people"]
    assert record == person().to_dict()


def test_a_frame_cuts_the_boxes_of_its_people_but_not_their_landmarks():
    landmarks = np.full((33, 4), 0.5)
    landmarks[:, 1] = 900
    frame = FrameResult(640, 480, people=(person(box=(-5, 20, 700, 500), landmarks=landmarks),))
    assert frame.people[0].box.as_tuple() == (0, 20, 640, 480)
    assert (frame.people[0].landmarks[:, 1] == 900).all()


def test_landmarks_are_a_read_only_copy():
    buffer = np.zeros((33, 4))
    body = person(landmarks=buffer)
    buffer[:] = 1
    assert (body.landmarks == 0).all()
    with pytest.raises(ValueError, match="read-only"):
        body.world_m[0] = 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"landmarks": np.zeros((32, 4))}, r"finite landmarks of shape \(33, 4\)"),
        ({"landmarks": np.full((33, 4), np.nan)}, "finite landmarks"),
        ({"landmarks": np.full((33, 4), 1.1)}, r"Visibility lies in \[0, 1\]"),
        ({"world_m": np.zeros((33, 4))}, r"finite world_m of shape \(33, 3\)"),
        ({"presence": 1.1}, r"presence lies in \[0, 1\]"),
        ({"presence": float("nan")}, "presence lies in"),
        ({"distance_m": -0.1}, "distance_m is at least 0"),
        ({"distance_m": float("inf")}, "distance_m is at least 0"),
    ],
)
def test_a_person_with_values_out_of_range_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        person(**changes)


def test_a_person_reads_like_a_sentence():
    assert repr(person()) == "Person(presence 99%, box=(10, 20, 110, 220))"
    assert repr(person(face_id=1)) == "Person(presence 99%, box=(10, 20, 110, 220), face_id=1)"
