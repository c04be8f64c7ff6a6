"""Learning curves of several seeds, and whether dropout pays."""

import pytest

from fer_core.evaluate.report import History
from fer_core.figures import seed_losses, seed_losses_caption, seed_scores, seed_scores_caption


def curves(*, ends, val_loss=(1.5, 1.2, 1.1)):
    """Return three epochs per seed; macro-F1 ends at the given values."""
    return {
        seed: History((1, 2, 3), (2.0, 1.0, 0.5), val_loss, (0.3, 0.5, 0.5), (0.2, 0.4, end))
        for seed, end in enumerate(ends)
    }


def trainings(plain, dropout):
    return {"plain": curves(ends=plain), "dropout": curves(ends=dropout)}


def test_every_seed_has_a_line_and_every_model_a_colour_a_dash_and_one_entry_in_the_legend():
    lines = seed_scores(trainings((0.5, 0.52, 0.51), (0.6, 0.61, 0.6))).data
    assert len(lines) == 6
    assert [line.name for line in lines if line.showlegend] == ["plain", "dropout"]
    assert len({(line.line.color, line.line.dash) for line in lines}) == 2
    assert lines[1].hovertext[2] == "plain, seed 1, epoch 3: 0.520"
    assert list(seed_losses(trainings((0.5,), (0.6,))).data[0].y) == [1.5, 1.2, 1.1]


def test_a_training_without_a_known_seed_has_no_number():
    histories = {None: curves(ends=(0.5,))[0]}
    assert seed_scores({"plain": histories}).data[0].hovertext[0] == "plain, epoch 1: 0.200"


@pytest.mark.parametrize(
    ("plain", "dropout", "words"),
    [
        ((0.50, 0.52), (0.60, 0.61), "Dropout pays: its worst seed"),
        ((0.60, 0.61), (0.50, 0.52), "Dropout costs: its best seed"),
        ((0.50, 0.52), (0.509, 0.513), "no difference that the seeds do not make too"),
        ((0.50, 0.56), (0.55, 0.58), "The seeds overlap"),
        ((0.50,), (0.60, 0.61), "too few to say whether dropout pays"),
    ],
)
def test_the_caption_says_whether_dropout_pays(plain, dropout, words):
    assert words in seed_scores_caption(trainings(plain, dropout))


def test_the_caption_gives_the_average_of_the_seeds():
    caption = seed_scores_caption(trainings((0.5, 0.6), (0.6, 0.64)))
    assert "average of 2 seeds, plain reaches a macro-F1 of 0.550 and dropout 0.620" in caption


def test_the_losses_say_which_model_overfits():
    rising = curves(ends=(0.5, 0.5), val_loss=(1.5, 1.0, 1.3))
    caption = seed_losses_caption({"plain": rising, "dropout": curves(ends=(0.5,))})
    assert caption == (
        "plain overfits: its validation loss falls to 1.00 and rises to 1.30 by the last epoch, on "
        "average of 2 seeds. The validation loss of dropout does not rise: it falls to 1.10 and "
        "ends at 1.10."
    )
