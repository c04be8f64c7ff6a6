"""Scores of whole photos, from file to word: how many are found, read, said, and right."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from fer_core.labels import FER2013_LABELS
from fer_core.metrics.comparisons import Share
from fer_core.metrics.curves import ShownWords
from fer_core.metrics.intervals import Interval, check_intervals, check_shares

NO_FACE: Final = "no face found"
FILE_NOT_READ: Final = "the file cannot be read"


@dataclass(frozen=True, slots=True)
class PhotoOutcome:
    """What became of one photo.

    Attributes:
        label: Its label, one of `VOTE_LABELS`; None if it is not known.
        groups: The groups that it is in, value by column.
        is_found: Whether a face was found.
        reason: Why it was not read; None if it was.
        leading: The label that leads the reading; None if it was not read.
        said: The label that is shown; None if it was not read or the reading is not sure.
        confidence: Share of people who would choose `leading`; None if it was not read.
    """

    label: str | None
    groups: Mapping[str, str]
    is_found: bool
    reason: str | None
    leading: str | None = None
    said: str | None = None
    confidence: float | None = None

    def __post_init__(self) -> None:
        is_read = {self.reason is None, self.leading is not None, self.confidence is not None}
        if len(is_read) > 1:
            raise ValueError("Expected either a reading or the reason why there is none.")

    @property
    def is_scored(self) -> bool:
        """Whether it was read and has one of FER2013's seven labels."""
        return self.leading is not None and self.label in FER2013_LABELS


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionScore:
    """Scores of the photos with one label; shares lie in `[0, 1]`.

    Attributes:
        n: Photos with the label.
        found: Those in which a face was found.
        read: Those that were read.
        said: Those for which a word was said.
        said_right: Those for which the label's word was said.
        precision: Share of the photos that are read as this label that have it.
        recall: Share of the read photos with this label that are read as it, sure or not.
        f1: The harmonic mean of both.
        interval: 95% interval of `recall`; None if none was read.
    """

    n: int
    found: int
    read: int
    said: int
    said_right: int
    precision: float
    recall: float
    f1: float
    interval: Interval | None

    def __post_init__(self) -> None:
        check_shares("an expression", [self.precision, self.recall, self.f1])


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoScores:
    """Scores of some photos; shares lie in `[0, 1]`.

    Attributes:
        n: Photos.
        found: Photos in which a face was found.
        read: Photos whose face was read.
        said: Photos for which a word was said; the other readings were not sure.
        said_labelled: Those of them whose label is known.
        said_right: Those of them for which the word was the label's; None without labels.
        scored: Read photos with one of FER2013's seven labels: accuracy is over them.
        right: Those of them whose leading word is right, sure or not; None if there are none.
        accuracy: Share of them that are right.
        macro_f1: Mean of the F1 in `per_class`, which is 0 for a label of which no photo was read;
            None if no photo of the seven labels was read.
        per_class: Scores of each of the seven labels that occurs.
        unread: Photos that were not read, by the first reason. Their sum is `n - read`.
        words: How often each word was said. Their sum is `said`.
        intervals: 95% intervals: of `found`, `read` and each reason as shares of `n`; of `said` and
            each word as shares of `read`; of `said_right` as share of `said_labelled`; of
            `accuracy` and `macro_f1`. A share of nothing has none.
    """

    n: int
    found: int
    read: int
    said: int
    said_labelled: int
    said_right: int | None
    scored: int
    right: int | None
    accuracy: float | None
    macro_f1: float | None
    per_class: dict[str, ExpressionScore] = field(default_factory=dict)
    unread: dict[str, int] = field(default_factory=dict)
    words: dict[str, int] = field(default_factory=dict)
    intervals: dict[str, Interval] = field(default_factory=dict)

    def __post_init__(self) -> None:
        counts = (self.n, self.found, self.read, self.said, 0)
        if list(counts) != sorted(counts, reverse=True) or self.n < 1:
            raise ValueError(f"expected n >= found >= read >= said >= 0, got {counts[:-1]}")
        if sum(self.unread.values()) != self.n - self.read:
            raise ValueError(f"expected reasons for {self.n - self.read} photos, got {self.unread}")
        if sum(self.words.values()) != self.said:
            raise ValueError(f"expected {self.said} words, got {self.words}")
        shares = [share for share in (self.accuracy, self.macro_f1) if share is not None]
        check_shares("scores", shares)
        check_intervals(self.intervals)

    @property
    def shown(self) -> ShownWords | None:
        """For how many of the photos read a word was said; None if none was read."""
        if not self.read:
            return None
        return ShownWords(self.read, self.said, self.said_labelled, self.said_right or 0)

    def shares(self) -> dict[str, Share]:
        """Return the count and the total of each share that `intervals` names, but for macro-F1."""
        return {
            "found": Share(self.found, self.n),
            "read": Share(self.read, self.n),
            "said": Share(self.said, self.read),
            "said_right": Share(self.said_right or 0, self.said_labelled),
            "accuracy": Share(self.right or 0, self.scored),
            **{reason: Share(count, self.n) for reason, count in self.unread.items()},
            **{word: Share(count, self.read) for word, count in self.words.items()},
        }
