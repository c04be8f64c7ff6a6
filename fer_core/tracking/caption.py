"""The word that is shown for a face: it changes with hysteresis and stays long enough to read."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class CaptionConfig:
    """When the word that is shown changes.

    Attributes:
        min_hold_s: Shortest time that a word stays, seconds, at least 0.
        lead: Lead that another expression needs to replace the one that is shown, `[0, 1]`.
        slack: How far the share of a word may fall below what it needs to be shown, before it is
            taken back as "not sure", `[0, 1]`.
    """

    min_hold_s: float = 1.0
    lead: float = 0.10
    slack: float = 0.08

    def __post_init__(self) -> None:
        if self.min_hold_s < 0 or not (0 <= self.lead <= 1 and 0 <= self.slack <= 1):
            raise ValueError(f"Settings out of range: {self}.")


@dataclass(frozen=True, slots=True)
class Caption:
    """What is shown for a face, and since when."""

    label_id: int | None  # index of the expression; None for "not sure"
    since_s: float  # on the clock of the frames


def next_caption(
    shown: Caption | None,
    probs: np.ndarray,
    *,
    min_confidences: np.ndarray,
    time_s: float,
    config: CaptionConfig,
) -> Caption:
    """Return what to show now.

    Args:
        shown: What was shown before; None for a new face.
        probs: Smoothed probabilities `(n_classes,)`.
        min_confidences: Share that each expression needs to be shown, `(n_classes,)` in `[0, 1]`.
        time_s: Time of the frame in seconds, not before `shown.since_s`.
        config: Hold time and hysteresis.

    >>> needed = np.array([0.5, 0.6])
    >>> start = next_caption(None, np.array([0.9, 0.1]), min_confidences=needed, time_s=0.0,
    ...                      config=CaptionConfig())
    >>> next_caption(start, np.array([0.2, 0.8]), min_confidences=needed, time_s=0.4,
    ...              config=CaptionConfig()).label_id  # held for a second
    0
    """
    if shown is None:
        return Caption(_leading(probs, min_confidences), time_s)
    wanted = _wanted(shown.label_id, probs, min_confidences, config)
    is_held = time_s - shown.since_s < config.min_hold_s
    if wanted == shown.label_id or is_held:
        return shown
    return Caption(wanted, time_s)


def _wanted(
    shown_id: int | None, probs: np.ndarray, min_confidences: np.ndarray, config: CaptionConfig
) -> int | None:
    """Return the expression to show if no word were held; None for "not sure"."""
    best = int(probs.argmax())
    if shown_id is None or (best != shown_id and probs[best] - probs[shown_id] >= config.lead):
        return _leading(probs, min_confidences)
    is_kept = probs[shown_id] >= min_confidences[shown_id] - config.slack
    return shown_id if is_kept else None


def _leading(probs: np.ndarray, min_confidences: np.ndarray) -> int | None:
    """Return the leading expression if its share is enough to show it."""
    best = int(probs.argmax())
    return best if probs[best] >= min_confidences[best] else None
