import copy
import json
import math

import pytest

from fer_core.errors import ModelError
from fer_core.evaluate.detection import (
    DetectionEvaluation,
    DetectorScores,
    FaceFreeScores,
    TiltScores,
)
from fer_core.evaluate.report import (
    load_detection,
    load_evaluation,
    load_history,
    load_photos,
    load_turned,
    save_evaluation,
    save_photos,
)
from fer_core.evaluate.tilt import CropComparison, TurnedEvaluation, TurnedScores
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder
from fer_core.metrics.intervals import Interval
from tests.evaluate.outcomes import evaluation_of as photos_of
from tests.evaluate.outcomes import read, unread

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
FURTHER = {
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
FINDING = DetectionEvaluation(
    (
        DetectorScores(
            "haar", "photo", (TiltScores(0, 2, 4, 3, 1),), {"stripes": FaceFreeScores(5, 2)}, 80.0
        ),
    )
)
TURNED = TurnedEvaluation(
    model="small",
    split="PublicTest",
    n_faces=10,
    own_crop_macro_f1=0.6,
    tilts=(TurnedScores("haar", 0, 10, 8, 7, 0.5),),
    crops=(CropComparison(0, 8, 0.9, {"haar": 0.5}),),
)
DETECTOR = FINDING.as_dict()["detectors"][0]
SHIPPED = [card.model_id for card in SHIPPED_MODELS.cards()]
HISTORY = "epoch,learning_rate,loss,val_loss,val_accuracy,val_macro_f1\n"
ROWS = "1.0,0.1,2.5,1.5,0.5,0.4\n2.0,0.05,2.0,1.25,0.6,0.55\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "small").mkdir()
    return tmp_path / "small"


def write_evaluation(folder, values):
    (folder / "evaluation.json").write_text(json.dumps(values), encoding="utf-8")


def write_measured(folder, name, values):
    text = values if isinstance(values, str) else json.dumps(values)
    (folder / name).write_text(text, encoding="utf-8")


def in_json(values):
    """Return values as JSON gives them back: with lists for tuples."""
    return json.loads(json.dumps(values, allow_nan=False))


def evaluation_of(folder):
    return load_evaluation("small", models=ModelFolder(folder.parent))


def history_of(folder):
    return load_history("small", models=ModelFolder(folder.parent))


def test_an_evaluation_comes_back_as_it_was_written(folder):
    write_evaluation(folder, EVALUATION)
    evaluation = evaluation_of(folder)
    assert (evaluation.model, evaluation.split) == ("small", "PublicTest")
    assert evaluation.labels == ("happy", "sad")
    assert evaluation.confusion == ((3, 1), (1, 3))
    assert evaluation.per_class["sad"].recall == 0.75
    assert evaluation.deduplicated.accuracy == 0.5
    assert evaluation.ms_per_face == 0.9
    assert evaluation.fer_plus.accuracy == 0.8


@pytest.mark.model
@pytest.mark.parametrize("model_id", SHIPPED)
def test_every_shipped_evaluation_is_saved_again_to_the_byte(folder, model_id):
    models = ModelFolder(folder.parent)
    models.path_of(model_id).mkdir()
    save_evaluation(load_evaluation(model_id), models=models)
    saved, shipped = (
        each.path_of(model_id) / "evaluation.json" for each in (models, SHIPPED_MODELS)
    )
    assert saved.read_bytes() == shipped.read_bytes()


@pytest.mark.model
def test_the_shipped_scores_on_turned_faces_and_of_detectors_keep_their_values():
    stored = list(SHIPPED_MODELS.path.glob("*/turned.json"))
    assert len(stored) == 3
    for path in stored:
        turned = load_turned(path.parent.name).as_dict()
        assert in_json(turned) == json.loads(path.read_text(encoding="utf-8"))
    faces = json.loads((SHIPPED_MODELS.path / "faces.json").read_text(encoding="utf-8"))
    assert in_json(load_detection().as_dict()) == faces


def test_what_was_not_measured_is_none(folder):
    write_evaluation(folder, EVALUATION | {"deduplicated": None, "fer_plus": None})
    evaluation = evaluation_of(folder)
    assert evaluation.deduplicated is None
    assert evaluation.fer_plus is None


def test_curves_and_intervals_come_back_as_they_were_written(folder):
    write_evaluation(folder, EVALUATION | FURTHER)
    evaluation = evaluation_of(folder)
    assert evaluation.top2 == 0.9
    assert evaluation.intervals["accuracy"] == Interval(0.5, 0.9)
    assert evaluation.flip_averaged.intervals["macro_f1"].high == 0.7
    assert evaluation.human.per_class == {"happy": 0.9}
    assert evaluation.human.on_labels.per_class == {"happy": 0.85}
    assert evaluation.fer_plus.confusion == ((3, 1), (1, 3))
    assert evaluation.fer_plus.interval.low == 0.5
    assert evaluation.precision_recall["happy"].precision == (1.0, 0.5)
    assert evaluation.reliability[0].confidence == 0.65
    assert evaluation.coverage[0].coverage == 0.8
    assert evaluation.robustness["tilt"].unit == "degrees"
    assert evaluation.robustness["tilt"].points[0].accuracy == 0.75


def test_an_older_file_without_curves_and_intervals_can_be_read(folder):
    write_evaluation(folder, EVALUATION)
    evaluation = evaluation_of(folder)
    assert evaluation.top2 is None
    assert evaluation.intervals == {}
    assert evaluation.fer_plus.confusion == ()
    for name in ("flip_averaged", "human", "precision_recall", "reliability", "robustness"):
        assert not getattr(evaluation, name), name


@pytest.mark.parametrize("name", ["flip_averaged", "human", "fer_plus", "robustness"])
def test_a_part_that_is_null_was_not_measured(folder, name):
    write_evaluation(folder, EVALUATION | FURTHER | {name: None})
    assert not getattr(evaluation_of(folder), name)


def test_keys_from_a_later_version_are_ignored(folder):
    write_evaluation(folder, EVALUATION | {"later": {"tilt": [0.5]}})
    assert evaluation_of(folder).n == 8


def test_the_margin_of_accuracy_is_that_of_the_normal_approximation(folder):
    write_evaluation(folder, EVALUATION)
    margin = 1.96 * math.sqrt(0.75 * 0.25 / 8)  # about 0.3: eight faces say little
    assert evaluation_of(folder).accuracy_margin == pytest.approx(margin)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"split": ...}, "split: field required"),
        ({"accuracy": 1.2}, "expected shares of scores from 0 to 1"),
        ({"accuracy": None}, "accuracy: input should be a valid number"),
        ({"accuracy": "0.75"}, "accuracy: input should be a valid number"),
        ({"accuracy": True}, "accuracy: input should be a valid number"),
        ({"accuracy": math.nan}, "JSON compliant"),
        ({"ms_per_face": math.inf}, "JSON compliant"),
        ({"n": 8.0}, "n: input should be a valid integer"),
        ({"labels": ["happy", "angst"]}, "expected labels of angry"),
        ({"labels": []}, "expected labels of angry"),
        ({"labels": ["happy", "fear"]}, "expected scores of happy, fear"),
        ({"confusion": [[3, 1], [4]]}, "confusion matrix of 2 x 2"),
        ({"confusion": [[3, 1], [1, 4]]}, "expected 8 faces in the confusion matrix"),
        ({"per_class": {"happy": SCORE}}, "expected scores of happy, sad"),
        ({"ms_per_face": -1}, "expected milliseconds"),
        ({"deduplicated": {"n": 3}}, r"deduplicated\.accuracy: field required"),
        ({"deduplicated": SCORES | {"ece": 2}}, "deduplicated: expected shares of scores"),
        ({"top2": 1.5}, "expected shares of scores from 0 to 1"),
        ({"intervals": {"accuracy": [0.9, 0.5]}}, "expected an interval of accuracy within"),
        ({"intervals": {"accuracy": [0.9]}}, r"intervals\.accuracy\.1: field required"),
        ({"flip_averaged": {"accuracy": 0.5}}, r"flip_averaged\.macro_f1: field required"),
        ({"human": {"n": 8, "agreement": 7, "per_class": {}}}, "expected shares of human"),
        ({"fer_plus": {"n": 8, "accuracy": 2, "labels": []}}, "expected shares of fer_plus"),
        ({"precision_recall": []}, "precision_recall: input should be an object"),
        (
            {"precision_recall": {"sad": {"average_precision": 1, "recall": [1], "precision": []}}},
            "expected as many precisions as recalls",
        ),
        ({"reliability": [FURTHER["reliability"][0] | {"n": 0}]}, "at least one face"),
        ({"coverage": [{"min_confidence": 0.5}]}, r"coverage\.0\.coverage: field required"),
        ({"robustness": {"tilt": {"unit": "degrees", "faces": 8, "points": []}}}, "one point"),
        (
            {"robustness": {"tilt": {"unit": "degrees", "faces": 8, "points": [{"level": 0}]}}},
            r"points\.0\.accuracy: field required",
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


def test_what_the_detection_commands_write_is_read_back(folder):
    write_measured(folder.parent, "faces.json", FINDING.as_dict())
    write_measured(folder, "turned.json", TURNED.as_dict())
    models = ModelFolder(folder.parent)
    assert load_detection(models=models) == FINDING
    assert load_turned("small", models=models) == TURNED


def test_scores_on_photos_are_read_back_by_set_without_those_of_persons(folder):
    models = ModelFolder(folder.parent)
    assert load_photos("small", models=models) == ()
    photos = [read("happy", "happy", age="old", subject=f"S{n}") for n in range(3)]
    crops = photos_of([*photos, unread("sad")], detector=None)
    whole = photos_of([read(None, "sad", is_sure=False), unread()])
    for evaluation in (whole, crops):
        path = save_photos(evaluation, models=models)
    assert path == folder / "photos" / "faces-crops.json"
    assert load_photos("small", models=models) == (crops.without_clusters(), whole)
    assert "S1" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [{"n": 1}, {"unread": {}}, {"words": {"happy": 9}}, {"accuracy": 2.0}, {"found": "3"}],
)
def test_damaged_scores_on_photos_are_reported_with_their_command(folder, change):
    models = ModelFolder(folder.parent)
    path = save_photos(photos_of([read("sad", "sad"), unread("sad")]), models=models)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(ModelError, match=r"faces\.json is damaged .*evaluate-photos DIR"):
        load_photos("small", models=models)


def test_a_measurement_that_was_never_made_is_reported_with_its_command(folder):
    models = ModelFolder(folder.parent)
    with pytest.raises(ModelError, match=r"Not measured yet.*evaluate-faces --data"):
        load_detection(models=models)
    with pytest.raises(ModelError, match=r"Not measured yet.*evaluate-turned small"):
        load_turned("small", models=models)


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        {"detectors": []},
        {"detectors": [{"detector": "haar"}]},
        {"detectors": [DETECTOR | {"tilts": []}]},
        {"detectors": [DETECTOR | {"tilts": [DETECTOR["tilts"][0] | {"n_found": 5}]}]},
    ],
)
def test_a_damaged_measurement_is_reported_with_its_command(folder, content):
    write_measured(folder.parent, "faces.json", content)
    with pytest.raises(ModelError, match=r"faces\.json is damaged .*evaluate-faces --data"):
        load_detection(models=ModelFolder(folder.parent))
