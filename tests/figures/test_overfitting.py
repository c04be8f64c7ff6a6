from dataclasses import replace

import pytest

from fer_core.evaluate.lineup import Entry
from fer_core.evaluate.report import TrainingScores
from fer_core.figures import training_gaps, training_gaps_caption


@pytest.fixture
def fitted(entry, scores):
    """Return a function that makes a model with two scores: on training faces and on others."""

    def make(name: str, *, training: float, other: float) -> Entry:
        made = entry(name, of_scores=replace(scores, macro_f1=other))
        fit = TrainingScores(n=10, accuracy=training, macro_f1=training)
        return replace(made, evaluation=replace(made.evaluation, training=fit))

    return make


def test_each_model_has_a_point_per_kind_of_face_and_a_line_with_the_gap(fitted):
    figure = training_gaps([fitted("plain", training=0.9, other=0.5)])
    other, training = figure.data
    assert (list(other.x), list(training.x)) == ([0.5], [0.9])
    assert other.marker.symbol != training.marker.symbol
    assert (figure.layout.shapes[0].x0, figure.layout.shapes[0].x1) == (0.5, 0.9)
    assert figure.layout.annotations[0].text == "40.0 points"


def test_a_model_that_was_not_measured_is_left_out(fitted, entry):
    figure = training_gaps([entry("old"), fitted("plain", training=0.9, other=0.5)])
    assert list(figure.layout.yaxis.ticktext) == ["plain"]


def test_the_caption_names_the_widest_and_the_narrowest_gap(fitted):
    caption = training_gaps_caption(
        [fitted("vgg", training=0.7, other=0.6), fitted("plain", training=0.9, other=0.5)]
    )
    assert "plain reaches a macro-F1 of 0.900 on its training faces and 0.500 on others" in caption
    assert "a gap of 40.0 points" in caption
    assert caption.endswith(
        "vgg reaches a macro-F1 of 0.700 on its training faces and 0.600 on others, a gap of 10.0 "
        "points."
    )


def test_the_caption_does_not_praise_a_weak_model_for_its_narrow_gap(fitted):
    caption = training_gaps_caption(
        [fitted("weak", training=0.41, other=0.4), fitted("plain", training=0.9, other=0.5)]
    )
    assert caption.endswith("A narrow gap alone is no merit: weak also has the lowest score.")


def test_without_measured_models_the_caption_still_says_what_the_gap_means(entry):
    assert training_gaps_caption([entry("old")]).startswith("The gap between the scores")
