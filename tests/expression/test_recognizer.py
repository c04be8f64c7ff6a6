from dataclasses import replace

import numpy as np
import pytest
from scipy.special import softmax

from fer_core.errors import ModelError, ModelNotFoundError
from fer_core.expression.recognizer import ExpressionRecognizer, load_recognizer
from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from tests.synthetic import noise_faces

CROPS = noise_faces(70).pixels  # more than are classified at once


@pytest.fixture(scope="module", params=["model.tflite", "model_int8.tflite"])
def recognizer(request, tiny_models) -> ExpressionRecognizer:
    return load_recognizer("tiny", models=tiny_models, weights_file=request.param)


def test_each_head_gives_probabilities_of_its_labels(recognizer):
    labels = recognizer.predict_probs(CROPS, head="label")
    votes = recognizer.predict_probs(CROPS, head="votes")
    assert (labels.shape, votes.shape) == ((70, len(FER2013_LABELS)), (70, len(VOTE_LABELS)))
    assert labels.dtype == np.float32
    assert labels.sum(axis=1) == pytest.approx(1)


def test_a_face_gets_the_same_answer_alone_and_in_a_batch_in_any_order(recognizer):
    together = recognizer.predict_probs(CROPS, head="label")
    order = np.random.default_rng(0).permutation(len(CROPS))
    shuffled = recognizer.predict_probs(CROPS[order], head="label")
    assert shuffled == pytest.approx(together[order], abs=1e-6)
    for index in (0, 33, 69):
        alone = recognizer.predict_probs(CROPS[index : index + 1], head="label")
        assert alone[0] == pytest.approx(together[index], abs=1e-6)


def test_expressions_have_the_labels_and_the_threshold_of_the_card(recognizer):
    expressions = recognizer.recognize(CROPS[:3])
    votes = recognizer.predict_probs(CROPS[:3], head="votes")
    assert [expression.labels for expression in expressions] == [VOTE_LABELS] * 3
    assert [expression.min_confidence for expression in expressions] == [
        recognizer.card.min_confidence
    ] * 3
    assert np.array([expression.probs for expression in expressions]) == pytest.approx(votes)


def test_the_leading_label_needs_its_own_threshold(tiny_models):
    recognizer = load_recognizer("tiny", models=tiny_models)
    leading = recognizer.recognize(CROPS[:1])[0].label
    shares = dict.fromkeys(VOTE_LABELS, 0.1) | {leading: 0.99}
    recognizer.card = replace(recognizer.card, min_confidence_by_label=shares)
    unsure = recognizer.recognize(CROPS[:1])[0]
    assert (unsure.min_confidence, unsure.shown_label) == (0.99, None)
    shares[leading] = 0.1
    recognizer.card = replace(recognizer.card, min_confidence=0.99, min_confidence_by_label=shares)
    sure = recognizer.recognize(CROPS[:1])[0]
    assert (sure.min_confidence, sure.shown_label) == (0.1, leading)


def test_logits_are_divided_by_the_temperature_of_the_head(tiny_models):
    recognizer = load_recognizer("tiny", models=tiny_models)
    logits = recognizer.predict_logits(CROPS[:5])["label"]
    recognizer.card = replace(recognizer.card, temperature={"label": 2.0})
    halved = recognizer.predict_probs(CROPS[:5], head="label")
    assert halved == pytest.approx(softmax(logits / 2, axis=1), abs=1e-6)
    recognizer.card = replace(recognizer.card, temperature={"votes": 2.0})
    as_it_is = recognizer.predict_probs(CROPS[:5], head="label")
    assert as_it_is == pytest.approx(softmax(logits, axis=1), abs=1e-6)


def test_no_crops_give_no_expressions(recognizer):
    assert recognizer.recognize(CROPS[:0]) == ()
    assert recognizer.predict_probs(CROPS[:0], head="votes").shape == (0, len(VOTE_LABELS))


def test_another_size_or_head_is_refused(recognizer):
    with pytest.raises(ValueError, match=r"Expected crops \(n, 48, 48\), got \(\d+, 47, 48\)"):
        recognizer.predict_probs(CROPS[:, 1:], head="label")
    with pytest.raises(ValueError, match="Expected a head of label, votes, got 'emotion'"):
        recognizer.predict_probs(CROPS, head="emotion")


def test_one_pass_answers_with_every_head(recognizer):
    answers = recognizer.predict_heads(CROPS)
    assert answers.keys() == {"label", "votes"}
    for head, probs in answers.items():
        assert np.array_equal(probs, recognizer.predict_probs(CROPS, head=head))


def test_the_default_model_runs_the_file_that_its_card_names(tiny_models):
    recognizer = load_recognizer(models=tiny_models)
    assert recognizer.card == tiny_models.card("tiny")


def test_an_unknown_model_is_refused(tiny_models):
    with pytest.raises(ModelNotFoundError, match=r"No model 'huge'\. Available: tiny"):
        load_recognizer("huge", models=tiny_models)


class StandIn:
    """A network of other shapes."""

    def __init__(self, input_shape, output_shapes):
        self.input_shape = input_shape
        self.output_shapes = output_shapes


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (StandIn((-1, 64, 64, 1), ((-1, 7), (-1, 8))), r"expected an input of \(48, 48, 1\)"),
        (StandIn((-1, 48, 48, 1), ((-1, 7),)), "expected one output of 8 values for head 'votes'"),
        (StandIn((-1, 48, 48, 1), ((-1, 7), (-1, 7))), "expected one output of 7 values"),
    ],
)
def test_weights_that_do_not_fit_the_card_are_refused(tiny_models, network, message):
    with pytest.raises(ModelError, match=message):
        ExpressionRecognizer(tiny_models.card("tiny"), network)


def test_the_card_chooses_the_head_that_is_shown(tiny_models):
    recognizer = load_recognizer("tiny", models=tiny_models)
    recognizer.card = replace(recognizer.card, reading_head="label")
    assert recognizer.recognize(CROPS[:1])[0].labels == FER2013_LABELS
