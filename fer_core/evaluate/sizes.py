"""One network trained on faces of several sizes: what more pixels give. Stored in `sizes.json`."""

import json
from dataclasses import asdict, dataclass
from typing import Final

from fer_core.errors import ModelError
from fer_core.evaluate.photos import PhotoEvaluation
from fer_core.evaluate.report import Evaluation
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder
from fer_core.files import parse_json, write_file
from fer_core.metrics.intervals import Interval, check_intervals, check_shares

SIZES_FILE: Final = "sizes.json"  # beside the models
_COMMAND: Final = "python -m fer_core compare-sizes FOLDER FOLDER --photos DIR"


@dataclass(frozen=True, slots=True)
class SizeScores:
    """Scores on one set of faces.

    Attributes:
        n: Faces that were scored.
        accuracy: In `[0, 1]`.
        macro_f1: In `[0, 1]`.
        intervals: 95% intervals of `accuracy` and `macro_f1`.
    """

    n: int
    accuracy: float
    macro_f1: float
    intervals: dict[str, Interval]

    def __post_init__(self) -> None:
        check_shares("sizes", [self.accuracy, self.macro_f1])
        check_intervals(self.intervals)


@dataclass(frozen=True, slots=True)
class SizeRow:
    """The network of one size.

    Attributes:
        size: Side of its faces in pixels.
        ms_per_face: Median milliseconds to classify one face.
        labels: Scores of the label head on FER2013's split, enlarged to this size.
        photos: Scores of what the app shows on the photos; None if none was read.
    """

    size: int
    ms_per_face: float
    labels: SizeScores
    photos: SizeScores | None


@dataclass(frozen=True, slots=True)
class SizeComparison:
    """The same training at several sizes.

    Attributes:
        recipe: Name of the recipe.
        epochs: Epochs of each training.
        seed: Its seed.
        split: Split of FER2013 that was scored.
        data: Name of the set of photos.
        rows: One per size, the smallest first.
    """

    recipe: str
    epochs: int
    seed: int
    split: str
    data: str
    rows: tuple[SizeRow, ...]

    def __post_init__(self) -> None:
        sizes = [row.size for row in self.rows]
        if len(sizes) < 2 or sizes != sorted(set(sizes)):
            raise ValueError(f"expected at least two sizes in order, got {sizes}")


def size_row(size: int, evaluation: Evaluation, photos: PhotoEvaluation) -> SizeRow:
    """Return the row of one network from its evaluations."""
    on_photos = None
    if photos.accuracy is not None and photos.macro_f1 is not None:
        on_photos = SizeScores(
            photos.scored, photos.accuracy, photos.macro_f1, _two(photos.intervals)
        )
    labels = SizeScores(
        evaluation.n, evaluation.accuracy, evaluation.macro_f1, _two(evaluation.intervals)
    )
    return SizeRow(size, evaluation.ms_per_face, labels, on_photos)


def load_sizes(*, models: ModelFolder = SHIPPED_MODELS) -> SizeComparison:
    """Return the stored comparison.

    Raises:
        ModelError: It was not measured yet, or the file is damaged.
    """
    path = models.path / SIZES_FILE
    try:
        return parse_json(path.read_text(encoding="utf-8"), SizeComparison)
    except FileNotFoundError as error:
        raise ModelError(f"Sizes of faces were not compared yet. Compare them: {_COMMAND}") from (
            error
        )
    except (OSError, ValueError) as error:
        raise ModelError(f"{SIZES_FILE} is damaged ({error}). Compare again: {_COMMAND}") from error


def save_sizes(comparison: SizeComparison, *, models: ModelFolder = SHIPPED_MODELS) -> None:
    """Write `sizes.json` beside the models."""
    text = json.dumps(asdict(comparison), indent=1, allow_nan=False)
    write_file(models.path / SIZES_FILE, text + "\n")


def _two(intervals: dict[str, Interval]) -> dict[str, Interval]:
    return {name: intervals[name] for name in ("accuracy", "macro_f1") if name in intervals}
