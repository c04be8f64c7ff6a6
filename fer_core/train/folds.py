"""Out-of-fold answers: what a network says about faces on which it was not trained.

The training faces are cut into folds. For each fold one network is trained on the other folds, so
the answer for a face never comes from a network that has seen its label. Source: Stone 1974,
"Cross-validatory choice and assessment of statistical predictions".
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from scipy.special import softmax

from fer_core.data.cleaning import CleanData
from fer_core.data.dataset import FaceDataset, stratified_order
from fer_core.data.row_numbers import (
    RowNumbers,
    check_rows,
    load_row_numbers,
    row_digests,
    save_row_numbers,
)
from fer_core.errors import DataError
from fer_core.progress import OnMessage, OnProgress, ignore, within
from fer_core.train.loop import Run, predict_logits, train
from fer_core.train.recipes import Recipe

_NO_FOLD: Final = -1
_WAY: Final = "way"  # stored with a fold's answers: how its network was trained

PROBS: Final = "probs"
"""Name of the stored probabilities, float16 `(n, 7)` in FER2013's order."""


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """How the folds are trained.

    Attributes:
        recipe_name: Name that the checkpoints keep.
        recipe: The recipe of every fold.
        folder: Holds a checkpoint per fold, and the answers of the finished folds.
        n_folds: At least 2.
        seed: Seed of every training.
        on_progress: Called with the share of all folds that is done.
        on_message: Called after every epoch.
    """

    recipe_name: str
    recipe: Recipe
    folder: Path
    n_folds: int = 5
    seed: int = 0
    on_progress: OnProgress = ignore
    on_message: OnMessage = ignore

    @property
    def way(self) -> str:
        """What differs for trainings whose answers must not be mixed."""
        return (
            f"{self.recipe_name}, {self.recipe.epochs} epochs, {self.n_folds} folds, "
            f"seed {self.seed}"
        )


def fold_ids(label_ids: np.ndarray, *, n_folds: int) -> np.ndarray:
    """Return the fold of each face, `(n,)` int: each fold has its share of each label.

    >>> np.bincount(fold_ids(np.array([0, 0, 1, 1, 0, 1]), n_folds=3)).tolist()
    [2, 2, 2]
    """
    folds = np.empty(len(label_ids), dtype=np.int64)
    folds[stratified_order(label_ids)] = np.arange(len(label_ids)) % n_folds
    return folds


def out_of_fold(
    study: CrossValidation,
    dataset: FaceDataset,
    data: CleanData,
    votes: np.ndarray | None,
) -> RowNumbers:
    """Return probabilities for every row of a file, from networks that did not train on it.

    A training face, and every row with the very same picture, is answered by the network whose
    training left it out. All other rows get the mean answer of all networks. Finished folds are not
    trained again.

    Args:
        study: The folds.
        dataset: All rows of the file.
        data: The same, cleaned.
        votes: FER+ votes `(n_rows, 8)`, or None.

    Returns:
        Per row the value `PROBS`, `(7,)` float16, of the label head.

    Raises:
        DataError: The images come from a folder, so they have no row numbers; or the answers of a
            fold are damaged.
        ModelError: A checkpoint belongs to another run or is damaged.
    """
    check_rows(dataset.rows)
    folds = fold_ids(data.train.label_ids, n_folds=study.n_folds)
    answers = np.stack(
        [
            _fold_probs(study, _without_fold(data, folds, fold), dataset, votes, fold=fold)
            for fold in range(study.n_folds)
        ]
    )
    probs = answers.mean(axis=0)
    fold_of_row = _fold_of_each_row(dataset, data.train, folds)
    held_out = fold_of_row != _NO_FOLD
    probs[held_out] = answers[fold_of_row[held_out], np.flatnonzero(held_out)]
    digests = row_digests(dataset.pixels)
    return RowNumbers(dataset.rows, digests, {PROBS: probs.astype(np.float16)})


def _without_fold(data: CleanData, folds: np.ndarray, fold: int) -> CleanData:
    """Return the data with one fold of the training faces as the validation faces."""
    train, held_out = (data.train.select(keep) for keep in (folds != fold, folds == fold))
    return replace(data, train=train, validation=held_out)


def _fold_of_each_row(dataset: FaceDataset, train: FaceDataset, folds: np.ndarray) -> np.ndarray:
    """Return the fold that holds a row's picture, `(n,)`; -1 for a picture in no fold."""
    fold_of = {face.tobytes(): fold for face, fold in zip(train.pixels, folds, strict=True)}
    return np.array([fold_of.get(face.tobytes(), _NO_FOLD) for face in dataset.pixels])


def _fold_probs(
    study: CrossValidation,
    part: CleanData,
    dataset: FaceDataset,
    votes: np.ndarray | None,
    *,
    fold: int,
) -> np.ndarray:
    """Return what the network of one fold says about every row, `(n, 7)` float32."""
    on_progress = within(study.on_progress, fold / study.n_folds, (fold + 1) / study.n_folds)
    file = study.folder / f"fold-{fold}.npz"
    digests = row_digests(dataset.pixels)
    if file.exists():
        on_progress(1.0)
        return _finished_probs(file, study, dataset.rows, digests)
    run = Run(
        recipe_name=study.way,
        recipe=study.recipe,
        checkpoint=study.folder / f"checkpoint-{fold}",
        n_epochs=study.recipe.epochs,
        seed=study.seed,
        on_progress=on_progress,
        on_message=lambda sentence: study.on_message(f"Fold {fold + 1}. {sentence}"),
    )
    study.folder.mkdir(parents=True, exist_ok=True)
    trained = train(run, part, votes, resume=True)
    logits = predict_logits(trained.model, dataset.pixels)["label"]
    probs = np.asarray(softmax(logits, axis=1), dtype=np.float32)
    values = {PROBS: probs, _WAY: np.array([study.way])}
    save_row_numbers(file, RowNumbers(dataset.rows, digests, values))
    return probs


def _finished_probs(
    file: Path, study: CrossValidation, rows: np.ndarray, digests: np.ndarray
) -> np.ndarray:
    """Return the answers of a finished fold, if they are of this training and these faces."""
    stored = load_row_numbers(file)
    is_same = np.array_equal(stored.rows, rows) and np.array_equal(stored.digests, digests)
    if not is_same or stored.values.get(_WAY, np.array([""])).tolist() != [study.way]:
        raise DataError(
            f"{file} holds the answers of another training or about other faces; expected "
            f"{study.way}. Name another folder with --runs, or delete that one."
        )
    return stored.column(PROBS)


def agreement(numbers: RowNumbers, faces: FaceDataset) -> float:
    """Return the share of faces whose label leads the stored answer, `[0, 1]`.

    Args:
        numbers: What `out_of_fold` returned.
        faces: Rows of the same file, at least one.
    """
    predicted = numbers.column(PROBS)[numbers.joined_to(faces.rows, faces.pixels)].argmax(axis=1)
    return float((predicted == faces.label_ids).mean())
