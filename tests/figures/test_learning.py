import pytest

from fer_core.evaluate.report import History
from fer_core.figures import loss_caption, loss_curves, score_caption, score_curves


def test_the_lines_of_one_model_differ_in_colour_dash_and_symbol(history):
    accuracy, macro_f1 = score_curves({"plain": history}).data
    assert (accuracy.name, macro_f1.name) == ("accuracy", "macro-F1")
    assert accuracy.line.color != macro_f1.line.color
    assert (accuracy.line.dash, macro_f1.line.dash) == ("solid", "dash")
    assert accuracy.marker.symbol != macro_f1.marker.symbol


def test_with_two_models_colour_and_symbol_show_the_model_and_the_dash_the_curve(history, steady):
    lines = loss_curves({"plain": history, "dropout": steady}).data
    assert [line.name for line in lines] == [
        *("plain, validation", "plain, training"),
        *("dropout, validation", "dropout, training"),
    ]
    assert [line.line.dash for line in lines] == ["solid", "dot"] * 2
    looks = [(line.line.color, line.marker.symbol) for line in lines]
    assert looks[0] == looks[1] != looks[2] == looks[3]
    assert [len(line.x) for line in lines] == [3, 3, 4, 4]


def test_the_hover_text_gives_model_epoch_and_value(history):
    accuracy, macro_f1 = score_curves({"plain": history}).data
    assert accuracy.hovertext[1] == "plain, epoch 2: accuracy 60.0%"
    assert macro_f1.hovertext[0] == "plain, epoch 1: macro-F1 0.200"


def test_a_single_epoch_shows_points():
    history = History((1,), (1.0,), (1.0,), (0.5,), (0.4,))
    assert [line.mode for line in loss_curves({"plain": history}).data] == ["lines+markers"] * 2


@pytest.mark.parametrize(("n_epochs", "step"), [(1, 1), (8, 1), (9, 2), (45, 10), (9000, 100)])
def test_the_axis_counts_in_whole_epochs(n_epochs, step):
    flat = (1.0,) * n_epochs
    history = History(tuple(range(1, n_epochs + 1)), flat, flat, flat, flat)
    assert loss_curves({"plain": history}).layout.xaxis.dtick == step


def test_the_captions_name_the_best_epoch(history):
    assert "lowest after epoch 2 of 3 (1.20)" in loss_caption({"plain": history})
    assert "The model reached its highest macro-F1, 0.550, after epoch 2 of 3" in score_caption(
        {"plain": history}
    )


def test_a_validation_loss_that_rises_while_the_training_loss_falls_is_overfitting(history, steady):
    caption = loss_caption({"plain": history, "dropout": steady})
    assert "plain overfits" in caption
    assert "lowest after epoch 2 of 3 (1.20) and rose to 1.30" in caption
    assert "dropout hardly overfits" in caption
    assert "lowest after epoch 4 of 4 (1.10) and ended at 1.10" in caption
