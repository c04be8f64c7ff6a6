"""Landmarks of people against annotated keypoints: the share within a fifth of the torso (PCK@0.2).

A keypoint is right if it lies within 0.2 torsos of its annotation. The torso is the distance from
the centre of the shoulders to the centre of the hips. Keypoints that the annotator saw count. A
person who is not found has no keypoint right.

Found and annotated people are matched one to one, so that the sum of their similarities (OKS) is
largest. All annotated people with keypoints take part, also those too small to be scored.

Source: Yang and Ramanan 2013, "Articulated Human Detection with Flexible Mixtures of Parts".
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from fer_core.body.skeleton import BodyPoint
from fer_core.data.annotated_people import KEYPOINT_NAMES, SEEN, AnnotatedPerson, PeoplePhoto
from fer_core.errors import DataError, photo_problem
from fer_core.geometry import as_xyxy, box_areas, pairwise_iou
from fer_core.image import read_image
from fer_core.metrics.intervals import Interval, bootstrap_intervals
from fer_core.metrics.keypoints import match_bodies, oks
from fer_core.progress import OnMessage, OnProgress, ignore
from fer_core.results import Person

MAX_TORSOS: Final = 0.2
LANDMARKS: Final = [BodyPoint[name.upper()] for name in KEYPOINT_NAMES]
"""The landmark of each keypoint of COCO."""

_MIN_IOU: Final = 0.1  # with an annotated box; a found person below it is a false one

FindPeople = Callable[[np.ndarray], Sequence[Person]]
"""From a frame, uint8 BGR, to its people."""


@dataclass(frozen=True, slots=True, eq=False)
class PersonOutcome:
    """What became of one annotated person.

    Attributes:
        is_found: Whether a found person was matched.
        is_seen: Whether each keypoint counts, `(17,)` bool.
        is_right: Whether each of them is right, `(17,)` bool.
    """

    is_found: bool
    is_seen: np.ndarray
    is_right: np.ndarray


@dataclass(frozen=True, slots=True)
class JointScore:
    """One kind of keypoint: how many were seen by the annotator, and the share that is right."""

    n: int
    pck: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class KeypointScores:
    """Scores over people; intervals of 95% by bootstrap over the people.

    Attributes:
        n_people: People who count.
        n_found: People of them who were found.
        pck: Share of their seen keypoints that is right.
        interval: Its interval.
        joints: The same for each kind of keypoint that was seen.
    """

    n_people: int
    n_found: int
    pck: float
    interval: Interval
    joints: dict[str, JointScore]


@dataclass(frozen=True, slots=True)
class KeypointEvaluation:
    """Scores on one folder of photos, as `evaluate-people --json` writes them.

    Attributes:
        n_photos: Photos that were read.
        n_false: Found people where no person is annotated.
        ms_per_photo: Median milliseconds to find the people of a photo.
        all: Scores over all people.
        halves: Scores over the people of the 1st, 3rd, 5th photo and so on, and over the others;
            None where nobody counts.
    """

    n_photos: int
    n_false: int
    ms_per_photo: float
    all: KeypointScores
    halves: tuple[KeypointScores | None, KeypointScores | None]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


def evaluate_people(
    find: FindPeople,
    photos: Sequence[PeoplePhoto],
    *,
    on_progress: OnProgress = ignore,
    on_message: OnMessage = ignore,
) -> KeypointEvaluation:
    """Return how well people and their landmarks are found in annotated photos.

    Args:
        find: Finds the people of a frame.
        photos: The photos.
        on_progress: Called with the share of the photos that are done.
        on_message: Called with a sentence for each photo that cannot be read; it does not count.

    Raises:
        DataError: Nobody in the photos that can be read counts.
    """
    halves: tuple[list[PersonOutcome], list[PersonOutcome]] = ([], [])
    n_false, spent_ms = 0, []
    for number, photo in enumerate(photos):
        try:
            frame_bgr = read_image(photo.path)
            start = time.perf_counter()
            found = find(frame_bgr)
        except Exception as error:  # noqa: BLE001 (reported and logged; the other photos count)
            on_message(photo_problem(error, source=str(photo.path)))
        else:
            spent_ms.append((time.perf_counter() - start) * 1000)
            halves[number % 2].extend(outcomes_of(found, photo.people))
            n_false += count_false(found, photo.people)
        on_progress((number + 1) / len(photos))
    first, second = halves
    if not first + second:
        raise DataError(
            "Nobody in these photos counts: that takes 100 pixels of height and 10 annotated "
            "keypoints, shoulders and hips among them."
        )
    return KeypointEvaluation(
        n_photos=len(spent_ms),
        n_false=n_false,
        ms_per_photo=round(statistics.median(spent_ms), 1),
        all=score_outcomes(first + second),
        halves=(
            score_outcomes(first) if first else None,
            score_outcomes(second) if second else None,
        ),
    )


def outcomes_of(
    found: Sequence[Person], annotated: Sequence[AnnotatedPerson]
) -> list[PersonOutcome]:
    """Return what became of each annotated person of a photo who counts."""
    candidates = [each for each in annotated if each.is_annotated.any()]
    similarity = np.array(
        [[_similarity(person, other) for other in candidates] for person in found]
    ).reshape(len(found), len(candidates))
    found_as = {column: found[row] for row, column in match_bodies(similarity)}
    return [
        _outcome(found_as.get(column), each)
        for column, each in enumerate(candidates)
        if each.counts
    ]


def count_false(found: Sequence[Person], annotated: Sequence[AnnotatedPerson]) -> int:
    """Return how many found people are where no person is annotated."""
    if not found or not annotated:
        return len(found)
    boxes = as_xyxy([person.box.as_tuple() for person in found])
    overlaps = pairwise_iou(boxes, as_xyxy([each.xyxy for each in annotated]))
    return int((overlaps.max(axis=1) < _MIN_IOU).sum())


def score_outcomes(outcomes: Sequence[PersonOutcome]) -> KeypointScores:
    """Return the scores over people, at least one."""
    is_seen = np.array([outcome.is_seen for outcome in outcomes])  # (n_people, 17)
    is_right = np.array([outcome.is_right for outcome in outcomes]) & is_seen

    def shares(drawn: np.ndarray) -> np.ndarray:  # (n_resamples, n_people) -> (18, n_resamples)
        seen, right = is_seen[drawn].sum(axis=1), is_right[drawn].sum(axis=1)
        seen, right = (np.c_[counts.sum(axis=1), counts].T for counts in (seen, right))
        return np.asarray(right / np.maximum(seen, 1))

    values = shares(np.arange(len(outcomes))[None])[:, 0]
    interval, *joint_intervals = bootstrap_intervals(shares, n=len(outcomes))
    rows = zip(KEYPOINT_NAMES, is_seen.sum(axis=0), values[1:], joint_intervals, strict=True)
    return KeypointScores(
        n_people=len(outcomes),
        n_found=sum(outcome.is_found for outcome in outcomes),
        pck=float(values[0]),
        interval=interval,
        joints={name: JointScore(int(n), float(pck), ends) for name, n, pck, ends in rows if n},
    )


def _similarity(person: Person, annotated: AnnotatedPerson) -> float:
    area = max(float(box_areas(annotated.xyxy[None])[0]), 1.0)
    return oks(person.landmarks[LANDMARKS, :2], annotated.keypoints, area=area)


def _outcome(person: Person | None, annotated: AnnotatedPerson) -> PersonOutcome:
    is_seen = annotated.keypoints[:, 2] == SEEN
    away = np.full(len(is_seen), np.inf)
    if person is not None:
        away = np.hypot(*(person.landmarks[LANDMARKS, :2] - annotated.keypoints[:, :2]).T)
    is_right = is_seen & (away <= MAX_TORSOS * annotated.torso)
    return PersonOutcome(person is not None, is_seen, is_right)
