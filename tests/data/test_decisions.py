"""Decisions on labels: made, taken back, saved and loaded."""

import pytest

from fer_core.data.decisions import Decisions, decisions_csv, read_decisions
from fer_core.errors import DataError


def test_decisions_are_kept_in_order_and_the_last_one_can_be_taken_back():
    decisions = Decisions().with_row(9, is_wrong=True).with_row(4, is_wrong=False)
    decisions = decisions.with_row(2, is_wrong=True)
    assert decisions.wrong_rows() == (9, 2)
    assert 4 in decisions
    assert decisions.without_last().wrong_rows() == (9,)
    assert len(Decisions().without_last()) == 0


def test_a_new_decision_on_a_row_replaces_the_earlier_one():
    decisions = Decisions().with_row(9, is_wrong=True).with_row(4, is_wrong=True)
    decisions = decisions.with_row(9, is_wrong=False)
    assert decisions.wrong_rows() == (4,)
    assert 9 not in decisions.without_last()


def test_saved_decisions_are_loaded_as_they_were():
    decisions = Decisions().with_row(35_886, is_wrong=True).with_row(0, is_wrong=False)
    loaded = read_decisions(decisions_csv(decisions).encode(), name="a.csv")
    assert dict(loaded.is_wrong) == dict(decisions.is_wrong)
    spreadsheet = "\ufeffrow,label_is\r\n7,wrong\r\n"  # as spreadsheets save it
    assert read_decisions(spreadsheet.encode(), name="a.csv").wrong_rows() == (7,)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "expected the columns row and label_is"),
        (b"emotion,pixels\n3,0", "expected the columns row and label_is"),
        (b"row,label_is\n7", "line 2: expected a row and `wrong` or `right`, got '7'"),
        (b"row,label_is\n7,wrong\n-3,wrong", "line 3: .* got '-3,wrong'"),
        (b"row,label_is\n7,maybe", "got '7,maybe'"),
        (b"row,label_is\n99999999999999999,wrong", "line 2"),
        ("row,label_is\n\u0663,wrong".encode(), "line 2"),
        (b"\xff\xfe\x00", "not a CSV file"),
    ],
)
def test_another_file_gets_one_sentence(content, message):
    with pytest.raises(DataError, match=message):
        read_decisions(content, name="a.csv")
