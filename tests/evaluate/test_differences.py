from fer_core.evaluate.differences import compare_groups
from fer_core.evaluate.photo_tally import score_outcomes
from tests.evaluate.outcomes import read, unread


def group(n_read, n_unread, *, word="happy"):
    return score_outcomes([read(None, word)] * n_read + [unread()] * n_unread)


def test_a_group_that_is_found_less_often_is_named_with_both_shares():
    groups = {"race": {"A": group(90, 10), "B": group(40, 60), "C": group(90, 10)}}
    n_comparisons, (first, *_) = compare_groups(groups)
    assert n_comparisons == 6  # found and read, of each group; every word said is the same
    assert (first.column, first.value, first.what) == ("race", "B", "found")
    assert (first.share, first.others) == (0.4, 0.9)
    assert first.p_value < 1e-9


def test_a_word_that_one_group_never_gets_is_compared_too():
    groups = {"age": {"old": group(50, 0, word="sad"), "young": group(50, 0)}}
    _, differences = compare_groups(groups)
    assert {(each.value, each.what, each.share, each.others) for each in differences} == {
        ("old", "sad", 1.0, 0.0),
        ("old", "happy", 0.0, 1.0),
    }


def test_of_two_groups_each_share_is_compared_once():
    assert compare_groups({"gender": {"F": group(8, 2), "M": group(7, 3)}}) == (2, ())


def test_chance_among_many_comparisons_is_not_a_difference():
    # p = 0.03 alone; with eight groups and two shares each it is not
    groups = {"race": {"A": group(14, 6), **{f"{n}": group(18, 2) for n in range(7)}}}
    assert compare_groups(groups) == (16, ())


def test_one_group_or_none_has_nothing_to_compare():
    assert compare_groups({"age": {"all": group(5, 5)}}) == (0, ())
    assert compare_groups({}) == (0, ())
