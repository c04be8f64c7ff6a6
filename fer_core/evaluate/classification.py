"""One model on one split: what `evaluation.json` and `python -m fer_core evaluate` hold."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from fer_core.data.cleaning import clean
from fer_core.data.dataset import SPLITS, FaceDataset, image_keys
from fer_core.data.votes import votes_at
from fer_core.errors import DataError
from fer_core.evaluate.report import (
    Evaluation,
    FerPlus,
    FlipAveraged,
    ReadingScores,
    TrainingScores,
    scores_as_fields,
)
from fer_core.evaluate.robustness import RobustnessCurve, robustness
from fer_core.evaluate.speed import ms_per_face
from fer_core.expression.recognizer import ExpressionRecognizer
from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.metrics.curves import coverage, precision_recall, reliability, shown_words
from fer_core.metrics.human import human_ceiling, majority_ids, plurality_ids
from fer_core.metrics.scores import Scores, score, score_intervals, score_with_intervals
from fer_core.progress import OnProgress, ignore, within

_TINY: Final = 1e-9  # keeps a reading that is all contempt finite
_CORRUPTED_SHARE: Final = 0.8  # of the time of a full evaluation
_TRAINING_BATCH: Final = 512  # faces between two calls of `on_progress`
_N_TIMED: Final = 200  # faces that are classified one by one for `ms_per_face`


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """Answers of one head and the truth, one entry per face; there may be none.

    Attributes:
        labels: Labels of the head.
        y_true: `(n,)` int, index into `labels`; -1 where nobody knows the truth.
        probs: `(n, n_classes)` float32.
    """

    labels: tuple[str, ...]
    y_true: np.ndarray
    probs: np.ndarray

    def __len__(self) -> int:
        return len(self.y_true)

    def select(self, keep: np.ndarray) -> "Predictions":
        """Return the faces that `keep`, a boolean mask or indices, selects."""
        return Predictions(self.labels, self.y_true[keep], self.probs[keep])


def evaluate(
    recognizer: ExpressionRecognizer,
    dataset: FaceDataset,
    *,
    split: str,
    votes: np.ndarray | None = None,
    is_full: bool = False,
    left_out: np.ndarray | None = None,
    on_progress: OnProgress = ignore,
) -> Evaluation:
    """Return the scores of a model on one split.

    Every row of the split counts, blank ones too, as in the literature. `deduplicated` leaves out
    faces that also occur in Training; it is None if the data set has no Training rows. `fer_plus`
    compares the votes head with the majority of ten people, `human` one person with the majority
    of the others and with the split's labels. `reading` scores what the app shows. `coverage` and
    `shown` are those of the reading: against what most of ten people say if they voted, else
    against the labels.

    Args:
        recognizer: The model; its head `label` is scored.
        dataset: All splits of the file.
        split: One of `SPLITS`.
        votes: FER+ votes `(n_rows, 8)` of the whole file, or None.
        is_full: Measure `robustness` and `training` too, which takes minutes.
        left_out: Training rows that the model was not trained on, which `training` leaves out too,
            see `data.selection.read_left_out`. None: these are not the faces that trained it, and
            `training` is not measured.
        on_progress: Called with the share of `robustness` that is done.

    Raises:
        DataError: The split has no faces, or the votes are not of this file.
    """
    faces = faces_of(dataset, split)
    labelled = classify_labels(recognizer, faces)
    voted = None if votes is None else classify_votes(recognizer, faces, votes)
    people = None if votes is None else votes_at(votes, faces.rows)
    on_labels, on_people = classify_reading(recognizer, faces, votes)
    reading = on_labels if on_people is None else on_people
    scores = score_with_intervals(labelled.y_true, labelled.probs, labels=labelled.labels)
    on_corrupted = within(on_progress, 0.0, _CORRUPTED_SHARE)
    on_training = within(on_progress, _CORRUPTED_SHARE, 1.0)
    return Evaluation(
        **scores_as_fields(scores),
        model=recognizer.card.model_id,
        split=split,
        labels=FER2013_LABELS,
        ms_per_face=ms_per_face(recognizer.recognize, faces.pixels[:_N_TIMED]),
        deduplicated=_deduplicated(faces, labelled, dataset.split("Training")),
        flip_averaged=_flip_averaged(recognizer, faces, labelled),
        fer_plus=None if voted is None else _fer_plus(voted),
        reading=_reading_scores(on_labels, on_people),
        human=None if people is None else human_ceiling(people, faces.label_ids),
        precision_recall=precision_recall(labelled.y_true, labelled.probs, labels=labelled.labels),
        reliability=reliability(labelled.y_true, labelled.probs),
        coverage=coverage(reading.y_true, reading.probs),
        shown=shown_words(
            reading.y_true,
            reading.probs,
            min_confidences=np.array(recognizer.card.min_confidences),
        ),
        robustness=_robustness(recognizer, faces, on_corrupted) if is_full else None,
        training=training_scores(recognizer, dataset, left_out=left_out, on_progress=on_training)
        if is_full and split != "Training"
        else None,
    )


def training_scores(
    recognizer: ExpressionRecognizer,
    dataset: FaceDataset,
    *,
    left_out: np.ndarray | None,
    on_progress: OnProgress = ignore,
) -> TrainingScores | None:
    """Return the label head's scores on the faces that trained it.

    Args:
        recognizer: The model.
        dataset: All splits of the file.
        left_out: Training rows that the model was not trained on; None if all were others.
        on_progress: Called with the share of the faces that are classified.

    Returns:
        None if the faces did not train the model, or cleaning leaves none.
    """
    faces = None if left_out is None else _training_faces(dataset, left_out)
    if faces is None:
        on_progress(1.0)
        return None
    probs = [np.zeros((0, len(FER2013_LABELS)), np.float32)]
    for start in range(0, len(faces), _TRAINING_BATCH):
        batch = faces.pixels[start : start + _TRAINING_BATCH]
        probs.append(recognizer.predict_probs(batch, head="label"))
        on_progress((start + len(batch)) / len(faces))
    scores = score(faces.label_ids, np.concatenate(probs), labels=FER2013_LABELS)
    return TrainingScores(scores.n, scores.accuracy, scores.macro_f1)


def _training_faces(dataset: FaceDataset, left_out: np.ndarray) -> FaceDataset | None:
    try:
        return clean(dataset, leave_out=left_out).train
    except DataError:
        return None


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


def classify_labels(recognizer: ExpressionRecognizer, faces: FaceDataset) -> Predictions:
    """Return the label head's answers and FER2013's labels."""
    probs = recognizer.predict_probs(faces.pixels, head="label")
    return Predictions(FER2013_LABELS, faces.label_ids, probs)


def classify_votes(
    recognizer: ExpressionRecognizer, faces: FaceDataset, votes: np.ndarray
) -> Predictions | None:
    """Return the votes head's answers and the majority, for faces on which people had one.

    Args:
        recognizer: The model.
        faces: Any faces of the file that was voted on.
        votes: FER+ votes `(n_rows, 8)` of the whole file.

    Returns:
        None if the model has no head for votes.

    Raises:
        DataError: The votes are not of this file.
    """
    if "votes" not in recognizer.card.heads:
        return None
    majority = majority_ids(votes_at(votes, faces.rows))
    has_majority = majority >= 0
    probs = recognizer.predict_probs(faces.pixels[has_majority], head="votes")
    return Predictions(VOTE_LABELS, majority[has_majority], probs)


def classify_reading(
    recognizer: ExpressionRecognizer, faces: FaceDataset, votes: np.ndarray | None
) -> tuple[Predictions, Predictions | None]:
    """Return what the app shows, with the labels and with what most of ten people say.

    Args:
        recognizer: The model.
        faces: Labelled faces.
        votes: FER+ votes `(n_rows, 8)` of the whole file, or None.

    Returns:
        Two predictions of the same readings. The truth of the second is -1 where no label leads all
        ten answers. It is None without votes, or if no label leads for any face.

    Raises:
        DataError: The votes are not of this file.
    """
    labels = recognizer.card.heads[recognizer.card.reading_head]
    on_labels = Predictions(labels, faces.label_ids, recognizer.predict_reading(faces.pixels))
    if votes is None or labels != VOTE_LABELS:
        return on_labels, None
    most = plurality_ids(votes_at(votes, faces.rows))
    return on_labels, Predictions(labels, most, on_labels.probs) if (most >= 0).any() else None


def _reading_scores(on_labels: Predictions, on_people: Predictions | None) -> ReadingScores:
    """Return the scores of the leading word of FER2013's seven, on faces that have one of them."""

    def scores(shown: Predictions) -> Scores:
        return score_with_intervals(shown.y_true, shown.probs, labels=shown.labels)

    voted = None if on_people is None else _of_seven(on_people)
    return ReadingScores(scores(_of_seven(on_labels)), scores(voted) if voted else None)


