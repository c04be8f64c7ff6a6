"""CSV files with pixels as people write them: blank lines, mixed sizes, numbered classes."""

import numpy as np
import pytest

from fer_core.data.cleaning import sort_out
from fer_core.data.collection_reader import read_collection


def gray(level=90):
    image = np.full((48, 48), level, np.uint8)
    image[0, 0] = 0
    return image


def pixels_of(values) -> str:
    return " ".join(map(str, np.ravel(values)))


def test_a_bad_row_is_named_by_its_line_where_lines_are_blank_and_cells_span_some(tmp_path):
    good = f"happy,{pixels_of(gray())}"
    path = tmp_path / "faces.csv"
    path.write_text(
        f'\nlabel,pixels,note\n{good},"two\nlines"\n\n\nsad,1 2,"a\nb"\n\n{good},\n,1,\n'
    )
    collection = read_collection(path)
    assert [problem.split(": ")[0] for problem in collection.problems] == [
        "faces.csv, line 7",
        "faces.csv, line 11",
    ]
    assert collection.rows.tolist() == [0, 2]  # rows, as votes and stored numbers are joined


def test_each_row_of_a_csv_may_have_its_own_square_size(tmp_path):
    sides = (48, 100, 20, 48, 47)
    rows = [f"happy,{'7 ' * side**2}" for side in sides] + [f"sad,{'7 ' * (48**2 - 1)}"]
    (tmp_path / "faces.csv").write_text("\n".join(["label,pixels", *rows]))
    collection = read_collection(tmp_path / "faces.csv")
    assert collection.sizes.tolist() == [[side, side] for side in sides]
    assert collection.faces.pixels.shape == (5, 48, 48)
    assert "line 7: expected 2,304 pixels, got 2,303" in collection.problems[0]


def test_whole_numbers_beyond_fer2013s_are_further_classes(tmp_path):
    labels = ["0", "7", "07", "6", "10", "", "-1", "1.5", "bored", "12345"]
    rows = [f"{label},{pixels_of(gray())}" for label in labels]
    (tmp_path / "faces.csv").write_text("\n".join(["emotion,pixels", *rows]))
    collection = read_collection(tmp_path / "faces.csv")
    names = [collection.labels[i] for i in collection.label_ids]
    assert names == ["angry", "class 7", "class 7", "neutral", "class 10", "bored"]
    assert [problem.split(": ")[0] for problem in collection.problems] == [
        f"faces.csv, line {line}" for line in (7, 8, 9, 11)
    ]
    assert (len(collection.faces), collection.n_further) == (2, 4)
    assert collection.notes == (
        "4 images have a class that the models do not know: class 7, bored, class 10.",
    )


@pytest.mark.parametrize("labels", [["happy", "contempt", "bored"], ["happy", "sad"], ["bored"]])
def test_every_row_of_a_table_is_counted_once(tmp_path, labels):
    images = [pixels_of(np.full((48, 48), level)) for level in (1, 2, 3)]
    images += [pixels_of(np.arange(48 * 48).reshape(48, 48) % (7 + place)) for place in range(6)]
    rows = [
        f"{labels[i % len(labels)]},{image}"
        for i, image in enumerate([*images, "1 2", *images[:5]])
    ]
    (tmp_path / "faces.csv").write_text("\n".join(["label,pixels", *rows]))
    collection = read_collection(tmp_path / "faces.csv")
    assert collection.n_rows == len(rows) == len(collection) + collection.n_problems
    if collection.faces is not None:
        report = sort_out(
            collection.faces, n_unreadable=collection.n_problems, n_further=collection.n_further
        ).report
        assert report.n_read == len(rows)


def test_a_last_row_with_fewer_pixels_than_all_others_is_cut_off_even_if_they_make_a_square(
    tmp_path,
):
    rows = ["label,pixels", f"happy,{pixels_of(gray())}"]
    (tmp_path / "faces.csv").write_text("\n".join([*rows, f"sad,{'7 ' * 47**2}"]))
    problem = read_collection(tmp_path / "faces.csv").problems[0]
    assert "line 3: expected 2,304 pixels, got 2,209; the file may be cut off here" in problem
