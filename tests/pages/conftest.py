"""A page as Streamlit runs it, and a folder of small models for it to show."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fer_core.data.inspection import inspect_source
from fer_core.expression.card import CardDetails, ModelCard, Training
from fer_core.expression.model_folder import ModelFolder
from fer_core.labels import FER2013_LABELS
from pages.ui.dataset import faces
from pages.ui.evaluation import mistakes_tab as mistakes
from tests.small_dataset import write_small_dataset

PAGES = Path(__file__).parents[2] / "pages"
NO_FACES = dict.fromkeys(FER2013_LABELS, 0)
SCORE = {"precision": 0.5, "recall": 0.5, "f1": 0.5, "support": 2}
SCORES = {
    "n": 14,
    "accuracy": 0.5,
    "macro_f1": 0.5,
    "per_class": dict.fromkeys(FER2013_LABELS, SCORE),
    "confusion": [[int(said in (true, (true + 1) % 7)) for said in range(7)] for true in range(7)],
    "ece": 0.04,
}
NEWER_SCORES = {  # what only newer files of `evaluation.json` hold
    "top2": 0.8,
    "intervals": {"accuracy": [0.4, 0.6], "macro_f1": [0.35, 0.65], "top2": [0.7, 0.9]},
    "fer_plus": {
        "n": 12,
        "accuracy": 0.75,
        "labels": FER2013_LABELS,
        "interval": [0.6, 0.9],
    },
    "flip_averaged": {"accuracy": 0.55, "macro_f1": 0.52, "intervals": {}},
    "human": {
        "n": 12,
        "agreement": 0.66,
        "per_class": {"happy": 0.91, "fear": 0.4},
        "on_labels": {
            "n": 120,
            "accuracy": 0.59,
            "macro_f1": 0.51,
            "per_class": {"happy": 0.87, "fear": 0.21},
        },
    },
    "precision_recall": {
        label: {"average_precision": 0.9 - index / 10, "recall": [0.5, 1], "precision": [1, 0.3]}
        for index, label in enumerate(FER2013_LABELS)
    },
    "reliability": [{"low": 0.4, "high": 0.6, "n": 14, "confidence": 0.5, "accuracy": 0.5}],
    "coverage": [
        {"min_confidence": 0.0, "coverage": 1.0, "accuracy": 0.5},
        {"min_confidence": 0.5, "coverage": 0.6, "accuracy": 0.8},
    ],
    "robustness": {
        "tilt": {
            "unit": "degrees",
            "faces": 14,
            "points": [
                {"level": 0, "accuracy": 0.5, "macro_f1": 0.5},
                {"level": 90, "accuracy": 0.2, "macro_f1": 0.1},
            ],
        },
        "darkness": {
            "unit": "share of the light left",
            "faces": 14,
            "points": [
                {"level": 1, "accuracy": 0.5, "macro_f1": 0.5},
                {"level": 0.1, "accuracy": 0.4, "macro_f1": 0.4},
            ],
        },
    },
}


@pytest.fixture
def open_page():
    """Return a function that opens the page of a file; `.run()` shows it."""
    return lambda name: AppTest.from_file(str(PAGES / name), default_timeout=120)


@pytest.fixture
def without_worker(monkeypatch):
    """Read data sets in this process: a worker process takes a second to start."""
    for module in (faces, mistakes):
        monkeypatch.setattr(module, "inspect_in_process", inspect_source)


@pytest.fixture
def models_folder(tmp_path, monkeypatch):
    """Return the folder of models that the app uses; it holds one, `small`."""
    folder = tmp_path / "models"
    write_model(folder / "small", is_default=True)
    monkeypatch.setenv("CUE_MODELS", str(folder))
    return folder


@pytest.fixture
def add_model(models_folder):
    """Return a function that adds a model to the folder, not as the default one."""
    return lambda name, **scores: write_model(models_folder / name, is_default=False, **scores)


def write_model(
    folder: Path, *, is_default: bool, has_newer_scores: bool = False, **scores
) -> None:
    """Write the folder of a model without weights.

    Args:
        folder: Where to write; its name is the name of the model.
        is_default: Whether the app uses this model by default.
        has_newer_scores: Whether to write what only newer files hold.
        scores: Scores that differ from `SCORES`.
    """
    folder.mkdir(parents=True)
    ModelFolder(folder.parent).save_card(
        ModelCard(
            model_id=folder.name,
            summary="Made for a test.",
            input_size=48,
            normalisation="standardise",
            heads={"label": FER2013_LABELS},
            reading_head="label",
            runtime_file="model.tflite",
            min_confidence=0.5,
            digests={},
            n_parameters=1,
            is_default=is_default,
            details=CardDetails(
                training=Training(
                    class_counts={"Training": NO_FACES | {"happy": 30, "angry": 1, "fear": 1}},
                    cleaning={
                        "n_read": 33,
                        "n_unreadable": 0,
                        "n_blank": 1,
                        "n_duplicates": 0,
                        "n_conflicting": 0,
                        "n_also_in_test": 0,
                        "n_train": 28,
                        "n_validation": 4,
                    },
                )
            ),
        ),
    )
    evaluation = {
        "model": folder.name,
        "split": "PublicTest",
        "labels": FER2013_LABELS,
        **SCORES,
        "ms_per_face": 0.9,
        "deduplicated": SCORES | {"accuracy": 0.25},
        "fer_plus": None,
        **(NEWER_SCORES if has_newer_scores else {}),
        **scores,
    }
    (folder / "evaluation.json").write_text(json.dumps(evaluation), encoding="utf-8")
    (folder / "history.csv").write_text(
        "epoch,loss,val_loss,val_accuracy,val_macro_f1\n1,2.0,1.5,0.3,0.2\n2,1.0,1.2,0.5,0.45\n",
        encoding="utf-8",
    )


@pytest.fixture
def small(models_folder, tmp_path, monkeypatch):
    """Set up a data set with votes, a model's answers and a map, as the local file."""
    dataset = write_small_dataset(tmp_path, models=models_folder)
    monkeypatch.setenv("FER2013_CSV", str(dataset.csv_path))
    monkeypatch.setenv("FERPLUS_CSV", str(dataset.votes_path))
    return dataset
