"""A small model with a card and scores, but without weights."""

import json

import pytest

from fer_core.expression.card import Calibration, CardDetails, ExportScores, ModelCard, Training
from fer_core.expression.model_folder import ModelFolder
from tests.evaluate.test_report import EVALUATION, FURTHER

CARD = ModelCard(
    model_id="small",
    summary="A small network.",
    input_size=48,
    normalisation="standardise",
    heads={"label": ("happy", "sad"), "votes": ("happy", "sad", "contempt")},
    reading_head="votes",
    runtime_file="model_int8.tflite",
    min_confidence=0.55,
    digests={},
    n_parameters=1_234,
    is_default=True,
    temperature={"label": 1.25},
    details=CardDetails(
        mflops=12.3,
        licence="MIT",
        min_confidence_reason="Nine words in ten are right.",
        calibration=Calibration(
            method="One temperature per head.",
            fitted_on="4 faces",
            judged_on="4 faces, the other half",
            ece_before={"label": 0.1},
            ece_after={"label": 0.02},
            chance_after={"label": 0.015},
            ece_crosswise={"label": 0.03},
            chance_crosswise={"label": 0.01},
        ),
        exports={
            "model_int8.tflite": ExportScores(
                accuracy=0.75,
                macro_f1=0.6,
                ece=0.1,
                bytes=1_500_000,
                ms_per_face={"1": 0.9, "4": 0.6, "8": 0.5},
            )
        },
        training=Training(recipe="best", seed=3),
    ),
)
FALL = {
    "tilt": {
        "unit": "degrees",
        "faces": 8,
        "points": [
            {"level": 0, "accuracy": 0.75, "macro_f1": 0.6},
            {"level": 20, "accuracy": 0.7, "macro_f1": 0.6},
            {"level": 45, "accuracy": 0.5, "macro_f1": 0.3},
        ],
    }
}


@pytest.fixture
def small_card() -> ModelCard:
    """Return the card of the model `small`."""
    return CARD


@pytest.fixture
def small_models(tmp_path) -> ModelFolder:
    """Return a models folder with one model, `small`."""
    models = ModelFolder(tmp_path)
    models.path_of("small").mkdir()
    models.save_card(CARD)
    values = EVALUATION | FURTHER | {"robustness": FALL}
    (models.path_of("small") / "evaluation.json").write_text(json.dumps(values), encoding="utf-8")
    return models
