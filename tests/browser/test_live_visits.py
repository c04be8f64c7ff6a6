"""The Live page is visited, left and visited again at random moments, without any error.

The component of the stream, its context in the session, the script runs and the threads of the
server race if the page is left in the middle of something. Each round is a first visit that does
one of `WAYS` before, while or after the stream connects.
"""

import contextlib
import random
import re
import time
from collections.abc import Callable

import psutil
import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser.tab import READING, start, stream_frame

pytestmark = [pytest.mark.browser, pytest.mark.slow]

N_ROUNDS, N_SOAK_ROUNDS = 10, 60
LONGEST_PAUSE_MS = 1000
LIMIT_MS = 30_000  # for each step, on a machine with other work
LOGGED_ERROR = re.compile(r"Traceback \(most recent call last\)|Uncaught app exception")
# What two libraries log although they end as they should: aiortc if a connection is closed while it
# is being made, the web server if a tab is closed in the middle of a message.
HARMLESS = re.compile(
    r"Task exception was never retrieved\n"
    r"future: .*RTCPeerConnection\.__connect\(\).*\n"
    r"Traceback .*\n(?: .*\n)+.*InvalidStateError: RTCIceTransport is closed\n"
    r"|Exception in ASGI application\n"
    r"(?:(?:Traceback |During handling | |starlette\.websockets\.WebSocketDisconnected: ).*\n|\n)+"
)
# An error may be on the page for less than a second, until the next script run.
WATCH_FOR_ERRORS = """() => {
    window.shownErrors = [];
    new MutationObserver(() => {
        for (const error of document.querySelectorAll("[data-testid=stException]"))
            window.shownErrors.push(error.innerText);
    }).observe(document, { childList: true, subtree: true });
}"""
# What the stream's component sends while it connects, one candidate of an address after the other:
# values that are on their way while the page is left or the camera lost.
SPEAK_FOR_HALF_A_SECOND = """() => {
    for (let number = 0; number < 25; number++) setTimeout(() => window.parent.postMessage({
        isStreamlitMessage: true, type: "streamlit:setComponentValue", dataType: "json",
        value: { playing: false, sdpOffer: "", iceCandidates: {}, number },
    }, "*"), 20 * number);
}"""
TAKE_CAMERA_AWAY = """() => {
    navigator.mediaDevices.enumerateDevices = async () => [];
    navigator.mediaDevices.ondevicechange?.();
}"""
GIVE_CAMERA_BACK = """() => {
    delete navigator.mediaDevices.enumerateDevices;
    navigator.mediaDevices.ondevicechange?.();
}"""
BLOCK_CAMERA = """() => {
    navigator.permissions.query = async () => ({ state: "denied" });
    navigator.mediaDevices.ondevicechange?.();
}"""
ALLOW_CAMERA = """() => {
    delete navigator.permissions.query;
    navigator.mediaDevices.ondevicechange?.();
}"""

Pause = Callable[[], None]


def speak(page: Page) -> None:
    """Let the stream's component send values for half a second."""
    frame = page.locator("iframe[title*='webrtc']").element_handle().content_frame()
    assert frame is not None
    frame.evaluate(SPEAK_FOR_HALF_A_SECOND)


def follow_links(page: Page, pause: Pause) -> None:
    page.get_by_role("link", name="Photos").click()
    pause()
    page.get_by_role("link", name="Live").click()


def go_back_and_forward(page: Page, pause: Pause) -> None:
    while not page.url.endswith("/photos"):  # else the first step back leads out of the app
        page.get_by_role("link", name="Photos").click()
        with contextlib.suppress(Error):  # a link pressed while a page comes up may be dropped
            page.wait_for_url("**/photos", timeout=LIMIT_MS / 6)
    for step in (page.go_back, page.go_forward, page.go_back):
        pause()
        step()


def reload(page: Page, pause: Pause) -> None:
    page.reload()
    pause()
    page.reload()


def leave_the_app(page: Page, pause: Pause) -> None:
    page.goto("about:blank")
    pause()
    page.goto("/live")


def lose_the_camera(page: Page, pause: Pause) -> None:
    speak(page)
    page.evaluate(TAKE_CAMERA_AWAY)
    expect(page.get_by_text("No camera was found.")).to_be_visible(timeout=LIMIT_MS)
    pause()
    page.evaluate(GIVE_CAMERA_BACK)


def follow_links_while_it_speaks(page: Page, pause: Pause) -> None:
    speak(page)
    follow_links(page, pause)


def leave_while_the_camera_is_lost(page: Page, pause: Pause) -> None:
    page.evaluate(TAKE_CAMERA_AWAY)
    pause()
    follow_links(page, pause)
    page.evaluate(GIVE_CAMERA_BACK)


