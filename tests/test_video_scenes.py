"""Whole scenes through `VideoPipeline`: people who cross, turn, hide, leave and hurry.

A scene draws heads on a frame for each moment; the times of the frames are made up.
"""

from collections.abc import Callable, Iterator
from functools import cache

import cv2
import numpy as np
import pytest

from fer_core.pipeline import VideoPipeline, load_pipeline
from fer_core.results import Face

pytestmark = [pytest.mark.model, pytest.mark.slow]

HEIGHT, WIDTH = 480, 640
GROUP = [(105 + 200 * column, 120 + 235 * row) for row in range(2) for column in range(3)]
Head = tuple[str, float, float]  # whose, and where its centre is, pixels
Scene = Callable[[float], list[Head]]  # the heads at a time in seconds, those behind first


@pytest.fixture
def video() -> VideoPipeline:
    return load_pipeline(mode="video")


@pytest.fixture(scope="module")
def heads(astronaut_bgr) -> dict[str, np.ndarray]:
    """Return the heads of three people: `ann` is larger than `bob` and `cy`."""
    head_bgr = astronaut_bgr[5:235, 130:320]
    small_bgr = cv2.resize(head_bgr[:, ::-1], (165, 200), interpolation=cv2.INTER_AREA)
    return {"ann": head_bgr, "bob": cv2.convertScaleAbs(small_bgr, alpha=0.8), "cy": small_bgr}


@cache
def _background() -> np.ndarray:
    noise = np.random.default_rng(0).integers(60, 190, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 25)


def background() -> np.ndarray:
    return _background().copy()


