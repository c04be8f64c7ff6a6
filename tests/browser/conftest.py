"""A real server, a real headless Chromium, and a camera that shows a real face."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.browser.server import Server

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


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Return the system's Chromium; without one skip, or fail where CI=true."""
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if path is None:
        tell = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        tell("needs Chromium; on Debian: apt-get install chromium")
    return path


@pytest.fixture(scope="session")
def camera_file(tmp_path_factory, astronaut_bgr) -> Path:
    """Return a 4 s film of a face that moves from side to side, 640x480, as MJPEG."""
    path = tmp_path_factory.mktemp("camera") / "camera.mjpeg"
    face_bgr = astronaut_bgr[0:300, 70:370]
    with path.open("wb") as stream:
        for step in range(80):
            frame_bgr = np.full((480, 640, 3), 150, dtype=np.uint8)
            left = 170 + int(60 * np.sin(step / 80 * 2 * np.pi))
            frame_bgr[90:390, left : left + 300] = face_bgr
            stream.write(cv2.imencode(".jpg", frame_bgr)[1].tobytes())
    return path


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server") / "log.txt")
    try:
        server.wait_until_it_answers()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def launch(playwright, chromium_path) -> Callable[..., Browser]:
    """Return a function that starts Chromium with the flags given on top of the quiet ones."""

    def start(*flags: str) -> Browser:
        return playwright.chromium.launch(
            executable_path=chromium_path,
            args=[*QUIET_FLAGS, *flags],
            ignore_default_args=["--headless"],
        )

    return start


@pytest.fixture(scope="session")
def browser(launch, camera_file) -> Iterator[Browser]:
    """A browser whose user allows the camera, and whose camera shows a face."""
    browser = launch(
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={camera_file}",
    )
    yield browser
    browser.close()


@pytest.fixture
def page(browser, server) -> Iterator[Page]:
    """A tab of its own, which knows the address and has asked for nothing yet."""
    context = browser.new_context(base_url=server.url, accept_downloads=True)
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()
