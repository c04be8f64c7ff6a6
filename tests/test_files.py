"""What a file is by its start, and writing it whole or not at all."""

import os
import stat
from pathlib import Path

import pytest

from fer_core.files import file_kind, is_heif, write_file


@pytest.mark.parametrize(
    ("content", "stored"), [("ä\n", "ä\n".encode()), (b"\x00\xff", b"\x00\xff")]
)
def test_text_and_bytes_are_written_and_nothing_is_left_beside(tmp_path, content, stored):
    write_file(tmp_path / "a.json", content)
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
    assert (tmp_path / "a.json").read_bytes() == stored


def test_the_old_file_survives_a_failed_write(tmp_path, monkeypatch):
    path = tmp_path / "card.json"
    path.write_text("old")

    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_file(path, "new")
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["card.json"]


def test_a_link_is_followed(tmp_path):
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to("real.json")
    write_file(tmp_path / "link.json", "new")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_text() == "new"


def test_a_device_stays_a_device():
    write_file(Path("/dev/null"), "gone")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_new_file_has_the_usual_rights(tmp_path):
    (tmp_path / "plain").write_text("")
    write_file(tmp_path / "a.json", "")
    assert (tmp_path / "a.json").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_file(tmp_path / "nowhere" / "a.json", "")


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "a JPEG file"),
        (b"RIFF....WEBP", "a WebP file"),
        (b"RIFF....AVI ", "a video or sound"),
        (b"\x00\x00\x00\x18ftypheic....", "a HEIC file"),
        (b"\x00\x00\x00\x18ftypavif....", "an AVIF file"),
        (b"\x00\x00\x00\x18ftypisom....", "a video"),
        (b"PK\x03\x04....", "a ZIP archive or an office document"),
        (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
        (b"BMW is a car\n", "a text file"),
        (b"", "a text file"),
        (bytes(range(256)), "a file of unknown kind"),
    ],
)
def test_a_file_is_named_by_its_first_bytes(start, kind):
    assert file_kind(start) == kind


def test_only_heic_and_its_relatives_are_heif():
    assert is_heif(b"\x00\x00\x00\x18ftypmif1")
    assert not is_heif(b"\x00\x00\x00\x18ftypavif")
    assert not is_heif(b"")
