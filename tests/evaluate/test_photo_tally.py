import numpy as np
import pytest
from sklearn.metrics import f1_score

from fer_core.evaluate.photo_scores import FILE_NOT_READ, PhotoOutcome
from fer_core.evaluate.photo_tally import score_outcomes
from fer_core.labels import FER2013_LABELS
from fer_core.metrics.intervals import wilson_interval
from tests.evaluate.outcomes import read, unread

OUTCOMES = [
    *[read("happy", "happy")] * 3,
    read("happy", "neutral", is_sure=False),
    read("angry", "angry", is_sure=False),
    read("angry", "neutral"),
    read(None, "sad"),
    read("contempt", "happy"),
    unread("angry"),
    unread("happy", "too dark to read"),
]


def test_each_photo_counts_once_on_its_way_from_file_to_word():
    scores = score_outcomes(OUTCOMES)
    assert (scores.n, scores.found, scores.read, scores.said) == (10, 9, 8, 6)
    assert scores.unread == {"no face found": 1, "too dark to read": 1}
    assert scores.words == {"happy": 4, "sad": 1, "neutral": 1}
    assert (scores.said_labelled, scores.said_right) == (5, 3)


def test_accuracy_is_of_the_leading_word_sure_or_not_over_the_read_faces_of_seven_labels():
    scores = score_outcomes(OUTCOMES)
    assert (scores.scored, scores.right, scores.accuracy) == (6, 4, 0.6667)
    # happy: 3 of 4 found, all 3 right; angry: 1 of 2 found, right; neutral is no label here
    assert scores.macro_f1 == pytest.approx((6 / 7 + 2 / 3) / 2, abs=1e-4)


def test_macro_f1_is_that_of_sklearn_over_the_labels_that_occur():
    labels = ("angry", "fear", "happy", "sad")
    rng = np.random.default_rng(0)
    pairs = [
        (labels[true], (*labels, "neutral", "contempt")[led])
        for true, led in zip(rng.integers(0, 4, 200), rng.integers(0, 6, 200), strict=True)
    ]
    scores = score_outcomes([read(*pair) for pair in pairs])
    true, led = zip(*pairs, strict=True)
    expected = f1_score(true, led, labels=labels, average="macro")
    assert scores.macro_f1 == pytest.approx(expected, abs=1e-4)


def test_a_label_of_which_no_photo_was_read_counts_with_an_f1_of_0():
    scores = score_outcomes([*[read("happy", "happy")] * 3, unread("fear"), unread("contempt")])
    assert scores.per_class["fear"].f1 == 0
    assert scores.macro_f1 == 0.5  # happy 1, fear 0; contempt is not one of the seven
    assert scores.intervals["macro_f1"] == (0.5, 1.0)  # a resample may hold no photo of fear


def test_macro_f1_is_the_mean_of_the_f1_of_the_labels():
    rng = np.random.default_rng(0)
    for _ in range(20):
        outcomes = [
            read(true, led) if rng.random() < 0.3 else unread(true)
            for true, led in zip(*rng.choice(FER2013_LABELS, (2, 12)), strict=True)
        ]
        scores = score_outcomes(outcomes)
        expected = np.mean([label.f1 for label in scores.per_class.values()])
        assert scores.macro_f1 == pytest.approx(expected, abs=1e-4)


def test_each_label_has_its_scores():
    happy, angry = (score_outcomes(OUTCOMES).per_class[label] for label in ("happy", "angry"))
    assert (happy.n, happy.found, happy.read, happy.said, happy.said_right) == (5, 5, 4, 3, 3)
    assert (happy.precision, happy.recall, happy.f1) == (1.0, 0.75, 0.8571)
    assert happy.interval == pytest.approx(wilson_interval(3, 4), abs=1e-4)
    assert (angry.n, angry.found, angry.read, angry.said, angry.said_right) == (3, 2, 2, 1, 0)


def test_without_labels_there_are_counts_and_no_scores():
    scores = score_outcomes([read(None, "happy"), unread()])
    assert (scores.n, scores.said, scores.said_right) == (2, 1, None)
    assert (scores.accuracy, scores.macro_f1, scores.right, scores.per_class) == (None,) * 3 + ({},)
    assert scores.intervals.keys() == {"found", "read", "said", "happy", "no face found"}


def test_photos_of_which_none_can_be_read_have_no_shares_of_the_read_ones():
    scores = score_outcomes([unread("happy", FILE_NOT_READ)] * 2)
    assert (scores.found, scores.read, scores.accuracy) == (0, 0, None)
    assert scores.intervals.keys() == {"found", "read", FILE_NOT_READ}


def test_intervals_of_counts_are_those_of_wilson():
    scores = score_outcomes(OUTCOMES)
    for name, counts in {
        "read": (8, 10),
        "said": (6, 8),
        "happy": (4, 8),
        "accuracy": (4, 6),
    }.items():
        assert scores.intervals[name] == pytest.approx(wilson_interval(*counts), abs=1e-4)


def test_many_photos_of_one_person_count_as_one_and_make_the_interval_wider():
    persons = [
        *(read("happy", "happy", subject=f"S{n}") for n in range(10) for _ in range(9)),
        *(read("happy", "sad", subject=f"S{n}") for n in range(10, 20) for _ in range(9)),
    ]
    alone = score_outcomes(persons).intervals
    clustered = score_outcomes(persons, cluster_column="subject").intervals
    for name in ("accuracy", "macro_f1", "happy"):
        assert clustered[name].high - clustered[name].low > 2.5 * (
            alone[name].high - alone[name].low
        )
    # 10 of 20 persons: +-1.96 * sqrt(0.25 / 20)
    assert clustered["accuracy"] == pytest.approx((0.28, 0.72), abs=0.04)


def test_a_share_of_all_or_none_is_as_uncertain_as_the_number_of_persons_makes_it():
    persons = [read("happy", "happy", subject=f"S{n % 5}") for n in range(50)]
    scores = score_outcomes(persons, cluster_column="subject")
    assert scores.intervals["accuracy"] == pytest.approx(wilson_interval(5, 5), abs=1e-4)


def test_one_person_has_no_interval_and_a_photo_without_one_stands_alone():
    one = [read("happy", "happy", subject="S1")] * 4
    assert score_outcomes(one, cluster_column="subject").intervals == {}
    assert score_outcomes([*one, read("happy", "sad")], cluster_column="subject").intervals


def test_an_outcome_is_either_read_or_has_a_reason():
    with pytest.raises(ValueError, match="either a reading or the reason"):
        PhotoOutcome("happy", {}, is_found=True, reason=None)
    with pytest.raises(ValueError, match="at least one photo"):
        score_outcomes([])
