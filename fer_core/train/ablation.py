"""The ablation study: each row changes one choice of a recipe and keeps everything else.

It costs a fraction of a real training: a narrow network, small faces, few epochs. For choices that
only pay off in long trainings its differences are a lower bound.
"""

import json
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import cv2
import keras
import numpy as np
from scipy.special import softmax

from fer_core.data.cleaning import CleanData
from fer_core.data.dataset import FaceDataset
from fer_core.data.votes import votes_at
from fer_core.errors import ModelError
from fer_core.files import parse_json, write_file
from fer_core.labels import FER2013_LABELS
from fer_core.metrics.human import majority_ids
from fer_core.metrics.intervals import Interval
from fer_core.metrics.scores import score_with_intervals
from fer_core.progress import OnProgress, ignore
from fer_core.train.augment import UNCHANGED, Augmentation, augment
from fer_core.train.loop import Run, predict_logits, train
from fer_core.train.networks import residual_se
from fer_core.train.recipes import Recipe
from fer_core.train.torch_layers import training_copy

NARROW: Final = partial(residual_se, stem=24, stem_strides=2, blocks=(1, 1, 1), dropout=0.1)
_LIGHT: Final = Augmentation(erase_share=0.15)

BASE: Final = Recipe(
    summary="The recipe of which every other row changes one choice.",
    build=partial(NARROW, widths=(24, 48, 96)),
    cycles=(8,),
    sides=(32,),
    optimizer="muon",
    learning_rate=0.005,
    weight_decay=0.05,
    label_smoothing=0.0,
    augmentation=_LIGHT,
)


@dataclass(frozen=True, slots=True)
class Variation:
    """One row of the study: what is changed, in words, and the recipe that results."""

    name: str
    change: str
    recipe: Recipe
    has_votes: bool = True


@dataclass(frozen=True, slots=True)
class AblationRow:
    """Scores of one variation on the validation faces.

    Attributes:
        name: Name of the variation.
        change: What it changes, in words.
        loss: Training loss of the last epoch.
        accuracy: In `[0, 1]`.
        accuracy_interval: 95% interval of `accuracy`.
        macro_f1: In `[0, 1]`.
        macro_f1_interval: 95% interval of `macro_f1`.
        fer_plus: Agreement with people's majority; None for a network without votes.
    """

    name: str
    change: str
    loss: float
    accuracy: float
    accuracy_interval: Interval
    macro_f1: float
    macro_f1_interval: Interval
    fer_plus: float | None


VARIATIONS: Final = (
    Variation("base", "nothing", BASE),
    Variation("no_votes", "labels only, no votes", BASE, has_votes=False),
    Variation("sgd", "SGD at 0.1 instead of Muon", replace(
        BASE, optimizer="sgd", learning_rate=0.1, weight_decay=5e-3)),
    Variation("unbalanced", "classes drawn as they occur", replace(BASE, balance=0.0)),
    Variation("balanced", "classes drawn half-way to equal", replace(BASE, balance=0.5)),
    Variation("unaugmented", "no augmentation", replace(BASE, augmentation=UNCHANGED)),
    Variation("mixup", "mixup in half of the batches", replace(
        BASE, augmentation=replace(_LIGHT, mixup_share=0.5))),
    Variation("cutmix", "CutMix in half of the batches", replace(
        BASE, augmentation=replace(_LIGHT, cutmix_share=0.5))),
    Variation("corrupted", "blur and noise on a fifth of the faces", replace(
        BASE, augmentation=replace(_LIGHT, corruption_share=0.2))),
    Variation("unaveraged", "the last weights instead of their average", replace(
        BASE, average_decay=0.0)),
    Variation("smoothed", "label smoothing 0.1", replace(BASE, label_smoothing=0.1)),
    Variation("wide", "1.5 times as many channels", replace(
        BASE, build=partial(NARROW, widths=(36, 72, 144)))),
    Variation("large_faces", "faces of 48 pixels", replace(BASE, sides=(48,))),
    Variation("sharp", "cubic interpolation, which blurs less", replace(
        BASE, augmentation=replace(_LIGHT, interpolation=cv2.INTER_CUBIC))),
    Variation("distilled", "half of the targets from cue-4", replace(BASE, teachers=("cue-4",))),
    Variation("distilled_by_two", "half of the targets from the mean of cue-4 and cue-5", replace(
        BASE, teachers=("cue-4", "cue-5"))),
)  # fmt: skip


def run_variation(
    variation: Variation,
    data: CleanData,
    votes: np.ndarray,
    folder: Path,
    *,
    on_progress: OnProgress = ignore,
) -> AblationRow:
    """Train one variation, or continue its training; return its row.

    Args:
        variation: The variation.
        data: Cleaned faces; the validation faces are scored.
        votes: FER+ votes `(n_rows, 8)` of the whole file.
        folder: Holds its checkpoint, and its row once that is finished.
        on_progress: Called after every step of the training.

    Raises:
        ModelError: The folder holds another run, or damaged files.
    """
    row_file = folder / variation.name / "row.json"
    if row_file.exists():
        return _load_row(row_file)
    recipe = variation.recipe
    run = Run(
        recipe_name=variation.name,
        recipe=recipe,
        checkpoint=folder / variation.name / "checkpoint",
        n_epochs=recipe.epochs,
        on_progress=on_progress,
    )
    row_file.parent.mkdir(parents=True, exist_ok=True)
    model, history = train(run, data, votes if variation.has_votes else None, resume=True)
    network = training_copy(model, side=recipe.sides[-1])
    row = _row(variation, network, data.validation, votes, loss=history[-1]["loss"])
    write_file(row_file, json.dumps(asdict(row), indent=1) + "\n")
    return row


def _load_row(path: Path) -> AblationRow:
    try:
        return parse_json(path.read_text(encoding="utf-8"), AblationRow)
    except ValueError as error:
        raise ModelError(f"{path} is damaged ({error}); delete it to train it again.") from error


def _row(
    variation: Variation,
    network: keras.Model,
    faces: FaceDataset,
    votes: np.ndarray,
    *,
    loss: float,
) -> AblationRow:
    side = variation.recipe.sides[-1]
    crops = augment(faces.pixels, UNCHANGED, np.random.default_rng(0), side=side)
    logits = predict_logits(network, crops)
    scores = score_with_intervals(
        faces.label_ids, softmax(logits["label"], axis=1), labels=FER2013_LABELS
    )
    majority = majority_ids(votes_at(votes, faces.rows))
    is_right = logits["votes"].argmax(axis=1) == majority
    return AblationRow(
        name=variation.name,
        change=variation.change,
        loss=loss,
        accuracy=scores.accuracy,
        accuracy_interval=scores.intervals["accuracy"],
        macro_f1=scores.macro_f1,
        macro_f1_interval=scores.intervals["macro_f1"],
        fer_plus=float(is_right[majority >= 0].mean()) if variation.has_votes else None,
    )
