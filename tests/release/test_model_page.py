import json
from dataclasses import replace

import pytest

from fer_core.evaluate.lineup import load_lineup
from fer_core.evaluate.report import load_evaluation
from fer_core.expression.card import Calibration, CardDetails, ExportScores, ModelCard, Training
from fer_core.expression.model_folder import ModelFolder
from fer_core.release.intended_use import with_statements
from fer_core.release.leaderboard import PAGE, write_leaderboard
from fer_core.release.markdown import BEGIN, END, replace_between_marks
from fer_core.release.model_page import card_page
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
def models(tmp_path):
    """Return a models folder with one model."""
    models = ModelFolder(tmp_path)
    folder = models.path_of("small")
    folder.mkdir()
    models.save_card(CARD)
    values = EVALUATION | FURTHER | {"robustness": FALL}
    (folder / "evaluation.json").write_text(json.dumps(values), encoding="utf-8")
    return models


def test_the_page_says_what_people_ask(models):
    evaluation = load_evaluation("small", models=models)
    page = card_page(CARD, evaluation)
    assert page.startswith("# small\n\nA small network.\n\n1,234 parameters, 12 million operations")
    assert "| Accuracy | 75.0 (50.0–90.0) | 50.0 |" in page
    assert "| happy | 4 | 50.0 | 75.0 | 60.0 | 85.0 |" in page  # the last: one person's
    assert "ten people had a majority it says what the majority says on 75.0 (50.0–90.0)%" in page
    assert "From 55% on. Nine words in ten are right." in page
    assert "| label | 1.25 | 10.0 | 2.0 | 1.5 | 3.0 | 1.0 |" in page
    assert "| model_int8.tflite (the app's) | 1.50 | 75.0 | 60.0 | 0.90 / 0.60 / 0.50 |" in page
    assert "| Tilt: degrees | 0 | 20 | 45 |" in page
    assert page.endswith("\n")


def test_a_page_of_an_older_model_leaves_out_what_was_not_measured(models):
    (models.path_of("small") / "evaluation.json").write_text(
        json.dumps(EVALUATION), encoding="utf-8"
    )
    older = replace(CARD, temperature={}, details=CardDetails(licence="MIT"))
    page = card_page(older, load_evaluation("small", models=models))
    assert "| Accuracy | 75.0 | 50.0 |" in page
    for title in ("Faces that are hard to see", "Files", "Train it again", "What it is for"):
        assert f"## {title}" not in page


def test_limits_name_the_weakest_labels_and_where_a_tenth_of_the_faces_is_lost(models):
    details = with_statements(CARD, load_evaluation("small", models=models))
    assert "happy in 75%, sad in 75%" in details.limits[0]
    assert details.limits[1] == (
        "Faces tilted by 45 degrees and not turned upright first: accuracy falls from 75% to 50%."
    )
    assert details.reproduce == (
        "python -m fer_core train best --data fer2013.csv --votes fer2013new.csv "
        "--out models/small --seed 3"
    )


def test_the_leaderboard_has_a_row_a_model_and_leaves_other_words_alone(models):
    (models.path / PAGE).write_text(f"Before.\n\n{BEGIN}\nold\n{END}\n\nAfter.\n", encoding="utf-8")
    write_leaderboard(models=models)
    page = (models.path / PAGE).read_text(encoding="utf-8")
    assert "old" not in page
    assert page.startswith("Before.\n")
    assert page.endswith("\nAfter.\n")
    row = next(line for line in page.splitlines() if "[small]" in line)
    assert row.startswith("| [small](small/README.md) (default) | 1,234 | 12 | 1.5 | 0.90 | 75.0 (")
    write_leaderboard(models=models)
    assert (models.path / PAGE).read_text(encoding="utf-8") == page


def test_a_page_without_marks_gets_them_and_a_missing_page_is_made(models):
    write_leaderboard(models=models)
    page = (models.path / PAGE).read_text(encoding="utf-8")
    assert page.startswith("# Models\n")
    assert BEGIN in page
    assert replace_between_marks("Mine.", "text") == f"Mine.\n\n{BEGIN}\ntext\n{END}\n"


def test_the_best_macro_f1_leads_and_a_model_without_scores_is_left_out(models):
    for model_id, macro_f1 in (("better", 0.7), ("bare", None)):
        folder = models.path_of(model_id)
        folder.mkdir()
        models.save_card(replace(CARD, model_id=model_id, is_default=False))
        if macro_f1 is not None:
            values = EVALUATION | {"macro_f1": macro_f1}
            (folder / "evaluation.json").write_text(json.dumps(values), encoding="utf-8")
    entries = load_lineup(models=models).entries
    assert [entry.card.model_id for entry in entries] == ["better", "small"]
    assert entries[1].megabytes == 1.5
