"""The Live page in a real browser: WebRTC, a face in front of the camera, its reading beside it."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.tab import READING, settle, start, stream_frame

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# The plate is nearly black, and the frames of the camera have no such area.
HAS_DARK_PLATE = """video => {
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth; canvas.height = video.videoHeight;
    const context = canvas.getContext("2d");
    context.drawImage(video, 0, 0);
    const top = context.getImageData(0, 0, canvas.width, Math.floor(canvas.height * 0.6)).data;
    let run = 0;
    for (let i = 0; i < top.length; i += 4) {
        run = Math.max(top[i], top[i + 1], top[i + 2]) < 60 ? run + 1 : 0;
        if (run >= 12) return true;
    }
    return false;
}"""


def shown_s(page: Page) -> float:
    return stream_frame(page).locator("video").evaluate("video => video.currentTime")


def test_within_ten_seconds_the_video_plays_and_the_page_shows_a_reading(page):
    start(page, limit_ms=10_000)
    expect(
        page.get_by_text(re.compile("(in 10|Nearly all) people would say")).first
    ).to_be_visible()
    before_s = shown_s(page)
    page.wait_for_timeout(1000)
    assert shown_s(page) > before_s + 0.3


def test_the_reading_is_drawn_on_the_video_itself(page):
    start(page)
    video = stream_frame(page).locator("video").element_handle()
    deadline_s = time.monotonic() + 10
    while not video.evaluate(HAS_DARK_PLATE):
        assert time.monotonic() < deadline_s, "No plate was seen on the video within 10 s."
        page.wait_for_timeout(200)


def test_two_tabs_read_at_once(page, browser, server):
    start(page)
    other = browser.new_context(base_url=server.url).new_page()
    try:
        start(other)
        for tab in (page, other):
            before_s = shown_s(tab)
            tab.wait_for_timeout(1000)
            assert shown_s(tab) > before_s
    finally:
        other.context.close()


def test_it_stops_and_starts_again(page):
    start(page)
    stream_frame(page).get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Press Start")).to_be_visible()
    start(page, address="")


def test_it_starts_again_after_another_page_was_visited(page):
    start(page)
    page.get_by_role("link", name="Photos").click()
    expect(page.get_by_role("heading", name="Photos")).to_be_visible()
    page.get_by_role("link", name="Live").click()
    expect(page.get_by_text("Press Start")).to_be_visible()
    start(page, address="")


def test_the_key_p_pauses_and_resumes(page):
    start(page)
    page.get_by_role("heading", name="Live").click()
    page.keyboard.press("p")
    expect(page.get_by_text("Paused.")).to_be_visible()
    page.keyboard.press("p")
    expect(page.get_by_text(READING)).to_be_visible()


def test_a_blocked_camera_gets_one_sentence(launch, server):
    browser = launch("--use-fake-device-for-media-stream")
    try:
        page = browser.new_page()
        page.goto(f"{server.url}/live")
        # without a flag that allows it, a headless browser blocks the camera
        stream_frame(page).get_by_role("button", name="Start").click()
        expect(page.get_by_text("The browser blocks the camera")).to_be_visible(timeout=15_000)
    finally:
        browser.close()


def test_a_missing_camera_gets_one_sentence(launch, server):
    browser = launch("--use-fake-ui-for-media-stream")
    try:
        page = browser.new_page()
        page.goto(f"{server.url}/live")
        expect(page.get_by_text("No camera was found")).to_be_visible(timeout=30_000)
    finally:
        browser.close()


def test_an_insecure_address_gets_one_sentence(page):
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { get: () => false });")
    page.goto("/live")
    expect(page.get_by_text("Browsers allow cameras only on secure addresses")).to_be_visible()


def test_a_connection_that_is_never_made_gets_one_sentence(page):
    page.add_init_script(
        "RTCPeerConnection.prototype.setRemoteDescription = () => new Promise(() => {});"
    )
    page.goto("/live")
    stream_frame(page).get_by_role("button", name="Start").click()
    expect(page.get_by_text("The video could not connect")).to_be_visible(timeout=20_000)


def test_a_neutral_baseline_is_captured_with_a_key_marked_and_cleared(page):
    start(page)
    expect(page.get_by_role("button", name="Capture neutral baseline")).to_be_visible()
    page.get_by_role("heading", name="Live").click()
    page.keyboard.press("b")
    expect(page.get_by_text(re.compile("Relax your face, [1-5] s"))).to_be_visible()
    mark = page.get_by_text("Corrected by this face's neutral baseline")
    expect(mark).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Clear neutral baseline").press("Enter")
    expect(page.get_by_role("button", name="Capture neutral baseline")).to_be_visible()
    expect(mark).to_be_hidden()


@pytest.mark.parametrize("path", ["/live", "/photos"])
def test_blazeface_is_the_default_and_haar_can_be_chosen(page, path):
    page.goto(path)
    if path == "/live":
        expect(stream_frame(page).get_by_role("button", name="Start")).to_be_visible(timeout=30_000)
        page.get_by_text("Settings").click()
    settle(page)
    chooser = page.get_by_role("combobox", name="Face detector")
    expect(chooser).to_have_value("BlazeFace (faces at any tilt)", timeout=15_000)
    chooser.click()
    page.get_by_role("option", name="Haar (upright faces)").click()
    expect(chooser).to_have_value("Haar (upright faces)")