def _of_seven(shown: Predictions) -> Predictions:
    """Return the readings without contempt, of the faces whose true label is known and another."""
    is_one = (shown.y_true >= 0) & (shown.y_true < len(FER2013_LABELS))
    probs = shown.probs[is_one, : len(FER2013_LABELS)]
    probs = probs / np.maximum(probs.sum(axis=1, keepdims=True), _TINY)
    return Predictions(FER2013_LABELS, shown.y_true[is_one], probs)


def _deduplicated(
    faces: FaceDataset, labelled: Predictions, training: FaceDataset
) -> Scores | None:
    """Return the scores on faces that no training row repeats.

    There are none without training rows, or if every face is one of them.
    """
    is_new = ~np.isin(image_keys(faces.pixels), image_keys(training.pixels))
    if not len(training) or not is_new.any():
        return None
    new = labelled.select(is_new)
    return score_with_intervals(new.y_true, new.probs, labels=new.labels)


def _flip_averaged(
    recognizer: ExpressionRecognizer, faces: FaceDataset, labelled: Predictions
) -> FlipAveraged:
    mirrored = recognizer.predict_probs(faces.pixels[:, :, ::-1], head="label")
    probs = (labelled.probs + mirrored) / 2
    scores = score(labelled.y_true, probs, labels=labelled.labels)
    intervals = score_intervals(labelled.y_true, probs)
    return FlipAveraged(
        scores.accuracy,
        scores.macro_f1,
        {name: intervals[name] for name in ("accuracy", "macro_f1")},
    )


def _fer_plus(voted: Predictions) -> FerPlus:
    if not len(voted):
        return FerPlus(n=0, accuracy=None, labels=voted.labels)
    scores = score_with_intervals(voted.y_true, voted.probs, labels=voted.labels)
    return FerPlus(
        **scores_as_fields(scores), labels=voted.labels, interval=scores.intervals["accuracy"]
    )


def _robustness(
    recognizer: ExpressionRecognizer, faces: FaceDataset, on_progress: OnProgress
) -> dict[str, RobustnessCurve]:
    return robustness(
        lambda crops: recognizer.predict_probs(crops, head="label"), faces, on_progress=on_progress
    )
