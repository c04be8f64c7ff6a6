"""A face of a frame, and how people would name its expression."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from fer_core.labels import NOT_SURE_WORD, WORDS
from fer_core.records import (
    DEGREE_DECIMALS,
    PIXEL_DECIMALS,
    SHARE_DECIMALS,
    ExpressionRecord,
    FaceRecord,
    valid_unicode,
)
from fer_core.results.box import Box

NOT_READ_WORDS: Final = "not read"


@dataclass(frozen=True, slots=True, eq=False, repr=False)  # comparing arrays gives no truth value
class Expression:
    """How people would name the expression of one face.

    Attributes:
        labels: Names of the classes.
        probs: Share of people who would choose each label, float32 `(n_classes,)`, sums to 1.
        min_confidence: Share that the leading label needs to be shown, in `[0, 1]`. Below it the
            honest answer is "not sure", with the leading two as candidates.
        shown_label: The label to show, None for "not sure". A video may hold a word a little longer
            than its share alone would.
    """

    labels: tuple[str, ...]
    probs: np.ndarray
    min_confidence: float
    shown_label: str | None

    def __post_init__(self) -> None:
        probs = np.array(self.probs, dtype=np.float32)  # own copy: callers reuse buffers
        is_sum_1 = abs(float(probs.sum()) - 1.0) <= 1e-3  # False if one is NaN
        if probs.shape != (len(self.labels),) or not is_sum_1 or probs.min() < 0.0:
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

        >>> Expression.from_probs(("happy", "sad"), np.array([0.6, 0.4]))
        Expression(happy 60%)
        """
        is_valid = 0 < len(probs) == len(labels)  # what is not is refused below
        is_shown = is_valid and np.max(probs) >= min_confidence
        shown_label = labels[int(np.argmax(probs))] if is_shown else None
        return cls(labels, probs, min_confidence, shown_label)

    @property
    def label(self) -> str:
        """The label that most people would choose."""
        return self.labels[int(self.probs.argmax())]

    @property
    def confidence(self) -> float:
        """Share of people who would choose `label`, in `[0, 1]`."""
        return float(self.probs.max())

    @property
    def top_two(self) -> tuple[tuple[str, float], ...]:
        """The two leading labels with their shares: the candidates when it is not sure.

        >>> Expression.from_probs(("happy", "sad", "fear"), np.array([0.25, 0.5, 0.25])).top_two
        (('sad', 0.5), ('happy', 0.25))
        """
        return self.ranked()[:2]

    @property
    def is_sure(self) -> bool:
        """Whether there is a label to show."""
        return self.shown_label is not None

    def share(self, label: str) -> float:
        """Return the share of people who would choose one of `labels`."""
        return float(self.probs[self.labels.index(label)])

    def ranked(self) -> tuple[tuple[str, float], ...]:
        """Return `(label, share)` pairs, the largest share first.

        >>> Expression.from_probs(("happy", "sad"), np.array([0.2, 0.8])).ranked()[0][0]
        'sad'
        """
        order = np.argsort(-self.probs, kind="stable")
        return tuple((self.labels[i], float(self.probs[i])) for i in order)

    def in_words(self) -> str:
        """Return the reading in a few words: `happy 94%`, or `not sure: sad or afraid`.

        >>> labels = ("happy", "sad", "fear")
        >>> probs = np.array([0.25, 0.4, 0.35])
        >>> Expression.from_probs(labels, probs, min_confidence=0.5).in_words()
        'not sure: sad or afraid'
        """
        if self.shown_label is not None:
            return f"{word_of(self.shown_label)} {self.share(self.shown_label):.0%}"
        return f"{NOT_SURE_WORD}: {' or '.join(word_of(label) for label, _ in self.top_two)}"

    def to_dict(self) -> ExpressionRecord:
        """Return the expression as `cue analyze` writes it to JSON."""
        shares = self.probs.astype(np.float64)
        shares /= shares.sum()  # float32 shares may sum to 1.001
        probs = {
            label: round(float(share), SHARE_DECIMALS)
            for label, share in zip(self.labels, shares, strict=True)
        }
        return {
            "label": self.label,
            "confidence": probs[self.label],
            "said": self.shown_label,
            "min_confidence": round(float(self.min_confidence), SHARE_DECIMALS),
            "probs": probs,
        }

    def __repr__(self) -> str:
        return f"Expression({self.in_words()})"


def word_of(label: str) -> str:
    """Return the word for a label; a label of another model stands for itself.

    >>> word_of("fear"), word_of("joy")
    ('afraid', 'joy')
    """
    return WORDS.get(label, label)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Face:
    """One face of a frame. Without an `expression`, `reasons` say why it was not read."""

    box: Box
    detection_score: float  # in [0, 1]
    roll_deg: float = 0.0  # clockwise tilt of the head in the frame, (-180, 180]
    expression: Expression | None = None
    reasons: tuple[str, ...] = ()
    face_id: int | None = None  # the same in every frame of a video; None in a photo
    is_corrected: bool = False  # whether it is read with the face's own neutral baseline
    baseline_left_s: float | None = None  # seconds to go while its neutral baseline is captured

    def __post_init__(self) -> None:
        if not 0.0 <= self.detection_score <= 1.0:
            raise ValueError(f"detection_score lies in [0, 1], got {self.detection_score}.")
        if not -180.0 < self.roll_deg <= 180.0:
            raise ValueError(f"roll_deg lies in (-180, 180], got {self.roll_deg}.")
        if self.baseline_left_s is not None and not 0.0 <= self.baseline_left_s < np.inf:
            raise ValueError(f"baseline_left_s is at least 0, got {self.baseline_left_s}.")

    def in_words(self) -> str:
        """Return the reading, or why there is none: `not read: partly covered`.

        >>> Face(Box(0, 0, 9, 9), 0.9, reasons=("turned away",)).in_words()
        'not read: turned away'
        """
        if self.expression is not None:
            return self.expression.in_words()
        return f"{NOT_READ_WORDS}: {', '.join(self.reasons)}" if self.reasons else NOT_READ_WORDS

    def to_dict(self) -> FaceRecord:
        """Return the face as `cue analyze` writes it to JSON."""
        return {
            "box": [round(float(edge), PIXEL_DECIMALS) for edge in self.box.as_tuple()],
            "detection_score": round(float(self.detection_score), SHARE_DECIMALS),
            "roll_deg": round(float(self.roll_deg), DEGREE_DECIMALS),
            "expression": None if self.expression is None else self.expression.to_dict(),
            "reasons": [valid_unicode(reason) for reason in self.reasons],
        }

    def __repr__(self) -> str:
        number = "" if self.face_id is None else f", face_id={self.face_id}"
        return f"Face({self.in_words()}, box={self.box.whole_pixels()}{number})"
