from fer_core.figures import precision_recall_caption, precision_recall_curves
from fer_core.figures.style import MUTED


def test_the_chosen_expression_is_in_colour_and_the_others_in_grey(precision_recall):
    grey, chosen = precision_recall_curves({"plain": precision_recall}, "fear").data
    assert (grey.line.color, list(grey.x)) == (MUTED, [0.5, 1.0])
    assert chosen.line.color != MUTED
    assert (list(chosen.x), list(chosen.y)) == ([0.2, 0.6, 1.0], [0.7, 0.5, 0.1])
    assert chosen.hovertext[1] == (
        "plain: finds 60% of the afraid faces,<br>right on 50% of those it calls so"
    )


def test_two_models_each_have_their_line_of_it(precision_recall):
    curves = {"plain": precision_recall, "dropout": precision_recall}
    lines = [line for line in precision_recall_curves(curves, "happy").data if line.name]
    assert [line.name for line in lines] == ["plain", "dropout"]
    assert lines[0].line.dash != lines[1].line.dash


def test_the_caption_gives_the_average_precision_of_each(precision_recall):
    curves = {"plain": precision_recall, "dropout": precision_recall}
    caption = precision_recall_caption(curves, "fear")
    assert "plain 40%, dropout 40%" in caption
    assert "more afraid faces" in caption
