import pytest

from fer_core.evaluate.ceiling import HUMAN_AGREEMENT, HUMAN_AGREEMENT_BY_LABEL
from fer_core.evaluate.scores import ClassScore, Scores
from fer_core.figures import class_scores, class_scores_caption
from fer_core.labels import FER2013_LABELS

HUMAN = {"happy": 0.90, "fear": 0.37}


def test_one_person_stands_beside_the_precision_that_it_is_the_counterpart_of(scores, labels):
    figure = class_scores(scores, labels, human=HUMAN)
    assert [bar.name for bar in figure.data] == ["Precision", "One person", "Recall", "F1"]
    assert list(figure.data[1].x) == [0.90, 0.37]


def test_each_bar_has_its_number_and_its_meaning(scores, labels):
    recall = class_scores(scores, labels, human=HUMAN).data[2]
    assert list(recall.text) == ["75\u00a0%", "100\u00a0%"]
    assert recall.hovertext[0] == ("Of 8 faces that people called happy, the model finds 75\u00a0%")


def test_an_expression_that_nobody_measured_people_on_has_no_bar_of_theirs():
    scores = Scores(1, 1.0, 1.0, {"contempt": ClassScore(1.0, 1.0, 1.0, 1)}, ((1,),), 0.0)
    assert list(class_scores(scores, ("contempt",), human=HUMAN).data[1].x) == []


def test_the_caption_names_best_and_worst(scores, labels):
    assert "reads happy best and afraid worst" in class_scores_caption(scores, labels)


def test_people_were_measured_on_every_expression_of_fer2013():
    assert set(HUMAN_AGREEMENT_BY_LABEL) == set(FER2013_LABELS)
    assert pytest.approx(0.70) == HUMAN_AGREEMENT
