import copy
import json
import math

import pytest

from fer_core.errors import ModelError
from fer_core.evaluate.history import load_history
from fer_core.evaluate.report import load_evaluation
from fer_core.metrics.evidence import Interval

SCORE = {"precision": 0.5, "recall": 0.75, "f1": 0.6, "support": 4}
SCORES = {
    "n": 8,
    "accuracy": 0.75,
    "macro_f1": 0.6,
    "per_class": {"happy": SCORE, "sad": SCORE},
    "confusion": [[3, 1], [1, 3]],
    "ece": 0.1,
}
EVALUATION = {
    "model": "small",
    "split": "PublicTest",
    "labels": ["happy", "sad"],
    **SCORES,
    "ms_per_face": 0.9,
    "deduplicated": SCORES | {"accuracy": 0.5},
    "fer_plus": {"n": 8, "accuracy": 0.8, "labels": ["happy", "sad"]},
}
INTERVALS = {"accuracy": [0.5, 0.9], "macro_f1": [0.4, 0.7]}
ON_LABELS = {"n": 80, "accuracy": 0.6, "macro_f1": 0.5, "per_class": {"happy": 0.85}}
EVIDENCE = {
    "top2": 0.9,
    "intervals": INTERVALS,
    "flip_averaged": {"accuracy": 0.8, "macro_f1": 0.7, "intervals": INTERVALS},
    "human": {"n": 8, "agreement": 0.7, "per_class": {"happy": 0.9}, "on_labels": ON_LABELS},
    "fer_plus": SCORES | {"labels": ["happy", "sad"], "interval": [0.5, 0.9]},
    "precision_recall": {
        "happy": {"average_precision": 0.8, "recall": [0.0, 1.0], "precision": [1.0, 0.5]}
    },
    "reliability": [{"low": 0.6, "high": 0.7, "n": 8, "confidence": 0.65, "accuracy": 0.75}],
    "coverage": [{"min_confidence": 0.5, "coverage": 0.8, "accuracy": 0.9}],
    "robustness": {
        "tilt": {
            "unit": "degrees",
            "faces": 8,
            "points": [{"level": 0, "accuracy": 0.75, "macro_f1": 0.6}],
        }
    },
}
HISTORY = "epoch,learning_rate,loss,val_loss,val_accuracy,val_macro_f1\n"
ROWS = "1.0,0.1,2.5,1.5,0.5,0.4\n2.0,0.05,2.0,1.25,0.6,0.55\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "small").mkdir()
    return tmp_path / "small"


def write_evaluation(folder, values):
    (folder / "evaluation.json").write_text(json.dumps(values), encoding="utf-8")


def evaluation_of(folder):
    return load_evaluation("small", models_folder=folder.parent)


def history_of(folder):
    return load_history("small", models_folder=folder.parent)


def test_an_evaluation_comes_back_as_it_was_written(folder):
    write_evaluation(folder, EVALUATION)
    evaluation = evaluation_of(folder)
    assert (evaluation.model_id, evaluation.split) == ("small", "PublicTest")
    assert evaluation.labels == ("happy", "sad")
    assert evaluation.scores.confusion == ((3, 1), (1, 3))
    assert evaluation.scores.per_class["sad"].recall == 0.75
    assert evaluation.deduplicated.accuracy == 0.5
    assert evaluation.ms_per_face == 0.9
    assert evaluation.fer_plus_accuracy == 0.8


def test_what_was_not_measured_is_none(folder):
    write_evaluation(folder, EVALUATION | {"deduplicated": None, "fer_plus": None})
    evaluation = evaluation_of(folder)
    assert evaluation.deduplicated is None
    assert evaluation.fer_plus_accuracy is None


def test_the_evidence_comes_back_as_it_was_written(folder):
    write_evaluation(folder, EVALUATION | EVIDENCE)
    evaluation = evaluation_of(folder)
    assert evaluation.scores.top2 == 0.9
    assert evaluation.scores.intervals["accuracy"] == Interval(0.5, 0.9)
    assert evaluation.flip_averaged.intervals["macro_f1"].high == 0.7
    assert evaluation.human.per_class == {"happy": 0.9}
    assert evaluation.human.on_labels.per_class == {"happy": 0.85}
    assert evaluation.fer_plus.scores.confusion == ((3, 1), (1, 3))
    assert evaluation.fer_plus.interval.low == 0.5
    assert evaluation.precision_recall["happy"].precision == (1.0, 0.5)
    assert evaluation.reliability[0].confidence == 0.65
    assert evaluation.coverage[0].coverage == 0.8
    assert evaluation.robustness["tilt"].unit == "degrees"
    assert evaluation.robustness["tilt"].points[0].accuracy == 0.75


def test_a_file_from_before_the_evidence_lacks_it_and_is_read(folder):
    write_evaluation(folder, EVALUATION)
    evaluation = evaluation_of(folder)
    assert evaluation.scores.top2 is None
    assert evaluation.scores.intervals == {}
    assert evaluation.fer_plus.scores is None
    for name in ("flip_averaged", "human", "precision_recall", "reliability", "robustness"):
        assert not getattr(evaluation, name), name


