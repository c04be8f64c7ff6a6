"""Everything that is measured of a finished model, written into its folder.

Training ends with it, and `evaluate ID --full --save` does it again for a model that is there.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from fer_core.data.dataset import FaceDataset
from fer_core.errors import DataError
from fer_core.evaluate.classification import evaluate, faces_of
from fer_core.evaluate.report import Evaluation, save_evaluation
from fer_core.expression.card import FLOAT_FILE, INT8_FILE, KERAS_FILE, ModelCard
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder
from fer_core.expression.recognizer import load_recognizer
from fer_core.release.calibrate import calibrate_heads, choose_threshold, details_of
from fer_core.release.exports import Export, choose_export, run_exports
from fer_core.release.intended_use import with_statements
from fer_core.release.model_page import write_card_page
from fer_core.release.operations import mflops

RunKerasBenchmark = Callable[[Path, FaceDataset], Export]


@dataclass(frozen=True, slots=True)
class Reporting:
    """Who is told what is being done, and the share of the longest part that is done."""

    on_stage: Callable[[str], None] = lambda _stage: None
    on_robustness: Callable[[float], None] = lambda _share: None


def write_release(
    model_id: str,
    dataset: FaceDataset,
    votes: np.ndarray | None,
    *,
    models: ModelFolder = SHIPPED_MODELS,
    split: str = "PublicTest",
    run_keras_benchmark: RunKerasBenchmark | None = None,
    reporting: Reporting | None = None,
) -> Evaluation:
    """Measure a model and write its card, `evaluation.json` and `README.md`.

    The card gets the file to run, temperatures, the threshold and its reason, the comparison of
    its files, the operations a face costs, and what it is and is not good for.

    Args:
        model_id: The model; its folder holds weights and a card.
        dataset: All splits of the file.
        votes: FER+ votes of the whole file; None only for a model without a head for them.
        models: Where the model lies.
        split: The split to measure on; no model is trained on it.
        run_keras_benchmark: Runs the Keras file, which needs TensorFlow. Without it the
            card's row on that file stays as it is.
        reporting: Who is told about progress.

    Returns:
        The scores in `evaluation.json`.

    Raises:
        DataError: The split has no faces, or votes are missing or not of this file.
        ModelError: A file of the model cannot be used.
    """
    reporting = reporting or Reporting()
    card = models.card(model_id)
    if votes is None and "votes" in card.heads:
        raise DataError(
            f"{card.model_id} reads people's votes: give FER+'s fer2013new.csv with --votes, so "
            "that they can be measured too."
        )
    faces = faces_of(dataset, split)
    reporting.on_stage("comparing its files")
    twins = list(run_exports(card, faces, models=models))
    if run_keras_benchmark is not None:
        twins.append(run_keras_benchmark(models.path_of(card.model_id), faces))
    reporting.on_stage("calibrating")
    card = _calibrated(_with_runtime(card, twins, faces), models, faces, votes, split=split)
    card = _with_measures(card, models, twins, faces)
    models.save_card(card)
    reporting.on_stage("evaluating")
    evaluation = evaluate(
        load_recognizer(card.model_id, models=models),
        dataset,
        split=split,
        votes=votes,
        with_robustness=True,
        on_progress=reporting.on_robustness,
    )
    save_evaluation(evaluation, models=models)
    card = replace(card, details=with_statements(card, evaluation))
    models.save_card(card)
    write_card_page(models.path_of(card.model_id), card, evaluation)
    return evaluation


def _with_runtime(card: ModelCard, twins: list[Export], faces: FaceDataset) -> ModelCard:
    """Return the card with the file to run; calibration is still to come."""
    scores = {twin.file_name: twin.scores(faces.label_ids, temperature=1.0) for twin in twins}
    return replace(card, runtime_file=choose_export(scores), temperature={})


def _calibrated(
    card: ModelCard,
    models: ModelFolder,
    faces: FaceDataset,
    votes: np.ndarray | None,
    *,
    split: str,
) -> ModelCard:
    """Return the card with temperatures and threshold; it is saved on the way."""
    models.save_card(card)
    heads = calibrate_heads(load_recognizer(card.model_id, models=models), faces, votes)
    temperature = {head: calibration.temperature for head, calibration in heads.items()}
    card = replace(card, temperature=temperature)
    models.save_card(card)
    recognizer = load_recognizer(card.model_id, models=models)
    threshold = choose_threshold(recognizer, faces, votes)
    details = replace(
        card.details,
        calibration=details_of(heads, split=split),
        min_confidence_reason=threshold.reason,
    )
    return replace(card, min_confidence=threshold.min_confidence, details=details)


def _with_measures(
    card: ModelCard, models: ModelFolder, twins: list[Export], faces: FaceDataset
) -> ModelCard:
    """Return the card with the comparison of its files, and what a face costs."""
    temperature = card.temperature["label"]
    measured = {
        twin.file_name: twin.scores(faces.label_ids, temperature=temperature) for twin in twins
    }
    rows = card.details.exports | measured
    names = [name for name in (KERAS_FILE, FLOAT_FILE, INT8_FILE) if name in rows]
    weights = models.weights(card, card.runtime_file)
    details = replace(
        card.details,
        exports={name: rows[name] for name in names},
        mflops=round(mflops(weights), 1),
    )
    return replace(card, details=details)
