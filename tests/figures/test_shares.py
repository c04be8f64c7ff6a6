"""Bars of every expression from several sources."""

import pytest

from fer_core.figures import change_caption, heads_caption, share_bars, shown_labels
from fer_core.results import Expression

LABELS = ("happy", "sad")
SHARES = {"Label head": {"sad": 0.7, "happy": 0.3}, "Votes head": {"sad": 0.6, "contempt": 0.4}}


def reading(happy: float, *, min_confidence: float = 0.0) -> Expression:
    return Expression.from_probs(LABELS, (happy, 1 - happy), min_confidence=min_confidence)


def test_each_source_has_bars_for_the_labels_that_it_knows():
    label_head, votes_head = share_bars(SHARES).data
    assert list(label_head.y) == ["happy", "sad"]
    assert list(label_head.x) == [0.3, 0.7]
    assert list(votes_head.y) == ["sad", "scornful"]
    assert votes_head.text[1] == "40%"
    assert label_head.marker.pattern.shape != votes_head.marker.pattern.shape


def test_the_usual_order_runs_from_top_to_bottom_and_further_labels_follow():
    shares = {"a": {"bored": 0.5, "contempt": 0.1, "happy": 0.4}}
    assert shown_labels(shares) == ("happy", "contempt", "bored")
    axis = share_bars(shares).layout.yaxis
    assert axis.categoryarray == ("happy", "scornful", "bored")
    assert axis.autorange == "reversed"


def test_the_caption_says_whether_the_heads_agree():
    assert heads_caption(SHARES) == "Both put sad first."
    assert heads_caption({"Label head": SHARES["Label head"]}) == "Sad comes first."
    differing = SHARES | {"Reading": {"happy": 0.9, "sad": 0.1}}
    assert heads_caption(differing) == (
        "They differ in what comes first. Label head: sad (70%). Votes head: sad (60%). "
        "Reading: happy (90%)."
    )


@pytest.mark.parametrize(
    ("after", "effect"),
    [
        (0.5, "Happy falls by 30 points."),
        (0.9, "Happy rises by 10 points."),
        (0.801, "Happy stays."),
    ],
)
def test_the_caption_of_a_change_says_what_it_does_to_the_first_word(after, effect):
    caption = change_caption(reading(0.8), reading(after), change="a blur of 2 px")
    assert caption.endswith(f"The change: a blur of 2 px. {effect}")


def test_a_reading_that_is_no_longer_sure_says_so():
    after = reading(0.55, min_confidence=0.7)
    assert "Now: not sure: happy or sad." in change_caption(reading(0.8), after, change="a tilt")
