"""Models that tell positive from negative by face, by body and by both, tested on other people."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from fer_core.body.valence import ValenceModel
from fer_core.data.valence_table import ValenceTable
from fer_core.errors import DataError
from fer_core.metrics.intervals import Interval, bootstrap_intervals
from fer_core.metrics.ranking import weighted_auc
from fer_core.metrics.scores import expected_calibration_error
from fer_core.progress import OnProgress, ignore, within

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline

FACE, BODY, BOTH = "face", "body", "both"
_MAX_FOLDS: Final = 8
_STRENGTHS: Final = (0.003, 0.01, 0.03, 0.1)  # inverse of the L2 penalty
_INNER_FOLDS: Final = 3


@dataclass(frozen=True, slots=True)
class SideScores:
    """How well one model tells the sides apart for people it was not fitted on.

    Attributes:
        n_columns: Numbers that it reads.
        auc: Area under the ROC curve: how often a positive sample gets a higher probability than a
            negative one.
        interval: The 95% interval of `auc`, over people.
        accuracy: Share of samples whose side has the higher probability.
        ece: Expected calibration error.
    """

    n_columns: int
    auc: float
    interval: Interval
    accuracy: float
    ece: float


@dataclass(frozen=True, slots=True)
class ValenceStudy:
    """The models of a table and what they are worth.

    Attributes:
        n: Samples.
        n_positive: Positive ones.
        n_persons: People.
        scores: By `face`, `body` and `both`; only those that the table has numbers for.
        gain: The 95% interval of what the body adds to the face's AUC; None without both.
        used: The name of `model` in `scores`.
        model: Fitted on all samples.
    """

    n: int
    n_positive: int
    n_persons: int
    scores: dict[str, SideScores]
    gain: tuple[float, float] | None
    used: str
    model: ValenceModel

    @property
    def does_body_help(self) -> bool:
        """Whether the body adds to the face more than chance explains."""
        return self.gain is not None and self.gain[0] > 0


def study_valence(table: ValenceTable, *, on_progress: OnProgress = ignore) -> ValenceStudy:
    """Return models on a table's numbers; their scores come from people left out in turn.

    The model that is kept reads both if the body helps beyond chance, else the face alone, or the
    body alone where the table has no face.

    Args:
        table: The samples.
        on_progress: Called in this thread; what it raises ends the work.

    Raises:
        DataError: There are fewer than two people on each side.
    """
    from threadpoolctl import threadpool_limits  # scikit-learn brings it

    _check_people(table)
    sides = _columns_by_side(table)
    probs = {}
    with threadpool_limits(limits=1):  # hundreds of small fits: threads would wait for each other
        for index, (side, columns) in enumerate(sides.items()):
            part = within(on_progress, index / (len(sides) + 1), (index + 1) / (len(sides) + 1))
            probs[side] = _out_of_fold(table, columns, on_progress=part)
    gain = _gain(table, probs[FACE], probs[BOTH]) if BOTH in probs else None
    used = BOTH if gain and gain[0] > 0 else next(iter(sides))
    model = fit_valence(table, sides[used])
    on_progress(1.0)
    return ValenceStudy(
        n=len(table.is_positive),
        n_positive=int(table.is_positive.sum()),
        n_persons=len(set(table.persons)),
        scores={side: _scores(table, probs[side], len(sides[side])) for side in sides},
        gain=gain,
        used=used,
        model=model,
    )


def fit_valence(table: ValenceTable, columns: np.ndarray) -> ValenceModel:
    """Return the model on some columns, fitted on all samples.

    Args:
        table: The samples.
        columns: Indices into `table.values`' columns.
    """
    shape, regression = _fit(table, columns, np.arange(len(table.is_positive)))
    used = columns[shape["constant"].get_support()]
    power, scaler = shape["power"], shape["scale"]
    return ValenceModel(
        columns=tuple(table.columns[index] for index in used),
        exponents=tuple(map(float, power.lambdas_)),
        means=tuple(map(float, scaler.mean_)),
        scales=tuple(map(float, scaler.scale_)),
        weights=tuple(map(float, regression.coef_[0])),
        bias=float(regression.intercept_[0]),
    )


def _check_people(table: ValenceTable) -> None:
    for is_positive, side in ((True, "positive"), (False, "negative")):
        n_people = len(set(table.persons[table.is_positive == is_positive]))
        if n_people < 2:
            raise DataError(
                f"Expected {side} samples of at least two people, got {n_people}: a model is "
                "tested on people that it was not fitted on. Collect samples of more people."
            )


def _columns_by_side(table: ValenceTable) -> dict[str, np.ndarray]:
    n_face, n_all = len(table.face_columns), len(table.columns)
    sides = {
        FACE: np.arange(n_face),
        BODY: np.arange(n_face, n_all),
        BOTH: np.arange(n_all),
    }
    if not n_face or n_face == n_all:
        del sides[BOTH]
    return {side: columns for side, columns in sides.items() if len(columns)}


def _out_of_fold(
    table: ValenceTable, columns: np.ndarray, *, on_progress: OnProgress
) -> np.ndarray:
    """Return each sample's probability by a model that did not see its person, `(n,)`."""
    from sklearn.model_selection import StratifiedGroupKFold

    n_folds = min(_MAX_FOLDS, len(set(table.persons)))
    folds = StratifiedGroupKFold(n_folds, shuffle=True, random_state=0)
    probs = np.full(len(table.is_positive), np.nan)
    splits = folds.split(table.values, table.is_positive, table.persons)
    for index, (seen, unseen) in enumerate(splits):
        if len(unseen):
            fitted = _fit(table, columns, seen)
            probs[unseen] = fitted.probability(table.values[np.ix_(unseen, columns)])
        on_progress((index + 1) / n_folds)
    return probs


