"""The notices name every package, every vendored file and its licence, as they are."""

import hashlib
import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/third-party.md").read_text("utf-8")
VENDOR = ROOT / "models/vendor"
SCRIPT = runpy.run_path(str(ROOT / "scripts/third_party.py"))


def test_every_package_of_the_requirements_has_its_licence():
    first, last = SCRIPT["MARKS"]
    table = PAGE.split(first)[1].split(last)[0].strip()
    assert table == SCRIPT["packages_table"](), "Run: make notices"


def test_each_licence_is_short_enough_to_be_a_name():
    licences = re.findall(r"^\| [a-z0-9.-]+ \| ([^|]+) \|$", PAGE, re.M)
    assert len(licences) > 50
    assert [text for text in licences if not re.fullmatch(r"[A-Za-z0-9 .-]{3,60}", text)] == []


@pytest.mark.parametrize(
    "path",
    sorted(path for path in VENDOR.glob("*/*") if path.name not in {"LICENSE", "SOURCE.md"}),
    ids=lambda path: path.name,
)
def test_every_vendored_file_is_listed_with_its_digest_and_has_its_licence(path):
    name = path.relative_to(VENDOR).as_posix()
    (row,) = (line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |"))
    assert hashlib.sha256(path.read_bytes()).hexdigest() in row
    assert (path.parent / "LICENSE").is_file()
    assert path.name in (path.parent / "SOURCE.md").read_text("utf-8")
