"""What was measured, as stored on disk: one frozen class per file, loaded and saved as JSON.

`evaluation.json`, `turned.json`, `history.csv` and `photos/` lie in a model's folder. `faces.json`
is about the face detectors, which all models share, so it lies beside the models. No file holds a
photo or the name of one.
"""

import csv
import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final, TypeVar

from fer_core.errors import ModelError
from fer_core.evaluate.detection import DetectionEvaluation
from fer_core.evaluate.photos import PhotoEvaluation
from fer_core.evaluate.robustness import RobustnessCurve
from fer_core.evaluate.tilt import TurnedEvaluation
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder
from fer_core.files import parse_json, write_file
from fer_core.labels import WORDS
from fer_core.metrics.curves import CoveragePoint, PrecisionRecall, ReliabilityBin, ShownWords
from fer_core.metrics.human import HumanCeiling, HumanOnLabels
from fer_core.metrics.intervals import Interval, check_intervals, check_shares
from fer_core.metrics.scores import ClassScore, Scores, check_confusion

EVALUATION_FILE: Final = "evaluation.json"
HISTORY_FILE: Final = "history.csv"
TURNED_FILE: Final = "turned.json"
FACES_FILE: Final = "faces.json"
PHOTOS_FOLDER: Final = "photos"  # one file per set of photos
_FIRST_KEYS: Final = ("model", "split", "labels")  # of `evaluation.json`, for people who open it
_CURVES: Final = ("loss", "val_loss", "val_accuracy", "val_macro_f1")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class FlipAveraged:
    """Scores with the probabilities of a face and of its mirror image averaged.

    Two passes per face take twice the time, so these scores are never mixed with the others.
    """

    accuracy: float
    macro_f1: float
    intervals: dict[str, Interval]  # of `accuracy` and `macro_f1`

    def __post_init__(self) -> None:
        check_shares("flip_averaged", [self.accuracy, self.macro_f1])
        check_intervals(self.intervals)


@dataclass(frozen=True, slots=True, kw_only=True)
class FerPlus:
    """Scores of the votes head against the majority of ten people.

    All scores but `accuracy` are None or empty if there are no faces or an older file lacks them.

    Attributes:
        n: Faces on which people had a majority.
        accuracy: Share of them on which the model agrees with it; None if `n` is 0.
        macro_f1: As in `Scores`.
        per_class: Scores of each label.
        confusion: Counts; row is the majority, column the model's label.
        ece: Expected calibration error.
        top2: Share of faces whose majority is among the leading two labels.
        intervals: 95% intervals of the scores.
        labels: Labels in the order of the confusion matrix.
        interval: 95% interval of `accuracy`.
    """

    n: int
    accuracy: float | None
    macro_f1: float | None = None
    per_class: dict[str, ClassScore] = field(default_factory=dict)
    confusion: tuple[tuple[int, ...], ...] = ()
    ece: float | None = None
    top2: float | None = None
    intervals: dict[str, Interval] = field(default_factory=dict)
    labels: tuple[str, ...]
    interval: Interval | None = None

    def __post_init__(self) -> None:
        shares = (self.accuracy, self.macro_f1, self.ece, self.top2)
        check_shares("fer_plus", [share for share in shares if share is not None])
        check_intervals({} if self.interval is None else {"fer_plus": self.interval})
        check_intervals(self.intervals)
        if self.confusion:
            check_confusion(self.confusion, n=self.n, per_class=self.per_class)
            _check_labels(self.per_class, self.labels)


@dataclass(frozen=True, slots=True)
class ReadingScores:
    """Scores of what the app shows, by its leading word of FER2013's seven, sure or not.

    Attributes:
        on_labels: Against the labels, on every face of the split.
        on_majorities: Against the label that leads all ten people's answers, on the faces where it
            is one of the seven; None without votes.
    """

    on_labels: Scores
    on_majorities: Scores | None = None


