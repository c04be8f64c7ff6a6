"""What a file is by its start, writing files and folders whole, and JSON as a dataclass."""

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pytest

from fer_core.files import (
    file_kind,
    is_heif,
    parse_json,
    recover_folder,
    replacing_folder,
    write_file,
)

ROOT = Path(__file__).parents[1]


class Ends(NamedTuple):
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Part:
    n: int
    ends: Ends | None = None
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.n < 0:
            raise ValueError(f"expected at least 0, got {self.n}")


@dataclass(frozen=True, slots=True)
class Whole:
    parts: dict[str, Part] = field(default_factory=dict)


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


def test_a_pipe_gets_the_content_directly():
    reader, writer = os.pipe()
    write_file(Path(f"/dev/fd/{writer}"), "through the pipe")
    os.close(writer)
    with os.fdopen(reader) as pipe:
        assert pipe.read() == "through the pipe"


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


def test_json_becomes_nested_dataclasses_tuples_and_named_tuples():
    text = '{"parts": {"a": {"n": 1, "ends": [0, 0.5], "tags": ["x"]}}, "unknown": 3}'
    assert parse_json(text, Whole) == Whole({"a": Part(1, Ends(0.0, 0.5), ("x",))})
    assert parse_json("{}", Whole) == Whole()


def test_keys_with_an_older_name_are_renamed_at_any_depth():
    text = '{"pieces": {"a": {"number": 2}}}'
    assert parse_json(text, Whole, renamed={"pieces": "parts", "number": "n"}).parts["a"].n == 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Expecting value"),
        ("{", "Expecting property name"),
        ("[]", "Input should be an object"),
        ('{"parts": {"a": {}}}', r"^parts\.a\.n: field required$"),
        ('{"parts": {"a": {"n": "1"}}}', r"^parts\.a\.n: input should be a valid integer$"),
        ('{"parts": {"a": {"n": 1.0}}}', "valid integer"),
        ('{"parts": {"a": {"n": true}}}', "valid integer"),
        ('{"parts": {"a": {"n": -1}}}', r"^parts\.a: expected at least 0, got -1$"),
        ('{"parts": {"a": {"n": 1, "ends": [0, NaN]}}}', "JSON compliant"),
        ('{"parts": {"a": {"n": 1, "ends": [0, 1e999]}}}', "JSON compliant"),
        ('{"parts": {"a": {"n": 1, "ends": [0]}}}', r"parts\.a\.ends\.1: field required"),
    ],
)
def test_json_that_does_not_fit_is_refused_in_one_sentence(text, reason):
    with pytest.raises(ValueError, match=reason) as caught:
        parse_json(text, Whole)
    assert "\n" not in str(caught.value)


@pytest.fixture
def folder(tmp_path):
    """Return a folder with one file, `a.txt`, that says "old"."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "a.txt").write_text("old")
    return folder


def test_a_folder_is_replaced_whole_when_the_new_one_is_finished(folder):
    with replacing_folder(folder) as fresh:
        assert fresh.name == folder.name
        (fresh / "b.txt").write_text("new")
        assert (folder / "a.txt").read_text() == "old"
    assert [path.name for path in folder.iterdir()] == ["b.txt"]
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def test_a_folder_that_did_not_exist_is_made(tmp_path):
    with replacing_folder(tmp_path / "model") as fresh:
        (fresh / "a.txt").write_text("new")
    assert (tmp_path / "model" / "a.txt").read_text() == "new"


def test_a_failure_leaves_the_old_folder_alone(folder):
    with pytest.raises(FileNotFoundError), replacing_folder(folder) as fresh:
        (fresh / "nowhere" / "a.txt").write_text("new")
    assert (folder / "a.txt").read_text() == "old"
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


@pytest.mark.parametrize("n_renames", [0, 1, 2])
def test_after_a_kill_at_any_moment_one_folder_is_whole(folder, n_renames):
    code = f"""
import os
from pathlib import Path
from fer_core.files import replacing_folder

rename, n_renames = Path.replace, 0
def replace(path, target):
    global n_renames
    if n_renames == {n_renames}:
        os._exit(9)
    n_renames += 1
    return rename(path, target)

Path.replace = replace
with replacing_folder(Path({str(folder)!r})) as fresh:
    (fresh / "a.txt").write_text("new")
os._exit(9)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert done.returncode == 9
    recover_folder(folder)
    assert (folder / "a.txt").read_text() == ("new" if n_renames == 2 else "old")
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def test_a_reader_of_the_old_file_reads_it_to_its_end(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("old")
    with path.open() as reader:
        write_file(path, "new")
        assert reader.read() == "old"
    assert path.read_text() == "new"


def test_the_permissions_of_the_old_file_stay(tmp_path):
    path = tmp_path / "private.json"
    path.touch(mode=0o600)
    write_file(path, "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_name_of_the_longest_length_can_be_written(tmp_path):
    path = tmp_path / ("x" * 250 + ".json")
    write_file(path, "new")
    assert path.read_text() == "new"


def test_threads_that_write_one_file_leave_one_of_their_contents(tmp_path):
    path = tmp_path / "a.json"
    contents = [str(number) * 100_000 for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda content: write_file(path, content), contents * 10))
    assert path.read_text() in contents
    assert [file.name for file in tmp_path.iterdir()] == ["a.json"]


def test_json_that_is_nested_too_deeply_is_refused_in_words():
    with pytest.raises(ValueError, match="nested too deeply"):
        parse_json("[" * 100_000, Whole)
