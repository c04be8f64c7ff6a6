from dataclasses import replace

import pytest

from fer_core.figures import leaderboard, leaderboard_caption
from fer_core.metrics.intervals import Interval


def test_each_model_has_two_points_with_their_intervals(entry):
    accuracy, macro_f1 = leaderboard([entry("best"), entry("plain")], human=0.7).data
    assert list(accuracy.x) == [0.8, 0.8]
    assert list(macro_f1.error_x.array) == pytest.approx([0.1, 0.1])
    assert list(macro_f1.error_x.arrayminus) == pytest.approx([0.1, 0.1])
    assert accuracy.marker.symbol != macro_f1.marker.symbol
    assert accuracy.hovertext[0] == ("best: Accuracy 80.0%, between 70.0% and 90.0%")


def test_a_line_marks_one_persons_accuracy(entry):
    figure = leaderboard([entry("best")], human=0.7)
    assert figure.layout.shapes[0].x0 == 0.7
    assert figure.layout.annotations[0].text == "one person's accuracy"
    assert list(figure.layout.xaxis.range) == pytest.approx([0.66 - 0.03, 0.9 + 0.03])


def test_there_is_no_line_if_people_were_not_measured(entry):
    assert not leaderboard([entry("best")], human=None).layout.shapes


def test_a_model_of_an_older_file_has_points_without_intervals(entry, scores):
    old = entry("old", of_scores=replace(scores, intervals={}))
    accuracy, _ = leaderboard([old], human=0.7).data
    assert list(accuracy.error_x.array) == [0.0]
    assert accuracy.hovertext[0] == "old: Accuracy 80.0%"


def test_the_caption_names_the_leader_and_the_models_within_chance(entry, scores):
    near = entry("near", of_scores=replace(scores, macro_f1=0.7))
    far = entry("far", of_scores=replace(scores, macro_f1=0.5))
    caption = leaderboard_caption([entry("best"), near, far])
    assert caption.startswith("best leads with a macro-F1 of 0.760 and an accuracy of 80.0%.")
    assert "The difference to near is within chance." in caption


def test_a_single_model_or_one_without_intervals_has_no_word_on_chance(entry, scores):
    old = replace(scores, intervals={"accuracy": Interval(0.7, 0.9)})
    assert "chance" not in leaderboard_caption([entry("best")])
    assert "chance" not in leaderboard_caption([entry("a", of_scores=old), entry("b")])
