"""Faces with each kind of reading."""

from collections.abc import Callable

import numpy as np
import pytest

from fer_core.labels import VOTE_LABELS
from fer_core.results import Box, Expression, Face


@pytest.fixture(scope="session")
def expression_of() -> Callable[..., Expression]:
    """Return a function that makes an expression: its first label and share, all others equal."""

    def make(label="happy", *, share=0.72, min_confidence=0.3):
        probs = np.full(len(VOTE_LABELS), (1 - share) / (len(VOTE_LABELS) - 1))
        probs[VOTE_LABELS.index(label)] = share
        return Expression.from_probs(VOTE_LABELS, probs, min_confidence=min_confidence)

    return make


@pytest.fixture(scope="session")
def faces_by_look(expression_of) -> dict[str, Callable[..., Face]]:
    """Return, for each look, a function that makes a face at a box."""
    sure = expression_of()
    unsure = expression_of("sad", share=0.4, min_confidence=0.5)

    def at(**reading):
        return lambda box=(200, 150, 320, 290): Face(Box(*box), 0.9, **reading)

    return {
        "sure": at(expression=sure),
        "not sure": at(expression=unsure),
        "not read": at(reasons=("too small to read",)),
    }


@pytest.fixture(params=["sure", "not sure", "not read"])
def make_face(request, faces_by_look) -> Callable[..., Face]:
    """Return the function of one look; a test that uses it runs with all three."""
    return faces_by_look[request.param]


@pytest.fixture
def sure_face(faces_by_look) -> Callable[..., Face]:
    return faces_by_look["sure"]
