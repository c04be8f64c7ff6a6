"""One model on one split: the numbers of `evaluation.json` and of `python -m fer_core evaluate`."""

import time
from typing import Any, Final

import numpy as np

from fer_core.data.dataset import SPLITS, FaceDataset, image_keys
from fer_core.data.votes import majority_ids, votes_at
from fer_core.errors import DataError
from fer_core.evaluate.scores import score
from fer_core.expression.recognizer import ExpressionRecognizer
from fer_core.labels import FER2013_LABELS, VOTE_LABELS

_N_TIMED: Final = 200  # faces read one by one for `ms_per_face`


def evaluate(
    recognizer: ExpressionRecognizer,
    dataset: FaceDataset,
    *,
    split: str,
    votes: np.ndarray | None = None,
) -> dict[str, Any]:
    """Return the scores of a model on one split, in the contract's words.

    Every row of the split counts, blank pictures too, as in the literature. `deduplicated` holds
    the same scores without the faces that also occur in Training, or null where the data set has
    no Training rows. `fer_plus` compares the votes head with the majority of ten people.

    Args:
        recognizer: The model; its head `label` is scored.
        dataset: All splits of the file.
        split: One of `SPLITS`.
        votes: FER+ votes `(n_rows, 8)` of the whole file, or None.

    Raises:
        DataError: The split has no faces, or the votes are not of this file.
    """
    faces = dataset.split(split)
    if not len(faces):
        present = (name for name in SPLITS if len(dataset.split(name)))
        raise DataError(
            f"The file holds no {split} rows; it holds {', '.join(present) or 'none'}. "
            "Choose another --split or another file."
        )
    probs = recognizer.predict_probs(faces.pixels, head="label")
    return {
        "model": recognizer.card.model_id,
        "split": split,
        "labels": list(FER2013_LABELS),
        **score(faces.label_ids, probs, labels=FER2013_LABELS).as_dict(),
        "ms_per_face": ms_per_face(recognizer, faces.pixels[:_N_TIMED]),
        "deduplicated": _deduplicated(faces, probs, dataset.split("Training")),
        "fer_plus": None if votes is None else _fer_plus(recognizer, faces, votes),
    }


def ms_per_face(recognizer: ExpressionRecognizer, crops: np.ndarray) -> float:
    """Return the median milliseconds to classify one crop of `(n, size, size)`, one at a time.

    Args:
        recognizer: The model.
        crops: uint8 grey, at least one.
    """
    recognizer.recognize(crops[:1])
    elapsed_ms = []
    for index in range(len(crops)):
        start = time.perf_counter()
        recognizer.recognize(crops[index : index + 1])
        elapsed_ms.append((time.perf_counter() - start) * 1000)
    return round(float(np.median(elapsed_ms)), 3)


def _deduplicated(
    faces: FaceDataset, probs: np.ndarray, training: FaceDataset
) -> dict[str, Any] | None:
    """Return the scores over the faces that are in no training row; None where that means nothing.

    It means nothing without training rows, and where every face is one of them.
    """
    is_new = ~np.isin(image_keys(faces.pixels), image_keys(training.pixels))
    if not len(training) or not is_new.any():
        return None
    return score(faces.label_ids[is_new], probs[is_new], labels=FER2013_LABELS).as_dict()


def _fer_plus(
    recognizer: ExpressionRecognizer, faces: FaceDataset, votes: np.ndarray
) -> dict[str, Any] | None:
    """Return accuracy against the majority vote, over the faces on which people had a majority."""
    if "votes" not in recognizer.card.heads:
        return None
    majority = majority_ids(votes_at(votes, faces.rows))
    has_majority = majority >= 0
    probs = recognizer.predict_probs(faces.pixels[has_majority], head="votes")
    is_right = probs.argmax(axis=1) == majority[has_majority]
    return {
        "n": int(has_majority.sum()),
        "accuracy": float(is_right.mean()) if has_majority.any() else None,
        "labels": list(VOTE_LABELS),
    }
