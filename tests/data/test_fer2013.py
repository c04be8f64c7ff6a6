import contextlib
import gzip
import io
import lzma
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fer_core.data.dataset import class_counts
from fer_core.data.fer2013 import N_PIXELS, find_fer2013, read_fer2013
from fer_core.errors import BadRowError, DataError

ZEROS = " ".join(["0"] * N_PIXELS)
RAMP = " ".join(str(position % 256) for position in range(N_PIXELS))
CSV = f"emotion,pixels,Usage\n3,{RAMP},Training\n6,{ZEROS},PublicTest\n0,{ZEROS},PrivateTest\n"


def zipped(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/") + ".csv", text)
    return buffer.getvalue()


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def assert_is_the_sample(path_or_file: Path | io.BytesIO) -> None:
    faces = read_fer2013(path_or_file).dataset
    assert faces.label_ids.tolist() == [3, 6, 0]
    assert faces.split_ids.tolist() == [0, 1, 2]
    assert faces.rows.tolist() == [0, 1, 2]
    assert faces.pixels.dtype == np.uint8
    assert faces.pixels[0, 0].tolist() == list(range(48))
    assert faces.pixels[0, 5, 16] == 0  # 5 * 48 + 16 = 256, one more than a byte holds
    assert faces.pixels[1:].max() == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("fer2013.csv", CSV),
        ("fer2013.csv.gz", gzip.compress(CSV.encode())),
        ("fer2013.csv.xz", lzma.compress(CSV.encode())),
        ("fer2013.zip", zipped(fer2013=CSV)),
        ("a name without an ending", lzma.compress(CSV.encode())),
        ("challenge.zip", zipped(test="pixels\n1\n", data__icml=CSV)),
        ("bom.csv", "\ufeff" + CSV),
        ("windows.csv", CSV.replace("\n", "\r\n")),
        ("no last newline.csv", CSV.rstrip("\n")),
        ("blank lines.csv", CSV.replace("\n", "\n\n")),
        ("spaces.csv", CSV.replace("emotion,pixels,Usage", "emotion, pixels , Usage")),
        ("capitals.csv", CSV.replace("emotion,pixels,Usage", "Emotion,Pixels,usage")),
        ("quoted.csv", CSV.replace(ZEROS, f'"{ZEROS}"').replace("emotion", '"emotion"')),
        ("two spaces.csv", CSV.replace(ZEROS, f" {ZEROS.replace(' ', '  ')} ")),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "",
)
def test_every_form_of_the_file_is_read(tmp_path, name, content):
    assert_is_the_sample(write(tmp_path, name, content))


def test_an_open_file_is_read():
    assert_is_the_sample(io.BytesIO(CSV.encode()))


def test_columns_may_be_in_any_order_with_others_between(tmp_path):
    lines = [f"{usage},x,{label},{pixels}" for label, pixels, usage in _cells(CSV)]
    assert_is_the_sample(write(tmp_path, "order.csv", "\n".join(lines)))


def _cells(text: str) -> list[list[str]]:
    return [line.split(",") for line in text.splitlines()]