def paste(frame_bgr: np.ndarray, head_bgr: np.ndarray, x: float, y: float) -> None:
    """Draw the ellipse of a head about a point; it may reach over the edge."""
    height, width = head_bgr.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    cv2.ellipse(mask, (width // 2, height // 2), (width // 2, height // 2), 0, 0, 360, 255, -1)
    shift = np.array([[1, 0, round(x - width / 2)], [0, 1, round(y - height / 2)]], float)
    moved_bgr, moved_mask = (
        cv2.warpAffine(image, shift, (WIDTH, HEIGHT), flags=cv2.INTER_NEAREST)
        for image in (head_bgr, mask)
    )
    frame_bgr[moved_mask > 0] = moved_bgr[moved_mask > 0]


def play(
    video: VideoPipeline, heads: dict[str, np.ndarray], scene: Scene, *, fps: int, until_s: float
) -> Iterator[dict[str, Face]]:
    """Yield for each frame the faces that were found, by whose they are: the nearest in front."""
    for step in range(round(until_s * fps)):
        people = scene(step / fps)
        frame_bgr = background()
        for name, x, y in people:
            paste(frame_bgr, heads[name], x, y)
        found = {}
        for face in video.analyze(frame_bgr, time_s=step / fps).faces:
            x, y = (face.box.x1 + face.box.x2) / 2, (face.box.y1 + face.box.y2) / 2
            near = {name: np.hypot(x - at, y - height) for name, at, height in reversed(people)}
            if near and min(near.values()) < 60:
                found[min(near, key=near.__getitem__)] = face
        yield found


def numbers(frames: list[dict[str, Face]], name: str) -> list[int | None]:
    return [frame[name].face_id for frame in frames if name in frame]


@pytest.mark.parametrize(
    ("speed", "fps"), [(150, 10), (150, 15), (150, 30), (300, 15), (300, 30), (500, 30)]
)
def test_two_people_who_cross_keep_their_numbers(video, heads, speed, fps):
    def cross(time_s):
        return [("bob", 550 - speed * time_s, 235), ("ann", 90 + speed * time_s, 245)]

    frames = list(play(video, heads, cross, fps=fps, until_s=460 / speed))
    for name in ("ann", "bob"):
        assert len(set(numbers(frames, name))) == 1
        assert name in frames[-1]
    assert set(numbers(frames, "ann")).isdisjoint(numbers(frames, "bob"))


@pytest.mark.parametrize("fps", [10, 15, 30])
@pytest.mark.parametrize("is_in_front", [True, False])
def test_a_person_who_walks_past_another_does_not_take_the_number_along(
    video, heads, fps, is_in_front
):
    def walk_past(time_s):
        order = 1 if is_in_front else -1
        return [("bob", 320, 235), ("ann", 60 + 200 * time_s, 250)][::order]

    frames = list(play(video, heads, walk_past, fps=fps, until_s=2.6))
    seated = numbers(frames, "bob")
    assert seated[0] == seated[-1]
    assert set(seated).isdisjoint(numbers(frames, "ann"))


@pytest.mark.parametrize("fps", [15, 30])
def test_two_people_who_meet_and_turn_back_do_not_exchange_their_numbers(video, heads, fps):
    def meet(time_s):
        way = 180 * min(time_s, 2.4 - time_s)
        return [("bob", 530 - way, 235), ("ann", 110 + way, 245)]

    frames = list(play(video, heads, meet, fps=fps, until_s=2.4))
    assert len(set(numbers(frames, "ann"))) == 1
    assert set(numbers(frames, "ann")).isdisjoint(numbers(frames, "bob"))


@pytest.mark.parametrize("fps", [10, 30])
def test_a_face_that_is_hidden_for_a_second_keeps_its_number(video, heads, fps):
    def hide(time_s):
        return [] if 1 <= time_s < 2 else [("ann", 320, 240)]

    frames = list(play(video, heads, hide, fps=fps, until_s=3))
    assert set(numbers(frames, "ann")) == {1}
    assert "ann" in frames[-1]


@pytest.mark.parametrize("fps", [10, 15, 30])
def test_a_person_who_comes_in_where_another_has_left_gets_a_new_number(video, heads, fps):
    def leave_and_enter(time_s):
        if time_s < 1.2:
            return [("ann", 250 - 300 * time_s, 245)]
        return [("cy", 200 * (time_s - 1.9) - 60, 235)] if time_s > 1.9 else []

    frames = list(play(video, heads, leave_and_enter, fps=fps, until_s=3.2))
    assert set(numbers(frames, "ann")) == {1}
    assert set(numbers(frames, "cy")) == {2}


@pytest.mark.parametrize(("speed", "fps"), [(400, 10), (400, 15), (400, 30), (700, 30)])
def test_a_person_who_hurries_through_the_frame_is_followed(video, heads, speed, fps):
    def hurry(time_s):
        return [("ann", 100 + speed * time_s, 240)]

    frames = list(play(video, heads, hurry, fps=fps, until_s=460 / speed))
    assert set(numbers(frames, "ann")) == {1}
    assert len(numbers(frames, "ann")) >= 0.9 * len(frames)


@pytest.mark.parametrize("fps", [10, 15, 30])
def test_a_person_who_stops_beside_another_keeps_the_number(video, heads, fps):
    def stop(time_s):
        return [("bob", 420, 240), ("ann", min(80 + 400 * time_s, 260), 240)]

    frames = list(play(video, heads, stop, fps=fps, until_s=1.6))
    assert len(set(numbers(frames, "bob"))) == len(set(numbers(frames, "ann"))) == 1


@pytest.mark.parametrize(
    ("speed_deg_s", "fps"), [(90, 15), (-90, 15), (90, 30), (180, 15), (-180, 15), (-180, 30)]
)
def test_a_head_that_turns_upside_down_and_back_keeps_its_number(video, heads, speed_deg_s, fps):
    upright_bgr = background()
    paste(upright_bgr, heads["ann"], WIDTH / 2, HEIGHT / 2)
    for step in range(360 * fps // abs(speed_deg_s) + 1):
        degrees = step * speed_deg_s / fps
        matrix = cv2.getRotationMatrix2D(((WIDTH - 1) / 2, (HEIGHT - 1) / 2), -degrees, 1.0)
        frame_bgr = cv2.warpAffine(upright_bgr, matrix, (WIDTH, HEIGHT), borderValue=(128,) * 3)
        (face,) = video.analyze(frame_bgr, time_s=step / fps).faces
        assert face.face_id == 1, f"at {degrees} degrees"
        assert (face.roll_deg - degrees + 180) % 360 - 180 == pytest.approx(0, abs=10)


def test_a_camera_that_changes_its_resolution_leaves_the_number(video, heads):
    frame_bgr = background()
    paste(frame_bgr, heads["ann"], 320, 240)
    smaller_bgr = cv2.resize(frame_bgr, (320, 240), interpolation=cv2.INTER_AREA)
    for step, each_bgr in enumerate([frame_bgr] * 5 + [smaller_bgr] * 5 + [frame_bgr] * 5):
        (face,) = video.analyze(each_bgr, time_s=step / 15).faces
        assert face.face_id == 1


def a_group(heads: dict[str, np.ndarray], *, moved: float) -> np.ndarray:
    """Return a frame of six equal heads in two rows, moved to the right."""
    small_bgr = cv2.resize(heads["ann"], (130, 157), interpolation=cv2.INTER_AREA)
    frame_bgr = background()
    for x, y in GROUP:
        paste(frame_bgr, small_bgr, x + moved, y)
    return frame_bgr


@pytest.mark.parametrize("fps", [10, 15, 30])
def test_a_group_that_moves_is_followed_and_every_face_keeps_its_number(video, heads, fps):
    for step in range(2 * fps):
        moved = 30 * max(0.0, step / fps - 0.5)  # they start once all of them are known
        faces = video.analyze(a_group(heads, moved=moved), time_s=step / fps).faces
        if moved > 0:
            assert sorted(face.face_id for face in faces) == [1, 2, 3, 4, 5, 6]
    found = sorted((face.box.x1 + face.box.x2) / 2 for face in faces)
    expected = sorted(x + moved for x, _ in GROUP)
    assert found == pytest.approx(expected, abs=15)


@pytest.mark.parametrize("moved", [0, 20, 39, 45])
def test_no_look_finds_a_face_of_a_group_a_second_time(video, heads, moved):
    frame_bgr = a_group(heads, moved=moved)
    for step in range(24):  # every look takes its turn
        faces = video.analyze(frame_bgr, time_s=step / 5).faces
        assert sorted(face.face_id for face in faces) == [1, 2, 3, 4, 5, 6]
