from fer_core.figures import (
    coverage_caption,
    coverage_curves,
    precision_recall_caption,
    precision_recall_curves,
    reliability_caption,
    reliability_curves,
)
from fer_core.figures.style import MUTED
from fer_core.metrics.curves import ShownWords


def test_the_chosen_expression_is_in_colour_and_the_others_in_grey(precision_recall):
    grey, chosen = precision_recall_curves({"plain": precision_recall}, "fear").data
    assert (grey.line.color, list(grey.x)) == (MUTED, [0.5, 1.0])
    assert chosen.line.color != MUTED
    assert (list(chosen.x), list(chosen.y)) == ([0.2, 0.6, 1.0], [0.7, 0.5, 0.1])
    assert chosen.hovertext[1] == (
        "plain: finds 60% of the afraid faces,<br>right on 50% of those that it names so"
    )


def test_each_of_two_models_has_a_line(precision_recall):
    curves = {"plain": precision_recall, "dropout": precision_recall}
    lines = [line for line in precision_recall_curves(curves, "happy").data if line.name]
    assert [line.name for line in lines] == ["plain", "dropout"]
    assert lines[0].line.dash != lines[1].line.dash


def test_the_precision_recall_caption_gives_the_average_precision_of_each(precision_recall):
    curves = {"plain": precision_recall, "dropout": precision_recall}
    caption = precision_recall_caption(curves, "fear")
    assert "plain 40%, dropout 40%" in caption
    assert "more afraid faces" in caption


def test_each_bin_is_a_point_beside_the_line_of_a_calibrated_model(bins):
    ideal, model = reliability_curves({"plain": bins}).data
    assert (list(ideal.x), list(ideal.y)) == ([0, 1], [0, 1])
    assert (list(model.x), list(model.y)) == ([0.5, 0.9], [0.4, 0.9])
    assert model.hovertext[0] == (
        "plain: 30 faces with a confidence of 40% to 60%<br>On average 50% sure, right on 40%"
    )


def test_a_fuller_bin_has_a_larger_point(bins):
    sizes = reliability_curves({"plain": bins}).data[1].marker.size
    assert sizes[0] > sizes[1] > 0


def test_the_reliability_caption_weights_bins_by_their_faces(bins):
    # (30 * 0.5 + 10 * 0.9) / 40 = 60% sure, (30 * 0.4 + 10 * 0.9) / 40 = 52.5% right
    caption = reliability_caption({"plain": bins})
    assert "The model is 60.0% sure on average and right on 52.5%" in caption
    assert "7.5 points too sure" in caption


def test_two_models_are_named_and_differ_in_more_than_colour(bins, points):
    assert "dropout is 60.0" in reliability_caption({"plain": bins, "dropout": bins})
    for figure in (
        reliability_curves({"plain": bins, "dropout": bins}),
        coverage_curves({"plain": points, "dropout": points}, used={"plain": points[1]}),
    ):
        lines = [line for line in figure.data if line.name in ("plain", "dropout")]
        assert lines[0].marker.symbol != lines[1].marker.symbol
        assert lines[0].line.dash != lines[1].line.dash


def test_a_ring_marks_what_the_thresholds_of_the_app_give(points):
    used = {"plain": ShownWords(n=10, shown=8, judged=4, right=3)}
    line, ring = coverage_curves({"plain": points}, used=used).data
    assert (list(line.x), list(line.y)) == ([1.0, 0.8, 0.3], [0.7, 0.85, 0.99])
    assert (list(ring.x), list(ring.y)) == ([0.8], [0.75])
    assert ring.marker.symbol == "circle-open"
    assert "names 80.0% of the faces, right on 75.0% of them" in ring.hovertext[0]


def test_a_model_whose_thresholds_were_not_measured_has_no_ring(points):
    assert len(coverage_curves({"plain": points}, used={}).data) == 1
    caption = coverage_caption({"plain": points}, used={}, min_confidences={"plain": [0.5]})
    assert "shows a word" not in caption


def test_the_coverage_caption_gives_cost_and_gain_of_the_thresholds(points):
    one_for_all = {"plain": (0.5, 0.5)}
    caption = coverage_caption(
        {"plain": points}, used={"plain": points[1]}, min_confidences=one_for_all
    )
    assert "shows a word from 50% confidence. It names 80% of the faces" in caption
    assert "and is right on 85% of them; for the others" in caption
    caption = coverage_caption(
        {"plain": points}, used={"plain": points[1]}, min_confidences={"plain": (0.7, 0.4)}
    )
    assert "from 40% to 70% confidence, depending on the word. It names" in caption


def test_words_that_cannot_be_judged_are_named_without_a_share_of_right_ones(points):
    used = {"plain": ShownWords(n=10, shown=8, judged=0, right=0)}
    ring = coverage_curves({"plain": points}, used=used).data[1]
    assert ring.hovertext[0].endswith("names 80.0% of the faces")
    caption = coverage_caption({"plain": points}, used=used, min_confidences={"plain": [0.5]})
    assert "It names 80% of the faces; for the others" in caption