def test_all_faces_are_training_faces_in_a_file_without_usage(tmp_path):
    lines = [f"{label},{pixels}" for label, pixels, _ in _cells(CSV)]
    faces = read_fer2013(write(tmp_path, "plain.csv", "\n".join(lines))).dataset
    assert class_counts(faces).keys() == {"Training"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"3,{ZEROS[:-2]},Training", "expected 2,304 pixels, got 2,303"),
        (f"3,{ZEROS} 0,Training", "expected 2,304 pixels, got 2,305"),
        (f"3,{ZEROS[:-1]}256,Training", "expected pixels from 0 to 255, got 256"),
        (f"3,{ZEROS[:-1]}99999999999999999999,Training", "expected pixels from 0 to 255"),
        (f"3,{ZEROS[:-1]}-1,Training", "expected pixels as whole numbers .* got '-'"),
        (f"3,{ZEROS[:-1]}0.5,Training", "expected pixels as whole numbers .* got '.'"),
        (f"3,{ZEROS[:-1]}cat,Training", "expected pixels as whole numbers .* got 'cat'"),
        (f'3,"{ZEROS[:-1]}\n0",Training', "expected pixels as whole numbers"),
        ("3,,Training", "expected 2,304 pixels, got 0"),
        (f"7,{ZEROS},Training", "expected an emotion from 0 to 6, got '7'"),
        (f"-1,{ZEROS},Training", "expected an emotion from 0 to 6, got '-1'"),
        (f"happy,{ZEROS},Training", "expected an emotion from 0 to 6, got 'happy'"),
        (f",{ZEROS},Training", "expected an emotion from 0 to 6, got ''"),
        (f"{'9' * 5000},{ZEROS},Training", "expected an emotion from 0 to 6"),
        (f"3,{ZEROS},Validation", "expected a Usage of Training, .* got 'Validation'"),
        (f"3,{ZEROS}", "expected 3 columns, got 2; the file may be cut off"),
    ],
)
def test_a_bad_row_is_reported_with_file_row_and_reason(tmp_path, line, reason):
    path = write(tmp_path, "faces.csv", f"emotion,pixels,Usage\n6,{RAMP},Training\n{line}\n")
    with pytest.raises(BadRowError, match=f"^faces.csv, row 3: {reason}") as caught:
        read_fer2013(path)
    assert caught.value.row == 3


def test_bad_rows_are_skipped_and_reported_when_asked(tmp_path):
    text = f"emotion,pixels,Usage\n3,1 2 3,Training\n9,{RAMP},Training\n6,{RAMP},PublicTest\n"
    file = read_fer2013(write(tmp_path, "faces.csv", text), skip_bad_rows=True)
    assert [bad.row for bad in file.bad_rows] == [2, 3]
    assert file.dataset.label_ids.tolist() == [6]
    assert file.dataset.rows.tolist() == [2]  # FER+ joins by the row in the file


def test_a_file_with_bad_rows_alone_is_refused_even_if_they_are_skipped(tmp_path):
    path = write(tmp_path, "faces.csv", f"emotion,pixels,Usage\n8,{RAMP},Training\n")
    with pytest.raises(BadRowError, match=r"row 2: expected an emotion"):
        read_fer2013(path, skip_bad_rows=True)


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, lambda data: zipped(a=CSV)])
def test_an_archive_that_is_cut_off_is_reported_as_damaged(tmp_path, pack):
    whole = pack(CSV.encode())
    path = write(tmp_path, "faces.bin", whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"faces\.bin is damaged or cut off after row \d"):
        read_fer2013(path)


def test_an_archive_with_a_wrong_checksum_is_reported_as_damaged(tmp_path):
    content = bytearray(gzip.compress(CSV.encode()))
    content[-6] ^= 1  # in the checksum
    with pytest.raises(DataError, match="damaged or cut off after row 4"):
        read_fer2013(write(tmp_path, "faces.csv.gz", bytes(content)))


