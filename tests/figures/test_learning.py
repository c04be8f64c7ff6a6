import pytest

from fer_core.evaluate.stored import History
from fer_core.figures import loss_caption, loss_curves, score_caption, score_curves


def test_the_lines_are_named_where_they_end(history):
    figure = loss_curves(history)
    assert [(name.text, name.x, name.y) for name in figure.layout.annotations] == [
        ("training", 3, 1.0),
        ("validation", 3, 1.3),
    ]
    assert [line.showlegend for line in figure.data] == [False, False]


def test_the_lines_differ_in_more_than_colour(history):
    assert [line.line.dash for line in score_curves(history).data] == ["solid", "dash"]


def test_the_hover_says_epoch_and_value(history):
    accuracy, macro_f1 = score_curves(history).data
    assert accuracy.hovertext[1] == "Epoch 2: accuracy 60.0%"
    assert macro_f1.hovertext[0] == "Epoch 1: macro-F1 0.200"


@pytest.mark.parametrize(
    ("ends", "shifts"), [((0.9, 0.2), (0, 0)), ((0.66, 0.65), (9, -9)), ((0.65, 0.66), (-9, 9))]
)
def test_names_of_lines_that_end_close_together_move_apart(ends, shifts):
    accuracy, macro_f1 = ((0.0, end) for end in ends)
    history = History((1, 2), (1.0, 1.0), (1.0, 1.0), accuracy, macro_f1)
    names = score_curves(history).layout.annotations
    assert tuple(name.yshift for name in names) == shifts


def test_a_single_epoch_shows_points():
    history = History((1,), (1.0,), (1.0,), (0.5,), (0.4,))
    assert [line.mode for line in loss_curves(history).data] == ["markers", "markers"]


@pytest.mark.parametrize(("n_epochs", "step"), [(1, 1), (8, 1), (9, 2), (45, 10), (9000, 100)])
def test_the_axis_counts_in_whole_epochs(n_epochs, step):
    flat = (1.0,) * n_epochs
    history = History(tuple(range(1, n_epochs + 1)), flat, flat, flat, flat)
    assert loss_curves(history).layout.xaxis.dtick == step


def test_the_captions_name_the_best_epoch(history):
    assert "lowest after epoch 2 of 3" in loss_caption(history)
    assert "after epoch 2 of 3 macro-F1 was highest, 0.550" in score_caption(history)
