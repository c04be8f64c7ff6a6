import io
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_core.data import collector
from fer_core.data.collection_reader import load_collection, read_collection
from fer_core.errors import DataError
from fer_core.labels import FER2013_LABELS
from tests.synthetic import csv_of, noise_faces


class Upload(io.BytesIO):
    def __init__(self, name, content):
        super().__init__(content)
        self.name = name


def gray(level=90, *, size=(48, 48)):
    image = np.full(size[::-1], level, np.uint8)
    image[0, 0] = 0
    return image


def color(size=(120, 120)):
    return np.full((size[1], size[0], 3), (200, 40, 10), np.uint8)  # BGR: blue


def draw(path: Path, image) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), image)


def png(image) -> bytes:
    return cv2.imencode(".png", image)[1].tobytes()


def pixels_of(values) -> str:
    return " ".join(map(str, np.ravel(values)))


# --- CSV with pixels


def test_fer2013_is_shown_as_it_is(tmp_path):
    faces = noise_faces(14)
    (tmp_path / "faces.csv").write_text(csv_of(faces))
    collection = read_collection(tmp_path / "faces.csv")
    assert (collection.name, collection.labels) == ("faces.csv", FER2013_LABELS)
    assert collection.splits == ("Training",)
    assert np.array_equal(collection.thumbnails, faces.pixels)
    assert collection.faces.pixels is collection.thumbnails
    assert collection.rows.tolist() == list(range(14))
    assert (collection.n_rows, collection.files, collection.notes) == (14, (), ())


def test_bad_rows_are_reported_by_number_and_the_others_keep_theirs(tmp_path):
    rows = csv_of(noise_faces(4)).splitlines()
    rows[2], rows[4] = "-9,1 2 3,Training", rows[4][:40]
    (tmp_path / "faces.csv").write_text("\n".join(rows))
    collection = read_collection(tmp_path / "faces.csv")
    assert collection.rows.tolist() == [0, 2]
    assert (collection.n_problems, collection.n_rows) == (2, 4)
    assert collection.problems[0] == (
        "faces.csv, line 3: expected a word or a whole number from 0 as emotion, got '-9'."
    )
    assert collection.problems[1].startswith("faces.csv, line 5: expected 3 columns, got 2")
    assert collection.row_split_ids.tolist() == [0, -1, 0, -1]


def test_words_further_classes_colours_and_sizes_are_read(tmp_path):
    image_rgb = np.zeros((10, 10, 3), np.uint8)
    image_rgb[..., 0] = 200
    rows = ["Class;Pixels;Set", f"Happiness;{pixels_of(image_rgb)};train"]
    rows += [f"sleepy;{pixels_of(image_rgb)};val", f"surprised;{pixels_of(image_rgb)};test"]
    (tmp_path / "faces.csv").write_text("\n".join(rows))
    collection = read_collection(tmp_path / "faces.csv")
    assert collection.labels == (*FER2013_LABELS, "sleepy")
    assert collection.splits == ("Training", "PublicTest", "PrivateTest")
    assert [collection.labels[i] for i in collection.label_ids] == ["happy", "sleepy", "surprise"]
    assert collection.thumbnails.shape == (3, 10, 10, 3)
    assert collection.thumbnails[0, 0, 0].tolist() == [200, 0, 0]  # RGB
    assert collection.is_color.all()
    assert collection.faces.rows.tolist() == [0, 2]
    assert collection.faces.pixels.shape == (2, 48, 48)
    assert collection.faces.pixels[0, 0, 0] == 60  # luma of red
    assert collection.notes == (
        "1 image has a class that the models do not know: sleepy.",
        "All 2 images with FER2013's expressions have colours; the models see them in grey.",
        "All 2 images with FER2013's expressions have a side under 48 pixels; the models see "
        "them enlarged.",
    )


