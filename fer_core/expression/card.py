"""`card.json`: everything that running a model needs, and how the model was made and measured."""

import json
import math
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Final

from fer_core.expression.preprocess import NORMALISATIONS
from fer_core.expression.reading import ReadingRule
from fer_core.files import parse_json
from fer_core.labels import FER2013_COUNTS, FER2013_LABELS

CARD_FILE: Final = "card.json"
FLOAT_FILE: Final = "model.tflite"  # float32
INT8_FILE: Final = "model_int8.tflite"  # dynamic-range int8 weights
KERAS_FILE: Final = "model.keras"
LEFT_OUT_FILE: Final = "left_out.csv"  # a copy of the selection that `train --leave-out` was given

_RENAMED: Final = {
    "twins": "exports",
    "twin_largest_difference": "export_largest_difference",
    "stored_twin_largest_difference": "stored_export_largest_difference",
}
"""Keys of cards written before version 0.2, and their names today."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The rows that a training left out, which `LEFT_OUT_FILE` in the model's folder names.

    Attributes:
        n: Number of training rows.
        sha256: Digest of the file.
    """

    n: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Training:
    """How a model was trained; None and empty stand for what was not recorded.

    Attributes:
        recipe: Name of the recipe.
        seed: Seed of everything random.
        backend: Keras backend.
        date: ISO date of the end of training.
        n_train: Faces that the network was trained on.
        epochs: Epochs that were run.
        student_epochs: Epochs before them, from random weights, as the student of
            `scripts/train_on_gpu.py`.
        class_counts: Faces in the data set as `{split: {label: count}}`.
        cleaning: Counts of `data.cleaning.CleaningReport`, by field.
        left_out: Rows that a selection took out of training; None if there was no selection.
        export_largest_difference: Largest difference between a probability of Keras and of the
            exact LiteRT export.
        stored_export_largest_difference: The same for the export that the model folder holds.
        note: A sentence about this training.
        is_repeatable: Whether one command trains the model again. False if its recipe has changed
            since or if its start weights are no longer in the repository.
    """

    recipe: str | None = None
    seed: int | None = None
    backend: str | None = None
    date: str | None = None
    n_train: int | None = None
    epochs: int | None = None
    student_epochs: int | None = None
    class_counts: dict[str, dict[str, int]] = field(default_factory=dict)
    cleaning: dict[str, int] = field(default_factory=dict)
    left_out: LeftOut | None = None
    export_largest_difference: float | None = None
    stored_export_largest_difference: float | None = None
    note: str | None = None
    is_repeatable: bool = True

    @property
    def is_on_fer2013(self) -> bool:
        """Whether the data set was FER2013, by its counts; cards without counts are of FER2013."""
        counts = self.class_counts.get("Training", {})
        return not counts or tuple(counts.get(x, 0) for x in FER2013_LABELS) == FER2013_COUNTS


@dataclass(frozen=True, slots=True)
class Calibration:
    """How confidence was calibrated; expected calibration errors (ECE) are by head.

    An ECE is None where no face was left to measure it on.

    Attributes:
        method: What was fitted and how the errors are measured, in sentences.
        fitted_on: Faces that chose the temperatures, in words.
        judged_on: Faces that the errors were measured on, in words.
        ece_before: ECE without the temperature.
        ece_after: ECE with it.
        chance_after: ECE that a perfect model would show on average on as many faces.
        ece_crosswise: Two-fold cross-validated ECE.
        chance_crosswise: ECE that a perfect model would show there.
    """

    method: str
    fitted_on: str
    judged_on: str
    ece_before: dict[str, float | None]
    ece_after: dict[str, float | None]
    chance_after: dict[str, float | None]
    ece_crosswise: dict[str, float | None]
    chance_crosswise: dict[str, float | None]


@dataclass(frozen=True, slots=True)
class ExportScores:
    """One file of a network on one split: scores of the label head, size and speed.

    Attributes:
        accuracy: In `[0, 1]`.
        macro_f1: In `[0, 1]`.
        ece: Expected calibration error with the calibrated temperature.
        bytes: Size of the file.
        ms_per_face: Median milliseconds per face, by the number of faces classified at once.
    """

    accuracy: float
    macro_f1: float
    ece: float
    bytes: int
    ms_per_face: dict[str, float]  # keys are numbers as text, as JSON needs them


