import numpy as np
import pytest

from fer_core.data.face_table import NO_LEADER
from fer_core.figures import (
    crowd_agreement,
    crowd_agreement_caption,
    labels_and_leaders_caption,
    person_bars,
    person_caption,
    shared_words,
    shared_words_caption,
)
from fer_core.labels import VOTE_LABELS
from fer_core.metrics.crowd import ClassAgreement

AGREEMENT = {
    "fear": ClassAgreement(n=1_200, share=0.13, leads=0.12, person=0.36),
    "happy": ClassAgreement(n=10, share=0.86, leads=0.91, person=None),
}


def test_each_label_has_three_bars_and_one_that_is_not_known_is_left_out():
    figure = crowd_agreement(AGREEMENT)
    assert [list(bar.y) for bar in figure.data] == [["afraid", "happy"]] * 2 + [["afraid"]]
    assert list(figure.data[0].text) == ["13%", "86%"]
    assert figure.data[1].hovertext[0] == (
        "On 12% of the 1,200 faces labelled afraid, that word has the most votes"
    )


def test_the_captions_name_the_hardest_and_the_easiest_word():
    assert "rarely is afraid: 13%" in crowd_agreement_caption(AGREEMENT)
    assert "easiest one is happy: 86%" in crowd_agreement_caption(AGREEMENT)
    assert "says happy, the most votes of the others go to it too in 91%" in person_caption(
        {"happy": 0.91, "fear": 0.37}
    )
    assert crowd_agreement_caption({}) == "There are no faces with votes."


def test_one_person_has_one_bar_per_word():
    assert list(person_bars({"happy": 0.91, "contempt": 0.1}).data[0].y) == ["happy", "scornful"]


@pytest.fixture
def shares():
    table = np.zeros((8, 8))
    table[VOTE_LABELS.index("fear"), [2, 5]] = 0.6, 0.3
    return table


def test_the_matrix_shows_the_words_that_lead_and_what_people_could_not_say(shares):
    numbers = shared_words(shares).data[1]
    assert set(numbers.y) == {"afraid"}
    by_word = dict(zip(numbers.x, numbers.text, strict=True))
    assert (by_word["afraid"], by_word["surprised"]) == ("60%", "30%")
    assert by_word["could not say"] == "10%"


def test_its_caption_names_the_words_that_share_a_face_most(shares):
    assert "the most votes go to afraid, 30% of the answers are surprised" in shared_words_caption(
        shares
    )
    assert "All answers agree" in shared_words_caption(np.eye(8))


def test_the_caption_beside_the_labels_names_the_one_that_people_see_least():
    caption = labels_and_leaders_caption(
        {"fear": 100, "happy": 100}, {"fear": 20, "happy": 110, NO_LEADER: 7}
    )
    assert caption.startswith(
        "100 faces are labelled afraid, and that word has the most votes on 20 faces."
    )
    assert "No word leads on 7 of 137 faces" in caption
    assert labels_and_leaders_caption({"fear": 0}, {}) == "There are no faces with votes."
