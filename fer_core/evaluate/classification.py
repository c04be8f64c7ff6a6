"""One model on one split: the numbers of `evaluation.json` and of `python -m fer_core evaluate`."""

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

import numpy as np

from fer_core.data.dataset import SPLITS, FaceDataset, image_keys
from fer_core.data.votes import votes_at
from fer_core.errors import DataError
from fer_core.evaluate.readings import Readings, read_labels, read_votes_head
from fer_core.evaluate.robustness import robustness
from fer_core.expression.recognizer import ExpressionRecognizer
from fer_core.labels import FER2013_LABELS
from fer_core.metrics.curves import coverage, precision_recall, reliability
from fer_core.metrics.evidence import FlipAveraged, RobustnessCurve
from fer_core.metrics.human import human_ceiling
from fer_core.metrics.intervals import score_intervals, score_with_intervals
from fer_core.metrics.scores import score

_N_TIMED: Final = 200  # faces read one by one for `ms_per_face`

OnProgress = Callable[[float], None]


def evaluate(
    recognizer: ExpressionRecognizer,
    dataset: FaceDataset,
    *,
    split: str,
    votes: np.ndarray | None = None,
    on_robustness: OnProgress | None = None,
) -> dict[str, Any]:
    """Return the scores of a model on one split, in the contract's words.

    Every row of the split counts, blank pictures too, as in the literature. `deduplicated` holds
    the same scores without the faces that also occur in Training, or null where the data set has
    no Training rows. `fer_plus` compares the votes head with the majority of ten people, `human`
    one person with the majority of the others and with the split's labels. `coverage` is of the
    votes head where people had majorities, else of the label head.

    Args:
        recognizer: The model; its head `label` is scored.
        dataset: All splits of the file.
        split: One of `SPLITS`.
        votes: FER+ votes `(n_rows, 8)` of the whole file, or None.
        on_robustness: Told the share that is done while `robustness` is measured, which takes
            minutes; without it that part is null.

    Raises:
        DataError: The split has no faces, or the votes are not of this file.
    """
    faces = faces_of(dataset, split)
    read = read_labels(recognizer, faces)
    voted = None if votes is None else read_votes_head(recognizer, faces, votes)
    shown = voted if voted is not None and len(voted) else read
    return {
        "model": recognizer.card.model_id,
        "split": split,
        "labels": list(FER2013_LABELS),
        **score_with_intervals(read.y_true, read.probs, labels=FER2013_LABELS).as_dict(),
        "ms_per_face": ms_per_face(recognizer, faces.pixels[:_N_TIMED]),
        "deduplicated": _deduplicated(faces, read, dataset.split("Training")),
        "flip_averaged": asdict(_flip_averaged(recognizer, faces, read)),
        "fer_plus": None if voted is None else _fer_plus(voted),
        "human": None if votes is None else _human(votes_at(votes, faces.rows), faces.label_ids),
        "precision_recall": {
            label: asdict(curve)
            for label, curve in precision_recall(
                read.y_true, read.probs, labels=read.labels
            ).items()
        },
        "reliability": [asdict(each) for each in reliability(read.y_true, read.probs)],
        "coverage": [asdict(point) for point in coverage(shown.y_true, shown.probs)],
        "robustness": None
        if on_robustness is None
        else _robustness(recognizer, faces, on_robustness),
    }


def faces_of(dataset: FaceDataset, split: str) -> FaceDataset:
    """Return the faces of one split.

    Raises:
        DataError: It has none.
    """
    faces = dataset.split(split)
    if not len(faces):
        present = (name for name in SPLITS if len(dataset.split(name)))
        raise DataError(
            f"The file holds no {split} rows; it holds {', '.join(present) or 'none'}. "
            "Choose another --split or another file."
        )
    return faces


def ms_per_face(recognizer: ExpressionRecognizer, crops: np.ndarray, *, batch: int = 1) -> float:
    """Return the median milliseconds to classify one crop of `(n, size, size)`, `batch` at a time.

    Args:
        recognizer: The model.
        crops: uint8 grey, at least one.
        batch: Crops read at once; the milliseconds are divided by it.
    """
    batches = [crops[start : start + batch] for start in range(0, len(crops), batch)]
    recognizer.recognize(batches[0])
    elapsed_ms = []
    for each in batches:
        start = time.perf_counter()
        recognizer.recognize(each)
        elapsed_ms.append((time.perf_counter() - start) * 1000 / len(each))
    return round(float(np.median(elapsed_ms)), 3)


def _deduplicated(
    faces: FaceDataset, read: Readings, training: FaceDataset
) -> dict[str, Any] | None:
    """Return the scores over the faces that are in no training row; None where that means nothing.

    It means nothing without training rows, and where every face is one of them.
    """
    is_new = ~np.isin(image_keys(faces.pixels), image_keys(training.pixels))
    if not len(training) or not is_new.any():
        return None
    new = read.select(is_new)
    return score_with_intervals(new.y_true, new.probs, labels=new.labels).as_dict()


def _flip_averaged(
    recognizer: ExpressionRecognizer, faces: FaceDataset, read: Readings
) -> FlipAveraged:
    mirrored = recognizer.predict_probs(faces.pixels[:, :, ::-1], head="label")
    probs = (read.probs + mirrored) / 2
    scores = score(read.y_true, probs, labels=read.labels)
    intervals = score_intervals(read.y_true, probs)
    return FlipAveraged(
        scores.accuracy,
        scores.macro_f1,
        {name: intervals[name] for name in ("accuracy", "macro_f1")},
    )


def _fer_plus(voted: Readings) -> dict[str, Any]:
    """Return the scores of the votes head; of no faces, only that there are none."""
    labels = list(voted.labels)
    if not len(voted):
        return {"n": 0, "accuracy": None, "labels": labels, "interval": None}
    scores = score_with_intervals(voted.y_true, voted.probs, labels=voted.labels)
    interval = scores.intervals["accuracy"]
    return {**scores.as_dict(), "labels": labels, "interval": interval}


def _human(votes: np.ndarray, label_ids: np.ndarray) -> dict[str, Any] | None:
    ceiling = human_ceiling(votes, label_ids)
    return None if ceiling is None else asdict(ceiling)


def _robustness(
    recognizer: ExpressionRecognizer, faces: FaceDataset, on_progress: OnProgress
) -> dict[str, Any]:
    def read(crops: np.ndarray) -> np.ndarray:
        return recognizer.predict_probs(crops, head="label")

    curves: dict[str, RobustnessCurve] = robustness(read, faces, on_progress=on_progress)
    return {kind: asdict(curve) for kind, curve in curves.items()}
