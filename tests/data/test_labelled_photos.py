import os

import pytest

from fer_core.data.labelled_photos import MAX_COLUMNS, read_labelled_photos
from fer_core.errors import BadRowError, DataError


def listed(folder, text, *, encoding="utf-8"):
    """Return what a `labels.csv` with this text lists."""
    (folder / "labels.csv").write_bytes(text.encode(encoding))
    return read_labelled_photos(folder)


def test_a_row_is_a_photo_with_its_label_and_its_groups(tmp_path):
    photos = listed(tmp_path, "file,label,age,race\na.jpg,happy,0-2,A\nsub/b.png,,70+,\n")
    first, second = photos.photos
    assert photos.name == tmp_path.name
    assert photos.columns == ("age", "race")
    assert (first.path, first.label) == (tmp_path / "a.jpg", "happy")
    assert first.groups == {"age": "0-2", "race": "A"}
    assert (second.path, second.label) == (tmp_path / "sub/b.png", None)
    assert second.groups == {"age": "70+"}


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("file,label\r\na.jpg,sad\r\n", "utf-8"),
        ("file,label\na.jpg,sad", "utf-8-sig"),
        ("label;file\nsad;a.jpg\n", "utf-8"),
        ("file\tlabel\na.jpg\tsad\n", "utf-8"),
        ("\n\n File , LABEL \n\n a.jpg , Sadness \n\n", "utf-8"),
        ('"file","label"\n"./a.jpg","sad"\n', "utf-8"),
        ("file,label,,\na.jpg,sad,,\n", "utf-8"),
    ],
    ids=["CRLF", "BOM", "semicolons", "tabs", "spaces and blank lines", "quotes", "empty columns"],
)
def test_the_usual_ways_to_write_a_table_mean_the_same(tmp_path, text, encoding):
    photos = listed(tmp_path, text, encoding=encoding)
    (photo,) = photos.photos
    assert (photo.path, photo.label, photo.groups) == (tmp_path / "a.jpg", "sad", {})
    assert photos.columns == ()


def test_a_list_needs_no_labels(tmp_path):
    photos = listed(tmp_path, "file,age\na.jpg,9\n")
    assert photos.photos[0].label is None


@pytest.mark.parametrize(
    ("spelling", "label"),
    [
        *(("anger", "angry"), ("Disgusted", "disgust"), ("fearful", "fear"), ("afraid", "fear")),
        *(("happiness", "happy"), ("surprised", "surprise"), ("contempt", "contempt")),
    ],
)
def test_labels_may_be_spelled_as_in_other_sets(tmp_path, spelling, label):
    assert listed(tmp_path, f"file,label\na.jpg,{spelling}\n").photos[0].label == label


@pytest.mark.parametrize(
    "file",
    [
        *("../a.jpg", "sub/../../a.jpg", "/etc/passwd", "C:\\a.jpg", "C:a.jpg", "..\\a.jpg"),
        *("\\\\host\\share\\a.jpg", "\\a.jpg", "sub\\..\\..\\a.jpg"),
    ],
)
def test_a_path_out_of_the_folder_is_refused(tmp_path, file):
    with pytest.raises(BadRowError, match=r"row 3: expected a file in the folder of labels\.csv"):
        listed(tmp_path, f"file,label\nb.jpg,sad\n{file},sad\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"labels\.csv is empty"),
        ("\n \n", r"labels\.csv is empty"),
        ("file,label\n", "has a header but no rows"),
        ("name,label\na.jpg,sad\n", "expected a column file.*the header starts with 'name'"),
        ("file,age,age\na.jpg,1,2\n", "two columns 'age'"),
        ("file,File\na.jpg,b.jpg\n", "two columns 'file'"),
        ("file,label\na.jpg\n", "row 2: expected 2 cells, got 1"),
        ("file,label\na.jpg,sad,x\n", "row 2: expected 2 cells, got 3"),
        ("file,label\n,sad\n", "row 2: expected the name of a file, got none"),
        ("file,label\na\0.jpg,sad\n", "row 2: expected"),
        ("file,label\na.jpg,sad\nb.jpg,bored\n", "row 3: expected a label .* got 'bored'"),
        ('file,label\n"a.jpg,sad\n', "expected comma-separated text"),
        (f"file,label\n{'a' * 1_100_000},sad\n", "expected comma-separated text"),
        (f"file,{','.join(map(str, range(MAX_COLUMNS)))}\n", "33 columns, at most 32"),
    ],
)
def test_a_table_that_cannot_be_used_gets_one_sentence(tmp_path, text, message):
    with pytest.raises(DataError, match=message) as raised:
        listed(tmp_path, text)
    assert len(str(raised.value)) < 300
    assert "\n" not in str(raised.value)


def test_a_file_that_is_no_table_gets_one_sentence(tmp_path):
    with pytest.raises(DataError, match="Expected a file"):
        read_labelled_photos(tmp_path)
    (tmp_path / "labels.csv").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(DataError, match="is not UTF-8 text"):
        read_labelled_photos(tmp_path)
    (tmp_path / "labels.csv").unlink()
    os.mkfifo(tmp_path / "labels.csv")
    with pytest.raises(DataError, match="Expected a file"):
        read_labelled_photos(tmp_path)


def test_a_file_that_is_listed_again_counts_once_and_what_its_rows_disagree_on_is_not_known(
    tmp_path,
):
    text = "file,label,age,race\na.jpg,sad,1,A\n./a.jpg,happy,1,B\nb.jpg,sad,1,A\nb.jpg,sad,1,A\n"
    photos = listed(tmp_path, text)
    first, second = photos.photos
    assert (first.label, first.groups) == (None, {"age": "1"})
    assert (second.label, second.groups) == ("sad", {"age": "1", "race": "A"})
    assert photos.repeats == (
        "labels.csv, row 3: a.jpg is listed again; it counts once, without what its rows "
        "disagree on.",
        "labels.csv, row 5: b.jpg is listed again; it counts once.",
    )
