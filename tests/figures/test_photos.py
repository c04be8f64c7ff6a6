"""Charts of whole photos and of groups: two models, five photos."""

import numpy as np
import pytest

from fer_core.evaluate.photo_tally import score_outcomes
from fer_core.figures import (
    differences_caption,
    differences_method,
    groups_read,
    groups_read_caption,
    groups_words,
    recall_per_expression,
    recall_per_expression_caption,
    steps_caption,
    steps_to_word,
    unread_reasons,
    unread_reasons_caption,
)
from tests.evaluate.outcomes import evaluation_of, read, unread

OUTCOMES = (
    read("happy", "happy"),
    read("happy", "happy"),
    read("sad", "happy", is_sure=False),
    unread("sad", "turned away"),
    unread("sad"),
)
CAREFUL = (*OUTCOMES[:2], unread("sad"), *OUTCOMES[3:])


@pytest.fixture
def one():
    return {"small": evaluation_of(OUTCOMES)}


@pytest.fixture
def two():
    return {"small": evaluation_of(OUTCOMES), "careful": evaluation_of(CAREFUL)}


def visible(figure):
    """Return the bars that can be seen; behind each stands one that carries its number."""
    return [bar for bar in figure.data if bar.hoverinfo != "skip"]


def test_each_step_has_a_bar_with_its_interval_and_its_number_behind_that(one):
    figure = steps_to_word(one)
    bar, number = figure.data
    assert list(bar.y) == [
        *("Face found", "Face read", "Word said,<br>of faces read", "Right,<br>of words said"),
        "Leading word right,<br>of faces read",
    ]
    assert list(bar.x) == pytest.approx([4 / 5, 3 / 5, 2 / 3, 1.0, 2 / 3])
    ends = [x + reach for x, reach in zip(bar.x, bar.error_x.array, strict=True)]
    assert list(number.x) == pytest.approx(ends)
    assert list(number.text) == ["80%", "60%", "67%", "100%", "67%"]
    assert bar.hovertext[2].startswith("Word said,<br>of faces read: 2 of 3 faces read, 66.7% (")


def test_two_models_share_the_chart_and_differ_in_more_than_colour(two):
    first, second = visible(steps_to_word(two))
    assert (first.name, second.name) == ("small", "careful")
    assert first.marker.pattern.shape != second.marker.pattern.shape
    assert first.offsetgroup != second.offsetgroup


def test_the_captions_say_the_shares_in_words(one, two):
    assert steps_caption(one) == (
        "The model reads 60% of 5 photos and says a word for 67% of the faces read. 100% of these "
        "words are right."
    )
    assert steps_caption(two).count("small reads 60%") == 1
    assert recall_per_expression_caption(one) == (
        "The model finds happy best (100% of those faces) and sad least often (0%). Lines show the "
        "95% interval."
    )
    assert unread_reasons_caption(one) == (
        "The model gives no reading for 40.0%, most often because of: no face found."
    )


def test_steps_that_were_not_measured_have_no_bar():
    (bar,) = visible(steps_to_word({"small": evaluation_of([read(None, "happy"), unread()])}))
    assert list(bar.y) == ["Face found", "Face read", "Word said,<br>of faces read"]


def test_recall_and_reasons_are_shares_of_the_right_photos(one):
    (recall,) = visible(recall_per_expression(one))
    assert dict(zip(recall.y, recall.x, strict=True)) == {"happy": 1.0, "sad": 0.0}
    (reasons,) = visible(unread_reasons(one))
    assert dict(zip(reasons.y, reasons.x, strict=True)) == {
        "no face found": 0.2,
        "turned away": 0.2,
    }


@pytest.fixture
def groups():
    return {"old": score_outcomes(OUTCOMES), "young": score_outcomes(OUTCOMES[:2])}


def test_groups_have_bars_for_found_and_read_and_a_line_for_all(groups):
    whole = evaluation_of((*OUTCOMES, *OUTCOMES[:2]))
    figure = groups_read(groups, whole)
    found, read_bar = visible(figure)
    assert (list(found.x), list(read_bar.x)) == ([0.8, 1.0], [0.6, 1.0])
    assert figure.layout.shapes[0].x0 == pytest.approx(5 / 7)
    assert groups_read_caption(groups, whole) == (
        "The dotted line: 71% of all 7 photos are read. The group with the most unread photos is "
        "old: 40% of 5, 1.4 times the share of all photos."
    )


def test_words_are_shares_of_the_faces_read_and_not_sure_is_one_of_them(groups):
    matrix, texts = groups_words(groups).data
    assert list(matrix.x) == ["happy", "not sure"]
    assert np.array(matrix.z) == pytest.approx(np.array([[2 / 3, 1 / 3], [1.0, 0.0]]))
    assert list(texts.text) == ["67%", "33%", "100%", "0%"]


def test_differences_are_counted_listed_and_explained():
    outcomes = [
        *(read(None, "happy", age="young") for _ in range(30)),
        *(unread(age="old") for _ in range(30)),
    ]
    scores = evaluation_of(outcomes)
    assert differences_caption(scores).startswith("2 of 2 shares differ from those of all other")
    assert [each.in_words() for each in scores.clearest] == [
        "age old: face found in 0%, all others 100%",
        "age old: face read in 0%, all others 100%",
    ]
    assert "2 comparisons by Fisher's exact test, corrected by Holm's" in differences_method(scores)


def test_the_sentence_on_differences_says_why_there_are_none():
    same = [read(None, "happy", age=age) for age in ("old", "young")]
    assert differences_caption(evaluation_of(same)) == "There is nothing to compare."
    nearly = [*same * 5, unread(age="old")]
    assert differences_caption(evaluation_of(nearly)).startswith("No group differs from the other")
    clustered = [read(None, "happy", age="old", subject=str(n)) for n in range(3)]
    assert "several photos share one subject" in differences_caption(evaluation_of(clustered))
