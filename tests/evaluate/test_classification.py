import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from fer_core.data.dataset import SPLITS, FaceDataset
from fer_core.errors import DataError
from fer_core.evaluate.classification import evaluate
from fer_core.evaluate.corruptions import CORRUPTIONS
from fer_core.evaluate.report import Evaluation, TrainingScores
from fer_core.expression.recognizer import load_recognizer
from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.metrics.curves import CoveragePoint, ShownWords
from tests.synthetic import joined, noise_faces

CONTRACT = {
    *("model", "split", "n", "accuracy", "macro_f1", "per_class", "confusion", "ece"),
    *("ms_per_face", "deduplicated"),
}
EVIDENCE = {
    *("labels", "top2", "intervals", "flip_averaged", "fer_plus", "human", "precision_recall"),
    *("reading", "reliability", "coverage", "shown", "robustness", "training"),
}


@dataclass
class Card:
    model_id: str
    reading_head: str
    heads: dict[str, tuple[str, ...]]

    @property
    def min_confidences(self) -> tuple[float, ...]:
        return (0.5,) * len(self.heads[self.reading_head])


class FirstPixel:
    """A recogniser that takes a face's label from its first pixel, in both heads."""

    def __init__(self, *, has_votes: bool = True) -> None:
        heads = {"label": FER2013_LABELS, "votes": VOTE_LABELS}
        if has_votes:
            self.card = Card("first-pixel", "votes", heads)
        else:
            self.card = Card("first-pixel", "label", {"label": FER2013_LABELS})

    def predict_probs(self, crops: np.ndarray, *, head: str) -> np.ndarray:
        return np.eye(len(self.card.heads[head]))[crops[:, 0, 0] % len(self.card.heads[head])]

    def predict_reading(self, crops: np.ndarray) -> np.ndarray:
        return self.predict_probs(crops, head=self.card.reading_head)

    def recognize(self, crops: np.ndarray) -> None:
        pass


def json_of(evaluation: Evaluation) -> dict[str, Any]:
    return json.loads(json.dumps(evaluation.as_dict(), allow_nan=False))


def faces_showing(answers: list[int], *, split: str, seed: int = 0) -> FaceDataset:
    """Return faces labelled 0, 1, 2, ... that `FirstPixel` classifies as `answers`."""
    faces = noise_faces(len(answers), split=split, seed=seed)
    faces.pixels[:, 0, 0] = answers
    return faces


def test_the_json_has_the_keys_of_the_contract():
    faces = faces_showing([0, 1, 2, 6], split="PublicTest")  # the fourth is labelled 3
    scores = evaluate(FirstPixel(), faces, split="PublicTest")
    assert json_of(scores).keys() == CONTRACT | EVIDENCE
    assert scores.model == "first-pixel"
    assert (scores.split, scores.n, scores.accuracy) == ("PublicTest", 4, 0.75)
    assert scores.confusion[3][6] == 1
    assert scores.per_class.keys() == set(FER2013_LABELS)
    assert scores.top2 == 0.75  # among equal probabilities, here zeros, the first label leads
    assert scores.intervals.keys() == {"accuracy", "macro_f1", "top2", "ece"}
    for name in ("fer_plus", "human", "robustness"):
        assert json_of(scores)[name] is None, name


def test_deduplicated_leaves_out_faces_that_are_in_training():
    training = faces_showing([0, 1], split="Training", seed=1)
    tests = faces_showing([0, 1, 5, 5], split="PublicTest")
    tests.pixels[0] = training.pixels[0]
    scores = evaluate(FirstPixel(), joined(training, tests), split="PublicTest")
    assert (scores.n, scores.accuracy) == (4, 0.5)
    assert (scores.deduplicated.n, scores.deduplicated.accuracy) == (3, 1 / 3)
    assert json_of(scores)["deduplicated"].keys() == (CONTRACT | {"top2", "intervals"}) - {
        *("model", "split", "ms_per_face", "deduplicated")
    }


def test_deduplicated_is_none_without_training_rows_or_without_new_faces():
    tests = faces_showing([0, 1], split="PublicTest")
    assert evaluate(FirstPixel(), tests, split="PublicTest").deduplicated is None
    training = faces_showing([0, 1], split="Training")
    both = joined(training, tests)  # the same noise
    assert evaluate(FirstPixel(), both, split="PublicTest").deduplicated is None
    assert evaluate(FirstPixel(), both, split="Training").deduplicated is None