@dataclass(frozen=True, slots=True)
class CardDetails:
    """How a model was made and measured; None and empty stand for what was not recorded.

    Attributes:
        licence: Licence of the weights.
        weights: How the stored weights differ from the trained ones, in sentences.
        training: How it was trained.
        calibration: How its confidence was calibrated.
        min_confidence_reason: Why `min_confidence` is what it is.
        exports: Scores of each of its files, by file name.
        mflops: Millions of operations per face.
        intended_use: What it is for, in sentences.
        not_for: What it is not for, in sentences.
        limits: Where it fails, in sentences.
        reproduce: The command that trains it again; None if no single command does.
    """

    licence: str | None = None
    weights: str | None = None
    training: Training | None = None
    calibration: Calibration | None = None
    min_confidence_reason: str | None = None
    exports: dict[str, ExportScores] = field(default_factory=dict)
    mflops: float | None = None
    intended_use: tuple[str, ...] = ()
    not_for: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    reproduce: str | None = None


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model card: input, labels, training and intended use.

    Attributes:
        model_id: Name of its folder.
        summary: One sentence for people.
        input_size: Side of a crop in pixels.
        normalisation: Name in `preprocess.NORMALISATIONS`.
        heads: Labels of each output, by the head's name, in the order of its classes.
        reading_head: Head whose labels the app shows; `label` is the one compared with the
            literature.
        reading: How both heads become the reading; None if `reading_head` alone is the reading.
        runtime_file: Weights that the app runs, `FLOAT_FILE` or `INT8_FILE`.
        min_confidence: Probability from which on the leading label is shown, in `[0, 1]`, unless
            `min_confidence_by_label` has the label.
        min_confidence_by_label: The same for single labels of the `reading_head`.
        digests: sha256 of each weights file, by file name.
        n_parameters: Trained numbers.
        temperature: Divisor of a head's logits, by the head's name; 1 if not given.
        is_default: Whether the app uses this model unless another one is named.
        details: How it was made and measured.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}  # a typo must not pass

    model_id: str
    summary: str
    input_size: int
    normalisation: str
    heads: dict[str, tuple[str, ...]]
    reading_head: str
    runtime_file: str
    min_confidence: float
    digests: dict[str, str]
    n_parameters: int
    temperature: dict[str, float] = field(default_factory=dict)
    reading: ReadingRule | None = None
    min_confidence_by_label: dict[str, float] = field(default_factory=dict)
    is_default: bool = False
    details: CardDetails = field(default_factory=CardDetails)

    def __post_init__(self) -> None:
        if self.input_size < 1 or not 0 <= self.min_confidence <= 1:
            raise ValueError(f"Out of range: {self.input_size=}, {self.min_confidence=}.")
        if self.normalisation not in NORMALISATIONS:
            raise ValueError(
                f"Expected a normalisation of {', '.join(NORMALISATIONS)}, "
                f"got {self.normalisation!r}."
            )
        if self.runtime_file not in (FLOAT_FILE, INT8_FILE):
            raise ValueError(f"Expected {FLOAT_FILE} or {INT8_FILE}, got {self.runtime_file!r}.")
        if self.reading_head not in self.heads:
            raise ValueError(f"No head {self.reading_head!r} among {', '.join(self.heads)}.")
        if self.reading is not None and (
            self.reading_head != "votes"
            or self.reading.shares.keys() != set(self.heads["votes"])
            or "label" not in self.heads
        ):
            raise ValueError("A rule of reading needs the heads label and votes, and their labels.")
        for label, min_confidence in self.min_confidence_by_label.items():
            if label not in self.heads[self.reading_head] or not 0 <= min_confidence <= 1:
                raise ValueError(
                    f"Expected thresholds in [0, 1] of labels that are shown, got "
                    f"{label}={min_confidence}."
                )
        for head, temperature in self.temperature.items():
            if head not in self.heads or not 0 < temperature < math.inf:
                raise ValueError(
                    f"Expected temperatures above 0 of heads, got {head}={temperature}."
                )

    @property
    def min_confidences(self) -> tuple[float, ...]:
        """Probability from which on each label of the `reading_head` is shown, in their order."""
        of_label = self.min_confidence_by_label
        return tuple(
            of_label.get(label, self.min_confidence) for label in self.heads[self.reading_head]
        )

    @classmethod
    def from_json(cls, text: str) -> "ModelCard":
        """Return the card in the text of a `card.json`, also of one that an older version wrote.

        Raises:
            ValueError: It is not a card, or a value is missing, of another type or out of range.
        """
        return parse_json(text, cls, renamed=_RENAMED)

    def to_json(self) -> str:
        """Return the text of its `card.json`."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
