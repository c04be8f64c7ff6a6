"""The Photos page in a real browser: upload, readings, downloads."""

import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def photo_path(tmp_path, astronaut_bgr) -> Path:
    path = (
        tmp_path / "astronaut ![x](b.png) <b>.jpg"
    )  # a name that Markdown would read as a picture
    path.write_bytes(cv2.imencode(".jpg", astronaut_bgr)[1].tobytes())
    return path


def test_a_photo_is_read_and_csv_json_and_annotated_photo_are_downloaded(
    page, photo_path, tmp_path
):
    page.goto("/photos")
    bad_path = tmp_path / "letter.jpg"
    bad_path.write_bytes(b"%PDF-1.7 not a picture")
    page.locator("input[type=file]").set_input_files([photo_path, bad_path])
    expect(page.get_by_text("1 face in 2 photos, 1 photo failed")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("got a PDF document")).to_be_visible()

    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    with Path(download.value.path()).open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["source"] for row in rows] == [photo_path.name, "letter.jpg"]
    assert float(rows[0]["confidence"]) > 0
    assert rows[1]["error"]

    with page.expect_download() as download:
        page.get_by_role("button", name="Download JSON").click()
    records = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert [len(record["faces"]) for record in records] == [1, 0]

    with page.expect_download() as download:
        page.get_by_role("button", name="Download this photo").click()
    data = np.fromfile(download.value.path(), dtype=np.uint8)
    assert cv2.imdecode(data, cv2.IMREAD_COLOR).shape == (512, 512, 3)
