"""The card of a network that was just trained; what is measured of it comes later."""

import datetime as dt
from pathlib import Path
from typing import Final

import keras

from fer_core.data.cleaning import CleanData
from fer_core.data.dataset import IMAGE_SIZE, FaceDataset, class_counts
from fer_core.expression.card import (
    FLOAT_FILE,
    INT8_FILE,
    KERAS_FILE,
    CardDetails,
    ModelCard,
    Training,
)
from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.train.loop import Run
from fer_core.weights import sha256_of

LICENCE: Final = "MIT; trained on FER2013 and FER+, whose pictures are for research use"
_NOT_YET_CHOSEN: Final = 0.5  # the threshold, until calibration chooses it


def card_of(folder: Path, run: Run, model: keras.Model, *, has_votes: bool) -> ModelCard:
    """Return a card for the weights that lie in a folder.

    Args:
        folder: Holds the Keras file and its LiteRT twins; its name becomes the model's ID.
        run: How the network was trained.
        model: The network.
        has_votes: Whether it learned people's votes.
    """
    heads = {"label": FER2013_LABELS, "votes": VOTE_LABELS}
    return ModelCard(
        model_id=folder.name,
        summary=run.recipe.summary,
        input_size=IMAGE_SIZE,
        normalisation="standardise",
        heads=heads if has_votes else {"label": FER2013_LABELS},
        reading_head="votes" if has_votes else "label",
        runtime_file=FLOAT_FILE,
        min_confidence=_NOT_YET_CHOSEN,
        digests={
            name: sha256_of((folder / name).read_bytes())
            for name in (KERAS_FILE, FLOAT_FILE, INT8_FILE)
        },
        n_parameters=model.count_params(),
        details=CardDetails(licence=LICENCE),
    )


def training_details(run: Run, dataset: FaceDataset, data: CleanData, *, n_epochs: int) -> Training:
    """Return what the card says of the training: recipe, seed, data and date."""
    return Training(
        recipe=run.recipe_name,
        seed=run.seed,
        backend=keras.backend.backend(),
        date=dt.datetime.now(tz=dt.UTC).date().isoformat(),
        n_train=data.report.n_train,
        epochs=n_epochs,
        class_counts=class_counts(dataset),
        cleaning=data.report.as_dict(),
    )
