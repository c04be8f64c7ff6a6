"""The Inside page in a real browser, with the real worker: maps, sliders, report."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.tab import settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]

START_LIMIT_MS = 90_000  # TensorFlow, on a machine with other work
REMOTE = re.compile(r"(?:src|href)\s*=\s*[\"'](?!data:|#)")


@pytest.fixture
def inside(page: Page) -> Page:
    page.goto("/inside?model=plain&part=Changes")
    expect(page.get_by_text("48 × 48 grey pixels")).to_be_visible(timeout=30_000)
    settle(page)
    return page


def test_a_slider_moves_the_reading_and_reset_brings_it_back(inside):
    expect(inside.get_by_text("The face as it is.")).to_be_visible()
    tilt = inside.get_by_role("slider", name="Tilt")
    tilt.focus()
    tilt.press("Home")
    expect(inside.get_by_text("The face tilted by 90 degrees to the left.")).to_be_visible()
    inside.get_by_role("button", name="Reset").click()
    expect(inside.get_by_text("The face as it is.")).to_be_visible()
    expect(tilt).to_have_value("0")


def test_on_a_phone_the_slider_and_the_whole_chart_fit_on_the_screen(inside):
    inside.set_viewport_size({"width": 360, "height": 740})
    settle(inside)
    slider = inside.get_by_role("slider", name="Tilt").bounding_box()
    panel = inside.get_by_role("tabpanel")
    chart = panel.locator(".js-plotly-plot .main-svg").first.bounding_box()
    assert slider["y"] < chart["y"]
    assert chart["y"] + chart["height"] - slider["y"] < 740


def test_maps_come_from_the_worker_and_the_report_holds_all_in_one_file(inside):
    inside.get_by_role("tab", name="Layers").click()
    maps = inside.get_by_role("img", name=re.compile("^Maps of the layer"))
    expect(maps.nth(5)).to_be_visible(timeout=START_LIMIT_MS)  # full size to the last layer
    inside.get_by_role("tab", name="Heat maps").click()
    expect(inside.get_by_text("Rank correlation of the two maps")).to_be_visible(timeout=30_000)
    inside.get_by_role("tab", name="Export").click()
    with inside.expect_download() as download:
        inside.get_by_role("button", name="Download the report").click()
    report = Path(download.value.path()).read_text("utf-8")
    assert report.count("data:image/png") > 10
    assert not REMOTE.search(report)


def test_a_row_of_the_leaderboard_opens_its_inside_view(page):
    page.goto("/evaluation")
    row = page.get_by_role("row").filter(has_text="mini_xception")
    with page.context.expect_page() as opened:
        row.get_by_role("link", name="Look inside").click()
    expect(opened.value.get_by_text("Mini-Xception, a small network")).to_be_visible(timeout=30_000)
    assert "model=mini_xception" in opened.value.url
