"""The Photos page: without photos, with photos, and with files that are not photos."""

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer_core.drawing.sprites import glyph_uri
from tests.pages.shown import words_of


@pytest.fixture
def page(open_page) -> AppTest:
    return open_page("photos.py")


@pytest.fixture(scope="session")
def portrait_jpeg(astronaut_bgr) -> bytes:
    return cv2.imencode(".jpg", astronaut_bgr)[1].tobytes()


def upload(page: AppTest, *files: tuple[str, bytes]) -> AppTest:
    uploader = page.get("file_uploader")[0]
    uploader.set_value([(name, data, "application/octet-stream") for name, data in files])
    return page.run()


def test_without_a_photo_it_says_what_to_do(page):
    page.run()
    assert not page.exception
    assert "No photo yet" in page.info[0].value


@pytest.mark.model
def test_the_example_portrait_shows_one_face_with_its_glyph_bars_and_downloads(page):
    page.run()
    page.toggle(key="photo-example").set_value(True).run()
    assert not page.exception
    assert page.header[0].value == "1 face in 1 photo"
    assert f"### ![]({glyph_uri('happy')}) happy" in words_of(page)
    assert len(page.get("plotly_chart")) == 1
    assert "people would say happy" in "".join(bar.proto.text for bar in page.get("progress"))
    labels = [button.proto.label for button in page.get("download_button")]
    assert labels == ["Download JSON", "Download CSV", "Download this photo"]


@pytest.mark.model
def test_a_file_that_is_no_photo_gets_a_sentence_and_the_others_are_read(page, portrait_jpeg):
    upload(page.run(), ("a.jpg", portrait_jpeg), ("b.jpg", b""), ("c.jpg", b"%PDF-1.7"))
    assert not page.exception
    assert page.header[0].value == "1 face in 3 photos, 2 photos failed"
    assert len(page.error) == 2


@pytest.mark.model
def test_a_photo_without_a_face_says_so(page):
    flat = cv2.imencode(".png", np.full((200, 200, 3), 90, np.uint8))[1].tobytes()
    upload(page.run(), ("wall.png", flat))
    assert page.header[0].value == "0 faces in 1 photo"
    assert "No face found" in words_of(page)


@pytest.mark.model
def test_a_cut_out_face_is_read_whole_by_a_switch_and_then_needs_no_detector(page, astronaut_bgr):
    crop = cv2.resize(astronaut_bgr[70:190, 165:275], (48, 48), interpolation=cv2.INTER_AREA)
    upload(page.run(), ("face.png", cv2.imencode(".png", crop)[1].tobytes()))
    assert not page.selectbox(key="detector").disabled
    page.toggle(key="photo-crops").set_value(True).run()
    assert not page.exception
    assert page.header[0].value == "1 face in 1 photo"
    assert f"### ![]({glyph_uri('happy')}) happy" in words_of(page)
    assert page.selectbox(key="detector").disabled


@pytest.mark.model
def test_after_stop_the_remaining_photos_can_still_be_read(page, portrait_jpeg):
    page.session_state["photos_stopped"] = True
    upload(page.run(), ("a.jpg", portrait_jpeg), ("b.jpg", portrait_jpeg))
    assert page.info[0].value == "Stopped before the first photo was read."
    assert not page.header
    page.button[0].click().run()
    assert page.header[0].value == "2 faces in 2 photos"


@pytest.mark.model
def test_a_face_that_is_not_read_gets_its_reason_and_advice(page, astronaut_bgr):
    cut = cv2.imencode(".png", astronaut_bgr[100:])[1].tobytes()  # the edge lies on the eyes
    upload(page.run(), ("cut.png", cut))
    shown = words_of(page)
    assert "Cut off by the picture's edge. In another photo: move into the middle" in shown


@pytest.mark.model
def test_with_the_switch_body_the_person_has_a_skeleton_and_a_posture(page):
    page.run()
    page.toggle(key="photo-example").set_value(True).run()
    assert "🧍" not in words_of(page)
    page.toggle(key="photo-body").set_value(True).run()
    assert not page.exception
    assert words_of(page).count("🧍") == 1
    page.toggle(key="photo-crops").set_value(True).run()
    assert page.toggle(key="photo-body").disabled
    assert "🧍" not in words_of(page)