def test_votes_are_compared_with_the_majority_of_people_where_there_is_one():
    faces = faces_showing([3, 6, 3, 3], split="PublicTest")
    votes = np.zeros((4, 8), int)
    votes[0, 3] = votes[1, 3] = 10
    votes[2, [3, 7]] = 5  # no majority; the fourth could not be named at all
    scores = evaluate(FirstPixel(), faces, split="PublicTest", votes=votes)
    fer_plus = scores.fer_plus
    assert (fer_plus.n, fer_plus.accuracy) == (2, 0.5)
    assert fer_plus.labels == VOTE_LABELS
    assert (fer_plus.confusion[3][3], fer_plus.confusion[3][6]) == (1, 1)
    assert fer_plus.macro_f1 == pytest.approx((2 / 3 + 0) / 2)  # happy and neutral occur
    assert fer_plus.ece == 0.5  # always sure, right every second time
    assert tuple(fer_plus.interval) == (0.0, 1.0)
    assert scores.coverage[-1] == CoveragePoint(1.0, coverage=1.0, accuracy=0.5)
    assert scores.shown == ShownWords(n=4, shown=4, judged=2, right=1)
    without = evaluate(FirstPixel(has_votes=False), faces, split="PublicTest", votes=votes)
    assert without.fer_plus is None
    assert without.reading.on_majorities is None


def test_the_reading_is_scored_by_its_leading_word_of_the_seven():
    faces = faces_showing([3, 1, 2, 7], split="PublicTest")  # labels 0, 1, 2, 3; the last: contempt
    votes = np.zeros((4, 8), int)
    votes[0, 3] = votes[1, 1] = votes[2, 6] = votes[3, 7] = 10
    reading = evaluate(FirstPixel(), faces, split="PublicTest", votes=votes).reading
    assert (reading.on_labels.n, reading.on_labels.accuracy) == (4, 0.5)
    # the majority of the last face is contempt, which is none of the seven
    assert (reading.on_majorities.n, reading.on_majorities.accuracy) == (3, pytest.approx(2 / 3))
    assert reading.on_majorities.per_class.keys() == set(FER2013_LABELS)


def test_people_who_could_not_name_a_face_count_against_a_word_that_few_chose():
    faces = faces_showing([3, 3], split="PublicTest")
    votes = np.zeros((2, 8), int)
    votes[:, 3] = [4, 6]  # six and four of ten could not name it
    scores = evaluate(FirstPixel(), faces, split="PublicTest", votes=votes)
    assert scores.fer_plus.n == 2
    assert scores.reading.on_majorities.n == 1
    assert scores.shown == ShownWords(n=2, shown=2, judged=1, right=1)


def test_without_votes_the_reading_is_scored_on_labels_alone():
    faces = faces_showing([0, 1, 5], split="PublicTest")
    reading = evaluate(FirstPixel(), faces, split="PublicTest").reading
    assert (reading.on_labels.accuracy, reading.on_majorities) == (pytest.approx(2 / 3), None)


def test_without_votes_a_word_is_right_if_it_is_the_label():
    faces = faces_showing([0, 1, 5], split="PublicTest")
    shown = evaluate(FirstPixel(has_votes=False), faces, split="PublicTest").shown
    assert shown == ShownWords(n=3, shown=3, judged=3, right=2)


def test_if_every_majority_is_contempt_the_reading_has_no_scores_on_majorities():
    faces = faces_showing([7, 7], split="PublicTest")
    votes = np.tile([0, 0, 0, 0, 0, 0, 0, 10], (2, 1))
    assert (
        evaluate(FirstPixel(), faces, split="PublicTest", votes=votes).reading.on_majorities is None
    )


def test_votes_without_any_majority_have_no_accuracy():
    faces = faces_showing([3], split="PublicTest")
    scores = evaluate(FirstPixel(), faces, split="PublicTest", votes=np.zeros((1, 8), int))
    assert (scores.fer_plus.n, scores.fer_plus.accuracy) == (0, None)
    assert scores.human is None
    assert scores.coverage  # of the label head


