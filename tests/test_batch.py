import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from fer_core.batch import PhotoReading, analyze_photo, analyze_photos, expand_paths, read
from fer_core.data import PORTRAIT_PATH
from fer_core.errors import ImageError, ModelError
from fer_core.image import read_image
from fer_core.pipeline import load_pipeline
from fer_core.results import Box, Expression, Face, FrameResult

ORDINARY_USER = 65534


class NoFaces:
    """A pipeline that finds no face in any frame."""

    def analyze(self, frame_bgr: np.ndarray) -> FrameResult:
        return FrameResult(frame_bgr.shape[1], frame_bgr.shape[0])


def draw(path: Path, *, width: int = 8) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.zeros((6, width, 3), np.uint8))
    return path


@pytest.fixture
def folder_of_anyone() -> Iterator[Path]:
    """Return a folder outside the superuser's, while this process is not the superuser."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        is_superuser = os.geteuid() == 0
        if is_superuser:
            os.seteuid(ORDINARY_USER)
        try:
            yield Path(name)
        finally:
            if is_superuser:
                os.seteuid(0)


def test_a_folder_names_all_visible_files_in_and_below_it(tmp_path):
    for name in ("b.png", "sub/c.png", "a.txt", ".hidden.png", ".git/d.png", "~lock.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = expand_paths([tmp_path])
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        *("a.txt", "b.png", "sub/c.png")
    ]


def test_a_path_that_is_given_is_kept_as_often_as_it_is_given(tmp_path):
    hidden = tmp_path / ".a.png"
    missing = tmp_path / "none.png"
    assert expand_paths([hidden, missing, hidden]) == (hidden, missing, hidden)
    assert expand_paths([]) == ()


def test_a_folder_that_links_to_itself_is_listed_once(tmp_path):
    draw(tmp_path / "a.png")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to("self")
    assert expand_paths([tmp_path]) == (tmp_path / "a.png", tmp_path / "self")


def test_bad_files_get_a_sentence_and_the_others_are_read(tmp_path):
    draw(tmp_path / "ünï ✓.png", width=9)
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "letter.jpg").write_bytes(b"%PDF-1.7")
    (tmp_path / "no files").mkdir()
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "self").symlink_to("self")
    paths = [*expand_paths([tmp_path]), tmp_path / "none.png", tmp_path / "no files"]
    readings = {Path(reading.source).name: reading for reading in analyze_photos(paths, NoFaces())}
    assert readings["ünï ✓.png"].result.width == 9
    assert readings["ünï ✓.png"].error is None
    reasons = {
        "empty.jpg": "got an empty file",
        "letter.jpg": "got a PDF document",
        "pipe.jpg": "got an empty file",
        "self": "symbolic links",
        "none.png": "No such file",
        "no files": "expected a folder of photos, got one that is empty",
    }
    assert readings.keys() == reasons.keys() | {"ünï ✓.png"}
    for name, reason in reasons.items():
        assert reason in readings[name].error
        assert readings[name].to_dict()["error"] == readings[name].error
        assert readings[name].to_dict()["faces"] == []


def test_files_and_folders_without_permission_get_a_sentence(folder_of_anyone):
    shown = draw(folder_of_anyone / "shown.png")
    shut = draw(folder_of_anyone / "shut.png")
    inside = draw(folder_of_anyone / "locked" / "a.png")
    shut.chmod(0)
    inside.parent.chmod(0)
    readings = analyze_photos(expand_paths([folder_of_anyone, inside]), NoFaces())
    errors = {reading.source: reading.error for reading in readings}
    inside.parent.chmod(0o755)
    assert errors[str(shown)] is None
    assert "Permission denied" in errors[str(shut)]
    assert "cannot be listed" in errors[str(inside.parent)]
    assert "Permission denied" in errors[str(inside)]


def test_readings_come_one_by_one(tmp_path):
    readings = analyze_photos([draw(tmp_path / "a.png"), tmp_path / "never touched"], NoFaces())
    assert next(readings).error is None


def test_the_content_of_a_file_is_read_under_the_name_given(tmp_path):
    data = draw(tmp_path / "a.png").read_bytes()
    assert analyze_photo(data, NoFaces(), source="upload.png").to_dict()["source"] == "upload.png"
    assert "upload.png: expected" in analyze_photo(b"?", NoFaces(), source="upload.png").error


class OneFace:
    """A pipeline that finds the same face in any frame."""

    def __init__(self, face: Face) -> None:
        self._face = face

    def analyze(self, frame_bgr: np.ndarray) -> FrameResult:
        height, width = frame_bgr.shape[:2]
        return FrameResult(width, height, (self._face,))


def decoded(jpeg: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)


@pytest.mark.parametrize(("side", "size"), [(50, (25, 50)), (1000, (100, 200))])
def test_the_annotated_photo_is_made_where_it_is_asked_for_and_never_enlarged(tmp_path, side, size):
    frame_bgr = np.full((100, 200, 3), 128, np.uint8)
    cv2.imwrite(str(tmp_path / "a.png"), frame_bgr)
    pipeline = OneFace(Face(Box(10, 10, 60, 60), 0.9))
    (reading,) = analyze_photos([tmp_path / "a.png"], pipeline, annotated_side=side)
    annotated_bgr = decoded(reading.result.annotated_jpeg)
    assert annotated_bgr.shape[:2] == size
    assert np.abs(annotated_bgr.astype(int) - 128).max() > 60  # the box of the face
    (reading,) = analyze_photos([tmp_path / "a.png"], pipeline)
    assert reading.result.annotated_jpeg is None


@pytest.mark.parametrize("parts", [{}, {"result": FrameResult(1, 1), "error": "No."}])
def test_a_reading_holds_either_a_result_or_an_error(parts):
    with pytest.raises(ValueError, match="either a result or an error"):
        PhotoReading("a.jpg", **parts)


@pytest.fixture(scope="module")
def portrait_record():
    return load_pipeline().analyze(read_image(PORTRAIT_PATH)).to_dict()


@pytest.mark.model
@pytest.mark.parametrize("form", [Path, str, lambda path: path.read_bytes()])
def test_one_call_reads_a_file_by_its_path_or_its_content(portrait_record, form):
    assert read(form(PORTRAIT_PATH)).to_dict() == portrait_record


@pytest.mark.model
def test_one_call_reads_an_array_in_either_order_of_colours(portrait_record):
    frame_bgr = read_image(PORTRAIT_PATH)
    image_rgb = np.asarray(Image.fromarray(frame_bgr[..., ::-1]))
    assert read(frame_bgr, color="bgr").to_dict() == portrait_record
    assert read(image_rgb, color="rgb").to_dict() == portrait_record
    assert read(image_rgb, color="bgr").to_dict() != portrait_record


@pytest.mark.model
def test_what_one_call_returns_holds_the_annotated_photo():
    result = read(PORTRAIT_PATH)
    assert decoded(result.annotated_jpeg).shape == (300, 300, 3)
    assert 'alt="Photo with 1 face; face 1 happy' in result._repr_html_()


def test_a_cut_out_face_is_read_whole_in_every_way(tmp_path):
    face_bgr = read_image(PORTRAIT_PATH)[60:180, 100:210]  # too tight for a detector
    path = tmp_path / "face.png"
    assert cv2.imwrite(str(path), face_bgr)
    of_file, of_array = read(path, is_crop=True), read(face_bgr, color="bgr", is_crop=True)
    pipeline = load_pipeline()
    (of_many,) = analyze_photos([path], pipeline, is_crop=True)
    of_upload = analyze_photo(path.read_bytes(), pipeline, source="face.png", is_crop=True)
    records = [of_file.to_dict(), of_array.to_dict(), *(
        reading.result.to_dict() for reading in (of_many, of_upload)
    )]  # fmt: skip
    (face,) = records[0]["faces"]
    assert face["box"] == [0, 0, 110, 120]
    assert face["expression"]["said"] == "happy"
    assert records == [records[0]] * 4


def test_an_array_without_its_order_of_colours_is_refused():
    with pytest.raises(TypeError, match=r"pass color='rgb' .* or color='bgr' \(OpenCV\)"):
        read(np.zeros((9, 9, 3), np.uint8))


@pytest.mark.parametrize(
    ("array", "advice"),
    [
        (np.zeros((9, 9), np.uint8), r"got uint8 \(9, 9\). Repeat the grey values"),
        (np.zeros((9, 9, 4), np.uint8), r"Leave out the transparency: array\[..., :3\]"),
        (np.zeros((9, 9, 3)), r"got float64 .* Scale the values to 0 to 255"),
        (np.zeros((2, 9, 9, 3), np.uint8), r"got uint8 \(2, 9, 9, 3\)."),
        (np.zeros((0, 9, 3), np.uint8), r"got uint8 \(0, 9, 3\)."),
    ],
)
def test_an_array_of_another_form_is_refused_with_advice(array, advice):
    with pytest.raises(ValueError, match=advice):
        read(array, color="rgb")


def test_an_unknown_order_of_colours_is_refused():
    with pytest.raises(ValueError, match="Expected color 'rgb' or 'bgr', got 'hsv'"):
        read(np.zeros((9, 9, 3), np.uint8), color="hsv")


def test_an_order_of_colours_for_a_file_is_refused():
    with pytest.raises(TypeError, match="pass color for arrays only"):
        read(PORTRAIT_PATH, color="rgb")


@pytest.mark.parametrize("photo", [None, 3, Image.new("RGB", (9, 9)), [[1, 2, 3]]])
def test_what_is_neither_a_file_nor_an_array_is_refused(photo):
    with pytest.raises(TypeError, match="Expected a path, the bytes of a file, or an array, got"):
        read(photo)


@pytest.mark.parametrize(
    ("photo", "message"),
    [("none.jpg", "none.jpg cannot be read: No such file"), (b"%PDF-1.7", "expected a")],
)
def test_a_file_that_cannot_be_read_is_an_image_error(photo, message):
    with pytest.raises(ImageError, match=message):
        read(photo)


class Failing(NoFaces):
    """A pipeline that raises for photos 9 pixels wide."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def analyze(self, frame_bgr: np.ndarray) -> FrameResult:
        if frame_bgr.shape[1] == 9:
            raise self._error
        return super().analyze(frame_bgr)


