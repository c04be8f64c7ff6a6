import cv2
import numpy as np
import pytest

from fer_core.data.annotated_people import AnnotatedPerson, PeoplePhoto
from fer_core.errors import DataError
from fer_core.evaluate.keypoints import (
    LANDMARKS,
    count_false,
    evaluate_people,
    outcomes_of,
    score_outcomes,
)
from fer_core.results import Box, Person

NOSE, LEFT_WRIST = 0, 9


def annotated(x=0.0, *, flag=2.0):
    """Return a person of 100x200 pixels whose torso is 100 pixels long, all keypoints annotated."""
    keypoints = np.zeros((17, 3))
    keypoints[:, 0] = x + 50
    keypoints[:, 1] = np.linspace(10, 190, 17)
    keypoints[[5, 6], 1] = 50
    keypoints[[11, 12], 1] = 150
    keypoints[:, 2] = flag
    return AnnotatedPerson(np.array([x, 0, x + 100, 200]), keypoints, False)


def found(person, *, moved=None):
    """Return a found person on an annotated one; `moved` says by how much, `{keypoint: (x, y)}`."""
    landmarks = np.zeros((33, 4))
    landmarks[LANDMARKS, :2] = person.keypoints[:, :2]
    for index, offset in (moved or {}).items():
        landmarks[LANDMARKS[index], :2] += offset
    return Person(Box(*person.xyxy), landmarks, np.zeros((33, 3)), 0.9)


def test_a_keypoint_is_right_up_to_a_fifth_of_the_torso():
    person = annotated()
    body = found(person, moved={NOSE: (12, 16), LEFT_WRIST: (0, 20.1)})  # 20 and 20.1 pixels
    (outcome,) = outcomes_of([body], [person])
    assert outcome.is_found
    assert outcome.is_right[NOSE]
    assert not outcome.is_right[LEFT_WRIST]
    assert outcome.is_right.sum() == 16


def test_hidden_keypoints_do_not_count():
    (outcome,) = outcomes_of([found(annotated())], [annotated(flag=1.0)])
    assert outcome.is_found
    assert (outcome.is_seen.sum(), outcome.is_right.sum()) == (0, 0)


def test_a_missed_person_has_no_keypoint_right():
    (outcome,) = outcomes_of([], [annotated()])
    assert (outcome.is_found, outcome.is_seen.sum(), outcome.is_right.sum()) == (False, 17, 0)


def test_one_found_person_cannot_stand_for_two():
    people = [annotated(), annotated(30)]
    outcomes = outcomes_of([found(people[1])], people)
    assert [outcome.is_found for outcome in outcomes] == [False, True]


def test_people_who_are_too_small_take_their_match_but_are_not_scored():
    small = annotated()
    small = AnnotatedPerson(np.array([0, 0, 100, 99]), small.keypoints, False)
    assert outcomes_of([found(small)], [small]) == []
    first, *others = outcomes_of([found(small)], [small, annotated(20)])
    assert (first.is_found, others) == (False, [])


def test_people_where_nobody_is_annotated_are_false():
    person = annotated()
    assert count_false([found(person), found(annotated(500))], [person]) == 1
    assert count_false([found(person)], []) == 1
    assert count_false([], [person]) == 0


def test_shares_are_over_all_seen_keypoints_and_intervals_over_people():
    people = [annotated(), annotated(500)]
    half = {index: (0.0, 50.0) for index in range(17) if index % 2}  # 8 of 17 wrong
    scores = score_outcomes(
        [
            *outcomes_of([found(people[0], moved=half)], people[:1]),
            *outcomes_of([], people[1:]),
        ]
    )
    assert (scores.n_people, scores.n_found) == (2, 1)
    assert scores.pck == pytest.approx(9 / 34)
    assert scores.interval == pytest.approx((0, 9 / 17))  # both the missed one, or both the other
    nose, left_eye = scores.joints["nose"], scores.joints["left_eye"]
    assert (nose.n, nose.pck) == (2, 0.5)
    assert (left_eye.n, left_eye.pck) == (2, 0.0)


def test_a_keypoint_that_nobody_shows_has_no_score():
    person = annotated()
    person.keypoints[NOSE, 2] = 1
    scores = score_outcomes(outcomes_of([found(person)], [person]))
    assert "nose" not in scores.joints
    assert scores.pck == 1.0


@pytest.fixture
def photos(tmp_path):
    """Three photos of one person each; the third file is missing."""
    frame = np.zeros((200, 100, 3), np.uint8)
    for name in ("a.png", "b.png"):
        cv2.imwrite(str(tmp_path / name), frame)
    return [PeoplePhoto(tmp_path / f"{name}.png", (annotated(),)) for name in "abc"]


def test_a_photo_that_cannot_be_read_is_reported_and_the_others_count(photos):
    messages = []
    scores = evaluate_people(
        lambda frame_bgr: [found(annotated())], photos, on_message=messages.append
    )
    assert (scores.n_photos, scores.all.n_people, scores.all.pck, scores.n_false) == (2, 2, 1.0, 0)
    assert [half.n_people for half in scores.halves] == [1, 1]
    assert len(messages) == 1
    assert "c.png" in messages[0]


def test_the_halves_are_every_second_photo(photos):
    is_first = iter([True, False])
    scores = evaluate_people(
        lambda frame_bgr: [found(annotated())] if next(is_first) else [], photos[:2]
    )
    assert [half.pck for half in scores.halves] == [1.0, 0.0]
    assert scores.all.pck == 0.5
    assert scores.as_dict()["halves"][1]["n_found"] == 0


def test_photos_in_which_nobody_counts_are_refused(photos):
    nobody = [PeoplePhoto(photos[0].path, ())]
    with pytest.raises(DataError, match="Nobody in these photos counts"):
        evaluate_people(lambda frame_bgr: [], nobody)
