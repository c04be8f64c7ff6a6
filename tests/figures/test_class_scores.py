from fer_core.figures import class_scores, class_scores_caption
from fer_core.metrics.scores import ClassScore, Scores

HUMAN = {"happy": 0.90, "fear": 0.37}


def test_one_person_stands_beside_the_f1_that_theirs_is_the_counterpart_of(scores, labels):
    figure = class_scores(scores, labels, human=HUMAN)
    assert [bar.name for bar in figure.data] == ["Precision", "Recall", "F1", "One person's F1"]
    assert list(figure.data[3].x) == [0.90, 0.37]
    assert figure.data[3].hovertext[0].endswith("against the same labels: 90%")


def test_each_bar_has_its_number_and_its_meaning(scores, labels):
    recall = class_scores(scores, labels, human=HUMAN).data[1]
    assert list(recall.text) == ["75%", "100%"]
    assert recall.hovertext[0] == "Of 8 faces labelled happy, the model finds 75%"


def test_an_expression_that_nobody_measured_people_on_has_no_bar_of_theirs():
    scores = Scores(1, 1.0, 1.0, {"contempt": ClassScore(1.0, 1.0, 1.0, 1)}, ((1,),), 0.0)
    assert list(class_scores(scores, ("contempt",), human=HUMAN).data[3].x) == []


def test_the_caption_names_best_and_worst(scores, labels):
    assert "reads happy best and afraid worst" in class_scores_caption(scores, labels)
