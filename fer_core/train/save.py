"""What a trained model leaves in its folder: weights, twins, card, page, evaluation, history."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import keras
import numpy as np

from fer_core.data.cleaning import CleanData
from fer_core.data.dataset import FaceDataset
from fer_core.errors import ModelError
from fer_core.evaluate.report import HISTORY_FILE, Evaluation
from fer_core.expression.card import FLOAT_FILE, INT8_FILE, KERAS_FILE
from fer_core.expression.model_folder import ModelFolder
from fer_core.expression.preprocess import standardise
from fer_core.release.release import Reporting, write_release
from fer_core.train.checkpoint import write_history
from fer_core.train.export import (
    MAX_DIFFERENCE,
    MAX_STORED_DIFFERENCE,
    convert,
    largest_difference,
)
from fer_core.train.float16 import round_and_compare
from fer_core.train.keras_benchmark import run_keras_benchmark
from fer_core.train.loop import Run, predict_logits
from fer_core.train.new_card import card_of, training_details

_UNFINISHED: Final = "unfinished"  # folder in a model's folder
_EXACT_TWIN: Final = "exact.tflite"  # proves the conversion and is dropped
_N_COMPARED: Final = 256  # faces on which the twins must agree with Keras


def save_model(
    folder: Path,
    trained: tuple[keras.Model, list[dict[str, float]]],
    run: Run,
    *,
    dataset: FaceDataset,
    data: CleanData,
    votes: np.ndarray | None,
    on_stage: Callable[[str], None] = lambda _stage: None,
) -> Evaluation:
    """Write everything the app needs of a trained model; return its scores on validation faces.

    A model that was in the folder before stays whole until the new one is finished.

    Args:
        folder: `models/<model_id>`.
        trained: The network and its history, as `loop.train` returns them. The network's kernels
            are rounded, as `half.round_to_float16` says.
        run: How it was trained.
        dataset: All splits, for the evaluation.
        data: Cleaned faces, for the card and the comparison with the twins.
        votes: FER+ votes, or None.
        on_stage: Told what is being done.

    Returns:
        The scores in `evaluation.json`: `classification.evaluate` on PublicTest or, if the file has
        none, on the training faces held out for validation.

    Raises:
        ModelError: A twin cannot be made or differs from Keras.
    """
    model, history = trained
    unfinished = folder / _UNFINISHED / folder.name
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    on_stage("saving")
    weights_note = round_and_compare(model, data.validation)
    model.save(unfinished / KERAS_FILE)
    write_history(unfinished / HISTORY_FILE, history)
    on_stage("converting to LiteRT")
    exact, stored = _convert_and_compare(unfinished, model, data)
    card = card_of(unfinished, run, model, has_votes=votes is not None)
    training = training_details(run, dataset, data, n_epochs=len(history))
    training = replace(
        training, export_largest_difference=exact, stored_export_largest_difference=stored
    )
    details = replace(card.details, weights=weights_note, training=training)
    models = ModelFolder(unfinished.parent)
    models.save_card(replace(card, is_default=_is_default(folder), details=details))
    has_test = bool(len(dataset.split("PublicTest")))
    scores = write_release(
        folder.name,
        dataset if has_test else data.validation,
        votes,
        models=models,
        split="PublicTest" if has_test else "Training",
        run_keras_benchmark=run_keras_benchmark,
        reporting=Reporting(on_stage),
    )
    _release(unfinished, folder)
    return scores


def _convert_and_compare(folder: Path, model: keras.Model, data: CleanData) -> tuple[float, float]:
    """Write the twins; return how far their probabilities lie from Keras's, for the card."""
    exact_path = folder / _EXACT_TWIN
    convert(
        folder / KERAS_FILE,
        exact_path=exact_path,
        float_path=folder / FLOAT_FILE,
        int8_path=folder / INT8_FILE,
    )
    crops = data.validation.pixels[:_N_COMPARED]
    pixels, logits = standardise(crops), predict_logits(model, crops)
    exact = _checked(largest_difference(exact_path, pixels, logits), MAX_DIFFERENCE)
    exact_path.unlink()
    stored = largest_difference(folder / FLOAT_FILE, pixels, logits)
    return exact, _checked(stored, MAX_STORED_DIFFERENCE)


def _checked(difference: float, limit: float) -> float:
    if difference >= limit:
        raise ModelError(
            f"The LiteRT twin differs from Keras by {difference:.1e}; expected under "
            f"{limit:.0e}. Nothing was released; report this with the recipe's name."
        )
    return difference


def _release(unfinished: Path, folder: Path) -> None:
    for path in unfinished.iterdir():
        path.replace(folder / path.name)
    shutil.rmtree(unfinished.parent)


def _is_default(folder: Path) -> bool:
    """Return whether no other model is the default one."""
    others = ModelFolder(folder.parent).cards()
    return not any(card.is_default and card.model_id != folder.name for card in others)
