"""What a trained model leaves in its folder: weights, twin, card, evaluation, history."""

import datetime as dt
import json
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
from fer_core.train.checkpoint import HISTORY, write_history
from fer_core.train.loop import Run, predict_logits
from fer_core.train.twin import MAX_DIFFERENCE, convert, largest_difference

EVALUATION_FILE: Final = "evaluation.json"
MIN_CONFIDENCE: Final = 0.5
MIN_CONFIDENCE_REASON: Final = (
    "A word is said when at least half of the people asked would use it; below that the answer "
    "is 'not sure' with the two leading words."
)
MAX_LOSS: Final = 0.002
"""Accuracy or macro-F1 that int8 weights may cost and still be the ones that run."""

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

    Args:
        folder: `models/<model_id>`.
        trained: The network and its history, as `loop.train` returns them.
        run: How it was trained.
        dataset: All splits, for the evaluation.
        data: Cleaned faces, for the card and the comparison with the twin.
        votes: FER+ votes, or None.
        on_stage: Told what is being done.

    Raises:
        ModelError: The twin cannot be made or differs from Keras.
    """
    model, history = trained
    folder.mkdir(parents=True, exist_ok=True)
    on_stage("saving")
    model.save(folder / KERAS_FILE)
    write_history(folder / HISTORY, history)
    on_stage("converting to LiteRT")
    convert(
        folder / KERAS_FILE,
        float_path=folder / TWIN_FILE,
        int8_path=folder / SMALL_TWIN_FILE,
    )
    difference = _checked_difference(folder, model, data)
    card = _card(folder, run, model, data=data, has_votes=votes is not None)
    card.details["training"] |= {
        "class_counts": class_counts(dataset),
        "cleaning": data.report.as_dict(),
        "twin_largest_difference": difference,
    }
    save_card(folder, card)
    on_stage("evaluating")
    split = "PublicTest" if len(dataset.split("PublicTest")) else "Training"
    twins = {
        name: evaluate(
            load_recognizer(folder.name, models_folder=folder.parent, weights_file=name),
            dataset,
            split=split,
            votes=votes,
        )
        for name in (TWIN_FILE, SMALL_TWIN_FILE)
    }
    runtime_file = choose_twin(twins)
    card.details["twins"] = {
        name: {key: scores[key] for key in ("accuracy", "macro_f1", "ece", "ms_per_face")}
        | {"bytes": (folder / name).stat().st_size}
        for name, scores in twins.items()
    }
    save_card(folder, replace(card, runtime_file=runtime_file))
    scores = twins[runtime_file]
    text = json.dumps(scores, indent=1)
    (folder / EVALUATION_FILE).write_text(text + "\n", encoding="utf-8")
    return scores


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
    others = list_cards(models_folder=folder.parent)
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
        is_default=all(card.model_id == folder.name or not card.is_default for card in others),
        details={
            "licence": _LICENCE,
            "min_confidence_reason": MIN_CONFIDENCE_REASON,
            "training": {
                "recipe": run.recipe_name,
                "epochs": run.n_epochs,
                "seed": run.seed,
                "backend": keras.backend.backend(),
                "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
                "n_train": data.report.n_train,
            },
        },
    )
