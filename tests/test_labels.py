import pytest

from fer_core.labels import FER2013_LABELS, VOTE_LABELS, WORDS, people_in_ten


def test_labels_follow_the_digits_of_the_published_file():
    # Goodfellow et al. 2013: 0 angry, 1 disgust, 2 fear, 3 happy, 4 sad, 5 surprise, 6 neutral
    assert [FER2013_LABELS.index(label) for label in ("angry", "happy", "neutral")] == [0, 3, 6]


def test_votes_add_only_contempt():
    assert VOTE_LABELS == (*FER2013_LABELS, "contempt")


def test_every_label_has_a_different_word():
    assert tuple(WORDS) == VOTE_LABELS
    assert len(set(WORDS.values())) == len(VOTE_LABELS)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "fewer than 1 in 10"),
        (0.049, "fewer than 1 in 10"),
        (0.05, "1 in 10"),
        (0.5, "5 in 10"),
        (0.68, "7 in 10"),
        (0.949, "9 in 10"),
        (0.95, "nearly all"),
        (1.0, "nearly all"),
    ],
)
def test_a_share_is_worded_as_people_in_ten(share, words):
    assert people_in_ten(share) == words


@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan")])
def test_a_share_outside_zero_to_one_is_refused(share):
    with pytest.raises(ValueError, match="between 0 and 1"):
        people_in_ten(share)