def test_people_are_measured_by_the_votes_of_the_split_alone():
    training = faces_showing([0], split="Training", seed=1)
    tests = faces_showing([3, 3], split="PublicTest")
    votes = np.zeros((3, 8), int)
    votes[0, 0] = 10  # of a training face
    votes[1, 3], votes[1, 6] = 9, 1
    votes[2, 3] = 10
    tests.label_ids[:] = [3, 6]
    scores = evaluate(FirstPixel(), joined(training, tests), split="PublicTest", votes=votes)
    assert scores.human.n == 2
    assert scores.human.agreement == 19 / 20
    assert scores.human.per_class == {"happy": 1.0, "neutral": 0.0}
    assert scores.human.on_labels.accuracy == 9 / 20


def test_scores_with_the_mirrored_face_averaged_in_are_reported_separately():
    faces = faces_showing([0, 1, 2], split="PublicTest")
    faces.pixels[:, 0, -1] = [6, 1, 2]  # the answer to the mirrored face
    scores = evaluate(FirstPixel(), faces, split="PublicTest")
    assert scores.accuracy == 1.0
    assert scores.flip_averaged.accuracy == 1.0  # at 50% each, the first label leads
    faces.pixels[0, 0, 0], faces.pixels[0, 0, -1] = 6, 0
    scores = evaluate(FirstPixel(), faces, split="PublicTest")
    assert scores.accuracy == pytest.approx(2 / 3)
    assert scores.flip_averaged.accuracy == 1.0
    assert scores.flip_averaged.intervals.keys() == {"accuracy", "macro_f1"}


def test_corrupted_faces_are_scored_only_on_request():
    shares = []
    faces = faces_showing([0, 1, 2], split="PublicTest")
    scores = evaluate(
        FirstPixel(), faces, split="PublicTest", is_full=True, on_progress=shares.append
    )
    assert scores.robustness.keys() == CORRUPTIONS.keys()
    assert scores.robustness["tilt"].points[0].accuracy == scores.accuracy
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)


def test_the_training_faces_are_scored_too_on_request():
    faces = faces_showing([0, 1, 2, 3], split="PublicTest")
    faces.split_ids[:2] = SPLITS.index("Training")
    faces.label_ids[0] = 5  # learned wrongly
    everything = evaluated_in_full(faces, left_out=[])
    # three labels occur, and one of them has an F1 of 1
    assert everything.training == TrainingScores(n=2, accuracy=0.5, macro_f1=1 / 3)
    assert evaluate(FirstPixel(), faces, split="PublicTest").training is None
    assert evaluated_in_full(faces, split="Training", left_out=[]).training is None


def test_faces_that_were_left_out_of_training_do_not_count_as_training_faces():
    faces = faces_showing([0, 1, 2, 3], split="PublicTest")
    faces.split_ids[:2] = SPLITS.index("Training")
    faces.label_ids[0] = 5
    training = evaluated_in_full(faces, left_out=faces.rows[:1]).training
    assert training == TrainingScores(n=1, accuracy=1.0, macro_f1=1.0)
    assert evaluated_in_full(faces, left_out=None).training is None


def evaluated_in_full(faces, *, left_out, split="PublicTest"):
    left_out = None if left_out is None else np.array(left_out, dtype=np.int64)
    return evaluate(FirstPixel(), faces, split=split, is_full=True, left_out=left_out)


def test_without_training_faces_there_are_no_scores_on_them():
    faces = faces_showing([0, 1], split="PublicTest")
    assert evaluated_in_full(faces, left_out=[]).training is None


def test_a_split_without_faces_names_those_that_have_some():
    with pytest.raises(DataError, match=r"no PrivateTest rows; it holds Training\. Choose"):
        evaluate(FirstPixel(), noise_faces(2), split="PrivateTest")
    with pytest.raises(DataError, match="it holds none"):
        evaluate(FirstPixel(), noise_faces(0), split="Training")


def test_a_trained_model_scores_alike_in_any_order_of_faces(tiny_models):
    recognizer = load_recognizer("tiny", models=tiny_models)
    faces = noise_faces(70, split="PublicTest")
    shuffled = faces.select(np.random.default_rng(0).permutation(70))
    first, second = (evaluate(recognizer, each, split="PublicTest") for each in (faces, shuffled))
    assert first.confusion == second.confusion
    assert first.top2 == second.top2
    assert first.ece == pytest.approx(second.ece, abs=1e-6)
