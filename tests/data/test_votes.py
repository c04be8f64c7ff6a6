import numpy as np
import pytest

from fer_core.data.dataset import NO_ROW, LabelledFaces, row_split_ids
from fer_core.data.fer2013 import read_fer2013
from fer_core.data.votes import find_votes, read_votes, vote_shares, votes_at
from fer_core.errors import BadRowError, DataError
from fer_core.metrics.human import majority_ids
from tests.synthetic import csv_of, joined, noise_faces, usages_of, write_votes

FACES = joined(
    noise_faces(5), noise_faces(3, split="PublicTest"), noise_faces(2, split="PrivateTest")
)
USAGES = usages_of(FACES)


def test_the_votes_file_is_the_one_in_the_environment_else_the_one_beside_the_faces(tmp_path):
    faces = tmp_path / "fer2013.csv"
    assert find_votes(faces, {}) is None
    beside = write_votes(tmp_path / "fer2013new.csv", [{}])
    assert find_votes(faces, {}) == beside
    assert str(find_votes(faces, {"FERPLUS_CSV": "elsewhere.csv"})) == "elsewhere.csv"


def test_votes_are_in_the_order_of_our_labels_without_unknown_and_not_a_face(tmp_path):
    columns = "anger disgust fear happiness sadness surprise neutral contempt unknown NF"
    rows = [{column: 1} for column in columns.split()]
    counts = read_votes(write_votes(tmp_path / "votes.csv", rows)).counts
    assert counts.tolist() == [*np.eye(8, dtype=int).tolist(), [0] * 8, [0] * 8]


def test_a_table_without_rows_has_no_votes(tmp_path):
    assert read_votes(write_votes(tmp_path / "votes.csv", [])).counts.shape == (0, 8)


def joined_counts(path, usages):
    """Return the votes of a file with these rows, joined to `FACES`; row i has i happy votes."""
    rows = [{"happiness": number} for number in range(len(usages))]
    return read_votes(write_votes(path, rows, usages=usages)).joined_to(row_split_ids(FACES))


def test_votes_with_one_row_per_face_and_the_same_usage_are_joined(tmp_path):
    counts = joined_counts(tmp_path / "votes.csv", USAGES)
    assert counts[:, 3].tolist() == list(range(10))


@pytest.mark.parametrize(
    ("usages", "message"),
    [
        (USAGES[:-1], "has 9 rows and the faces' file 10"),
        (USAGES[1:], "has 9 rows and the faces' file 10"),
        (USAGES[:4] + USAGES[5:], "has 9 rows and the faces' file 10"),
        ([*USAGES, "PrivateTest"], "has 11 rows and the faces' file 10"),
        (USAGES[::-1], "row 2: expected the Usage of the face, Training, got PrivateTest"),
        (USAGES[5:8] + USAGES[:5] + USAGES[8:], "row 2: expected the Usage of the face, Training"),
        ([*USAGES[1:], "PrivateTest"], "row 6: expected the Usage of the face, Training, got Pub"),
        (["Training", *USAGES[:-1]], "row 7: expected the Usage of the face, PublicTest, got Tra"),
    ],
    ids=[
        *("last row missing", "first row missing", "a row in the middle missing", "an extra row"),
        *("reversed", "another order of Usage", "moved up, filled at the end", "moved down"),
    ],
)
def test_votes_whose_rows_are_not_those_of_the_faces_are_refused(tmp_path, usages, message):
    with pytest.raises(DataError, match=message):
        joined_counts(tmp_path / "votes.csv", usages)


def with_names(path, names, *, n_rows):
    """Write a vote file in which some image numbers are replaced by another name."""
    text = write_votes(path, [{}] * n_rows).read_text()
    for number, name in names.items():
        text = text.replace(f"fer{number:07d}.png", name)
    path.write_text(text)
    return path


def test_a_file_that_is_shuffled_within_one_usage_is_refused(tmp_path):
    path = write_votes(tmp_path / "votes.csv", [{}] * 20)
    header, *lines = path.read_text().splitlines()
    order = np.random.default_rng(0).permutation(20)
    path.write_text("\n".join([header, *(lines[row] for row in order)]))
    with pytest.raises(DataError, match=r"row 3: expected the image that follows fer\d{7}\.png"):
        read_votes(path)


def test_a_row_left_out_beside_a_doubled_one_is_refused_with_what_came_and_what_to_do(tmp_path):
    path = write_votes(tmp_path / "votes.csv", [{}] * 20)
    header, *lines = path.read_text().splitlines()
    path.write_text("\n".join([header, *lines[:4], *lines[5:12], lines[11], *lines[12:]]))
    message = (
        "votes.csv, row 6: expected the image that follows fer0000003.png in FER+, got "
        "fer0000005.png; rows may be missing, doubled or in another order. Use FER+'s "
    )
    with pytest.raises(DataError) as error:
        read_votes(path)
    assert str(error.value).startswith(message)


