import pytest

from fer_core.figures import confusion_caption, confusion_matrix
from fer_core.metrics.scores import ClassScore, Scores

PER_CLASS = dict.fromkeys(("happy", "fear"), ClassScore(1.0, 1.0, 1.0, 1))


def texts_of(figure):
    return list(figure.data[1].text)


def test_counts_are_written_row_by_row(scores, labels):
    assert texts_of(confusion_matrix(scores, labels, as_shares=False)) == ["6", "2", "0", "2"]


def test_shares_are_of_each_row(scores, labels):
    assert texts_of(confusion_matrix(scores, labels, as_shares=True)) == [
        f"{share}%" for share in (75, 25, 0, 100)
    ]


@pytest.mark.parametrize("as_shares", [True, False])
def test_the_colour_is_the_share_so_that_rare_rows_stay_readable(scores, labels, as_shares):
    z = confusion_matrix(scores, labels, as_shares=as_shares).data[0].z
    assert [list(row) for row in z] == [[0.75, 0.25], [0.0, 1.0]]


def test_the_right_cells_are_framed(scores, labels):
    frames = confusion_matrix(scores, labels, as_shares=True).layout.shapes
    assert [(frame.x0, frame.y0) for frame in frames] == [(-0.48, -0.48), (0.52, 0.52)]


def test_the_hover_says_it_in_words(scores, labels):
    hover = confusion_matrix(scores, labels, as_shares=True).data[0].hovertext[0][1]
    assert hover == "Of 8 faces labelled happy,<br>the model calls 2 afraid: 25.0%"


def test_the_caption_names_the_most_frequent_mix_up(scores, labels):
    assert "happy, read as afraid on 25%" in confusion_caption(scores, labels)


def test_without_mistakes_the_caption_says_so(labels):
    perfect = Scores(3, 1.0, 1.0, PER_CLASS, ((2, 0), (0, 1)), 0.0)
    assert "all are right" in confusion_caption(perfect, labels)


def test_a_label_without_faces_is_an_empty_row(labels):
    sparse = Scores(2, 1.0, 0.5, PER_CLASS, ((2, 0), (0, 0)), 0.0)
    figure = confusion_matrix(sparse, labels, as_shares=True)
    assert texts_of(figure) == [f"{share}%" for share in (100, 0, 0, 0)]
