"""The photos page: empty, with a photo, with files that are no pictures."""

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest


@pytest.fixture
def page(open_page) -> AppTest:
    return open_page("photos.py")


def texts(page: AppTest) -> str:
    return "\n".join(element.value for element in (*page.markdown, *page.caption))


def upload(page: AppTest, *files: tuple[str, bytes]) -> AppTest:
    uploader = page.get("file_uploader")[0]
    uploader.set_value([(name, data, "application/octet-stream") for name, data in files])
    return page.run()


def test_without_a_photo_it_says_what_to_do(page):
    page.run()
    assert not page.exception
    assert "No photo yet" in page.info[0].value


@pytest.mark.model
def test_the_example_portrait_shows_one_face_with_its_bars_and_downloads(page):
    page.run()
    page.toggle(key="photo-example").set_value(True).run()
    assert not page.exception
    assert page.subheader[0].value == "1 photo, 1 face"
    assert len(page.get("plotly_chart")) == 1
    assert "would say" in "".join(bar.proto.text for bar in page.get("progress"))


@pytest.mark.model
def test_a_file_that_is_no_picture_gets_a_sentence_and_the_others_are_read(page, astronaut_bgr):
    good = cv2.imencode(".jpg", astronaut_bgr)[1].tobytes()
    upload(page.run(), ("a.jpg", good), ("b.jpg", b""), ("c.jpg", b"%PDF-1.7"))
    assert not page.exception
    assert page.subheader[0].value == "3 photos, 1 face, 2 not read"
    assert len(page.error) == 2


@pytest.mark.model
def test_a_picture_without_a_face_says_so(page):
    flat = cv2.imencode(".png", np.full((200, 200, 3), 90, np.uint8))[1].tobytes()
    upload(page.run(), ("wall.png", flat))
    assert page.subheader[0].value == "1 photo, 0 faces"
    assert "No face found" in texts(page)


@pytest.mark.model
def test_right_after_stop_it_says_how_many_were_read(page, astronaut_bgr):
    good = cv2.imencode(".jpg", astronaut_bgr)[1].tobytes()
    page.session_state["photos_stopped"] = True
    upload(page.run(), ("a.jpg", good), ("b.jpg", good))
    assert page.info[0].value == "Stopped before the first photo was read."
    assert not page.subheader
    page.button[0].click().run()
    assert page.subheader[0].value == "2 photos, 2 faces"