def test_blank_names_are_accepted_and_so_is_a_file_without_names(tmp_path):
    path = with_names(tmp_path / "votes.csv", {3: "", 4: "", 9: ""}, n_rows=20)
    assert len(read_votes(path)) == 20
    path.write_text(path.read_text().replace("Image name", "Row"))
    assert len(read_votes(path)) == 20


def test_a_name_that_is_none_of_fer_plus_is_reported_with_its_row(tmp_path):
    path = with_names(tmp_path / "votes.csv", {3: "face 3.png"}, n_rows=5)
    with pytest.raises(BadRowError, match=r"line 5: expected an image name .* got 'face 3\.png'"):
        read_votes(path)


def test_a_usage_that_does_not_exist_is_reported_with_its_row(tmp_path):
    path = write_votes(tmp_path / "votes.csv", [{}, {}], usages=["Training", "Test"])
    with pytest.raises(BadRowError, match=r"line 3: expected a Usage of Training, .* got 'Test'"):
        read_votes(path)


def test_votes_are_not_joined_to_faces_from_image_files(tmp_path):
    faces = noise_faces(2)
    faces.rows[:] = NO_ROW
    table = read_votes(write_votes(tmp_path / "votes.csv", [{}, {}]))
    with pytest.raises(DataError, match="got faces from image files"):
        table.joined_to(row_split_ids(faces))


def test_rows_of_the_faces_that_could_not_be_read_still_count(tmp_path):
    lines = csv_of(FACES).splitlines()
    lines[2] = lines[10] = "9,1 2 3,Training"
    path = tmp_path / "faces.csv"
    path.write_text("\n".join(lines))
    faces = read_fer2013(path, skip_bad_rows=True)
    assert faces.row_split_ids.tolist() == [0, -1, 0, 0, 0, 1, 1, 1, 2, -1]
    table = read_votes(write_votes(tmp_path / "votes.csv", [{}] * 10, usages=USAGES))
    assert len(table.joined_to(faces.row_split_ids)) == 10
    assert not len(LabelledFaces(FACES.select(np.zeros(10, bool))).row_split_ids)


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


@pytest.mark.parametrize("text", ["x", "-1", "2.5", "", "11", "1000", "9" * 5_000])
def test_a_vote_that_is_not_a_count_is_reported_with_its_row(tmp_path, text):
    path = write_votes(tmp_path / "votes.csv", [{}, {"fear": 99}])
    path.write_text(path.read_text().replace("99", text))
    with pytest.raises(
        BadRowError, match=f"votes.csv, line 3: expected votes .* got '{text[:20]}'"
    ):
        read_votes(path)


@pytest.mark.parametrize("column", ["disgust", "unknown", "NF"])
def test_a_face_has_ten_votes_at_most(tmp_path, column):
    path = write_votes(tmp_path / "votes.csv", [{"fear": 3, column: 7}, {"fear": 4, column: 6}])
    assert len(read_votes(path)) == 2
    path = write_votes(tmp_path / "votes.csv", [{}, {"fear": 4, column: 7}])
    with pytest.raises(
        BadRowError, match=r"line 3: expected at most 10 votes per face, got 11\. U"
    ):
        read_votes(path)


def test_a_table_without_the_columns_that_are_no_expression_is_read(tmp_path):
    path = write_votes(tmp_path / "votes.csv", [{"fear": 10}])
    lines = [line.rsplit(",", 2)[0] for line in path.read_text().splitlines()]
    path.write_text("\n".join(lines))
    assert read_votes(path).counts.sum() == 10


@pytest.mark.parametrize(
    ("cut", "added", "n_cells"), [(-2, "", 11), (-12, "", 6), (None, ",0", 13)]
)
def test_a_row_with_another_number_of_cells_than_the_header_is_reported(
    tmp_path, cut, added, n_cells
):
    path = write_votes(tmp_path / "votes.csv", [{}, {}])
    path.write_text(path.read_text().rstrip()[:cut] + added)
    message = f"line 3: expected 12 cells, as in the header, got {n_cells}\\. Use FER"
    with pytest.raises(BadRowError, match=message):
        read_votes(path)


def test_another_table_a_jpeg_and_a_missing_file_are_refused(tmp_path):
    path = tmp_path / "votes.csv"
    with pytest.raises(DataError, match="No such file"):
        read_votes(path)
    path.write_text("emotion,pixels\n")
    with pytest.raises(
        DataError, match="expected FER\\+'s columns, missing Usage, anger, contempt"
    ):
        read_votes(path)
    path.write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(DataError, match=r"votes\.csv is not a CSV file"):
        read_votes(path)


def test_votes_for_unknown_and_not_a_face_are_kept_beside_the_others(tmp_path):
    rows = [{"NF": 6, "neutral": 4}, {"NF": 5, "neutral": 5}, {"unknown": 4, "NF": 3, "fear": 3}]
    table = read_votes(write_votes(tmp_path / "votes.csv", rows))
    assert table.not_face.tolist() == [6, 5, 3]
    assert table.unknown.tolist() == [0, 0, 4]
    assert table.counts.sum(axis=1).tolist() == [4, 5, 3]
    assert table.is_not_face.tolist() == [True, False, False]
