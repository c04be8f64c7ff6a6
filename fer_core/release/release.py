"""`write_release`: everything that is measured of a finished model, written into its folder.

Training ends with it, and `evaluate ID --save` repeats it for a model that exists.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from fer_core.data.dataset import FaceDataset
from fer_core.data.selection import read_left_out
from fer_core.errors import DataError
from fer_core.evaluate.classification import evaluate, faces_of
from fer_core.evaluate.report import Evaluation, save_evaluation
from fer_core.expression.card import FLOAT_FILE, INT8_FILE, KERAS_FILE, ExportScores, ModelCard
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder
from fer_core.expression.recognizer import ExpressionRecognizer
from fer_core.litert import LiteRtNetwork
from fer_core.progress import OnMessage, OnProgress, ignore
from fer_core.release.calibrate import calibrate_card
from fer_core.release.exports import Export, Predict, choose_export, mflops, run_export
from fer_core.release.model_page import with_usage, write_model_page

LoadKeras = Callable[[Path], Predict]
"""From the path of a Keras file to the function that runs its network."""


def write_release(
    model_id: str,
    dataset: FaceDataset,
    votes: np.ndarray | None,
    *,
    models: ModelFolder = SHIPPED_MODELS,
    split: str = "PublicTest",
    load_keras: LoadKeras | None = None,
    on_message: OnMessage = ignore,
    on_progress: OnProgress = ignore,
) -> Evaluation:
    """Measure a model; write its card, `evaluation.json` and `README.md`.

    The card gets the file that the app runs, temperatures, the threshold and its reason, the
    comparison of its files, the operations per face, what it is for, and its limits.

    Args:
        model_id: The model; its folder holds weights and a card.
        dataset: All splits of the file.
        votes: FER+ votes of the whole file; None only for a model without a head for them.
        models: Where the model lies.
        split: The split to measure on; no model is trained on it.
        load_keras: Loads the Keras file, which needs a Keras backend. Without it the card keeps
            its old scores of that file.
        on_message: Called with what is being done.
        on_progress: Called while corrupted faces are classified, the longest part.

    Returns:
        The scores in `evaluation.json`.

    Raises:
        DataError: The split has no faces, or votes are missing or not of this file.
        ModelError: A file of the model cannot be used.
    """
    card = models.card(model_id)
    if votes is None and "votes" in card.heads:
        raise DataError(
            f"{card.model_id} has a head for people's votes: give FER+'s fer2013new.csv with "
            "--votes, so that it can be measured too."
        )
    faces = faces_of(dataset, split)
    on_message(f"Comparing the files of {card.model_id}.")
    exports = _run_exports(card, models, faces, load_keras=load_keras)
    runtime_file = choose_export(_scores(exports, faces, temperature=1.0))
    on_message("Calibrating it.")
    logits = exports[runtime_file].logits
    card = calibrate_card(
        replace(card, runtime_file=runtime_file), logits, faces, votes, split=split
    )
    card = _with_costs(card, models, _scores(exports, faces, temperature=card.temperature["label"]))
    on_message("Evaluating it.")
    evaluation = evaluate(
        _recognizer(card, runtime_file, models=models),
        dataset,
        split=split,
        votes=votes,
        is_full=True,
        left_out=read_left_out(card, dataset, models=models),
        on_progress=on_progress,
    )
    card = with_usage(card, evaluation)
    models.save_card(card)
    save_evaluation(evaluation, models=models)
    write_model_page(card, evaluation, models=models)
    return evaluation


def _run_exports(
    card: ModelCard, models: ModelFolder, faces: FaceDataset, *, load_keras: LoadKeras | None
) -> dict[str, Export]:
    """Return the files of a model that can be run here, measured, by file name."""
    predictors: dict[str, Predict] = {
        name: _recognizer(card, name, models=models).predict_logits
        for name in (FLOAT_FILE, INT8_FILE)
    }
    folder = models.path_of(card.model_id)
    if load_keras is not None:
        predictors[KERAS_FILE] = load_keras(folder / KERAS_FILE)
    return {name: run_export(folder / name, predict, faces) for name, predict in predictors.items()}


def _recognizer(card: ModelCard, file_name: str, *, models: ModelFolder) -> ExpressionRecognizer:
    weights = models.weights(card, file_name)
    return ExpressionRecognizer(card, LiteRtNetwork(weights, source=file_name))


def _scores(
    exports: dict[str, Export], faces: FaceDataset, *, temperature: float
) -> dict[str, ExportScores]:
    return {
        name: export.scores(faces.label_ids, temperature=temperature)
        for name, export in exports.items()
    }


def _with_costs(
    card: ModelCard, models: ModelFolder, measured: dict[str, ExportScores]
) -> ModelCard:
    """Return the card with the comparison of its files and the operations per face."""
    rows = card.details.exports | measured
    names = [name for name in (KERAS_FILE, FLOAT_FILE, INT8_FILE) if name in rows]
    details = replace(
        card.details,
        exports={name: rows[name] for name in names},
        mflops=round(mflops(models.weights(card, card.runtime_file)), 1),
    )
    return replace(card, details=details)
