import json
from dataclasses import replace

import pytest

from fer_core.evaluate.lineup import Entry, Lineup, load_lineup
from fer_core.evaluate.report import Evaluation, scores_as_fields
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder
from fer_core.metrics.curves import CoveragePoint, ShownWords
from fer_core.metrics.human import HUMAN_AGREEMENT, HumanCeiling
from fer_core.metrics.scores import ClassScore, Scores


@pytest.fixture
def models(tmp_path):
    """Return a folder with the default model's card and scores, under two names."""
    shipped = SHIPPED_MODELS.path_of(SHIPPED_MODELS.card().model_id)
    for name, macro_f1 in (("low", 0.1), ("high", 0.9)):
        folder = tmp_path / name
        folder.mkdir()
        for file, changes in (
            ("card.json", {"model_id": name}),
            ("evaluation.json", {"macro_f1": macro_f1}),
        ):
            values = json.loads((shipped / file).read_text(encoding="utf-8"))
            (folder / file).write_text(json.dumps(values | changes), encoding="utf-8")
    return ModelFolder(tmp_path)


def names_of(found):
    return [entry.card.model_id for entry in found.entries]


def test_the_highest_macro_f1_comes_first(models):
    assert names_of(load_lineup(models=models)) == ["high", "low"]


def test_scores_that_cannot_be_read_are_one_sentence_and_hide_no_other(models):
    (models.path_of("high") / "evaluation.json").unlink()
    found = load_lineup(models=models)
    assert names_of(found) == ["low"]
    assert "high/evaluation.json is missing" in found.failures[0]


def test_a_card_that_cannot_be_read_is_one_sentence_too(models):
    path = models.path_of("high") / "card.json"
    card = json.loads(path.read_text(encoding="utf-8"))
    card["details"]["exports"] = 3
    path.write_text(json.dumps(card), encoding="utf-8")
    found = load_lineup(models=models)
    assert names_of(found) == ["low"]
    assert "high/card.json is not a model card (details.exports: " in found.failures[0]


def test_people_agree_as_counted_on_these_faces_else_as_on_all_of_fer_plus():
    per_class = {"happy": ClassScore(1.0, 1.0, 1.0, 1)}
    scores = Scores(1, 1.0, 1.0, per_class, ((1,),), 0.0)

    def entry(human):
        evaluation = Evaluation(
            **scores_as_fields(scores),
            model="a",
            split="PublicTest",
            labels=("happy",),
            ms_per_face=1.0,
            deduplicated=None,
            human=human,
        )
        return Entry(None, evaluation)

    assert Lineup((entry(None),)).human_agreement == HUMAN_AGREEMENT
    assert Lineup((entry(None), entry(HumanCeiling(9, 0.5, {})))).human_agreement == 0.5
    assert Lineup(()).human_agreement == HUMAN_AGREEMENT


def test_what_the_thresholds_give_is_the_count_or_else_the_nearest_point_of_the_curve(models):
    entry = load_lineup(models=models).entries[0]
    points = (CoveragePoint(0.5, 0.8, 0.9), CoveragePoint(0.6, 0.7, 0.95))
    older = replace(entry.evaluation, coverage=points, shown=None)
    one = replace(entry.card, min_confidence=0.57, min_confidence_by_label={})
    assert Entry(one, older).shown == points[1]
    assert Entry(one, replace(older, coverage=())).shown is None
    several = replace(one, min_confidence_by_label={"happy": 0.4})
    assert Entry(several, older).shown is None
    counts = ShownWords(n=10, shown=8, judged=8, right=7)
    assert Entry(several, replace(older, shown=counts)).shown == counts


def test_one_persons_accuracy_is_known_only_where_it_was_measured(models):
    assert load_lineup(models=models).human_accuracy == pytest.approx(0.586, abs=0.001)
    assert Lineup(()).human_accuracy is None


def test_a_model_scored_on_other_faces_is_not_compared_with_the_default_one(models):
    path = models.path_of("high") / "evaluation.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"split": "PrivateTest"}))
    models.make_default("low")
    found = load_lineup(models=models)
    assert names_of(found) == ["high", "low"]
    assert [entry.card.model_id for entry in found.comparable] == ["low"]
    assert [entry.card.model_id for entry in found.others] == ["high"]
    assert Lineup(()).comparable == Lineup(()).others == ()
