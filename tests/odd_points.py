"""Points as no face has them: strategies for hypothesis."""

import numpy as np
from hypothesis import strategies as st

SIZES = (0.0, 1e-6, 1.0, 100.0, 1e4, 1e9, 3e38)  # pixels; the last is nearly all that float32 holds
PLACES = (0.0, 320.0, -1e4, 1e7, -1e38)


@st.composite
def odd_points(draw: st.DrawFn, n_points: int, *, n_axes: int = 2) -> np.ndarray:
    """Return points `(n_points, n_axes)` float32: on one place, on a line, far away, NaN, inf."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    points = rng.uniform(-1.0, 1.0, (n_points, n_axes))
    if draw(st.booleans()):
        points = points[:, :1] * rng.uniform(-1.0, 1.0, n_axes)  # on a line
    points = points * draw(st.sampled_from(SIZES)) + draw(st.sampled_from(PLACES))
    share = draw(st.sampled_from((0.0, 0.0, 0.01, 0.5, 1.0)))
    is_odd = rng.random(points.shape) < share
    points[is_odd] = draw(st.sampled_from((np.nan, np.inf, -np.inf)))
    with np.errstate(over="ignore"):
        return points.astype(np.float32)