def test_numbers_under_another_name_are_fer2013s_only_if_there_is_no_other(tmp_path):
    path = tmp_path / "faces.csv"
    path.write_text(f"label,pixels\n3,{pixels_of(gray())}\n6,{pixels_of(gray())}\n")
    collection = read_collection(path)
    assert [collection.labels[i] for i in collection.label_ids] == ["happy", "neutral"]
    assert collection.notes[0].startswith("The numbers in the column label are read as FER2013's")
    path.write_text(f"label,pixels\n10,{pixels_of(gray())}\n7,{pixels_of(gray())}\n")
    collection = read_collection(path)
    assert collection.labels == ("class 7", "class 10")
    assert collection.faces is None
    assert collection.notes == (
        "2 images have a class that the models do not know: class 10, class 7.",
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a,b\n1,2\n", "line 1: expected a column emotion or label, and a column pixels or file"),
        ("label,pixels\n", "has a header but no rows"),
        ("label,file\n", "has a header but no rows"),
        ("label,file\nhappy,../a.png\n", "line 2: expected a file in the folder of the list"),
        ("label,file\nhappy,/etc/passwd\n", "line 2: expected a file in the folder of the list"),
        ("label,file\nhappy,C:\\a.png\n", "line 2: expected a file in the folder of the list"),
        ("label,file\nhappy,\n", "line 2: expected the name of a file, got none"),
        ("label,file\n,a.png\n", "line 2: expected a label, got an empty cell"),
        ("label,file\nhappy,a.png\n", "line 2: a.png cannot be read"),
        ("label,pixels,split\nhappy,1,other\n", "line 2: expected a split of Training, .*'other'"),
    ],
)
def test_a_table_of_which_nothing_can_be_read_is_one_sentence(tmp_path, text, reason):
    (tmp_path / "faces.csv").write_text(text)
    with pytest.raises(DataError, match=reason):
        read_collection(tmp_path / "faces.csv")


def test_too_many_classes_are_refused(tmp_path):
    rows = (f"person {index},{'0 ' * 64}" for index in range(201))
    (tmp_path / "faces.csv").write_text("\n".join(["label,pixels", *rows]))
    with pytest.raises(DataError, match="Expected at most 200 classes"):
        read_collection(tmp_path / "faces.csv")


# --- files


def draw_list(folder: Path) -> None:
    draw(folder / "photos" / "a.png", gray())
    draw(folder / "photos" / "b.jpg", color((200, 100)))
    (folder / "labels.csv").write_text(
        "file,label,age\nphotos\\a.png,joy,3\nphotos/b.jpg,angry,4\nphotos/none.png,sad,5\n"
        "photos/a.png,sad,3\n"
    )


def assert_is_the_list(collection) -> None:
    assert collection.files == ("photos/a.png", "photos/b.jpg", "photos/none.png")
    assert collection.rows.tolist() == [0, 1]  # places in `files`
    assert [collection.labels[i] for i in collection.label_ids] == ["joy", "angry"]
    assert collection.sizes.tolist() == [[48, 48], [200, 100]]
    assert collection.thumbnails.shape == (2, 96, 96, 3)
    assert collection.thumbnails[0, 48, 48].tolist() == [90, 90, 90]  # not enlarged, centred
    assert collection.thumbnails[0, 0, 0].tolist() == [128, 128, 128]
    assert collection.n_problems == 2
    assert "listed again; it counts once" in collection.problems[0]
    assert "none.png" in collection.problems[1]
    assert not len(collection.row_split_ids)
    assert collection.unjoined_faces.rows.tolist() == [-1]  # no votes can be joined to files


def test_a_list_of_files_is_read_from_a_folder(tmp_path):
    draw_list(tmp_path)
    assert_is_the_list(read_collection(tmp_path))


def test_a_list_of_files_is_read_by_its_own_path(tmp_path):
    draw_list(tmp_path)
    assert_is_the_list(read_collection(tmp_path / "labels.csv"))


