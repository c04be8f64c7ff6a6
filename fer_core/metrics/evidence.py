"""The parts of `evaluation.json` beside the plain scores; all are frozen and valid once built."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Interval(NamedTuple):
    """Where a score lies with 95% confidence; a list `[low, high]` in JSON."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class FlipAveraged:
    """Scores where the readings of a face and of its mirror image are averaged.

    Two looks at a face cost twice the time, so these scores are never mixed with the others.
    """

    accuracy: float
    macro_f1: float
    intervals: dict[str, Interval]  # of `accuracy` and `macro_f1`

    def __post_init__(self) -> None:
        check_shares("flip_averaged", [self.accuracy, self.macro_f1])
        check_intervals(self.intervals)


@dataclass(frozen=True, slots=True)
class HumanOnLabels:
    """What one person scores against the data set's own labels, on the same faces.

    Attributes:
        n: Single answers that were counted.
        accuracy: Share of them that are the label.
        macro_f1: Mean F1 over the data set's labels that occur.
        per_class: F1 of each of those labels.
    """

    n: int
    accuracy: float
    macro_f1: float
    per_class: dict[str, float]

    def __post_init__(self) -> None:
        check_shares("human on labels", [self.accuracy, self.macro_f1, *self.per_class.values()])


@dataclass(frozen=True, slots=True)
class HumanCeiling:
    """How often one person says what most of the others say, on the same faces.

    Attributes:
        n: Faces that count: for at least one person, the others had a majority.
        agreement: Share of single answers that are what most of the others say.
        per_class: The same over the answers with one label, for labels that were given.
        on_labels: One person's scores against the data set's labels; None where not measured.
    """

    n: int
    agreement: float
    per_class: dict[str, float]
    on_labels: HumanOnLabels | None = None

    def __post_init__(self) -> None:
        check_shares("human", [self.agreement, *self.per_class.values()])


@dataclass(frozen=True, slots=True)
class PrecisionRecall:
    """How precision falls as a label is said more often; `recall` rises from point to point."""

    average_precision: float
    recall: tuple[float, ...]
    precision: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.recall or len(self.recall) != len(self.precision):
            raise ValueError("expected as many precisions as recalls, at least one")
        check_shares("precision_recall", [self.average_precision, *self.recall, *self.precision])


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """How sure a model was, and how often right, where its confidence is at least `low`.

    It is under `high`, or at most 1 in the last bin.
    """

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float

    def __post_init__(self) -> None:
        check_shares("reliability", [self.low, self.high, self.confidence, self.accuracy])
        if self.n < 1:
            raise ValueError(f"expected bins with at least one face, got {self.n}")


@dataclass(frozen=True, slots=True)
class CoveragePoint:
    """What a threshold does: the share of faces that get a word, and how often it is right."""

    min_confidence: float
    coverage: float
    accuracy: float

    def __post_init__(self) -> None:
        check_shares("coverage", [self.min_confidence, self.coverage, self.accuracy])


@dataclass(frozen=True, slots=True)
class RobustnessPoint:
    """Scores on faces that were spoilt to one level."""

    level: float
    accuracy: float
    macro_f1: float

    def __post_init__(self) -> None:
        check_shares("robustness", [self.accuracy, self.macro_f1])
        if not math.isfinite(self.level):
            raise ValueError(f"expected finite levels, got {self.level}")


@dataclass(frozen=True, slots=True)
class RobustnessCurve:
    """Scores as faces are spoilt more and more in one way; `unit` is that of the levels."""

    unit: str
    faces: int
    points: tuple[RobustnessPoint, ...]

    def __post_init__(self) -> None:
        if not self.points or self.faces < 1:
            raise ValueError("expected at least one face and one point a curve")


def check_shares(name: str, shares: Iterable[float]) -> None:
    """Raise ValueError where a share is not in `[0, 1]`.

    >>> check_shares("accuracy", [0.5, 1.0])
    """
    for share in shares:
        if not 0.0 <= share <= 1.0:
            raise ValueError(f"expected shares of {name} from 0 to 1, got {share}")


def check_intervals(intervals: dict[str, Interval]) -> None:
    """Raise ValueError where an interval is no range within `[0, 1]`.

    >>> check_intervals({"accuracy": Interval(0.6, 0.7)})
    """
    for name, interval in intervals.items():
        if not 0.0 <= interval.low <= interval.high <= 1.0:
            raise ValueError(f"expected an interval of {name} within 0 to 1, got {interval}")