@pytest.mark.parametrize("name", ["flip_averaged", "human", "fer_plus", "robustness"])
def test_evidence_that_is_null_was_not_measured(folder, name):
    write_evaluation(folder, EVALUATION | EVIDENCE | {name: None})
    assert not getattr(evaluation_of(folder), name)


def test_entries_from_a_later_version_are_left_aside(folder):
    write_evaluation(folder, EVALUATION | {"later": {"tilt": [0.5]}})
    assert evaluation_of(folder).scores.n == 8


def test_chance_moves_accuracy_by_so_much(folder):
    write_evaluation(folder, EVALUATION)
    margin = 1.96 * math.sqrt(0.75 * 0.25 / 8)  # about 0.3: eight faces say little
    assert evaluation_of(folder).accuracy_margin == pytest.approx(margin)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"split": ...}, "KeyError: 'split'"),
        ({"accuracy": 1.2}, "expected scores from 0 to 1"),
        ({"accuracy": None}, "TypeError"),
        ({"labels": ["happy", "angst"]}, "expected labels of angry"),
        ({"labels": []}, "expected labels of angry"),
        ({"labels": ["happy", "fear"]}, "expected scores of happy, fear"),
        ({"confusion": [[3, 1], [4]]}, "confusion matrix of 2 x 2"),
        ({"confusion": [[3, 1], [1, 4]]}, "expected 8 faces in the confusion matrix"),
        ({"per_class": {"happy": SCORE}}, "expected scores of happy, sad"),
        ({"ms_per_face": -1}, "expected milliseconds"),
        ({"deduplicated": {"n": 3}}, "KeyError"),
        ({"deduplicated": SCORES | {"ece": 2}}, "expected scores from 0 to 1"),
        ({"top2": 1.5}, "expected scores from 0 to 1"),
        ({"intervals": {"accuracy": [0.9, 0.5]}}, "expected an interval of accuracy within"),
        ({"intervals": {"accuracy": [0.9]}}, "not enough values"),
        ({"flip_averaged": {"accuracy": 0.5}}, "KeyError: 'macro_f1'"),
        ({"human": {"n": 8, "agreement": 7, "per_class": {}}}, "expected shares of human"),
        ({"fer_plus": {"n": 8, "accuracy": 2, "labels": []}}, "expected shares of fer_plus"),
        ({"precision_recall": []}, "AttributeError"),
        (
            {"precision_recall": {"sad": {"average_precision": 1, "recall": [1], "precision": []}}},
            "expected as many precisions as recalls",
        ),
        ({"reliability": [EVIDENCE["reliability"][0] | {"n": 0}]}, "at least one face"),
        ({"coverage": [{"min_confidence": 0.5}]}, "KeyError: 'coverage'"),
        ({"robustness": {"tilt": {"unit": "degrees", "faces": 8, "points": []}}}, "one point"),
        (
            {"robustness": {"tilt": {"unit": "degrees", "faces": 8, "points": [{"level": 0}]}}},
            "KeyError: 'accuracy'",
        ),
    ],
)
def test_a_damaged_evaluation_says_what_is_wrong_and_what_to_do(folder, change, reason):
    values = copy.deepcopy(EVALUATION) | change
    write_evaluation(folder, {key: value for key, value in values.items() if value is not ...})
    with pytest.raises(ModelError, match=reason) as caught:
        evaluation_of(folder)
    message = str(caught.value)
    assert message.startswith("models/small/evaluation.json is damaged")
    assert message.endswith("Restore the folder, or train the model again.")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"split": NaN'])
def test_text_that_is_no_evaluation_is_one_sentence(folder, text):
    (folder / "evaluation.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=r"evaluation\.json is damaged"):
        evaluation_of(folder)


def test_bytes_that_are_no_text_are_one_sentence(folder):
    (folder / "evaluation.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelError, match=r"evaluation\.json cannot be read"):
        evaluation_of(folder)


@pytest.mark.parametrize("load", [evaluation_of, history_of])
def test_a_missing_file_is_one_sentence(folder, load):
    with pytest.raises(ModelError, match=r"models/small/.* is missing\. Restore the folder"):
        load(folder)


def test_learning_curves_come_back_epoch_by_epoch(folder):
    (folder / "history.csv").write_text(HISTORY + ROWS, encoding="utf-8")
    history = history_of(folder)
    assert history.epochs == (1, 2)
    assert history.loss == (2.5, 2.0)
    assert history.val_loss == (1.5, 1.25)
    assert history.val_accuracy == (0.5, 0.6)
    assert history.val_macro_f1 == (0.4, 0.55)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "at least one epoch"),
        (HISTORY, "at least one epoch"),
        ("epoch,loss\n1,2\n", "val_loss"),
        (HISTORY + "1.0,0.1,2.5\n", "TypeError"),
        (HISTORY + "1.0,0.1,x,1.5,0.5,0.4\n", "could not convert"),
        (HISTORY + "1.0,0.1,nan,1.5,0.5,0.4\n", "finite values of loss"),
    ],
)
def test_a_damaged_history_says_what_is_wrong(folder, text, reason):
    (folder / "history.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=reason):
        history_of(folder)
