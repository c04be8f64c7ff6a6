"""Decisions on labels: made and taken back."""

from fer_core.data.decisions import Decisions
from fer_core.data.selection import RIGHT, WRONG, SelectedRow


def test_decisions_are_kept_in_order_and_the_last_one_can_be_taken_back():
    decisions = Decisions().with_row(9, is_wrong=True).with_row(4, is_wrong=False)
    decisions = decisions.with_row(2, is_wrong=True)
    assert list(decisions.by_row.items()) == [(9, WRONG), (4, RIGHT), (2, WRONG)]
    assert 4 in decisions
    assert decisions.n_wrong() == 2
    assert decisions.without_last().n_wrong() == 1
    assert len(Decisions().without_last()) == 0


def test_a_new_decision_on_a_row_replaces_the_earlier_one_and_is_the_last():
    decisions = Decisions().with_row(9, is_wrong=True).with_row(4, is_wrong=True)
    decisions = decisions.with_row(9, is_wrong=False)
    assert list(decisions.by_row) == [4, 9]
    assert 9 not in decisions.without_last()


def test_of_a_selection_only_the_rows_with_a_decision_count():
    rows = [SelectedRow(3), SelectedRow(5, "sad", RIGHT), SelectedRow(1, None, WRONG)]
    assert dict(Decisions.from_selection(rows).by_row) == {5: RIGHT, 1: WRONG}
