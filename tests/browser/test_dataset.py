"""The Dataset page in a real browser, on a small data set that is made up."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import ROOT, Server
from tests.browser.tab import settle
from tests.small_dataset import WRONG_ROWS, SmallDataset, write_small_dataset
from tests.synthetic import csv_of, noise_faces

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> SmallDataset:
    root = tmp_path_factory.mktemp("dataset")
    models = root / "models"
    models.mkdir()
    for path in (ROOT / "models").iterdir():
        if path.suffix != ".npz":
            (models / path.name).symlink_to(path)
    return write_small_dataset(root, models=models)


@pytest.fixture(scope="module")
def dataset_server(small, tmp_path_factory) -> Iterator[Server]:
    """Yield a server whose local file is the small data set."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FER2013_CSV", str(small.csv_path))
        environment.setenv("FERPLUS_CSV", str(small.votes_path))
        environment.setenv("CUE_MODELS", str(small.csv_path.parent / "models"))
        server = Server(tmp_path_factory.mktemp("server") / "log.txt")
    try:
        server.wait_until_it_answers()
        yield server
    finally:
        server.stop()


@pytest.fixture
def tab(browser, dataset_server) -> Iterator[Page]:
    context = browser.new_context(base_url=dataset_server.url, accept_downloads=True)
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def go(page: Page, address: str) -> None:
    """Open an address and wait until the small data set is on show."""
    page.goto(address)
    expect(page.get_by_text("84 images from faces.csv")).to_be_visible(timeout=30_000)


def downloaded(page: Page, name: str) -> str:
    settle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    return Path(download.value.path()).read_text("utf-8")


def press(page: Page, key: str) -> None:
    settle(page)
    page.keyboard.press(key)


def test_the_wall_turns_by_keys_and_a_selection_is_downloaded_as_rows(tab, small):
    go(tab, "/dataset?tab=Faces")
    expect(tab.get_by_text("84 faces, page 1 of 2")).to_be_visible()
    press(tab, "n")
    expect(tab.get_by_text("84 faces, page 2 of 2")).to_be_visible()
    press(tab, "p")
    expect(tab.get_by_text("84 faces, page 1 of 2")).to_be_visible()
    header, *rows = downloaded(tab, "Download the rows of 84 faces").split()
    assert header == "row,label,decision"
    assert [int(row.split(",")[0]) for row in rows] == small.faces.rows.tolist()


def test_label_errors_are_decided_by_keys_saved_and_loaded_again(tab, tmp_path):
    go(tab, "/dataset?tab=Label+errors")
    expect(tab.get_by_text("0 of 3", exact=True)).to_be_visible(timeout=30_000)
    press(tab, "a")
    expect(tab.get_by_text("1 of 3", exact=True)).to_be_visible()
    press(tab, "d")
    expect(tab.get_by_text("2 of 3", exact=True)).to_be_visible()
    press(tab, "z")
    expect(tab.get_by_text("1 of 3", exact=True)).to_be_visible()
    saved = tmp_path / "label_errors.csv"
    saved.write_text(downloaded(tab, "Download the decisions"))
    assert str(WRONG_ROWS[0]) in saved.read_text()
    tab.reload()
    expect(tab.get_by_text("0 of 3", exact=True)).to_be_visible(timeout=30_000)
    tab.locator("input[type=file]").last.set_input_files(saved)
    expect(tab.get_by_text("1 of 3", exact=True)).to_be_visible()


def follow(page: Page, link: str, heading: str) -> None:
    """Follow a link of the question; a new session would load the app anew."""
    page.evaluate("window.sameVisit = true")
    page.get_by_role("link", name=link).click()
    expect(page.get_by_role("heading", name=heading)).to_be_visible(timeout=60_000)
    assert page.evaluate("window.sameVisit") is True


def test_the_question_leads_to_what_people_say_the_confusion_and_a_face_in_one_visit(tab):
    go(tab, "/dataset")
    expect(tab.get_by_text("Why is fear read worse than joy?")).to_be_visible()
    tab.get_by_role("button", name="What people say").click()
    expect(tab.get_by_role("heading", name="Which words share a face")).to_be_visible()
    follow(tab, "What the model confuses", "Which expressions are confused")
    tab.get_by_role("link", name="Dataset").first.click()
    follow(tab, "What the model sees in such a face", "Inside the model")
    expect(tab.get_by_text("labelled afraid")).to_be_visible(timeout=60_000)


def test_on_a_phone_three_taps_lead_to_what_people_say(browser, server):
    context = browser.new_context(
        base_url=server.url, viewport={"width": 360, "height": 740}, has_touch=True
    )
    page = context.new_page()
    page.goto("/live")
    page.wait_for_function("window.cuePage === 'live'")
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name="Dataset").click()
    expect(page.get_by_role("link", name="Dataset")).not_to_be_in_viewport()  # the menu is closed
    page.get_by_role("button", name="What people say").click()
    expect(page.get_by_role("tab", name="People", selected=True)).to_be_in_viewport(timeout=60_000)
    expect(page.get_by_role("heading", name="How far people agree")).to_be_in_viewport()
    context.close()


@pytest.fixture
def without_file(monkeypatch):
    """Name no local file to a server that starts after this."""
    monkeypatch.delenv("FER2013_CSV", raising=False)


def test_without_a_file_the_question_leads_to_the_heat_maps_of_a_sample_face(
    browser,
    without_file,
    fresh_server,  # the server starts without it
):
    context = browser.new_context(base_url=fresh_server.url)
    page = context.new_page()
    page.goto("/dataset")
    follow(page, "in a sample face", "Inside the model")
    expect(page.get_by_role("tab", name="Heat maps", selected=True)).to_be_visible(timeout=60_000)
    context.close()


def test_a_click_on_the_map_shows_the_face(tab):
    go(tab, "/dataset?tab=Map")
    chart = tab.locator("[data-testid=stPlotlyChart]").first
    expect(chart.locator(".nsewdrag")).to_be_visible()
    chart.scroll_into_view_if_needed()
    settle(tab)
    point = chart.evaluate(
        """node => {
            const plot = node.querySelector(".js-plotly-plot"), {xaxis, yaxis} = plot._fullLayout;
            const {x, y} = plot._fullData[0], box = plot.getBoundingClientRect();
            return [box.left + xaxis._offset + xaxis.d2p(x[0]),
                    box.top + yaxis._offset + yaxis.d2p(y[0])];
        }"""
    )
    tab.mouse.move(*point)
    tab.wait_for_timeout(300)
    tab.mouse.click(*point)
    expect(tab.get_by_text("Label of row")).to_be_visible(timeout=20_000)


def test_an_upload_replaces_the_local_file(tab, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(csv_of(noise_faces(21)))
    go(tab, "/dataset")
    tab.locator("input[type=file]").first.set_input_files(path)
    expect(tab.get_by_text("21 images from mine.csv")).to_be_visible(timeout=30_000)


@pytest.mark.skipif(not os.environ.get("FER2013_CSV"), reason="needs FER2013_CSV")
def test_a_page_of_the_real_wall_is_there_at_once(browser, server):
    context = browser.new_context(base_url=server.url)
    page = context.new_page()
    page.goto("/dataset?tab=Faces")
    expect(page.get_by_text("page 1 of")).to_be_visible(timeout=240_000)
    settle(page)
    page.keyboard.press("n")
    expect(page.get_by_text("page 2 of")).to_be_visible(timeout=2_000)
    context.close()
