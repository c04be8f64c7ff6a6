"""Files that a training leaves: weights for Keras and LiteRT, learning curves and the card."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import keras
import numpy as np

from fer_core.data.cleaning import CleanData
from fer_core.data.dataset import FaceDataset, class_counts
from fer_core.errors import ModelError
from fer_core.evaluate.report import HISTORY_FILE
from fer_core.expression.card import (
    FLOAT_FILE,
    INT8_FILE,
    KERAS_FILE,
    LEFT_OUT_FILE,
    CardDetails,
    ModelCard,
    Training,
)
from fer_core.expression.model_folder import ModelFolder
from fer_core.expression.preprocess import standardise
from fer_core.files import write_file
from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.progress import OnMessage, ignore
from fer_core.train.checkpoint import write_history
from fer_core.train.export import (
    MAX_DIFFERENCE,
    MAX_STORED_DIFFERENCE,
    convert,
    largest_difference,
    round_and_compare,
)
from fer_core.train.loop import Run, Trained, predict_logits
from fer_core.weights import sha256_of

_LICENCE: Final = "MIT. Trained on {data}, whose photos are for research use."
_OWN_LICENCE: Final = "The terms of the images that it was trained on hold for it too."
_NOT_YET_CHOSEN: Final = 0.5  # the threshold, until calibration chooses it
_EXACT_EXPORT: Final = "exact.tflite"  # proves the conversion right, then it is deleted
_N_COMPARED: Final = 256  # faces on which the exports must agree with Keras


def save_model(
    folder: Path,
    trained: Trained,
    run: Run,
    *,
    dataset: FaceDataset,
    data: CleanData,
    has_votes: bool,
    is_default: bool,
    on_message: OnMessage = ignore,
) -> None:
    """Write weights, learning curves and a card without scores into an empty folder.

    Args:
        folder: The folder; its name becomes the model's ID.
        trained: The network, whose kernels are rounded as `export.round_to_float16` describes, and
            its history.
        run: How it was trained.
        dataset: All splits, whose faces the card counts.
        data: Cleaned faces; on some of them the exports are compared with Keras.
        has_votes: Whether it was trained on votes.
        is_default: Whether it becomes the default model.
        on_message: Called with what is being done.

    Raises:
        ModelError: An export cannot be made or differs from Keras.
    """
    model, history = trained
    on_message("Saving the network.")
    weights_note = round_and_compare(model, data.validation)
    model.save(folder / KERAS_FILE)
    write_history(folder / HISTORY_FILE, history)
    if run.left_out is not None:
        write_file(folder / LEFT_OUT_FILE, run.left_out.content)
    on_message("Exporting it to LiteRT.")
    exact, stored, n_bits = _export_and_compare(folder, model, data)
    weights_note += f" `{FLOAT_FILE}` stores its weights in {n_bits} bits."
    training = Training(
        recipe=run.recipe_name,
        seed=run.seed,
        backend=keras.backend.backend(),
        date=dt.datetime.now(tz=dt.UTC).date().isoformat(),
        n_train=data.report.n_train,
        epochs=len(history),
        student_epochs=run.recipe.student_epochs if run.student else None,
        class_counts=class_counts(dataset),
        cleaning=data.report.as_dict(),
        left_out=run.identity.left_out,
        export_largest_difference=exact,
        stored_export_largest_difference=stored,
    )
    heads = {"label": FER2013_LABELS, "votes": VOTE_LABELS}
    card = ModelCard(
        model_id=folder.name,
        summary=run.recipe.summary,
        input_size=run.recipe.size,
        normalisation="standardise",
        heads=heads if has_votes else {"label": FER2013_LABELS},
        reading_head="votes" if has_votes else "label",
        runtime_file=FLOAT_FILE,
        min_confidence=_NOT_YET_CHOSEN,
        digests=_digests(folder),
        n_parameters=model.count_params(),
        is_default=is_default,
        details=CardDetails(
            licence=_licence(training, has_votes=has_votes), weights=weights_note, training=training
        ),
    )
    ModelFolder(folder.parent).save_card(card)


def _licence(training: Training, *, has_votes: bool) -> str:
    if not training.is_on_fer2013:
        return _OWN_LICENCE
    return _LICENCE.format(data="FER2013 and FER+" if has_votes else "FER2013")


def load_keras_predictor(path: Path) -> Callable[[np.ndarray], dict[str, np.ndarray]]:
    """Return the function that computes the logits of a saved Keras model.

    It takes crops `(n, input_size, input_size)` uint8 and returns logits `(n, n_classes)` by head.
    """
    model = keras.models.load_model(path, compile=False, safe_mode=True)
    return partial(predict_logits, model)


def _export_and_compare(
    folder: Path, model: keras.Model, data: CleanData
) -> tuple[float, float, int]:
    """Write the exports; return the largest differences of exact and stored one, and its bits."""
    exact_path, float_path = folder / _EXACT_EXPORT, folder / FLOAT_FILE
    convert(
        folder / KERAS_FILE,
        exact_path=exact_path,
        float_path=float_path,
        int8_path=folder / INT8_FILE,
    )
    crops = data.validation.pixels[:_N_COMPARED]
    pixels, logits = standardise(crops), predict_logits(model, crops)
    exact = _checked(largest_difference(exact_path, pixels, logits))
    stored = largest_difference(float_path, pixels, logits)
    if stored < MAX_STORED_DIFFERENCE:
        exact_path.unlink()
        return exact, stored, 16
    # a network that overfits is so sure that rounding its weights is seen in its answers
    exact_path.replace(float_path)
    return exact, exact, 32


def _checked(difference: float) -> float:
    if difference >= MAX_DIFFERENCE:
        raise ModelError(
            f"The LiteRT export differs from Keras by {difference:.1e}; expected under "
            f"{MAX_DIFFERENCE:.0e}. The model was not saved; report this with the recipe's name."
        )
    return difference


def _digests(folder: Path) -> dict[str, str]:
    files = (KERAS_FILE, FLOAT_FILE, INT8_FILE)
    return {name: sha256_of((folder / name).read_bytes()) for name in files}
