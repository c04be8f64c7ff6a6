"""What training left in a model's folder, read back: `evaluation.json` and `history.csv`."""

import csv
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from fer_core.errors import ModelError
from fer_core.evaluate.scores import ClassScore, Scores
from fer_core.expression.card import MODELS_FOLDER
from fer_core.labels import WORDS

EVALUATION_FILE: Final = "evaluation.json"
HISTORY_FILE: Final = "history.csv"
_Content = TypeVar("_Content")
_CURVES: Final = ("loss", "val_loss", "val_accuracy", "val_macro_f1")
_DAMAGE: Final = (OSError, ValueError, KeyError, TypeError, AttributeError, csv.Error)


@dataclass(frozen=True, slots=True)
class StoredEvaluation:
    """Scores of one model on one split, as `evaluation.json` holds them.

    Attributes:
        model_id: Name of the model's folder.
        split: The split that was scored.
        labels: Labels in the order of the confusion matrix.
        scores: On every face of the split.
        deduplicated: Without the faces that also occur in Training; None where not measured.
        ms_per_face: Median milliseconds to classify one face.
        fer_plus_accuracy: Share of faces read as most of ten people did, or None.
    """

    model_id: str
    split: str
    labels: tuple[str, ...]
    scores: Scores
    deduplicated: Scores | None
    ms_per_face: float
    fer_plus_accuracy: float | None = None

    def __post_init__(self) -> None:
        unknown = [label for label in self.labels if label not in WORDS]
        if not self.labels or unknown:
            raise ValueError(f"expected labels of {', '.join(WORDS)}, got {self.labels}")
        for scores in (self.scores, self.deduplicated):
            if scores is not None:
                _check(scores, self.labels)
        if not (math.isfinite(self.ms_per_face) and self.ms_per_face >= 0):
            raise ValueError(f"expected milliseconds of at least 0, got {self.ms_per_face}")

    @property
    def accuracy_margin(self) -> float:
        """Half the width of accuracy's 95 % interval: how far chance alone may move it.

        Source: the normal approximation of a share of `n` faces, `1.96 * sqrt(p * (1 - p) / n)`.
        """
        share = self.scores.accuracy
        return 1.96 * math.sqrt(share * (1 - share) / self.scores.n)


@dataclass(frozen=True, slots=True)
class History:
    """Learning curves: one entry an epoch, from the first to the last.

    Attributes:
        epochs: Numbers of the epochs, from 1.
        loss: On the altered training faces.
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


def load_evaluation(model_id: str, *, models_folder: Path = MODELS_FOLDER) -> StoredEvaluation:
    """Return the stored scores of one model; entries it does not know are left aside.

    Raises:
        ModelError: The file is missing or damaged.
    """

    def parse(text: str) -> StoredEvaluation:
        values = json.loads(text)
        deduplicated, fer_plus = values["deduplicated"], values.get("fer_plus")
        return StoredEvaluation(
            model_id=model_id,
            split=str(values["split"]),
            labels=tuple(values["labels"]),
            scores=_scores(values),
            deduplicated=None if deduplicated is None else _scores(deduplicated),
            ms_per_face=float(values["ms_per_face"]),
            fer_plus_accuracy=None if fer_plus is None else fer_plus["accuracy"],
        )

    return _load(models_folder / model_id / EVALUATION_FILE, parse)


def load_history(model_id: str, *, models_folder: Path = MODELS_FOLDER) -> History:
    """Return the stored learning curves of one model.

    Raises:
        ModelError: The file is missing or damaged.
    """

    def parse(text: str) -> History:
        rows = list(csv.DictReader(text.splitlines()))
        curves = {name: tuple(float(row[name]) for row in rows) for name in _CURVES}
        return History(epochs=tuple(int(float(row["epoch"])) for row in rows), **curves)

    return _load(models_folder / model_id / HISTORY_FILE, parse)


def _load(path: Path, parse: Callable[[str], _Content]) -> _Content:
    name = f"models/{path.parent.name}/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ModelError(
            f"{name} is missing. Restore the folder, or train the model again."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(
            f"{name} cannot be read ({error}). Restore the folder, or train the model again."
        ) from error
    try:
        return parse(text)
    except _DAMAGE as error:
        raise ModelError(
            f"{name} is damaged ({type(error).__name__}: {error}). Restore the folder, or train "
            "the model again."
        ) from error


def _scores(values: Mapping[str, Any]) -> Scores:
    return Scores(
        n=int(values["n"]),
        accuracy=float(values["accuracy"]),
        macro_f1=float(values["macro_f1"]),
        per_class={
            label: ClassScore(
                precision=float(score["precision"]),
                recall=float(score["recall"]),
                f1=float(score["f1"]),
                support=int(score["support"]),
            )
            for label, score in values["per_class"].items()
        },
        confusion=tuple(tuple(int(count) for count in row) for row in values["confusion"]),
        ece=float(values["ece"]),
    )


def _check(scores: Scores, labels: tuple[str, ...]) -> None:
    """Raise ValueError where parts are missing or out of range."""
    if set(scores.per_class) != set(labels):
        raise ValueError(f"expected scores of {', '.join(labels)}")
    if [len(row) for row in scores.confusion] != [len(labels)] * len(labels):
        raise ValueError(f"expected a confusion matrix of {len(labels)} x {len(labels)} counts")
    if sum(map(sum, scores.confusion)) != scores.n or scores.n < 1:
        raise ValueError(f"expected {scores.n} faces in the confusion matrix")
    shares = [scores.accuracy, scores.macro_f1, scores.ece]
    shares += [value for s in scores.per_class.values() for value in (s.precision, s.recall, s.f1)]
    if not all(0.0 <= share <= 1.0 for share in shares):
        raise ValueError("expected scores from 0 to 1")
