import numpy as np
import pytest

from fer_core.data.dataset import NO_ROW
from fer_core.data.votes import find_votes, read_votes, vote_shares, votes_at
from fer_core.errors import BadRowError, DataError
from fer_core.metrics.human import majority_ids
from tests.synthetic import write_votes


def test_the_votes_file_is_the_one_in_the_environment_else_the_one_beside_the_faces(tmp_path):
    faces = tmp_path / "fer2013.csv"
    assert find_votes(faces, {}) is None
    beside = write_votes(tmp_path / "fer2013new.csv", [{}])
    assert find_votes(faces, {}) == beside
    assert str(find_votes(faces, {"FERPLUS_CSV": "elsewhere.csv"})) == "elsewhere.csv"


def test_votes_are_in_the_order_of_our_labels_without_unknown_and_not_a_face(tmp_path):
    columns = "anger disgust fear happiness sadness surprise neutral contempt unknown NF"
    row = {column: count for count, column in enumerate(columns.split(), start=1)}
    path = write_votes(tmp_path / "votes.csv", [row, {}])
    assert read_votes(path).tolist() == [[1, 2, 3, 4, 5, 6, 7, 8], [0] * 8]


def test_a_table_without_rows_has_no_votes(tmp_path):
    assert read_votes(write_votes(tmp_path / "votes.csv", [])).shape == (0, 8)


def test_shares_count_only_votes_for_an_expression():
    votes = np.array([[0] * 8, [0, 0, 0, 6, 0, 0, 2, 0]])
    shares = vote_shares(votes, np.array([1, 0]))
    assert shares.dtype == np.float32
    assert shares[0].tolist() == [0, 0, 0, 0.75, 0, 0, 0.25, 0]
    assert not shares[1].any()


def test_a_tie_or_no_vote_is_no_majority():
    votes = np.array([[0, 0, 0, 5, 0, 0, 4, 1], [0, 0, 0, 5, 0, 0, 5, 0], [0] * 8])
    assert majority_ids(votes).tolist() == [3, -1, -1]


@pytest.mark.parametrize(("row", "found"), [(2, "row 3"), (NO_ROW, "faces from image files")])
def test_faces_without_votes_are_refused(row, found):
    with pytest.raises(DataError, match=f"of the 2 rows that have votes, got {found}"):
        votes_at(np.zeros((2, 8), int), np.array([0, row]))


@pytest.mark.parametrize("text", ["x", "-1", "2.5", ""])
def test_a_vote_that_is_not_a_count_is_reported_with_its_row(tmp_path, text):
    path = write_votes(tmp_path / "votes.csv", [{}, {"fear": 99}])
    path.write_text(path.read_text().replace("99", text))
    with pytest.raises(BadRowError, match=f"votes.csv, row 3: expected votes .* got '{text}'"):
        read_votes(path)


def test_a_row_that_is_cut_off_is_reported(tmp_path):
    path = write_votes(tmp_path / "votes.csv", [{}])
    path.write_text(path.read_text()[:-12])
    with pytest.raises(BadRowError, match="row 2"):
        read_votes(path)


def test_another_table_a_jpeg_and_a_missing_file_are_refused(tmp_path):
    path = tmp_path / "votes.csv"
    with pytest.raises(DataError, match="No such file"):
        read_votes(path)
    path.write_text("emotion,pixels\n")
    with pytest.raises(DataError, match="expected FER\\+'s columns, missing anger, contempt"):
        read_votes(path)
    path.write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(DataError, match=r"votes\.csv is not a CSV file"):
        read_votes(path)
