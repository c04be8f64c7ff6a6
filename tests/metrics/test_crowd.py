"""What people say of faces: votes worked by hand, in the order of `VOTE_LABELS`."""

import numpy as np
import pytest

from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.metrics.crowd import agreement_per_class, n_agreeing, person_agreement, shared_words
from fer_core.metrics.human import human_ceiling

HAPPY, NEUTRAL, FEAR, SURPRISE = (
    VOTE_LABELS.index(label) for label in ("happy", "neutral", "fear", "surprise")
)


def votes_of(*faces):
    votes = np.zeros((len(faces), len(VOTE_LABELS)), dtype=np.int64)
    for row, counts in zip(votes, faces, strict=True):
        for label, count in counts.items():
            row[VOTE_LABELS.index(label)] = count
    return votes


def test_the_agreement_of_a_label_is_over_all_ten_answers_the_silent_ones_too():
    votes = votes_of({"fear": 4, "surprise": 4}, {"fear": 6, "surprise": 3})
    found = agreement_per_class(votes, np.array([2, 2]), FER2013_LABELS)["fear"]
    assert (found.n, found.share) == (2, 0.5)
    assert found.leads == 0.5  # on the first face two words share the lead


def test_a_label_that_people_could_not_choose_and_one_without_faces_are_left_out():
    votes = votes_of({"happy": 10}, {"happy": 10})
    found = agreement_per_class(votes, np.array([0, 1]), ("happy", "bored", "sad"))
    assert list(found) == ["happy"]


def test_no_faces_have_no_agreement():
    none = np.zeros((0, 8), dtype=np.int64)
    assert agreement_per_class(none, np.zeros(0, dtype=int), FER2013_LABELS) == {}
    assert n_agreeing(none).tolist() == []
    assert person_agreement(none) == {}
    assert not shared_words(none).any()


def test_a_person_is_compared_with_the_majority_of_the_others_only():
    # happy: the 5 people who say it see 4 to 5 against them; neutral: 4 to 5 too
    assert person_agreement(votes_of({"happy": 5, "neutral": 5})) == {"happy": 0.0, "neutral": 0.0}
    assert person_agreement(votes_of({"happy": 7, "neutral": 3})) == {"happy": 1.0, "neutral": 0.0}


def test_the_agreement_of_persons_is_that_of_the_ceiling_beside_the_scores():
    votes = np.random.default_rng(0).multinomial(10, [0.3, 0.05, 0.1, 0.3, 0.1, 0.05, 0.1, 0], 200)
    ceiling = human_ceiling(votes, np.zeros(200, dtype=int))
    assert person_agreement(votes) == pytest.approx(ceiling.per_class)


def test_the_words_that_share_a_face_stand_in_the_row_of_the_leading_one():
    shares = shared_words(votes_of({"fear": 5, "surprise": 4}, {"fear": 7, "surprise": 2}))
    assert shares[FEAR, [FEAR, SURPRISE]].tolist() == [0.6, 0.3]
    assert not shares[[HAPPY, NEUTRAL, SURPRISE]].any()
