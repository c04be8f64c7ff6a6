import json

import pytest

from fer_core.errors import ModelError
from fer_core.evaluate.detection import DetectorScores, KindScores, TiltScores, scores_to_dict
from fer_core.evaluate.stored_faces import load_face_finding, load_turned
from fer_core.evaluate.tilt import CropComparison, TurnedEvaluation, TurnedScores

SCORES = DetectorScores(
    "haar", "photo", (TiltScores(0, 2, 4, 3, 1),), {"stripes": KindScores(5, 2)}, 80.0
)
TURNED = TurnedEvaluation(
    "small", "PublicTest", 10, 0.6,
    (TurnedScores("haar", 0, 10, 8, 7, 0.5),), (CropComparison(0, 8, 0.9, {"haar": 0.5}),),
)  # fmt: skip


def store(folder, name, values):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(values if isinstance(values, str) else json.dumps(values))


def test_what_the_commands_write_is_read_back(tmp_path):
    store(tmp_path, "faces.json", {"detectors": [scores_to_dict(SCORES)]})
    store(tmp_path, "small/turned.json", TURNED.as_dict())
    assert load_face_finding(models_folder=tmp_path).detectors == (SCORES,)
    assert load_turned("small", models_folder=tmp_path) == TURNED


def test_what_was_never_measured_is_told_with_the_command(tmp_path):
    with pytest.raises(ModelError, match=r"Not measured yet.*evaluate-faces --data"):
        load_face_finding(models_folder=tmp_path)
    with pytest.raises(ModelError, match=r"Not measured yet.*evaluate-turned small"):
        load_turned("small", models_folder=tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        {"detectors": []},
        {"detectors": [{"detector": "haar"}]},
        {"detectors": [scores_to_dict(SCORES) | {"tilts": []}]},
        {"detectors": [scores_to_dict(SCORES) | {"tilts": [
            {"degrees": 0, "n_photos": 2, "n_faces": 4, "n_found": 5, "n_false": 1}]}]},
    ],
)  # fmt: skip
def test_a_damaged_file_is_named(tmp_path, content):
    store(tmp_path, "faces.json", content)
    with pytest.raises(ModelError, match=r"faces\.json is damaged"):
        load_face_finding(models_folder=tmp_path)
