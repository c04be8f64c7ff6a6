"""Everything that is measured of a finished model, written into its folder.

Training ends with it, and `evaluate ID --full --save` does it again for a model that is there.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from fer_core.data.dataset import FaceDataset
from fer_core.errors import DataError
from fer_core.evaluate.classification import evaluate, faces_of
from fer_core.evaluate.report import EVALUATION_FILE, load_evaluation
from fer_core.expression.card import (
    FLOAT_FILE,
    INT8_FILE,
    KERAS_FILE,
    ModelCard,
    load_card,
    read_weights,
    save_card,
)
from fer_core.expression.recognizer import load_recognizer
from fer_core.release.calibrate import calibrate_heads, choose_threshold, details_of
from fer_core.release.exports import Export, choose_export, run_exports
from fer_core.release.intended_use import statements_of
from fer_core.release.model_page import write_card_page
from fer_core.release.operations import mflops

RunKerasBenchmark = Callable[[Path, FaceDataset], Export]


@dataclass(frozen=True, slots=True)
class Reporting:
    """Who is told what is being done, and the share of the longest part that is done."""

    on_stage: Callable[[str], None] = lambda _stage: None
    on_robustness: Callable[[float], None] = lambda _share: None


def write_release(
    folder: Path,
    dataset: FaceDataset,
    votes: np.ndarray | None,
    *,
    split: str = "PublicTest",
    run_keras_benchmark: RunKerasBenchmark | None = None,
    reporting: Reporting | None = None,
) -> dict[str, Any]:
    """Measure a model and write its card, `evaluation.json` and `README.md`.

    The card gets the file to run, temperatures, the threshold and its reason, the comparison of
    its files, the operations a face costs, and what it is and is not good for.

    Args:
        folder: `models/<model_id>` with weights and a card.
        dataset: All splits of the file.
        votes: FER+ votes of the whole file; None only for a model without a head for them.
        split: The split to measure on; no model is trained on it.
        run_keras_benchmark: Runs the Keras file, which needs TensorFlow. Without it the
            card's row on that file stays as it is.
        reporting: Who is told about progress.

    Returns:
        The content of `evaluation.json`.

    Raises:
        DataError: The split has no faces, or votes are missing or not of this file.
        ModelError: A file of the model cannot be used.
    """
    reporting = reporting or Reporting()
    card = load_card(folder.name, models_folder=folder.parent)
    if votes is None and "votes" in card.heads:
        raise DataError(
            f"{card.model_id} reads people's votes: give FER+'s fer2013new.csv with --votes, so "
            "that they can be measured too."
        )
    faces = faces_of(dataset, split)
    reporting.on_stage("comparing its files")
    twins = list(run_exports(card, faces, models_folder=folder.parent))
    if run_keras_benchmark is not None:
        twins.append(run_keras_benchmark(folder, faces))
    reporting.on_stage("calibrating")
    card = _calibrated(_with_runtime(card, twins, faces), folder, faces, votes, split=split)
    card = _with_measures(card, folder, twins, faces)
    save_card(folder, card)
    reporting.on_stage("evaluating")
    evaluation = evaluate(
        load_recognizer(folder.name, models_folder=folder.parent),
        dataset,
        split=split,
        votes=votes,
        on_robustness=reporting.on_robustness,
    )
    _write_texts(folder, card, evaluation)
    return evaluation


def _with_runtime(card: ModelCard, twins: list[Export], faces: FaceDataset) -> ModelCard:
    """Return the card with the file to run; calibration is still to come."""
    scores = {twin.file_name: twin.scores(faces.label_ids, temperature=1.0) for twin in twins}
    return replace(card, runtime_file=choose_export(scores), temperature={})


def _calibrated(
    card: ModelCard,
    folder: Path,
    faces: FaceDataset,
    votes: np.ndarray | None,
    *,
    split: str,
) -> ModelCard:
    """Return the card with temperatures and threshold; it is saved on the way."""
    save_card(folder, card)
    heads = calibrate_heads(load_recognizer(folder.name, models_folder=folder.parent), faces, votes)
    temperature = {head: calibration.temperature for head, calibration in heads.items()}
    card = replace(card, temperature=temperature)
    save_card(folder, card)
    recognizer = load_recognizer(folder.name, models_folder=folder.parent)
    threshold = choose_threshold(recognizer, faces, votes)
    card.details["calibration"] = details_of(heads, split=split)
    card.details["min_confidence_reason"] = threshold.reason
    return replace(card, min_confidence=threshold.min_confidence)


def _with_measures(
    card: ModelCard, folder: Path, twins: list[Export], faces: FaceDataset
) -> ModelCard:
    """Return the card with the comparison of its files, and what a face costs."""
    temperature = card.temperature["label"]
    before = card.details.get("twins", {})
    measured = {
        twin.file_name: twin.scores(faces.label_ids, temperature=temperature).as_dict()
        for twin in twins
    }
    rows = before | measured
    card.details["twins"] = {
        name: rows[name] for name in (KERAS_FILE, FLOAT_FILE, INT8_FILE) if name in rows
    }
    weights = read_weights(card, card.runtime_file, models_folder=folder.parent)
    card.details["mflops"] = round(mflops(weights), 1)
    return card


def _write_texts(folder: Path, card: ModelCard, evaluation: dict[str, Any]) -> None:
    text = json.dumps(evaluation, indent=1, allow_nan=False)
    (folder / EVALUATION_FILE).write_text(text + "\n", encoding="utf-8")
    stored = load_evaluation(folder.name, models_folder=folder.parent)
    card.details.update(statements_of(card, stored))
    save_card(folder, card)
    write_card_page(folder, card, stored)