class _Fitted(NamedTuple):
    """Steps of scikit-learn that turn numbers into a probability."""

    shape: "Pipeline"
    regression: "LogisticRegression"

    def probability(self, values: np.ndarray) -> np.ndarray:
        return self.regression.predict_proba(self.shape.transform(values))[:, 1]  # type: ignore[no-any-return]


def _fit(table: ValenceTable, columns: np.ndarray, rows: np.ndarray) -> _Fitted:
    """Return the model fitted on some rows; its penalty is the best on people among them."""
    from sklearn.feature_selection import VarianceThreshold
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import PowerTransformer, StandardScaler

    persons = table.persons[rows]
    shape = Pipeline(
        [
            ("constant", VarianceThreshold()),
            ("power", PowerTransformer(standardize=False)),
            ("scale", StandardScaler()),
        ]
    )
    shaped = shape.fit_transform(table.values[np.ix_(rows, columns)])
    search = GridSearchCV(
        LogisticRegression(max_iter=2_000),
        {"C": _STRENGTHS},
        scoring="neg_log_loss",
        cv=StratifiedGroupKFold(min(_INNER_FOLDS, len(set(persons)))),
    )
    search.fit(shaped, table.is_positive[rows], groups=persons)
    return _Fitted(shape, search.best_estimator_)


def _scores(table: ValenceTable, probs: np.ndarray, n_columns: int) -> SideScores:
    y_true = table.is_positive
    both = np.stack([1 - probs, probs], axis=1)
    (interval,) = bootstrap_intervals(
        lambda drawn: _auc_of_people(table, probs, drawn)[None], n=len(set(table.persons))
    )
    return SideScores(
        n_columns=n_columns,
        auc=float(weighted_auc(y_true, probs, np.ones((1, len(probs))))[0]),
        interval=interval,
        accuracy=float(np.mean((probs > 0.5) == y_true)),
        ece=expected_calibration_error(y_true.astype(int), both),
    )


def _gain(table: ValenceTable, face: np.ndarray, both: np.ndarray) -> tuple[float, float]:
    """Return the 95% interval of the difference of two AUCs, from the same resamples of people."""
    n_people = len(set(table.persons))
    random = np.random.default_rng(0)
    drawn = random.integers(0, n_people, (1_000, n_people))
    gains = _auc_of_people(table, both, drawn) - _auc_of_people(table, face, drawn)
    low, high = np.percentile(gains, (2.5, 97.5))
    return float(low), float(high)


def _auc_of_people(table: ValenceTable, probs: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Return the AUC of each resample of people, `(n_resamples,)`."""
    _, ids = np.unique(table.persons, return_inverse=True)
    n_people = int(ids.max()) + 1
    counts = np.stack([np.bincount(people, minlength=n_people) for people in drawn])
    return weighted_auc(table.is_positive, probs, counts[:, ids])