def test_a_list_of_files_is_read_from_an_upload_of_the_folder(tmp_path):
    draw_list(tmp_path)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    uploads = [
        Upload(f"mine/{path.relative_to(tmp_path).as_posix()}", path.read_bytes()) for path in files
    ]
    collection = read_collection(uploads)
    assert collection.name == "mine"
    assert_is_the_list(collection)


def test_a_list_of_files_is_read_from_a_zip_of_the_folder(tmp_path):
    draw_list(tmp_path)
    packed = Upload("mine.zip", b"")
    with zipfile.ZipFile(packed, "w") as archive:
        for path in (path for path in tmp_path.rglob("*") if path.is_file()):
            archive.write(path, f"mine/{path.relative_to(tmp_path)}")
    assert_is_the_list(read_collection(packed))


def test_a_list_without_its_files_asks_for_the_folder():
    with pytest.raises(DataError, match="names image files, which did not come with it"):
        read_collection(Upload("labels.csv", b"file,label\na.png,happy\n"))


def test_folders_of_splits_and_labels_are_read_wherever_they_lie(tmp_path):
    draw(tmp_path / "archive" / "train" / "happy" / "b.png", gray(20))
    draw(tmp_path / "archive" / "train" / "Happiness" / "a.PNG", gray(10))
    draw(tmp_path / "archive" / "test" / "bored" / "c.jpg", gray(30, size=(96, 60)))
    (tmp_path / "archive" / "train" / "happy" / "notes.txt").write_text("not an image")
    draw(tmp_path / "archive" / "train" / ".hidden" / "d.png", gray())
    collection = read_collection(tmp_path)
    assert [collection.labels[i] for i in collection.label_ids] == ["bored", "happy", "happy"]
    assert [collection.splits[i] for i in collection.split_ids] == ["PublicTest", *["Training"] * 2]
    assert collection.files[0] == "archive/test/bored/c.jpg"
    assert collection.faces.pixels[:, 5, 5].tolist() == [10, 20]
    assert not collection.is_color.any()
    assert collection.thumbnails.shape == (3, 96, 96)  # grey, since none has colours


def test_folders_of_labels_alone_are_training_data(tmp_path):
    draw(tmp_path / "sad" / "a.png", gray())
    draw(tmp_path / "loose.png", gray())
    collection = read_collection(tmp_path)
    assert collection.splits == ("Training",)
    assert collection.problems == ("loose.png: expected it in a folder named after its label.",)


