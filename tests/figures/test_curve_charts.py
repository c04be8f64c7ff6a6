from fer_core.figures import (
    coverage_caption,
    coverage_curves,
    precision_recall_caption,
    precision_recall_curves,
    reliability_caption,
    reliability_curves,
)
from fer_core.figures.style import MUTED


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
        coverage_curves(
            {"plain": points, "dropout": points}, min_confidences={"plain": 0.5, "dropout": 0.9}
        ),
    ):
        lines = [line for line in figure.data if line.name in ("plain", "dropout")]
        assert lines[0].marker.symbol != lines[1].marker.symbol
        assert lines[0].line.dash != lines[1].line.dash


def test_a_ring_marks_the_threshold_that_the_app_uses(points):
    line, ring = coverage_curves({"plain": points}, min_confidences={"plain": 0.45}).data
    assert (list(line.x), list(line.y)) == ([1.0, 0.8, 0.3], [0.7, 0.85, 0.99])
    assert (list(ring.x), list(ring.y)) == ([0.8], [0.85])
    assert ring.marker.symbol == "circle-open"


def test_the_coverage_caption_gives_cost_and_gain_of_the_threshold(points):
    caption = coverage_caption({"plain": points}, min_confidences={"plain": 0.5})
    assert "shows a word from 50% confidence" in caption
    assert "names 80% of the faces and is right on 85% of them" in caption
