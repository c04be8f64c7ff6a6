"""The ablation study: one choice of a recipe changed at a time, everything else equal.

It runs at a fraction of the cost of a real training: a narrow network, small faces, few epochs.
What it says of choices that only pay in long trainings is a lower bound.
"""

import json
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import cv2
import keras
import numpy as np
from scipy.special import softmax

from fer_core.data.cleaning import CleanData
from fer_core.data.dataset import FaceDataset
from fer_core.data.votes import votes_at
from fer_core.labels import FER2013_LABELS
from fer_core.metrics.human import majority_ids
from fer_core.metrics.intervals import Interval
from fer_core.metrics.scores import score_with_intervals
from fer_core.release import markdown
from fer_core.train.augment import UNCHANGED, Augmentation, augment
from fer_core.train.loop import OnEpoch, OnStep, Run, predict_logits, train
from fer_core.train.networks import residual_se
from fer_core.train.recipes import Recipe
from fer_core.train.torch_layers import training_copy

NARROW: Final = partial(residual_se, stem=24, stem_strides=2, blocks=(1, 1, 1), dropout=0.1)
_LIGHT: Final = Augmentation(erase_share=0.15)

BASE: Final = Recipe(
    summary="The recipe that every other row changes in one thing.",
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
    """One row of the table: what is changed, in words, and the recipe that results."""

    name: str
    change: str
    recipe: Recipe
    has_votes: bool = True


VARIATIONS: Final = (
    Variation("base", "nothing", BASE),
    Variation("no_votes", "labels only, no votes", BASE, has_votes=False),
    Variation("sgd", "SGD at 0.1 for Muon", replace(
        BASE, optimizer="sgd", learning_rate=0.1, weight_decay=5e-3)),
    Variation("unbalanced", "classes drawn as they occur", replace(BASE, balance=0.0)),
    Variation("balanced", "classes drawn half-way to equal", replace(BASE, balance=0.5)),
    Variation("unaugmented", "faces as they are", replace(BASE, augmentation=UNCHANGED)),
    Variation("mixup", "mixup in half the batches", replace(
        BASE, augmentation=replace(_LIGHT, mixup_share=0.5))),
    Variation("cutmix", "cutmix in half the batches", replace(
        BASE, augmentation=replace(_LIGHT, cutmix_share=0.5))),
    Variation("spoilt", "a fifth of the faces blurred and noisy", replace(
        BASE, augmentation=replace(_LIGHT, corruption_share=0.2))),
    Variation("unaveraged", "the last weights, not their average", replace(
        BASE, average_decay=0.0)),
    Variation("smoothed", "label smoothing 0.1", replace(BASE, label_smoothing=0.1)),
    Variation("wide", "half as many channels again", replace(
        BASE, build=partial(NARROW, widths=(36, 72, 144)))),
    Variation("large_faces", "faces of 48 pixels", replace(BASE, sides=(48,))),
    Variation("sharp", "faces moved by cubic interpolation, which blurs less", replace(
        BASE, augmentation=replace(_LIGHT, interpolation=cv2.INTER_CUBIC))),
    Variation("distilled", "half of the targets by cue-4", replace(BASE, teachers=("cue-4",))),
    Variation("taught_by_two", "half of the targets by cue-4 and cue-5 on average", replace(
        BASE, teachers=("cue-4", "cue-5"))),
)  # fmt: skip


def run_variation(
    variation: Variation,
    data: CleanData,
    votes: np.ndarray,
    folder: Path,
    *,
    on_step: OnStep = lambda _epoch, _step, _n_steps: None,
    on_epoch: OnEpoch = lambda _entry: None,
) -> dict[str, Any]:
    """Train one variation, or go on with it; return its row of the table.

    Args:
        variation: What to train.
        data: Cleaned faces; the validation faces are scored.
        votes: FER+ votes `(n_rows, 8)` of the whole file.
        folder: Holds its checkpoint, and its row once it is done.
        on_step: Told about every step.
        on_epoch: Told about every epoch.

    Raises:
        ModelError: The folder holds another run, or damaged files.
    """
    row_file = folder / variation.name / "row.json"
    if row_file.exists():
        return dict(json.loads(row_file.read_text(encoding="utf-8")))
    recipe = variation.recipe
    run = Run(
        recipe_name=variation.name,
        recipe=recipe,
        checkpoint=folder / variation.name / "checkpoint",
        n_epochs=recipe.epochs,
        on_step=on_step,
        on_epoch=on_epoch,
    )
    model, history = train(run, data, votes if variation.has_votes else None, resume=True)
    network = training_copy(model, side=recipe.sides[-1])
    scores = _scores(network, data.validation, votes, side=recipe.sides[-1])
    row = {"name": variation.name, "change": variation.change, "loss": history[-1]["loss"]}
    row |= scores if variation.has_votes else scores | {"fer_plus": None}
    row_file.write_text(json.dumps(row, indent=1) + "\n", encoding="utf-8")
    return row


def table(rows: list[dict[str, Any]]) -> str:
    """Return rows as a Markdown table, scores in per cent with their 95% intervals."""
    return markdown.table(
        ("changed", "accuracy %", "macro-F1 %", "FER+ majority %", "training loss"),
        [
            (
                row["change"],
                markdown.share(row["accuracy"], Interval(*row["accuracy_interval"])),
                markdown.share(row["macro_f1"], Interval(*row["macro_f1_interval"])),
                markdown.share(row["fer_plus"]),
                f"{row['loss']:.2f}",
            )
            for row in rows
        ],
    )


def _scores(
    network: keras.Model, faces: FaceDataset, votes: np.ndarray, *, side: int
) -> dict[str, Any]:
    crops = augment(faces.pixels, UNCHANGED, np.random.default_rng(0), side=side)
    logits = predict_logits(network, crops)
    scores = score_with_intervals(
        faces.label_ids, softmax(logits["label"], axis=1), labels=FER2013_LABELS
    )
    majority = majority_ids(votes_at(votes, faces.rows))
    is_right = logits["votes"].argmax(axis=1) == majority
    return {
        "accuracy": scores.accuracy,
        "accuracy_interval": scores.intervals["accuracy"],
        "macro_f1": scores.macro_f1,
        "macro_f1_interval": scores.intervals["macro_f1"],
        "fer_plus": float(is_right[majority >= 0].mean()),
    }
