"""What a trained model leaves in its folder: weights, twin, card, evaluation, history."""

import datetime as dt
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np

from fer_core.data.cleaning import CleanData
from fer_core.data.dataset import IMAGE_SIZE, FaceDataset, class_counts
from fer_core.errors import ModelError
from fer_core.evaluate.evaluation import evaluate
from fer_core.evaluate.stored import EVALUATION_FILE, HISTORY_FILE
from fer_core.expression.card import (
    KERAS_FILE,
    SMALL_TWIN_FILE,
    TWIN_FILE,
    ModelCard,
    digest,
    list_cards,
    save_card,
)
from fer_core.expression.preprocess import standardise
from fer_core.expression.recognizer import load_recognizer
from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.train.checkpoint import write_history
from fer_core.train.loop import Run, predict_logits
from fer_core.train.twin import MAX_DIFFERENCE, convert, largest_difference

MIN_CONFIDENCE: Final = 0.5
MIN_CONFIDENCE_REASON: Final = (
    "A word is said when at least half of the people asked would use it; below that the answer "
    "is 'not sure' with the two leading words."
)
MAX_LOSS: Final = 0.002
"""Accuracy or macro-F1 that int8 weights may cost and still be the ones that run."""

_UNFINISHED: Final = "unfinished"  # folder in a model's folder
_N_COMPARED: Final = 256  # faces on which the twin must agree with Keras
_LICENCE: Final = "MIT; trained on FER2013 and FER+, whose pictures are for research use"


def save_model(
    folder: Path,
    trained: tuple[keras.Model, list[dict[str, float]]],
    run: Run,
    *,
    dataset: FaceDataset,
    data: CleanData,
    votes: np.ndarray | None,
    on_stage: Callable[[str], None] = lambda _stage: None,
) -> dict[str, Any]:
    """Write everything the app needs of a trained model; return its scores on validation faces.

    A model that was in the folder before stays whole until the new one is finished.

    Args:
        folder: `models/<model_id>`.
        trained: The network and its history, as `loop.train` returns them.
        run: How it was trained.
        dataset: All splits, for the evaluation.
        data: Cleaned faces, for the card and the comparison with the twin.
        votes: FER+ votes, or None.
        on_stage: Told what is being done.

    Returns:
        The content of `evaluation.json`: `evaluation.evaluate` on PublicTest or, of a file without
        it, on the training faces held out for validation.

    Raises:
        ModelError: The twin cannot be made or differs from Keras.
    """
    model, history = trained
    unfinished = folder / _UNFINISHED / folder.name
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    on_stage("saving")
    model.save(unfinished / KERAS_FILE)
    write_history(unfinished / HISTORY_FILE, history)
    on_stage("converting to LiteRT")
    int8_path = unfinished / SMALL_TWIN_FILE
    convert(unfinished / KERAS_FILE, float_path=unfinished / TWIN_FILE, int8_path=int8_path)
    card = _card(unfinished, run, model, data=data, has_votes=votes is not None)
    card.details["training"] |= {
        "epochs": len(history),
        "class_counts": class_counts(dataset),
        "cleaning": data.report.as_dict(),
        "twin_largest_difference": _checked_difference(unfinished, model, data),
    }
    save_card(unfinished, card)
    on_stage("evaluating")
    has_test = bool(len(dataset.split("PublicTest")))
    twins = _evaluate_twins(unfinished, dataset if has_test else data.validation, votes)
    card = _with_scores(card, unfinished, twins)
    save_card(unfinished, replace(card, is_default=_is_default(folder)))
    text = json.dumps(twins[card.runtime_file], indent=1)
    (unfinished / EVALUATION_FILE).write_text(text + "\n", encoding="utf-8")
    _release(unfinished, folder)
    return twins[card.runtime_file]


def choose_twin(scores: dict[str, dict[str, Any]]) -> str:
    """Return the file to run: the small one unless it costs `MAX_LOSS` or more.

    Args:
        scores: `accuracy` and `macro_f1` by file name.

    >>> good, worse = ({"accuracy": a, "macro_f1": 0.6} for a in (0.7, 0.69))
    >>> choose_twin({"model.tflite": good, "model_int8.tflite": worse})
    'model.tflite'
    """
    exact, small = scores[TWIN_FILE], scores[SMALL_TWIN_FILE]
    loss = max(exact[name] - small[name] for name in ("accuracy", "macro_f1"))
    return SMALL_TWIN_FILE if loss < MAX_LOSS else TWIN_FILE


def _evaluate_twins(
    folder: Path, dataset: FaceDataset, votes: np.ndarray | None
) -> dict[str, dict[str, Any]]:
    """Return the scores of each twin by its file name."""
    split = "PublicTest" if len(dataset.split("PublicTest")) else "Training"
    return {
        name: evaluate(
            load_recognizer(folder.name, models_folder=folder.parent, weights_file=name),
            dataset,
            split=split,
            votes=votes,
        )
        for name in (TWIN_FILE, SMALL_TWIN_FILE)
    }


def _with_scores(card: ModelCard, folder: Path, twins: dict[str, dict[str, Any]]) -> ModelCard:
    """Return the card with both twins' scores and sizes, and the better one to run."""
    card.details["twins"] = {
        name: {key: scores[key] for key in ("accuracy", "macro_f1", "ece", "ms_per_face")}
        | {"bytes": (folder / name).stat().st_size}
        for name, scores in twins.items()
    }
    return replace(card, runtime_file=choose_twin(twins))


def _release(unfinished: Path, folder: Path) -> None:
    for path in unfinished.iterdir():
        path.replace(folder / path.name)
    shutil.rmtree(unfinished.parent)


def _is_default(folder: Path) -> bool:
    """Return whether no other model is the default one."""
    others = list_cards(models_folder=folder.parent)
    return not any(card.is_default and card.model_id != folder.name for card in others)


def _checked_difference(folder: Path, model: keras.Model, data: CleanData) -> float:
    crops = data.validation.pixels[:_N_COMPARED]
    difference = largest_difference(
        folder / TWIN_FILE, standardise(crops), predict_logits(model, crops)
    )
    if difference >= MAX_DIFFERENCE:
        raise ModelError(
            f"The LiteRT twin differs from Keras by {difference:.1e}; expected under "
            f"{MAX_DIFFERENCE:.0e}. Nothing was released; report this with the recipe's name."
        )
    return difference


def _card(
    folder: Path, run: Run, model: keras.Model, *, data: CleanData, has_votes: bool
) -> ModelCard:
    heads = {"label": FER2013_LABELS, "votes": VOTE_LABELS}
    return ModelCard(
        model_id=folder.name,
        summary=run.recipe.summary,
        input_size=IMAGE_SIZE,
        normalisation="standardise",
        heads=heads if has_votes else {"label": FER2013_LABELS},
        reading_head="votes" if has_votes else "label",
        runtime_file=TWIN_FILE,
        min_confidence=MIN_CONFIDENCE,
        digests={
            name: digest((folder / name).read_bytes())
            for name in (KERAS_FILE, TWIN_FILE, SMALL_TWIN_FILE)
        },
        n_parameters=model.count_params(),
        details={
            "licence": _LICENCE,
            "min_confidence_reason": MIN_CONFIDENCE_REASON,
            "training": {
                "recipe": run.recipe_name,
                "seed": run.seed,
                "backend": keras.backend.backend(),
                "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
                "n_train": data.report.n_train,
            },
        },
    )
