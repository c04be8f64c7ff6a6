import pytest

from fer_core.figures import (
    class_scores,
    class_scores_caption,
    confused_faces_caption,
    confusion_caption,
    confusion_matrix,
)
from fer_core.metrics.scores import ClassScore, Scores

PER_CLASS = dict.fromkeys(("happy", "fear"), ClassScore(1.0, 1.0, 1.0, 1))
HUMAN = {"happy": 0.90, "fear": 0.37}


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


def test_the_cells_of_right_answers_have_an_outline(scores, labels):
    outlines = confusion_matrix(scores, labels, as_shares=True).layout.shapes
    assert [(shape.x0, shape.y0) for shape in outlines] == [(-0.48, -0.48), (0.52, 0.52)]


def test_the_hover_text_is_a_sentence(scores, labels):
    hover = confusion_matrix(scores, labels, as_shares=True).data[0].hovertext[0][1]
    assert hover == "The model calls 2 of 8 faces<br>labelled happy afraid: 25.0%"


def test_the_confusion_caption_names_the_most_frequent_confusion(scores, labels):
    assert "the model calls 25% of the happy faces afraid" in confusion_caption(scores, labels)


def test_the_caption_of_a_label_says_what_its_faces_are_called_and_what_is_called_so(
    scores, labels
):
    assert confused_faces_caption(scores, labels, "happy") == (
        "of 8 faces labelled happy, it calls 75% happy, 25% afraid. Of the 6 faces that it calls "
        "happy, 0 have another label."
    )


def test_without_faces_of_a_label_the_caption_says_so(labels):
    sparse = Scores(2, 1.0, 0.5, PER_CLASS, ((2, 0), (0, 0)), 0.0)
    assert confused_faces_caption(sparse, labels, "fear") == "no face was labelled afraid."


def test_without_mistakes_the_caption_says_so(labels):
    perfect = Scores(3, 1.0, 1.0, PER_CLASS, ((2, 0), (0, 1)), 0.0)
    assert "All answers are right" in confusion_caption(perfect, labels)


def test_a_label_without_faces_is_an_empty_row(labels):
    sparse = Scores(2, 1.0, 0.5, PER_CLASS, ((2, 0), (0, 0)), 0.0)
    figure = confusion_matrix(sparse, labels, as_shares=True)
    assert texts_of(figure) == [f"{share}%" for share in (100, 0, 0, 0)]


def test_one_persons_f1_is_the_last_bar(scores, labels):
    figure = class_scores(scores, labels, human=HUMAN)
    assert [bar.name for bar in figure.data] == ["Precision", "Recall", "F1", "One person's F1"]
    assert list(figure.data[3].x) == [0.90, 0.37]
    assert figure.data[3].hovertext[0].endswith("against the same labels: 90%")


def test_each_bar_has_its_number_and_its_meaning(scores, labels):
    recall = class_scores(scores, labels, human=HUMAN).data[1]
    assert list(recall.text) == ["75%", "100%"]
    assert recall.hovertext[0] == "The model finds 75% of the 8 faces labelled happy"


def test_an_expression_without_a_human_score_has_no_human_bar():
    scores = Scores(1, 1.0, 1.0, {"contempt": ClassScore(1.0, 1.0, 1.0, 1)}, ((1,),), 0.0)
    assert list(class_scores(scores, ("contempt",), human=HUMAN).data[3].x) == []


def test_the_class_scores_caption_names_best_and_worst(scores, labels):
    assert "best on happy and worst on afraid" in class_scores_caption(scores, labels)
