from pathlib import Path

import numpy as np
import pytest

from fer_core.data.votes import read_votes
from fer_core.evaluate.ceiling import HUMAN_AGREEMENT_BY_LABEL, human_ceiling
from fer_core.labels import VOTE_LABELS


def votes_of(*rows: dict[str, int]) -> np.ndarray:
    return np.array([[row.get(label, 0) for label in VOTE_LABELS] for row in rows])


def test_each_person_is_compared_with_the_majority_of_the_others():
    ceiling = human_ceiling(votes_of({"happy": 7, "neutral": 3}, {"sad": 10}))
    assert ceiling.n == 2
    assert ceiling.agreement == 17 / 20
    assert ceiling.per_class == {"happy": 1.0, "sad": 1.0, "neutral": 0.0}


def test_an_answer_counts_only_where_the_others_have_a_majority():
    # without one of the happy five the others stand 4 to 4: only the neutral four count
    ceiling = human_ceiling(votes_of({"happy": 5, "neutral": 4}))
    assert (ceiling.n, ceiling.agreement) == (1, 0.0)
    assert ceiling.per_class == {"neutral": 0.0}


@pytest.mark.parametrize("votes", [np.zeros((0, 8), int), np.zeros((2, 8), int)])
def test_faces_that_nobody_or_one_person_named_say_nothing(votes):
    assert human_ceiling(votes) is None
    assert human_ceiling(votes_of({"happy": 1})) is None


@pytest.mark.data
def test_all_of_fer_plus_comes_near_the_published_agreement(fer2013_csv):
    path = Path(fer2013_csv).with_name("fer2013new.csv")
    if not path.is_file():
        pytest.skip("needs FER+'s fer2013new.csv beside the FER2013 file")
    ceiling = human_ceiling(read_votes(path))
    assert ceiling.agreement == pytest.approx(0.754, abs=0.01)
    for label, published in HUMAN_AGREEMENT_BY_LABEL.items():
        assert ceiling.per_class[label] == pytest.approx(published, abs=0.03), label
