import numpy as np
import pytest

from fer_core.evaluate.classification import Predictions
from fer_core.metrics.curves import shown_words
from fer_core.release.thresholds import MIN_SHOWN, THRESHOLDS, choose_thresholds

LABELS = ("happy", "fear", "sad")


def faces_of(*groups: tuple[str, float, int, int]) -> Predictions:
    """Return faces in groups: the leading word, its confidence, the number right and wrong."""
    truths, probs = [], []
    for word, confidence, n_right, n_wrong in groups:
        label_id = LABELS.index(word)
        row = np.full(len(LABELS), (1 - confidence) / 2)
        row[label_id] = confidence
        probs += [row] * (n_right + n_wrong)
        truths += [label_id] * n_right + [(label_id + 1) % len(LABELS)] * n_wrong
    return Predictions(LABELS, np.array(truths, int), np.array(probs, np.float32).reshape(-1, 3))


def choose(shown: Predictions, *, of_others: Predictions | None = None):
    """Return the thresholds that some faces choose, judged on the others, by default the same."""
    others = shown if of_others is None else of_others
    both = Predictions(
        LABELS,
        np.concatenate([shown.y_true, others.y_true]),
        np.concatenate([shown.probs, others.probs]),
    )
    return choose_thresholds(both, np.arange(len(both)) < len(shown), truth="what people say")


def words_with(thresholds, shown: Predictions):
    needed = np.array([thresholds.by_label[label] for label in LABELS])
    return shown_words(shown.y_true, shown.probs, min_confidences=needed)


@pytest.fixture(scope="module")
def drawn():
    """Return 3,000 faces: happy is right more often than its confidence says, fear less often."""
    rng = np.random.default_rng(0)
    leading = rng.choice(3, 3000, p=[0.6, 0.1, 0.3])
    confidence = rng.uniform(0.35, 0.99, 3000)
    odds = confidence / (1 - confidence) * np.array([4.0, 0.3, 1.0])[leading]
    is_right = rng.random(3000) < odds / (1 + odds)
    probs = np.repeat((1 - confidence)[:, None] / 2, 3, axis=1)
    probs[np.arange(3000), leading] = confidence
    truth = np.where(is_right, leading, (leading + 1) % 3)
    return Predictions(LABELS, truth, probs.astype(np.float32))


@pytest.fixture(scope="module")
def chosen(drawn):
    return choose(drawn)


def test_a_word_that_is_wrong_more_often_needs_more_confidence(chosen):
    of = chosen.by_label
    assert of["happy"] < of["sad"] < of["fear"]


def test_at_least_90_percent_of_the_words_are_right_on_the_faces_that_choose(drawn, chosen):
    words = words_with(chosen, drawn)
    assert 0.90 <= words.accuracy < 0.92
    assert words.coverage > 0.5


def test_own_thresholds_show_more_words_than_a_common_one(drawn, chosen):
    def common(threshold):
        return shown_words(drawn.y_true, drawn.probs, min_confidences=np.full(3, threshold))

    enough = next(words for t in THRESHOLDS if (words := common(t)).accuracy >= 0.90)
    assert words_with(chosen, drawn).shown > 1.05 * enough.shown


def test_rare_expressions_weigh_more_only_if_enough_words_remain(drawn, chosen):
    assert "by the power 0.00 of" in chosen.reason  # under MIN_SHOWN anyway
    easy = drawn.select(drawn.probs.max(axis=1) > 0.6)
    of_easy = choose(easy)
    assert "by the power 0.00 of" not in of_easy.reason
    assert words_with(of_easy, easy).coverage >= MIN_SHOWN


def test_the_other_half_judges_and_does_not_choose(drawn, chosen):
    wrong = Predictions(LABELS, (drawn.probs.argmax(axis=1) + 1) % 3, drawn.probs)
    judged = choose(drawn, of_others=wrong)
    assert judged.by_label == chosen.by_label
    assert "and 0.0% of these words are right (95% interval 0.0% to" in judged.reason


def test_a_word_that_is_often_wrong_needs_at_most_5_points_more_than_an_unknown_one(chosen):
    assert chosen.by_label["fear"] == pytest.approx(chosen.common + 0.05)
    assert chosen.by_label["happy"] < chosen.common - 0.05


def test_a_word_of_which_little_is_known_keeps_close_to_the_common_threshold():
    many = faces_of(("happy", 0.5, 60, 40), ("happy", 0.7, 85, 15), ("happy", 0.9, 99, 1))
    rare = faces_of(("fear", 0.7, 2, 0))
    both = Predictions(
        LABELS,
        np.concatenate([many.y_true, rare.y_true]),
        np.concatenate([many.probs, rare.probs]),
    )
    chosen = choose(both)
    assert chosen.by_label["sad"] == chosen.common  # never said
    assert 0 < chosen.common - chosen.by_label["fear"] < 0.1


def test_a_word_that_few_people_would_use_is_not_shown_even_if_it_is_always_right():
    always = choose(faces_of(("happy", 0.5, 30, 0), ("sad", 0.6, 30, 0)))
    assert set(always.by_label.values()) == {THRESHOLDS[0]} == {0.40}


@pytest.mark.parametrize(
    "shown",
    [
        faces_of(("happy", 0.95, 1, 9), ("sad", 0.8, 2, 30)),
        faces_of(("happy", 0.5, 50, 0), ("happy", 0.95, 0, 50)),  # surer, and wrong
        faces_of(),
    ],
    ids=["mostly wrong", "wrong where it is sure", "no faces"],
)
def test_the_highest_thresholds_are_chosen_if_none_gives_90_percent(shown):
    chosen = choose(shown)
    assert {chosen.common, *chosen.by_label.values()} == {THRESHOLDS[-1]} == {0.90}


def test_a_face_whose_truth_nobody_knows_is_neither_right_nor_wrong():
    known = faces_of(("happy", 0.5, 60, 40), ("happy", 0.7, 85, 15), ("happy", 0.9, 99, 1))
    unknown = Predictions(LABELS, np.full(100, -1), known.probs[:100])
    both = Predictions(
        LABELS,
        np.concatenate([known.y_true, unknown.y_true]),
        np.concatenate([known.probs, unknown.probs]),
    )
    assert choose(both).by_label["happy"] == choose(known).by_label["happy"]
    assert "no word can be judged" in choose(known, of_others=unknown).reason
