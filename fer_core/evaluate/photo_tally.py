"""From what became of each photo to scores with intervals: `score_outcomes`.

Where several photos show the same person, intervals come from resampling persons, since photos of
one person are alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from fer_core.evaluate.photo_scores import ExpressionScore, PhotoOutcome, PhotoScores
from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.metrics.comparisons import Share
from fer_core.metrics.intervals import Interval, bootstrap_intervals, wilson_interval

_DECIMALS: Final = 4
_N_TRUE, _N_LED = len(FER2013_LABELS), len(VOTE_LABELS)
_RECALLS: Final = {f"recall of {label}": label for label in FER2013_LABELS}
_LABELLED: Final = tuple(f"labelled {label}" for label in FER2013_LABELS)


def score_outcomes(
    outcomes: Sequence[PhotoOutcome], *, cluster_column: str | None = None
) -> PhotoScores:
    """Return the scores of some photos.

    Args:
        outcomes: At least one.
        cluster_column: The group column whose values are persons or sequences. Then intervals come
            from a bootstrap over them. Without it, those of shares are Wilson's.

    Raises:
        ValueError: There are no outcomes.
    """
    if not outcomes:
        raise ValueError("Expected at least one photo.")
    unread = _counted(outcome.reason for outcome in outcomes)
    words = {label: n for label in VOTE_LABELS if (n := sum(o.said == label for o in outcomes))}
    tally = _Tally(outcomes, tuple(unread), tuple(words))
    clusters = None if cluster_column is None else _cluster_ids(outcomes, cluster_column)
    intervals = tally.intervals(clusters)
    read = [outcome for outcome in outcomes if outcome.leading is not None]
    said = [outcome for outcome in read if outcome.said is not None]
    scored = [outcome for outcome in read if outcome.is_scored]
    n_right = sum(outcome.leading == outcome.label for outcome in scored)
    has_labels = any(outcome.label is not None for outcome in outcomes)
    return PhotoScores(
        n=len(outcomes),
        found=sum(outcome.is_found for outcome in outcomes),
        read=len(read),
        said=len(said),
        said_labelled=sum(outcome.label is not None for outcome in said),
        said_right=sum(o.said == o.label for o in said) if has_labels else None,
        scored=len(scored),
        right=n_right if scored else None,
        accuracy=round(n_right / len(scored), _DECIMALS) if scored else None,
        macro_f1=round(float(tally.macro_f1(tally.total)[0]), _DECIMALS) if scored else None,
        per_class=_per_class(outcomes, intervals),
        unread=unread,
        words=words,
        intervals={name: each for name, each in intervals.items() if name not in _RECALLS},
    )


class _Tally:
    """The counts behind every share, one row per photo, so that they can be summed and resampled.

    The columns are the numerators and the denominators by name, then the confusion matrix.
    """

    def __init__(
        self, outcomes: Sequence[PhotoOutcome], reasons: tuple[str, ...], words: tuple[str, ...]
    ) -> None:
        self._totals = {
            **dict.fromkeys(("found", "read", *reasons), "n"),
            **dict.fromkeys(("said", *words), "read"),
            "said_right": "said_labelled",
            "accuracy": "scored",
            **{recall: f"scored {label}" for recall, label in _RECALLS.items()},
        }
        rows = [_counts_of(outcome) for outcome in outcomes]
        names = dict.fromkeys((*self._totals, *self._totals.values(), *_LABELLED))
        self._column = {name: index for index, name in enumerate(names)}
        counts = [[name in row for name in names] for row in rows]
        confusion = np.zeros((len(outcomes), _N_TRUE, _N_LED))
        for index, outcome in enumerate(outcomes):
            if outcome.is_scored:
                pair = (outcome.label or "", outcome.leading or "")
                confusion[index, *map(VOTE_LABELS.index, pair)] = 1
        flat = confusion.reshape(len(rows), -1)
        self._rows = np.concatenate([np.array(counts, float), flat], axis=1)

    @property
    def total(self) -> np.ndarray:
        """The sums over all photos, `(1, n_columns)`."""
        return np.asarray(self._rows.sum(axis=0, keepdims=True))

    def macro_f1(self, sums: np.ndarray) -> np.ndarray:
        """Return the macro-F1 of sums `(m, n_columns)`, `(m,)`, over the labels of the photos.

        A label of which no photo was read counts with an F1 of 0: else a model would score higher
        by not reading it.
        """
        confusions = sums[:, len(self._column) :].reshape(-1, _N_TRUE, _N_LED)
        n_true = confusions.sum(axis=2)  # (m, 7)
        n_led = confusions.sum(axis=1)[:, :_N_TRUE]
        hits = np.diagonal(confusions, axis1=1, axis2=2)
        f1 = 2 * hits / np.maximum(n_true + n_led, 1)
        occurs = sums[:, [self._column[name] for name in _LABELLED]] > 0
        return np.asarray((f1 * occurs).sum(axis=1) / np.maximum(occurs.sum(axis=1), 1))

    def intervals(self, cluster_ids: np.ndarray | None) -> dict[str, Interval]:
        """Return the 95% interval of each share and of macro-F1; a share of nothing has none."""
        (sums,) = self.total
        shares = {
            name: Share(int(sums[self._column[name]]), int(sums[self._column[total]]))
            for name, total in self._totals.items()
            if sums[self._column[total]] > 0
        }
        if cluster_ids is not None and len(np.unique(cluster_ids)) == 1:
            return {}  # one person says nothing about how far persons differ
        ids = np.arange(len(self._rows)) if cluster_ids is None else cluster_ids
        rows = np.zeros((int(ids.max()) + 1, self._rows.shape[1]))
        np.add.at(rows, ids, self._rows)
        names = list(shares) if cluster_ids is not None else []
        with_f1 = [*names, "macro_f1"] if "accuracy" in shares else names
        resampled = self._bootstrap(rows, names, has_f1="accuracy" in shares)
        found = dict(zip(with_f1, resampled, strict=True))
        for name, share in shares.items():
            if cluster_ids is None:
                found[name] = wilson_interval(share.count, share.n)
            elif share.count in (0, share.n):  # resampling cannot vary it: one photo per person
                n_persons = int((rows[:, self._column[self._totals[name]]] > 0).sum())
                found[name] = wilson_interval(n_persons if share.count else 0, n_persons)
        return {name: _rounded(found[name]) for name in (*shares, "macro_f1") if name in found}

    def _bootstrap(
        self, rows: np.ndarray, names: Sequence[str], *, has_f1: bool
    ) -> tuple[Interval, ...]:
        """Return the intervals of some shares, and then of macro-F1, from resampled rows."""
        if not names and not has_f1:
            return ()
        numerators = [self._column[name] for name in names]
        denominators = [self._column[self._totals[name]] for name in names]

        def of_resamples(drawn: np.ndarray) -> np.ndarray:  # (m, n_rows) -> (n_shares, m)
            shifted = drawn + len(rows) * np.arange(len(drawn))[:, None]
            times = np.bincount(shifted.ravel(), minlength=drawn.size).reshape(len(drawn), -1)
            sums = times @ rows
            shares = sums[:, numerators] / np.maximum(sums[:, denominators], 1)
            return np.concatenate([shares.T, *([self.macro_f1(sums)[None]] if has_f1 else [])])

        return bootstrap_intervals(of_resamples, len(rows))


def _counts_of(outcome: PhotoOutcome) -> set[str]:
    """Return the names of all counts that a photo adds one to."""
    counts = {"n", f"labelled {outcome.label}"}
    if outcome.is_found:
        counts.add("found")
    if outcome.reason is not None:
        return counts | {outcome.reason}
    counts.add("read")
    if outcome.said is not None:
        counts |= {"said", outcome.said}
        counts |= {"said_labelled"} if outcome.label is not None else set()
        counts |= {"said_right"} if outcome.said == outcome.label else set()
    if outcome.is_scored:
        counts |= {"scored", f"scored {outcome.label}"}
        if outcome.leading == outcome.label:
            counts |= {"accuracy", f"recall of {outcome.label}"}
    return counts


def _per_class(
    outcomes: Sequence[PhotoOutcome], intervals: Mapping[str, Interval]
) -> dict[str, ExpressionScore]:
    """Return the scores of each of the seven labels that occurs."""
    led = [outcome.leading for outcome in outcomes if outcome.is_scored]
    scores = {}
    for recall_name, label in _RECALLS.items():
        photos = [outcome for outcome in outcomes if outcome.label == label]
        if not photos:
            continue
        read = [outcome for outcome in photos if outcome.leading is not None]
        n_right = sum(outcome.leading == label for outcome in read)
        n_led = led.count(label)
        scores[label] = ExpressionScore(
            n=len(photos),
            found=sum(outcome.is_found for outcome in photos),
            read=len(read),
            said=sum(outcome.said is not None for outcome in read),
            said_right=sum(outcome.said == label for outcome in read),
            precision=round(n_right / max(n_led, 1), _DECIMALS),
            recall=round(n_right / max(len(read), 1), _DECIMALS),
            f1=round(2 * n_right / max(len(read) + n_led, 1), _DECIMALS),
            interval=intervals.get(recall_name),
        )
    return scores


def _cluster_ids(outcomes: Sequence[PhotoOutcome], column: str) -> np.ndarray:
    """Return the number of each photo's person; a photo without one stands alone: `(n,)` int."""
    names = [
        ("one", outcome.groups[column]) if column in outcome.groups else ("alone", str(index))
        for index, outcome in enumerate(outcomes)
    ]
    ids = {name: index for index, name in enumerate(dict.fromkeys(names))}
    return np.array([ids[name] for name in names])


def _counted(names: Iterable[str | None]) -> dict[str, int]:
    """Return how often each name occurs, the most frequent first."""
    counts: dict[str, int] = {}
    for name in names:
        if name is not None:
            counts[name] = counts.get(name, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _rounded(interval: Interval) -> Interval:
    return Interval(*(round(end, _DECIMALS) for end in interval))