@dataclass(frozen=True, slots=True)
class TrainingScores:
    """Scores of the label head on the very faces that trained it, after cleaning.

    They are no evidence of what a model can do. The gap to the scores on other faces says how much
    it learned by heart.
    """

    n: int
    accuracy: float
    macro_f1: float

    def __post_init__(self) -> None:
        check_shares("training", [self.accuracy, self.macro_f1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation(Scores):
    """Scores of one model on one split, as `evaluation.json` and `evaluate --json` hold them.

    The attributes of `Scores` are those of the label head on every face of the split. A part that
    was not measured, or that an older file lacks, is None or empty.

    Attributes:
        model: Name of the model's folder.
        split: The split that was scored.
        labels: Labels in the order of the confusion matrix.
        ms_per_face: Median milliseconds to classify one face.
        deduplicated: Scores without the faces that also occur in Training.
        flip_averaged: Scores with the mirrored face averaged in.
        fer_plus: Scores of the votes head against the majority of people.
        reading: Scores of what the app shows, which may come from both heads.
        human: How well people agree on these faces.
        precision_recall: One curve per label of the label head.
        reliability: Bins of the label head's confidence.
        coverage: The effect of one threshold for all labels on what the app shows.
        shown: For how many faces a word is shown with the thresholds of the card.
        robustness: One curve per corruption.
        training: Scores on the training faces.
    """

    model: str
    split: str
    labels: tuple[str, ...]
    ms_per_face: float
    deduplicated: Scores | None
    flip_averaged: FlipAveraged | None = None
    fer_plus: FerPlus | None = None
    reading: ReadingScores | None = None
    human: HumanCeiling | None = None
    precision_recall: dict[str, PrecisionRecall] = field(default_factory=dict)
    reliability: tuple[ReliabilityBin, ...] = ()
    coverage: tuple[CoveragePoint, ...] = ()
    shown: ShownWords | None = None
    robustness: dict[str, RobustnessCurve] | None = None
    training: TrainingScores | None = None

    def __post_init__(self) -> None:
        unknown = [label for label in self.labels if label not in WORDS]
        if not self.labels or unknown:
            raise ValueError(f"expected labels of {', '.join(WORDS)}, got {self.labels}")
        for scores in (self, self.deduplicated):
            if scores is not None:
                _check_labels(scores.per_class, self.labels)
        Scores.__post_init__(self)
        if not (math.isfinite(self.ms_per_face) and self.ms_per_face >= 0):
            raise ValueError(f"expected milliseconds of at least 0, got {self.ms_per_face}")

    @property
    def person(self) -> HumanOnLabels | None:
        """One person's scores against the labels of these faces, or None."""
        return None if self.human is None else self.human.on_labels

    @property
    def accuracy_margin(self) -> float:
        """Half the width of accuracy's 95% interval: how far chance alone may move it.

        Source: the normal approximation of a share of `n` faces, `1.96 * sqrt(p * (1 - p) / n)`.
        """
        return 1.96 * math.sqrt(self.accuracy * (1 - self.accuracy) / self.n)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, in the order of `evaluation.json`."""
        values = asdict(self)
        return {name: values[name] for name in (*_FIRST_KEYS, *values)}


@dataclass(frozen=True, slots=True)
class History:
    """Learning curves: one entry per epoch, from the first to the last.

    Attributes:
        epochs: Numbers of the epochs, from 1.
        loss: On the augmented training faces.
        val_loss: On the validation faces.
        val_accuracy: In `[0, 1]`.
        val_macro_f1: In `[0, 1]`.
    """

    epochs: tuple[int, ...]
    loss: tuple[float, ...]
    val_loss: tuple[float, ...]
    val_accuracy: tuple[float, ...]
    val_macro_f1: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.epochs:
            raise ValueError("expected at least one epoch")
        for name in _CURVES:
            values = getattr(self, name)
            if len(values) != len(self.epochs) or not all(map(math.isfinite, values)):
                raise ValueError(f"expected {len(self.epochs)} finite values of {name}")


def scores_as_fields(scores: Scores) -> dict[str, Any]:
    """Return the attributes of scores by name, to build an `Evaluation` or a `FerPlus` from."""
    return {each.name: getattr(scores, each.name) for each in fields(Scores)}


def load_evaluation(model_id: str, *, models: ModelFolder = SHIPPED_MODELS) -> Evaluation:
    """Return the stored scores of one model.

    Raises:
        ModelError: The file is missing or damaged.
    """
    return _load_of_model(
        models.path_of(model_id) / EVALUATION_FILE, lambda text: parse_json(text, Evaluation)
    )


def save_evaluation(evaluation: Evaluation, *, models: ModelFolder = SHIPPED_MODELS) -> None:
    """Write `evaluation.json` into the model's folder, which exists."""
    text = json.dumps(evaluation.as_dict(), indent=1, allow_nan=False)
    write_file(models.path_of(evaluation.model) / EVALUATION_FILE, text + "\n")


def load_history(model_id: str, *, models: ModelFolder = SHIPPED_MODELS) -> History:
    """Return the stored learning curves of one model.

    Raises:
        ModelError: The file is missing or damaged.
    """
    return _load_of_model(models.path_of(model_id) / HISTORY_FILE, _parse_history)


def load_detection(*, models: ModelFolder = SHIPPED_MODELS) -> DetectionEvaluation:
    """Return the stored scores of the face detectors.

    Raises:
        ModelError: The file is missing or damaged.
    """
    path = models.path / FACES_FILE
    command = "evaluate-faces --data DIR --json models/faces.json"
    return _load_measured(path, DetectionEvaluation, command=command)


def load_turned(model_id: str, *, models: ModelFolder = SHIPPED_MODELS) -> TurnedEvaluation:
    """Return the stored scores of one model on turned faces.

    Raises:
        ModelError: The file is missing or damaged.
    """
    path = models.path_of(model_id) / TURNED_FILE
    command = f"evaluate-turned {model_id} --data FILE --json models/{model_id}/turned.json"
    return _load_measured(path, TurnedEvaluation, command=command)


def load_photos(
    model_id: str, *, models: ModelFolder = SHIPPED_MODELS
) -> tuple[PhotoEvaluation, ...]:
    """Return the stored scores of one model on whole photos, by the names of the sets.

    Raises:
        ModelError: A file is damaged.
    """
    folder = models.path_of(model_id) / PHOTOS_FOLDER
    command = f"evaluate-photos DIR --model {model_id} --save"
    return tuple(
        _load_measured(path, PhotoEvaluation, command=command)
        for path in sorted(folder.glob("*.json"))
    )


def save_photos(evaluation: PhotoEvaluation, *, models: ModelFolder = SHIPPED_MODELS) -> Path:
    """Write scores on whole photos into the model's folder, which exists; return the file.

    Scores of single persons are left out.
    """
    folder = models.path_of(evaluation.model) / PHOTOS_FOLDER
    folder.mkdir(exist_ok=True)
    values = evaluation.without_clusters().as_dict()
    path = folder / f"{evaluation.data}{'-crops' if evaluation.crops else ''}.json"
    write_file(path, json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
    return path


def _load_of_model(path: Path, parse: Callable[[str], _T]) -> _T:
    """Return the content of a file that every model's folder holds."""
    name = f"models/{path.parent.name}/{path.name}"
    advice = "Restore the folder, or train the model again."
    return _load(path, parse, name=name, missing=f"{name} is missing.", advice=advice)


def _load_measured(path: Path, kind: type[_T], *, command: str) -> _T:
    """Return the content of a file that a command writes when it is asked to."""
    advice = f"Measure it: python -m fer_core {command}"
    return _load(
        path,
        lambda text: parse_json(text, kind),
        name=path.name,
        missing="Not measured yet.",
        advice=advice,
    )


def _load(path: Path, parse: Callable[[str], _T], *, name: str, missing: str, advice: str) -> _T:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ModelError(f"{missing} {advice}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{name} cannot be read ({error}). {advice}") from error
    try:
        return parse(text)
    except ValueError as error:
        raise ModelError(f"{name} is damaged ({error}). {advice}") from error


def _parse_history(text: str) -> History:
    try:
        rows = list(csv.DictReader(text.splitlines()))
        curves = {name: tuple(float(row[name]) for row in rows) for name in _CURVES}
        return History(epochs=tuple(int(float(row["epoch"])) for row in rows), **curves)
    except (KeyError, TypeError, csv.Error) as error:  # a column or a cell is missing
        raise ValueError(f"{type(error).__name__}: {error}") from error


def _check_labels(per_class: dict[str, ClassScore], labels: tuple[str, ...]) -> None:
    if set(per_class) != set(labels):
        raise ValueError(f"expected scores of {', '.join(labels)}")