@pytest.mark.parametrize("kind", [cv2.error, ValueError, KeyError, MemoryError, ZeroDivisionError])
def test_whatever_one_photo_raises_becomes_its_sentence_and_is_logged(tmp_path, caplog, kind):
    paths = [draw(tmp_path / f"{width}.png", width=width) for width in (8, 9, 10)]
    first, second, third = analyze_photos(paths, Failing(kind("inner words")))
    assert (first.error, third.error) == (None, None)
    assert second.error.startswith(f"{paths[1]}: expected")
    assert "inner words" not in second.error
    assert second.to_dict()["faces"] == []
    (record,) = caplog.records
    assert record.exc_info[0] is kind


def test_a_photo_that_cannot_be_annotated_gets_a_sentence(tmp_path, caplog):
    unknown = Expression.from_probs(("bored",), np.array([1.0]))  # a label without a drawing
    pipeline = OneFace(Face(Box(0, 0, 6, 6), 0.9, expression=unknown))
    (reading,) = analyze_photos([draw(tmp_path / "a.png")], pipeline, annotated_side=50)
    assert reading.error.startswith(f"{tmp_path / 'a.png'}: expected to read it")
    assert reading.result is None
    assert len(caplog.records) == 1


def test_whatever_one_upload_raises_becomes_its_sentence(tmp_path):
    data = draw(tmp_path / "a.png", width=9).read_bytes()
    reading = analyze_photo(data, Failing(RuntimeError("inner words")), source="upload.png")
    assert reading.error.startswith("upload.png: expected to read it, but the program failed on it")


def test_an_error_that_concerns_all_photos_is_raised_at_the_first(tmp_path):
    path = draw(tmp_path / "a.png", width=9)
    with pytest.raises(ModelError, match="weights are gone"):
        next(analyze_photos([path], Failing(ModelError("The weights are gone."))))


def test_an_interrupt_ends_the_reading(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        next(analyze_photos([draw(tmp_path / "a.png", width=9)], Failing(KeyboardInterrupt())))
