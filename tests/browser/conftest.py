"""A real server, a real headless Chromium, and a camera that shows a real face."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.browser.camera import camera_flags, write_camera_file
from tests.browser.server import Server
from tests.browser.tab import CHROMIUM_NAMES, QUIET_FLAGS

LOG_STARTS = pytest.StashKey[dict[Server, int]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Remember the size of each server's log at the start of a test."""
    servers = [value for value in item.funcargs.values() if isinstance(value, Server)]
    item.stash[LOG_STARTS] = {server: server.log_size() for server in servers}
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Add what the servers logged during a failed test to its report."""
    report = yield
    if report.failed:
        for server, size in item.stash.get(LOG_STARTS, {}).items():
            report.sections.append((f"Log of {server.url}", server.log_since(size) or "(empty)"))
    return report


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Return the path of the system's Chromium; without one, skip, or fail if CI=true."""
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if path is None:
        tell = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        tell("needs Chromium; on Debian: apt-get install chromium")
    return path


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server") / "log.txt")
    try:
        server.wait_until_it_answers()
        yield server
    finally:
        server.stop()


@pytest.fixture
def fresh_server(tmp_path) -> Iterator[Server]:
    """Yield a server without any visit so far."""
    server = Server(tmp_path / "log.txt")
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
    """Return a function that starts Chromium with the quiet flags and those that it is given."""

    def start(*flags: str) -> Browser:
        return playwright.chromium.launch(
            executable_path=chromium_path,
            args=[*QUIET_FLAGS, *flags],
            ignore_default_args=["--headless"],
        )

    return start


@pytest.fixture(scope="session")
def browser(launch, tmp_path_factory) -> Iterator[Browser]:
    """Yield a browser whose user allows the camera and whose camera shows a face."""
    path = write_camera_file(tmp_path_factory.mktemp("camera") / "camera.mjpeg")
    browser = launch(*camera_flags(path))
    yield browser
    browser.close()


@pytest.fixture
def page(browser, server) -> Iterator[Page]:
    """Yield a fresh tab that knows the address of the server but has not opened it."""
    context = browser.new_context(base_url=server.url, accept_downloads=True)
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()