def test_a_damaged_image_is_reported_by_its_path_in_the_folder(tmp_path):
    draw(tmp_path / "sad" / "a.png", gray())
    (tmp_path / "sad" / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    (tmp_path / "sad" / "c.png").symlink_to("nowhere.png")
    collection = read_collection(tmp_path)
    assert [problem.partition(":")[0] for problem in collection.problems] == [
        "sad/b.png",
        "sad/c.png cannot be read",
    ]
    assert str(tmp_path) not in "".join(collection.problems)


@pytest.mark.parametrize("source", [[], [Upload("notes.txt", b"x")]], ids=["nothing", "a text"])
def test_an_upload_without_labelled_images_is_one_sentence(source):
    with pytest.raises(DataError, match="expected a folder per label with its images"):
        read_collection(source)


def test_an_empty_folder_a_missing_path_and_a_damaged_zip_are_one_sentence(tmp_path):
    with pytest.raises(DataError, match="expected a folder per label with its images"):
        read_collection(tmp_path)
    with pytest.raises(DataError, match="No such file"):
        read_collection(tmp_path / "none.csv")
    with pytest.raises(DataError, match=r"a\.zip is a damaged zip"):
        read_collection(Upload("a.zip", b"PK\x03\x04 broken"))


def test_names_of_an_upload_that_lead_out_are_only_names():
    files = [Upload("../../etc/sad/a.png", png(gray())), Upload("/sad/b.png", png(gray()))]
    collection = read_collection(files)
    assert [collection.labels[i] for i in collection.label_ids] == ["sad"] * len(collection)


def test_a_zip_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr("fer_core.data.image_files.MAX_UNPACKED", 100)
    packed = Upload("big.zip", b"")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sad/a.png", png(np.random.default_rng(0).integers(0, 9, (48, 48))))
    with pytest.raises(DataError, match="unpacks to over"):
        read_collection(packed)


def test_thumbnails_shrink_where_they_would_take_too_much_memory(tmp_path, monkeypatch):
    for index in range(4):
        draw(tmp_path / "sad" / f"{index}.png", gray(size=(100, 100)))
    assert read_collection(tmp_path).thumbnails.shape == (4, 96, 96)
    monkeypatch.setattr(collector, "MAX_BYTES", 3 * 96 * 96)
    assert read_collection(tmp_path).thumbnails.shape == (4, 48, 48)


def test_one_large_image_in_colour_counts_for_all(tmp_path, monkeypatch):
    for index in range(3):
        draw(tmp_path / "sad" / f"{index}.png", gray(size=(8, 8)))
    draw(tmp_path / "sad" / "large.png", color())
    assert read_collection(tmp_path).thumbnails.shape == (4, 96, 96, 3)
    monkeypatch.setattr(collector, "MAX_BYTES", 3 * 96 * 96 * 3)
    assert read_collection(tmp_path).thumbnails.shape == (4, 48, 48, 3)


def test_pixels_of_a_large_colour_image_fit_into_a_cell(tmp_path):
    values = np.random.default_rng(0).integers(100, 256, (112, 112, 3))
    (tmp_path / "a.csv").write_text(f"label,pixels\nsad,{pixels_of(values)}\n")
    collection = read_collection(tmp_path / "a.csv")
    assert collection.sizes.tolist() == [[112, 112]]
    assert collection.n_problems == 0


def test_a_list_in_a_zip_that_is_too_large_is_refused_and_never_cut(monkeypatch):
    packed = Upload("list.zip", b"")
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("labels.csv", "file;label\n" + "a.png;sad\n" * 50)
        archive.writestr("a.png", png(gray()))
    monkeypatch.setattr("fer_core.data.image_files.MAX_BYTES", 200)
    with pytest.raises(DataError, match=r"labels\.csv in the zip has over"):
        read_collection(packed)


def test_more_faces_than_fit_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(collector, "MAX_BYTES", 3 * 48 * 48)
    (tmp_path / "faces.csv").write_text(csv_of(noise_faces(4)))
    with pytest.raises(DataError, match="Expected at most 3 images at 48 pixels, got more"):
        read_collection(tmp_path / "faces.csv")


def test_progress_never_decreases_and_ends_at_one(tmp_path):
    draw_list(tmp_path)
    (tmp_path / "faces.csv").write_text(csv_of(noise_faces(300)))
    for source in (tmp_path, tmp_path / "faces.csv"):
        shares = []
        load_collection(source, on_progress=shares.append)
        assert shares == sorted(shares)
        assert shares[-1] == 1.0


def test_uploads_and_lists_of_files_leave_no_cache(tmp_path, home):
    draw_list(tmp_path / "photos")
    load_collection(tmp_path / "photos")
    load_collection(tmp_path / "photos" / "labels.csv")
    read_collection(Upload("faces.csv", csv_of(noise_faces(3)).encode()))
    assert not list(tmp_path.rglob("*.npz"))
    assert not list(home.iterdir())


# --- faces of another size


def test_faces_of_another_size_are_made_from_the_images_themselves(tmp_path):
    draw(tmp_path / "sad" / "a.png", gray(size=(200, 200)))
    draw(tmp_path / "sad" / "b.png", gray(size=(48, 48)))
    collection = load_collection(tmp_path, side=64)
    assert collection.faces.pixels.shape == (2, 64, 64)
    assert collection.notes == (
        "1 image has a side under 64 pixels; the models see it enlarged.",
        "1 image has over 64 pixels a side; the models see it shrunk.",
    )
