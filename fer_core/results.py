"""What one frame gives: `FrameResult` holds `Face`s, a face may hold an `Expression`.

All are frozen and valid once built, so threads may share them.
"""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of its frame, end exclusive; it may reach over the frame's edge."""

    x1: float
    y1: float
    x2: float
    y2: float

    def __post_init__(self) -> None:
        if not (self.x2 > self.x1 and self.y2 > self.y1 and np.isfinite(self.as_tuple()).all()):
            raise ValueError(f"A box needs finite x2 > x1 and y2 > y1, got {self}.")

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.x2 - self.x1

    @property
    def height(self) -> float:
        """Height in pixels."""
        return self.y2 - self.y1

    def as_tuple(self) -> tuple[float, float, float, float]:
        """Return `(x1, y1, x2, y2)`."""
        return (self.x1, self.y1, self.x2, self.y2)


@dataclass(frozen=True, slots=True, eq=False)  # eq: comparing arrays gives no single truth value
class Expression:
    """How people would name what one face shows: `probs[i]` is the share for `labels[i]`.

    Attributes:
        labels: Names of the classes.
        probs: Share of each, float32 `(n_classes,)`, sums to 1.
        min_confidence: Share that a label needs to be shown, in `[0, 1]`. Below it the honest
            answer is "not sure", with the leading two as candidates.
        shown_label: The label to show, None for "not sure". A video may hold a word a little longer
            than its share alone would.
    """

    labels: tuple[str, ...]
    probs: np.ndarray  # (n_classes,) float32, sums to 1
    min_confidence: float
    shown_label: str | None

    def __post_init__(self) -> None:
        probs = np.array(self.probs, dtype=np.float32)  # own copy: callers reuse buffers
        if probs.shape != (len(self.labels),) or not np.isclose(probs.sum(), 1.0, atol=1e-3):
            raise ValueError(f"Need {len(self.labels)} probabilities summing to 1, got {probs}.")
        if not 0.0 <= self.min_confidence <= 1.0:
            raise ValueError(f"min_confidence lies in [0, 1], got {self.min_confidence}.")
        probs.setflags(write=False)  # read by the page while the camera thread moves on
        object.__setattr__(self, "probs", probs)
        if self.shown_label is not None and self.shown_label not in self.labels:
            raise ValueError(f"Expected a label of {self.labels}, got {self.shown_label!r}.")

    @classmethod
    def from_probs(
        cls, labels: tuple[str, ...], probs: np.ndarray, *, min_confidence: float = 0.0
    ) -> "Expression":
        """Return an expression that shows its leading label, or none below `min_confidence`.

        Raises:
            ValueError: As for any `Expression`.

        >>> Expression.from_probs(("happy", "sad"), np.array([0.6, 0.4])).shown_label
        'happy'
        """
        leader = int(np.argmax(probs)) if len(probs) == len(labels) else 0
        shown_label = labels[leader] if np.max(probs) >= min_confidence else None
        return cls(labels, probs, min_confidence, shown_label)

    @property
    def label(self) -> str:
        """The label most people would choose."""
        return self.labels[int(self.probs.argmax())]

    @property
    def confidence(self) -> float:
        """Share of people for `label`, in `[0, 1]`."""
        return float(self.probs.max())

    @property
    def top_two(self) -> tuple[tuple[str, float], ...]:
        """The two labels most people would choose, with their shares; what "not sure" names.

        >>> Expression.from_probs(("happy", "sad", "fear"), np.array([0.25, 0.5, 0.25])).top_two
        (('sad', 0.5), ('happy', 0.25))
        """
        return self.ranked()[:2]

    @property
    def is_sure(self) -> bool:
        """Whether there is a label to show."""
        return self.shown_label is not None

    def share(self, label: str) -> float:
        """Return the share of people for one of `labels`."""
        return float(self.probs[self.labels.index(label)])

    def ranked(self) -> tuple[tuple[str, float], ...]:
        """Return `(label, share)` pairs, the largest share first.

        >>> Expression.from_probs(("happy", "sad"), np.array([0.2, 0.8])).ranked()[0][0]
        'sad'
        """
        order = np.argsort(-self.probs, kind="stable")
        return tuple((self.labels[i], float(self.probs[i])) for i in order)


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face of a frame. Without an `expression`, `reasons` say why it was not read."""

    box: Box
    detection_score: float  # in [0, 1]
    roll_deg: float = 0.0  # clockwise tilt of the head in the picture, (-180, 180]
    expression: Expression | None = None
    reasons: tuple[str, ...] = ()
    face_id: int | None = None  # the same in every frame of a video; None in a photo
    is_corrected: bool = False  # whether it is read with the face's own neutral baseline
    baseline_left_s: float | None = None  # while its neutral face is being taken: seconds to go

    def __post_init__(self) -> None:
        if not 0.0 <= self.detection_score <= 1.0:
            raise ValueError(f"detection_score lies in [0, 1], got {self.detection_score}.")
        if not -180.0 < self.roll_deg <= 180.0:
            raise ValueError(f"roll_deg lies in (-180, 180], got {self.roll_deg}.")


@dataclass(frozen=True, slots=True, eq=False)
class FrameResult:
    """All faces of one frame, left to right; none found is an empty tuple."""

    width: int  # pixels
    height: int
    faces: tuple[Face, ...] = ()
    stage_ms: dict[str, float] = field(default_factory=dict)  # stage name -> milliseconds

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"A frame has at least one pixel, got {self.width}x{self.height}.")
