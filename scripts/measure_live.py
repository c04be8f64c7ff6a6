"""Measure the live page in a real browser: `python -m scripts.measure_live [--tabs 20]`.

Prints one JSON object:

- seconds until the server answers, and from the click on Start to the first reading;
- processed frames per second in one tab, and in each of two tabs;
- the number of starts that succeeded;
- the server's memory when idle, and its threads and memory after two rounds of tabs.

Run it on a machine that does nothing else.
"""

import argparse
import json
import re
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from tests.browser.camera import camera_flags, write_camera_file
from tests.browser.server import Server
from tests.browser.tab import CHROMIUM_NAMES, QUIET_FLAGS, READING, start, stream_frame

LIMIT_MS = 10_000  # a start that takes longer counts as failed
RATE_S = 10  # duration of one measurement of the frame rate
AFTER_TABS_S = 60  # the server's worker lives up to 40 s longer than its tab


def main() -> None:
    """Run all measurements against a fresh server and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tabs", type=int, default=20, help="number of tabs per round")
    n_tabs = parser.parse_args().tabs
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        started_s = time.monotonic()
        server = Server(Path(folder) / "log.txt")
        try:
            server.wait_until_it_answers()
            figures: dict[str, object] = {"answers_s": round(time.monotonic() - started_s, 2)}
            browser = playwright.chromium.launch(
                executable_path=next(filter(None, map(shutil.which, CHROMIUM_NAMES))),
                args=[*QUIET_FLAGS, *camera_flags(write_camera_file(Path(folder) / "c.mjpeg"))],
                ignore_default_args=["--headless"],
            )
            print(json.dumps(figures | measure(browser, server, n_tabs), indent=2))
        finally:
            server.stop()


def measure(browser: Browser, server: Server, n_tabs: int) -> dict[str, object]:
    """Return all figures except the time until the server answers."""
    process = psutil.Process(server.process.pid)
    page = new_tab(browser, server)
    expect(stream_frame(page).get_by_role("button", name="Start")).to_be_visible()
    figures: dict[str, object] = {"idle_mb": megabytes(process)}
    figures["click_to_reading_s"] = seconds_to_reading(page)
    figures["frames_per_second_one_tab"] = rates([page])
    other = new_tab(browser, server)
    seconds_to_reading(other)
    figures["frames_per_second_two_tabs"] = rates([page, other])
    for tab in (page, other):
        tab.context.close()
    time.sleep(AFTER_TABS_S)
    figures["threads_before"] = process.num_threads()
    for name in ("first", "second"):
        succeeded = sum(opens_and_closes(browser, server) for _ in range(n_tabs))
        time.sleep(AFTER_TABS_S)
        figures[f"{name}_tabs"] = {
            "starts": n_tabs,
            "succeeded": succeeded,
            "threads_after": process.num_threads(),
            "mb_after": megabytes(process),
        }
    return figures


def new_tab(browser: Browser, server: Server) -> Page:
    """Return a new tab that shows the live page."""
    page = browser.new_context(base_url=server.url).new_page()
    page.goto("/live")
    return page


def seconds_to_reading(page: Page) -> float:
    """Click Start and return the seconds until the first reading."""
    button = stream_frame(page).get_by_role("button", name="Start")
    button.wait_for()
    clicked_s = time.monotonic()
    button.click()
    page.get_by_text(READING).wait_for(timeout=15_000)
    return round(time.monotonic() - clicked_s, 2)


def rates(pages: list[Page]) -> list[float]:
    """Return the median of the frame rate that each tab shows, sampled twice per second."""
    seen: list[list[float]] = [[] for _ in pages]
    pages[0].wait_for_timeout(3000)
    for _ in range(RATE_S * 2):
        for page, values in zip(pages, seen, strict=True):
            text = page.get_by_text(READING).inner_text()
            values.append(float(re.search(r"\d+", text)[0]))
        pages[0].wait_for_timeout(500)
    return [statistics.median(values) for values in seen]


def opens_and_closes(browser: Browser, server: Server) -> bool:
    """Start the live video in a new tab, close the tab, and return whether the start succeeded."""
    context = browser.new_context(base_url=server.url)
    try:
        start(context.new_page(), limit_ms=LIMIT_MS)
    except (AssertionError, Error):
        return False
    else:
        return True
    finally:
        context.close()


def megabytes(process: psutil.Process) -> int:
    """Return the memory that the process occupies, in MB."""
    return round(process.memory_info().rss / 1e6)


if __name__ == "__main__":
    main()
