import cv2
import numpy as np
import pytest

from fer_core.faces.detections import Detections
from fer_core.faces.edge_check import EdgeCheck
from fer_core.faces.quality import CUT_OFF, TOO_CLOSE, TOO_DARK, QualityConfig
from fer_core.geometry import rotation
from fer_core.regions import Region

pytestmark = pytest.mark.model
FACE = Region(224.0, 115.0, 118.0)  # the square of the astronaut's face


@pytest.fixture(scope="module")
def reasons():
    """Return a function: frame, squares `(n, 3)` and tilt -> the reasons of each face."""
    check = EdgeCheck()

    def of_faces(frame_bgr, *squares, roll_deg=0.0, known=()):
        squares = np.array(squares, dtype=float).reshape(-1, 3)
        half = squares[:, 2:] / 2
        boxes = np.concatenate([squares[:, :2] - half, squares[:, :2] + half], axis=1)
        n_faces = len(squares)
        rolls_deg = np.full(n_faces, roll_deg)
        found = Detections(boxes, np.ones(n_faces), rolls_deg, squares=squares)
        before = known or ((),) * n_faces
        return check.reasons(np.ascontiguousarray(frame_bgr), found, before, QualityConfig())

    return of_faces


def test_no_face_has_no_reason(reasons, astronaut_bgr):
    assert reasons(astronaut_bgr) == ()


def test_only_a_face_at_the_edge_is_looked_at(reasons):
    noise = np.random.default_rng(0).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    assert reasons(noise, (200, 150, 100), (55, 150, 100)) == ((), (CUT_OFF,))


def test_a_face_that_is_refused_already_keeps_its_reason(reasons):
    noise = np.random.default_rng(0).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    assert reasons(noise, (55, 150, 100), known=((TOO_DARK,),)) == ((TOO_DARK,),)


@pytest.mark.parametrize("roll_deg", [0, 20, 90, 180])
def test_a_whole_face_may_touch_the_edge(roll_deg, reasons, astronaut_bgr):
    turned = turned_about_face(astronaut_bgr, roll_deg)
    half = round(0.5 * FACE.side)
    x, y = round(FACE.x), round(FACE.y)
    frame_bgr = turned[max(0, y - half) : y + half, x - half : x + half]
    assert reasons(frame_bgr, (half, min(y, half), FACE.side), roll_deg=roll_deg) == ((),)


@pytest.mark.parametrize("roll_deg", [0, 20, 90, 180])
@pytest.mark.parametrize(("across", "down"), [(0.5, 0), (-0.5, 0), (0, 0.5), (0, -0.5)])
def test_half_a_face_is_none_wherever_its_square_is(roll_deg, across, down, reasons, astronaut_bgr):
    turned = turned_about_face(astronaut_bgr, roll_deg)
    x, y = (FACE.x, FACE.y) + rotation(roll_deg) @ [across, down] * FACE.side / 2
    half = round(0.28 * FACE.side)  # a square of the face that lacks an eye, both or the mouth
    left, top = round(x) - half, round(y) - half
    frame_bgr = turned[top : top + 2 * half, left : left + 2 * half]
    squeezed = (half, half, 1.9 * half)  # as a mesh that sees a whole face in the part has it
    (why,) = reasons(frame_bgr, squeezed, roll_deg=roll_deg)
    assert why in ((CUT_OFF,), (TOO_CLOSE,))


def turned_about_face(frame_bgr, degrees):
    """Return the frame turned clockwise about the centre of the face."""
    matrix = cv2.getRotationMatrix2D((FACE.x, FACE.y), -degrees, 1.0)
    return cv2.warpAffine(frame_bgr, matrix, (512, 512), borderMode=cv2.BORDER_REPLICATE)
