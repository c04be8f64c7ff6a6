from pathlib import Path

import numpy as np
import pytest

from fer_core.data.votes import read_votes
from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.metrics.human import human_ceiling

PUBLISHED = {  # Barsoum et al. 2016, arXiv 1608.01041
    "angry": 0.68,
    "disgust": 0.19,
    "fear": 0.37,
    "happy": 0.90,
    "sad": 0.58,
    "surprise": 0.75,
    "neutral": 0.79,
}


def votes_of(*rows: dict[str, int]) -> np.ndarray:
    return np.array([[row.get(label, 0) for label in VOTE_LABELS] for row in rows])


def ceiling_of(votes: np.ndarray):
    return human_ceiling(votes, np.zeros(len(votes), int))


def test_each_person_is_compared_with_the_majority_of_the_others():
    ceiling = ceiling_of(votes_of({"happy": 7, "neutral": 3}, {"sad": 10}))
    assert ceiling.n == 2
    assert ceiling.agreement == 17 / 20
    assert ceiling.per_class == {"happy": 1.0, "sad": 1.0, "neutral": 0.0}


def test_an_answer_counts_only_if_the_others_have_a_majority():
    # without one of the happy five the others stand 4 to 4: only the neutral four count
    ceiling = ceiling_of(votes_of({"happy": 5, "neutral": 4}))
    assert (ceiling.n, ceiling.agreement) == (1, 0.0)
    assert ceiling.per_class == {"neutral": 0.0}


@pytest.mark.parametrize("votes", [np.zeros((0, 8), int), np.zeros((2, 8), int)])
def test_without_a_face_that_two_people_named_there_is_no_ceiling(votes):
    assert ceiling_of(votes) is None
    assert ceiling_of(votes_of({"happy": 1})) is None


def test_each_answer_is_scored_against_the_label_and_contempt_always_counts_as_wrong():
    votes = votes_of({"happy": 8, "contempt": 2}, {"sad": 5, "angry": 5})
    labels = np.array([FER2013_LABELS.index(label) for label in ("happy", "sad")])
    person = human_ceiling(votes, labels).on_labels
    assert (person.n, person.accuracy) == (20, 13 / 20)
    happy, sad = 2 * 0.8 / 1.8, 2 * 0.5 / 1.5  # precision 1, recall 0.8 and 0.5
    assert person.per_class == pytest.approx({"angry": 0.0, "happy": happy, "sad": sad})
    assert person.macro_f1 == pytest.approx((happy + sad) / 3)


@pytest.mark.data
def test_the_agreement_on_all_of_fer_plus_is_close_to_the_published_one(fer2013_csv):
    path = Path(fer2013_csv).with_name("fer2013new.csv")
    if not path.is_file():
        pytest.skip("needs FER+'s fer2013new.csv beside the FER2013 file")
    ceiling = ceiling_of(read_votes(path).counts)
    assert ceiling.agreement == pytest.approx(0.754, abs=0.01)
    for label, published in PUBLISHED.items():
        assert ceiling.per_class[label] == pytest.approx(published, abs=0.03), label