def test_a_plain_file_that_is_cut_off_is_reported_with_the_row(tmp_path):
    path = write(tmp_path, "faces.csv", CSV[: -len(ZEROS)])
    with pytest.raises(BadRowError, match=r"faces\.csv, row 4: .*may be cut off here"):
        read_fer2013(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", r"faces is empty \(0 bytes\)"),
        ("\n\n", "faces holds no text"),
        ("emotion,pixels,Usage\n", "faces has a header but no rows"),
        ("emotion,Usage\n3,Training\n", "missing pixels; the header starts with 'emotion'"),
        ("pixels\n1 2 3\n", "faces, row 1: .* missing emotion;"),
        (CSV.replace(",", ";"), "missing emotion and pixels"),
        (b"%PDF-1.7\n" + b"\x93" * 99, "faces is a PDF document; expected FER2013's CSV"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 99, "faces is a JPEG file; expected"),
        (b"7z\xbc\xaf\x27\x1c" + b"\x00" * 99, "faces is a 7-Zip archive; expected"),
        ("<!doctype html>\n<html><title>Sign in", "faces is a web page; expected FER2013's CSV"),
        (bytes(range(256)) * 40, "missing emotion and pixels"),
        ("x" * 3_000_000, "faces has a line of over 1,048,576 characters"),
        (f"emotion,pixels\n3,{'1' * 2_000_000}\n", "faces has a line of over 1,048,576"),
        (f'emotion,pixels\n3,"{"1" * 200_000}', "faces, row 2: expected pixels from 0 to 255"),
        ('emotion,pixels\n3,"' + f"{'1' * 999_999}\n" * 3, "row 2: expected comma-separated text"),
        ('emotion,pixels\n3,"' + '\n","' * 100, "faces has a row of over 64 lines"),
        (gzip.compress(b"emotion,pixels\n" + b"\n" * 600_000), "faces holds over 500,000 lines"),
        (
            zipped(other="a,b\n1,2\n"),
            "holds no CSV file with the columns emotion and pixels; it holds",
        ),
        (zipped(), "holds no CSV file .* it holds nothing"),
        (zipped(**{"x" * 9_000: ""}), f"it holds '{'x' * 60}'. Use the archive"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path, content, reason):
    with pytest.raises(DataError, match=reason):
        read_fer2013(write(tmp_path, "faces", content))


def test_an_encrypted_archive_must_be_unpacked_by_the_user(tmp_path):
    content = bytearray(zipped(faces=CSV))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(magic) + offset] |= 1  # the flag, APPNOTE.TXT 4.4.4
    with pytest.raises(DataError, match=r"faces\.zip cannot be unpacked\. .* use 'faces\.csv'"):
        read_fer2013(write(tmp_path, "faces.zip", bytes(content)))


ARCHIVES = {"gz": gzip.compress(CSV.encode()), "xz": lzma.compress(CSV.encode())}
ARCHIVES["zip"] = zipped(other="a,b\n", fäces=CSV)
DIRECTORY = ARCHIVES["zip"].index(b"PK\x01\x02")  # of the zip: APPNOTE.TXT 4.3.12


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    kind=st.sampled_from(sorted(ARCHIVES)),
    changes=st.lists(st.tuples(st.integers(-200, 120), st.integers(0, 255)), max_size=6),
)
@example(kind="zip", changes=[(DIRECTORY + 6, 255)])  # a version that does not exist
@example(kind="zip", changes=[(-6, 255), (-5, 255)])  # a directory that lies before the file
@example(kind="zip", changes=[(-30, 0xC3)])  # a name that is not UTF-8
def test_hostile_archives_are_read_or_reported(kind, changes):
    content = bytearray(ARCHIVES[kind])
    for position, byte in changes:
        content[position % len(content)] = byte
    with contextlib.suppress(DataError):
        read_fer2013(io.BytesIO(bytes(content)), skip_bad_rows=True)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(DataError, match="No such file"):
        read_fer2013(tmp_path / "none.csv")
    with pytest.raises(DataError, match="Is a directory"):
        read_fer2013(tmp_path)


def test_progress_never_decreases_and_ends_at_one(tmp_path):
    rows = "".join(f"3,{ZEROS},Training\n" for _ in range(600))
    shares: list[float] = []
    read_fer2013(
        write(tmp_path, "faces.csv", f"emotion,pixels,Usage\n{rows}"), on_progress=shares.append
    )
    assert len(shares) > 2
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_the_local_file_is_the_one_in_the_environment_else_one_in_the_data_folder(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert find_fer2013({}) is None
    assert find_fer2013({"FER2013_CSV": "elsewhere.csv"}) == Path("elsewhere.csv")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "fer2013.csv.xz").touch()
    assert find_fer2013({}) == Path("data/fer2013.csv.xz")
