"""What every figure has in common."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from fer_core.figures import (
    class_balance,
    class_scores,
    confusion_matrix,
    coverage_curves,
    crowd_agreement,
    leaderboard,
    loss_curves,
    neighbour_matrix,
    person_bars,
    precision_recall_curves,
    reliability_curves,
    robustness_curves,
    score_curves,
    shared_words,
)
from fer_core.figures.style import BLUE, MUTED, SERIES
from fer_core.metrics.crowd import ClassAgreement
from tests.contrast import MIN_PART, MIN_TEXT, blend, contrast, rgb

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit/config.toml").read_text("utf-8"))
THEMES = [CONFIG["theme"]["light"], CONFIG["theme"]["dark"]]
DEEPEST_CELL = 0.7  # share of BLUE in a cell of 100%


@pytest.mark.parametrize("theme", THEMES, ids=["light", "dark"])
@pytest.mark.parametrize("color", [*SERIES, MUTED])
def test_bars_and_lines_stand_out_on_both_themes(color, theme):
    assert contrast(rgb(color), rgb(theme["backgroundColor"])) >= MIN_PART


@pytest.mark.parametrize("theme", THEMES, ids=["light", "dark"])
def test_the_page_s_words_stand_out_in_the_deepest_cell_of_the_confusion_matrix(theme):
    cell = blend(rgb(BLUE), rgb(theme["backgroundColor"]), opacity=DEEPEST_CELL)
    assert contrast(rgb(theme["textColor"]), cell) >= MIN_TEXT


@pytest.fixture
def learned(history, tilt, entry):
    return [
        loss_curves({"plain": history}),
        score_curves({"plain": history}),
        robustness_curves({"plain": tilt}, "tilt"),
        leaderboard([entry("plain")], human=0.7),
    ]


@pytest.fixture
def curves(bins, points, precision_recall):
    return [
        reliability_curves({"plain": bins}),
        coverage_curves({"plain": points}, used={"plain": points[1]}),
        precision_recall_curves({"plain": precision_recall}, "fear"),
    ]


@pytest.fixture
def figures(scores, labels, learned, curves):
    return [
        *learned,
        *curves,
        class_balance({"Training": {"happy": 3, "disgust": 1}}),
        confusion_matrix(scores, labels, as_shares=True),
        class_scores(scores, labels, human={"happy": 0.9}),
        crowd_agreement({"fear": ClassAgreement(n=2, share=0.1, leads=0.1, person=0.4)}),
        person_bars({"fear": 0.4}),
        shared_words(np.eye(8)),
        neighbour_matrix(np.eye(2), ("happy", "fear")),
    ]


def test_the_confusion_matrix_goes_no_deeper(scores, labels):
    scale = confusion_matrix(scores, labels, as_shares=True).data[0].colorscale
    assert scale[-1] == (1.0, f"rgba(0,114,178,{DEEPEST_CELL})")


def test_no_figure_sets_a_background_or_a_text_colour(figures):
    for figure in figures:
        assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
        assert figure.layout.font.color is None


def test_a_finger_that_scrolls_moves_the_page_and_not_the_figure(figures):
    for figure in figures:
        assert figure.layout.dragmode is False
        assert figure.layout.xaxis.fixedrange
        assert figure.layout.yaxis.fixedrange


def test_series_differ_in_more_than_colour(scores, labels):
    patterns = [bar.marker.pattern.shape for bar in class_scores(scores, labels, human={}).data]
    assert patterns == ["", "/", ".", None]