def block_the_camera(page: Page, pause: Pause) -> None:
    speak(page)
    page.evaluate(BLOCK_CAMERA)
    expect(page.get_by_text("The browser blocks the camera")).to_be_visible(timeout=LIMIT_MS)
    pause()
    page.evaluate(ALLOW_CAMERA)


def change_the_mirror(page: Page, pause: Pause) -> None:
    page.get_by_text("Settings").click()
    for _ in range(3):
        page.get_by_text("Mirror the video").click()
        pause()


def change_the_detector(page: Page, pause: Pause) -> None:
    page.get_by_text("Settings").click()
    chooser = page.get_by_role("combobox", name="Face detector")
    chooser.click()
    pause()
    chooser.press("ArrowDown")
    chooser.press("Enter")
    pause()
    follow_links(page, pause)


def stop(page: Page, pause: Pause) -> None:
    button = stream_frame(page).get_by_role("button", name="Stop")
    if button.is_visible():
        button.click()
    pause()
    follow_links(page, pause)


WAYS = (
    follow_links_while_it_speaks,
    go_back_and_forward,
    reload,
    leave_the_app,
    lose_the_camera,
    leave_while_the_camera_is_lost,
    block_the_camera,
    change_the_mirror,
    change_the_detector,
    stop,
)
MOMENTS = ("before Start", "while it connects", "with the first reading")


def begin(page: Page, pause: Pause, moment: str) -> None:
    """Bring the stream to the given moment."""
    if moment == "before Start":
        return
    stream_frame(page).get_by_role("button", name="Start").click()
    if moment == "with the first reading":
        expect(page.get_by_text(READING)).to_be_visible(timeout=LIMIT_MS)
    pause()


def end_with_a_reading(page: Page) -> None:
    """Start the stream again unless it is running, and wait for a reading."""
    button = stream_frame(page).get_by_role("button", name=re.compile("^(Start|Stop)$"))
    try:
        button.wait_for(timeout=LIMIT_MS / 3)
    except Error:
        # Two page changes within milliseconds race in Streamlit's frontend. It may end on the page
        # that was requested first, or with one history entry less. A person would open the page
        # again.
        assert "/live" not in page.url, page.locator("body").inner_text()
        page.goto("/live")
        button.wait_for()
    deadline_s = time.monotonic() + LIMIT_MS / 1000
    while not page.get_by_text(READING).is_visible():
        assert time.monotonic() < deadline_s, (
            f"{button.inner_text()}, but no reading:\n{page.locator('main').inner_text()}"
        )
        with contextlib.suppress(Error):  # it is running, and its button says Stop
            stream_frame(page).get_by_role("button", name="Start").click(timeout=500)


@pytest.mark.soak
def test_no_visit_ends_in_an_error_whenever_the_page_is_left(browser, server, is_soak):
    drawn = random.Random(0)
    log_size = server.log_size()
    for number in range(N_SOAK_ROUNDS if is_soak else N_ROUNDS):
        way = WAYS[number % len(WAYS)]
        moment = MOMENTS[(number + number // len(WAYS)) % len(MOMENTS)]
        case = f"round {number + 1}: {way.__name__}, {moment}"
        context = browser.new_context(base_url=server.url)
        context.set_default_timeout(LIMIT_MS)
        page = context.new_page()

        def pause(page: Page = page) -> None:
            page.wait_for_timeout(LONGEST_PAUSE_MS * drawn.random() ** 2)  # mostly short

        page.add_init_script(f"({WATCH_FOR_ERRORS})()")
        page.goto(drawn.choice(("/live", "/")))
        pause()
        try:
            begin(page, pause, moment)
            way(page, pause)
            end_with_a_reading(page)
        except (AssertionError, Error) as error:
            raise AssertionError(f"{case}: {error}") from error
        assert page.evaluate("window.shownErrors") == [], case
        logged = HARMLESS.sub("", server.log_since(log_size))
        assert not LOGGED_ERROR.search(logged), f"{case}: see the log"
        context.close()


@pytest.mark.parametrize("way", [follow_links, lose_the_camera])
def test_the_threads_of_a_stream_end_with_it(browser, fresh_server, way):
    context = browser.new_context(base_url=fresh_server.url)
    context.set_default_timeout(LIMIT_MS)
    page = context.new_page()
    page.goto("/live")
    button = stream_frame(page).get_by_role("button", name="Start")
    button.wait_for()
    process = psutil.Process(fresh_server.process.pid)
    n_idle = process.num_threads()
    for _ in range(3):
        start(page, address="")
        way(page, lambda: page.wait_for_timeout(1000))
        button.wait_for()
    # a stream has 6 to 10 threads; a thread pool of the server keeps a few for later
    deadline_s = time.monotonic() + 15
    while process.num_threads() > n_idle + 5:
        assert time.monotonic() < deadline_s, (
            f"{n_idle} threads before, {process.num_threads()} now"
        )
        page.wait_for_timeout(200)
    context.close()
