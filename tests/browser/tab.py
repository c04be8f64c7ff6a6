"""What several browser tests do in a tab."""

import re

from playwright.sync_api import FrameLocator, Page, expect

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET_FLAGS = (
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required",
)


READING = re.compile(r"frames per second")
START_LIMIT_MS = 30_000  # on a machine with other work; `measure_live` says how long it takes

# Streamlit names the state of the page's script on its root element.
IS_SETTLED = """() => {
    const app = document.querySelector("[data-testid=stApp]");
    if (app?.dataset.testScriptState !== "notRunning") window.quietSince = undefined;
    else window.quietSince ??= performance.now();
    return performance.now() - window.quietSince > 1000;
}"""


def stream_frame(page: Page) -> FrameLocator:
    """Return the frame that the video and its button live in."""
    return page.frame_locator("iframe[title*='webrtc']")


def start(page: Page, address: str = "/live", *, limit_ms: int = START_LIMIT_MS) -> None:
    """Press Start on the live page and wait for the first reading beside the video."""
    if address:
        page.goto(address)
    stream_frame(page).get_by_role("button", name="Start").click()
    expect(page.get_by_text(READING)).to_be_visible(timeout=limit_ms)


def settle(page: Page) -> None:
    """Wait until no run of the page's script has begun for a second: a run closes open lists."""
    page.wait_for_function(IS_SETTLED)
