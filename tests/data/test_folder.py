from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_core.data.dataset import NO_ROW, class_counts
from fer_core.data.folder import read_dataset, read_folder
from fer_core.errors import BadRowError, DataError
from tests.synthetic import csv_of, noise_faces


def draw(path: Path, *, level: int = 90, size: int = 48) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.full((size, size), level, np.uint8))


def test_train_and_test_folders_become_training_and_public_test(tmp_path):
    draw(tmp_path / "train" / "happy" / "b.png", level=20)
    draw(tmp_path / "train" / "happy" / "a.PNG", level=10)
    draw(tmp_path / "train" / "surprised" / "größe 1.jpg")
    draw(tmp_path / "test" / "neutral" / "a.png", size=96)  # another size is scaled
    (tmp_path / "train" / "happy" / "notes.txt").write_text("not an image")
    (tmp_path / "train" / ".ipynb_checkpoints").mkdir()
    (tmp_path / "train" / "readme.md").touch()
    faces = read_folder(tmp_path).dataset
    assert faces.pixels[:2, 0, 0].tolist() == [10, 20]  # sorted by name
    assert class_counts(faces)["Training"]["surprise"] == 1
    assert class_counts(faces)["PublicTest"]["neutral"] == 1
    assert set(faces.rows) == {NO_ROW}


def test_a_damaged_image_is_reported_with_its_path_and_reason(tmp_path):
    draw(tmp_path / "train" / "sad" / "a.png")
    (tmp_path / "train" / "sad" / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    with pytest.raises(BadRowError, match=r"^train/sad/b\.png: expected a") as caught:
        read_folder(tmp_path)
    assert str(tmp_path) not in str(caught.value)
    file = read_folder(tmp_path, skip_bad_rows=True)
    assert (len(file.dataset), len(file.bad_rows)) == (1, 1)


def test_an_image_that_cannot_be_opened_is_reported_by_its_path_in_the_folder(tmp_path):
    draw(tmp_path / "train" / "sad" / "a.png")
    (tmp_path / "train" / "sad" / "b.png").symlink_to("nowhere.png")
    with pytest.raises(BadRowError, match=r"^train/sad/b\.png: cannot be read: ") as caught:
        read_folder(tmp_path)
    assert str(tmp_path) not in str(caught.value)


def test_a_folder_of_another_layout_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"holds no train/<label>/"):
        read_folder(tmp_path)
    draw(tmp_path / "train" / "smug" / "a.png")
    with pytest.raises(DataError, match="train/smug: expected folders named angry, disgust"):
        read_folder(tmp_path)


def test_a_folder_of_damaged_images_alone_is_refused_with_the_first_reason(tmp_path):
    (tmp_path / "train" / "sad").mkdir(parents=True)
    (tmp_path / "train" / "sad" / "b.png").touch()
    with pytest.raises(BadRowError, match="got an empty file"):
        read_folder(tmp_path, skip_bad_rows=True)


def test_a_path_is_read_as_a_folder_or_as_a_file(tmp_path):
    draw(tmp_path / "faces" / "train" / "sad" / "a.png")
    (tmp_path / "faces.csv").write_text(csv_of(noise_faces(2)))
    assert len(read_dataset(tmp_path / "faces").dataset) == 1
    assert len(read_dataset(tmp_path / "faces.csv").dataset) == 2
