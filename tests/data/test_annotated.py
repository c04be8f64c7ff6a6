import json

import cv2
import numpy as np
import pytest

from fer_core.data.annotated import (
    PhotoRules,
    read_annotated_photos,
    turn_frame,
    turned_squares,
)
from fer_core.errors import DataError


def write_folder(folder, entries):
    folder.mkdir(parents=True, exist_ok=True)
    for entry in entries:
        frame = np.zeros((entry.get("height", 50), entry.get("width", 100), 3), np.uint8)
        cv2.imwrite(str(folder / entry["file"]), frame)
    (folder / "annotations.json").write_text(json.dumps(entries))


def face(width, height=10, x=0, y=0):
    return {"x": x, "y": y, "w": width, "h": height}


def photo(name, *boxes):
    return {"file": name, "width": 100, "height": 50, "boxes": list(boxes)}


RULES = PhotoRules(longest_side=200, max_faces=2, min_face=40)


def test_faces_are_scaled_with_their_photo(tmp_path):
    write_folder(tmp_path, [photo("a.png", face(30, 20, x=10, y=5))])
    (only,) = read_annotated_photos(tmp_path, RULES)
    assert only.xyxy.tolist() == [[20, 10, 80, 50]]
    assert only.read().shape == (100, 200, 3)


def test_a_larger_photo_is_shrunk(tmp_path):
    write_folder(tmp_path, [{"file": "a.png", "width": 400, "height": 300, "boxes": []}])
    assert read_annotated_photos(tmp_path, RULES)[0].read().shape == (150, 200, 3)


def test_photos_of_crowds_and_small_faces_are_left_out_and_photos_without_faces_stay(tmp_path):
    write_folder(tmp_path / "with", [
        photo("good.png", face(20), face(10, 20)),
        photo("small.png", face(20), face(19, 19)),
        photo("crowd.png", face(20), face(20), face(20)),
    ])  # fmt: skip
    write_folder(tmp_path / "without", [{"file": "stripes_1.png", "boxes": []}])
    names = [photo.path.name for photo in read_annotated_photos(tmp_path, RULES)]
    assert names == ["good.png", "stripes_1.png"]


def test_a_folder_without_annotations_is_named(tmp_path):
    with pytest.raises(DataError, match=r"No annotations\.json"):
        read_annotated_photos(tmp_path)


@pytest.mark.parametrize(
    "content", ["{", '[{"boxes": []}]', '[{"file": "a", "boxes": [{"x": 1}]}]']
)
def test_a_file_with_damaged_annotations_is_named(tmp_path, content):
    (tmp_path / "annotations.json").write_text(content)
    with pytest.raises(DataError, match=r"annotations\.json cannot be read"):
        read_annotated_photos(tmp_path)


@pytest.mark.parametrize("degrees", [0, 15, 45, 90, 180, 250])
def test_the_matrix_gives_the_place_of_a_mark_in_the_turned_frame(degrees):
    frame = np.zeros((80, 120, 3), np.uint8)
    frame[18:23, 98:103] = 255  # about (100.5, 20.5)
    turned, to_turned = turn_frame(frame, degrees)
    rows, columns = np.nonzero(turned[:, :, 0] > 100)
    mark = turned_squares(np.array([[98.0, 18.0, 103.0, 23.0]]), to_turned)[0]
    assert (columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx(tuple(mark[:2]), abs=0.6)
    assert mark[2] == pytest.approx(5.0)


def test_the_canvas_grows_to_hold_the_whole_photo():
    frame = np.full((80, 120, 3), 255, np.uint8)
    turned, _ = turn_frame(frame, 45)
    assert turned.shape[:2] == (141, 141)
    assert (turned[:, :, 0] > 127).sum() == pytest.approx(80 * 120, rel=0.02)
