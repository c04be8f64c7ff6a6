import json

import pytest

from fer_core.evaluate.lineup import Entry, Lineup, load_lineup
from fer_core.evaluate.report import StoredEvaluation, load_evaluation
from fer_core.expression.card import DEFAULT_ID, list_cards, load_card
from fer_core.metrics.evidence import HumanCeiling
from fer_core.metrics.human import HUMAN_AGREEMENT
from fer_core.metrics.scores import ClassScore, Scores
from fer_core.weights import MODELS_FOLDER


@pytest.fixture
def models_folder(tmp_path, monkeypatch):
    """Return a folder with the default model's card and scores, under two names."""
    shipped = MODELS_FOLDER / load_card(DEFAULT_ID).model_id
    for name, macro_f1 in (("low", 0.1), ("high", 0.9)):
        folder = tmp_path / name
        folder.mkdir()
        for file, changes in (
            ("card.json", {"model_id": name}),
            ("evaluation.json", {"macro_f1": macro_f1}),
        ):
            values = json.loads((shipped / file).read_text(encoding="utf-8"))
            (folder / file).write_text(json.dumps(values | changes), encoding="utf-8")
    for function in (list_cards, load_evaluation):
        monkeypatch.setitem(function.__kwdefaults__, "models_folder", tmp_path)
    return tmp_path


def names_of(found):
    return [entry.card.model_id for entry in found.entries]


def test_the_highest_macro_f1_comes_first(models_folder):
    assert names_of(load_lineup()) == ["high", "low"]


def test_scores_that_cannot_be_read_are_one_sentence_and_hide_no_other(models_folder):
    (models_folder / "high" / "evaluation.json").unlink()
    found = load_lineup()
    assert names_of(found) == ["low"]
    assert "high/evaluation.json is missing" in found.failures[0]


def test_damaged_details_of_a_card_are_one_sentence_too(models_folder):
    path = models_folder / "high" / "card.json"
    card = json.loads(path.read_text(encoding="utf-8"))
    card["details"]["twins"] = 3
    path.write_text(json.dumps(card), encoding="utf-8")
    found = load_lineup()
    assert names_of(found) == ["low"]
    assert "The card of high has damaged details" in found.failures[0]


def test_people_agree_as_counted_on_these_faces_else_as_on_all_of_fer_plus():
    per_class = {"happy": ClassScore(1.0, 1.0, 1.0, 1)}
    scores = Scores(1, 1.0, 1.0, per_class, ((1,),), 0.0)

    def entry(human):
        evaluation = StoredEvaluation("a", "PublicTest", ("happy",), scores, None, 1.0, human=human)
        return Entry(None, evaluation, None, None, 1.0)

    assert Lineup((entry(None),)).human_agreement == HUMAN_AGREEMENT
    assert Lineup((entry(None), entry(HumanCeiling(9, 0.5, {})))).human_agreement == 0.5
    assert Lineup(()).human_agreement == HUMAN_AGREEMENT


def test_one_persons_accuracy_is_known_only_where_it_was_measured(models_folder):
    assert load_lineup().human_accuracy == pytest.approx(0.586, abs=0.001)
    assert Lineup(()).human_accuracy is None
