import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from fer_core.expression.card import CardDetails, ModelCard, Training
from fer_core.weights import sha256_of

OLDER = Path(__file__).with_name("card_of_version_0_1.json")  # as it was shipped
CARD = ModelCard(
    model_id="one",
    summary="A network.",
    input_size=48,
    normalisation="standardise",
    heads={"label": ("happy", "sad")},
    reading_head="label",
    runtime_file="model.tflite",
    min_confidence=0.5,
    digests={"model.tflite": sha256_of(b"weights")},
    n_parameters=3,
)


def test_a_card_comes_back_from_its_json():
    details = CardDetails(training=Training(recipe="plain", epochs=2), limits=("It is small.",))
    card = replace(CARD, temperature={"label": 1.5}, details=details)
    assert ModelCard.from_json(card.to_json()) == card


def test_a_card_of_an_older_version_keeps_every_value():
    text = OLDER.read_text(encoding="utf-8")
    before, after = json.loads(text), json.loads(ModelCard.from_json(text).to_json())
    details = before["details"]
    details["exports"] = details.pop("twins")
    training = details["training"]
    training["export_largest_difference"] = training.pop("twin_largest_difference")
    training["stored_export_largest_difference"] = training.pop("stored_twin_largest_difference")
    training["is_repeatable"] = True  # not in that version
    training["student_epochs"] = training["left_out"] = None  # nor were these
    before["reading"] = None
    before["min_confidence_by_label"] = {}
    assert after == before


def test_what_a_card_does_not_record_is_none_or_empty():
    values = json.loads(CARD.to_json())
    del values["details"], values["temperature"], values["is_default"]
    assert ModelCard.from_json(json.dumps(values)) == CARD
    assert CARD.details.training is None
    assert CARD.details.exports == {}


def test_a_label_without_a_separate_threshold_has_the_common_one():
    assert CARD.min_confidences == (0.5, 0.5)
    assert replace(CARD, min_confidence_by_label={"sad": 0.7}).min_confidences == (0.5, 0.7)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"input_size": 0}, "Out of range: self.input_size=0"),
        ({"min_confidence": 1.5}, "self.min_confidence=1.5"),
        ({"min_confidence_by_label": {"sad": 1.5}}, "of labels that are shown, got sad=1.5"),
        ({"min_confidence_by_label": {"joy": 0.5}}, "of labels that are shown, got joy=0.5"),
        ({"normalisation": "none"}, "Expected a normalisation of standardise"),
        ({"runtime_file": "other.tflite"}, "Expected model.tflite or model_int8.tflite"),
        ({"reading_head": "votes"}, "No head 'votes' among label"),
        ({"heads": []}, "heads: input should be an object"),
        ({"extra": 1}, "extra: unexpected keyword argument"),
        ({"input_size": "48"}, "input_size: input should be a valid integer"),
        ({"input_size": 48.0}, "input_size: input should be a valid integer"),
        ({"is_default": 1}, "is_default: input should be a valid boolean"),
        ({"min_confidence": float("nan")}, "JSON compliant"),
        ({"temperature": {"label": 0}}, "temperatures above 0 of heads, got label=0.0"),
        ({"temperature": {"votes": 1.0}}, "temperatures above 0 of heads, got votes=1.0"),
        ({"temperature": [1.0]}, "temperature: input should be an object"),
        ({"details": {"exports": {"model.tflite": {"bytes": 1}}}}, "accuracy: field required"),
        ({"details": {"limits": "none"}}, "details.limits: input should be a valid array"),
    ],
)
def test_a_value_of_the_wrong_type_or_out_of_range_is_named(change, reason):
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the reason is compared below
        ModelCard.from_json(json.dumps(asdict(CARD) | change))
    assert reason in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"model_id": "one"}'])
def test_text_that_is_no_card_is_refused(text):
    with pytest.raises(ValueError, match=r"Expecting|required|should be|nothing"):
        ModelCard.from_json(text)
