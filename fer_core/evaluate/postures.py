"""Postures in words against labels by eye: how often what is said is right, and what is missed.

Found and labelled people are matched one to one by their boxes. All rules are asked, before a
person's postures are cut to the most important ones. Answers that are unclear to the eye are left
out.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any, Final

import numpy as np

from fer_core.body.posture import check_postures
from fer_core.data.posture_labels import PostureSample
from fer_core.errors import DataError, photo_problem
from fer_core.evaluate.keypoints import FindPeople
from fer_core.geometry import as_xyxy, pairwise_iou
from fer_core.metrics.intervals import Interval, wilson_interval
from fer_core.metrics.keypoints import match_bodies
from fer_core.progress import OnMessage, OnProgress, ignore

MIN_IOU: Final = 0.3
"""Overlap of a labelled box with that of the same person. Labels frame what is seen, the pose
estimator what it takes for the body, so a close face overlaps little."""

ReadFrame = Callable[[str, float | None], np.ndarray]
"""From the name of a picture, or of a video and a time in it, to a frame, uint8 BGR."""


@dataclass(frozen=True, slots=True)
class PostureOutcome:
    """What became of one labelled person.

    Attributes:
        labelled: By the words of the posture: whether it is shown, None where it is unclear.
        answered: The answers of the rules: None where they are silent. Empty if nobody was found.
    """

    labelled: Mapping[str, bool | None]
    answered: Mapping[str, bool | None]


@dataclass(frozen=True, slots=True)
class MeasuredShare:
    """A share of counted people with its 95% interval by Wilson."""

    value: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class PostureScore:
    """Counts of one posture.

    Attributes:
        n_yes: People labelled with it.
        n_no: People labelled without it.
        n_unclear: People left out.
        n_right: People it is said of, among the first.
        n_wrong: People it is said of, among the second.
        n_silent: People of both with landmarks that are not visible enough, or not found.
        recall: Share of the people labelled with it that it is said of; None if there are none.
        precision: Share labelled with it of the people it is said of; None if it is never said.
    """

    n_yes: int
    n_no: int
    n_unclear: int
    n_right: int
    n_wrong: int
    n_silent: int
    recall: MeasuredShare | None
    precision: MeasuredShare | None


@dataclass(frozen=True, slots=True)
class PostureEvaluation:
    """Scores by the words of the posture, as `evaluate-postures --json` writes them.

    Attributes:
        n_people: Labelled people in pictures that could be read.
        n_found: People of them who were found.
        all: Scores over all of them.
        halves: Scores over the 1st, 3rd, 5th row and so on, and over the others.
    """

    n_people: int
    n_found: int
    all: dict[str, PostureScore]
    halves: tuple[dict[str, PostureScore], dict[str, PostureScore]]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


def evaluate_postures(
    find: FindPeople,
    samples: Sequence[PostureSample],
    read_frame: ReadFrame,
    *,
    on_progress: OnProgress = ignore,
    on_message: OnMessage = ignore,
) -> PostureEvaluation:
    """Return how well postures are put into words.

    Args:
        find: Finds the people of a frame.
        samples: Labelled people.
        read_frame: Reads the picture or frame of a sample.
        on_progress: Called with the share of the pictures that are done.
        on_message: Called with a sentence for each picture that cannot be read; its people do not
            count.

    Raises:
        DataError: No picture can be read.
    """
    outcomes: dict[int, PostureOutcome] = {}
    pictures = _by_picture(samples)
    for number, (place, indices) in enumerate(pictures, start=1):
        try:
            people = find(read_frame(*place))
        except Exception as error:  # noqa: BLE001 (reported and logged; the other pictures count)
            on_message(photo_problem(error, source=place[0]))
        else:
            boxes = as_xyxy([person.box.as_tuple() for person in people])
            labelled = as_xyxy([samples[index].xyxy for index in indices])
            pairs = match_bodies(pairwise_iou(boxes, labelled), least=MIN_IOU)
            answered = {column: check_postures(people[row]) for row, column in pairs}
            for column, index in enumerate(indices):
                answers = answered.get(column, {})
                outcomes[index] = PostureOutcome(samples[index].answers, answers)
        on_progress(number / len(pictures))
    if not outcomes:
        raise DataError("None of the labelled pictures could be read.")
    return PostureEvaluation(
        n_people=len(outcomes),
        n_found=sum(bool(outcome.answered) for outcome in outcomes.values()),
        all=score_postures(outcomes.values()),
        halves=(
            score_postures(outcomes[index] for index in outcomes if index % 2 == 0),
            score_postures(outcomes[index] for index in outcomes if index % 2 == 1),
        ),
    )


def score_postures(outcomes: Iterable[PostureOutcome]) -> dict[str, PostureScore]:
    """Return the scores of each labelled posture by its words; empty if nobody was labelled."""
    everyone = list(outcomes)
    words_in_order = dict.fromkeys(words for outcome in everyone for words in outcome.labelled)
    return {
        words: _score([(each.labelled[words], each.answered.get(words)) for each in everyone])
        for words in words_in_order
    }


def _score(answers: Sequence[tuple[bool | None, bool | None]]) -> PostureScore:
    """Return the counts of one posture from pairs: what the eye says, and what the rule says."""
    labelled = [label for label, _ in answers]
    n_yes, n_right = labelled.count(True), answers.count((True, True))
    n_wrong = answers.count((False, True))
    return PostureScore(
        n_yes=n_yes,
        n_no=labelled.count(False),
        n_unclear=labelled.count(None),
        n_right=n_right,
        n_wrong=n_wrong,
        n_silent=sum(label is not None and said is None for label, said in answers),
        recall=_share(n_right, n_yes),
        precision=_share(n_right, n_right + n_wrong),
    )


def _share(count: int, n: int) -> MeasuredShare | None:
    return MeasuredShare(count / n, wilson_interval(count, n)) if n else None


def _by_picture(
    samples: Sequence[PostureSample],
) -> list[tuple[tuple[str, float | None], list[int]]]:
    """Return the indices of the samples of each picture, by name and time."""

    def place(index: int) -> tuple[str, float]:
        time_s = samples[index].time_s
        return samples[index].source, -1.0 if time_s is None else time_s

    groups = [list(group) for _, group in groupby(sorted(range(len(samples)), key=place), place)]
    return [((samples[group[0]].source, samples[group[0]].time_s), group) for group in groups]
