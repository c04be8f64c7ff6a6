"""What is refused, from the frame to the words: the astronaut portrait, changed in one way each."""

import cv2
import numpy as np
import pytest
from scipy.interpolate import LinearNDInterpolator

from fer_core.faces.mesh import MeshNetwork
from fer_core.faces.quality import (
    CUT_OFF,
    PARTLY_COVERED,
    TOO_BLURRED,
    TOO_BRIGHT,
    TOO_CLOSE,
    TOO_DARK,
    TOO_SMALL,
    TURNED_AWAY,
)
from fer_core.pipeline import load_pipeline
from fer_core.regions import Region

pytestmark = pytest.mark.model
FACE = Region(224.0, 115.0, 118.0)  # the square of the astronaut's face


@pytest.fixture(scope="module")
def pipeline():
    return load_pipeline()


@pytest.fixture
def reasons(pipeline):
    """Return a function: a frame with one face -> why it is not read, empty if it is."""

    def of_frame(frame_bgr):
        (face,) = pipeline.analyze(np.ascontiguousarray(frame_bgr)).faces
        assert (face.expression is None) == bool(face.reasons)
        return face.reasons

    return of_frame


def row(share):
    """Return the row of the frame at a share of the face's square below its centre."""
    return round(FACE.y + share * FACE.side)


def column(share):
    return round(FACE.x + share * FACE.side)


def test_the_plain_portrait_is_read(reasons, astronaut_bgr):
    assert reasons(astronaut_bgr) == ()


@pytest.mark.parametrize(
    ("whole", "cut"),
    [
        (np.s_[row(-0.30) :], np.s_[row(-0.12) :]),
        (np.s_[: row(0.40)], np.s_[: row(0.24)]),
        (np.s_[:, column(-0.30) :], np.s_[:, column(-0.12) :]),
        (np.s_[:, : column(0.30)], np.s_[:, : column(0.12)]),
    ],
    ids=["top", "bottom", "left", "right"],
)
def test_an_edge_through_eyes_or_mouth_is_named_one_through_forehead_chin_or_ear_is_not(
    whole, cut, reasons, astronaut_bgr
):
    assert reasons(astronaut_bgr[whole]) == ()
    assert reasons(astronaut_bgr[cut]) == (CUT_OFF,)


def test_a_cut_face_that_would_not_fit_anywhere_in_the_frame_is_too_close(reasons, astronaut_bgr):
    around = astronaut_bgr[row(-0.3) : row(0.3), column(-0.3) : column(0.3)]
    assert reasons(cv2.resize(around, (400, 400))) == (TOO_CLOSE,)


def test_a_cut_face_that_would_fit_elsewhere_is_not_too_close(reasons, astronaut_bgr):
    around = astronaut_bgr[row(-0.5) : row(0.24), column(-0.4) : column(0.4)]
    assert reasons(cv2.resize(around, (400, 370))) == (CUT_OFF,)


def test_a_face_that_fills_the_frame_is_read(reasons, astronaut_bgr):
    around = astronaut_bgr[row(-0.5) : row(0.5), column(-0.5) : column(0.5)]
    assert reasons(cv2.resize(around, (400, 400))) == ()


PARTS = {  # rows and columns of the astronaut portrait: parts that look like a whole face
    "nose to chin": (np.s_[125:190, 170:280], 8),
    "nose to neck": (np.s_[115:190, 160:290], 6),
    "nose and mouth": (np.s_[130:180, 190:260], 8),
    "left half": (np.s_[40:200, 100:215], 4),
    "left half and the nose": (np.s_[40:200, 100:225], 4),
    "right half": (np.s_[40:200, 235:320], 4),
    "forehead to nose": (np.s_[50:130, 160:290], 5),
    "eyes to nose": (np.s_[90:150, 170:280], 6),
}


@pytest.mark.parametrize("is_mirrored", [False, True])
@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_a_face_that_fills_the_picture_is_not_read(
    part, is_mirrored, reasons, astronaut_bgr
):
    where, zoom = PARTS[part]
    frame_bgr = cv2.resize(astronaut_bgr[where], None, fx=zoom, fy=zoom)
    assert reasons(frame_bgr[:, ::-1] if is_mirrored else frame_bgr) in ((CUT_OFF,), (TOO_CLOSE,))


@pytest.fixture
def crop_reasons(pipeline):
    """Return a function: a cut-out face -> why it is not read, empty if it is."""
    return lambda crop: pipeline.analyze_crop(np.ascontiguousarray(crop)).faces[0].reasons


TURNED = ((TURNED_AWAY,), (PARTLY_COVERED,))  # the far side often counts as occluded
CROP_PARTS = {  # rows and columns of the astronaut portrait
    "upper half": np.s_[40:135, 150:298],
    "upper half, square": np.s_[20:135, 166:281],
    "lower half": np.s_[118:190, 150:298],
    "left half": np.s_[40:190, 150:224],
    "right half": np.s_[40:190, 224:298],
    "eyes": np.s_[90:125, 170:280],
    "mouth": np.s_[130:180, 185:262],
}


@pytest.mark.parametrize("zoom", [1, 3])
@pytest.mark.parametrize("is_mirrored", [False, True])
@pytest.mark.parametrize("part", CROP_PARTS)
def test_a_part_of_a_face_is_not_read_as_a_cut_out_face(
    part, is_mirrored, zoom, crop_reasons, astronaut_bgr
):
    crop = cv2.resize(astronaut_bgr[CROP_PARTS[part]], None, fx=zoom, fy=zoom)
    assert crop_reasons(crop[:, ::-1] if is_mirrored else crop)


@pytest.mark.parametrize("turns", [1, 3])
def test_a_cut_out_face_that_lies_on_its_side_is_not_read(turns, crop_reasons, astronaut_bgr):
    crop = astronaut_bgr[row(-0.6) : row(0.6), column(-0.6) : column(0.6)]
    assert crop_reasons(np.rot90(crop, turns))


@pytest.mark.parametrize("side", [24, 48, 100])
@pytest.mark.parametrize("reach", [0.4, 0.5, 0.6])
def test_a_tightly_cut_face_is_read(reach, side, crop_reasons, astronaut_bgr):
    crop = astronaut_bgr[row(-reach) : row(reach), column(-reach) : column(reach)]
    assert crop_reasons(cv2.resize(crop, (side, side), interpolation=cv2.INTER_AREA)) == ()


@pytest.mark.parametrize("is_mirrored", [False, True])
@pytest.mark.parametrize(("yaw_deg", "expected"), [(0, ()), (-20, ()), (-56, TURNED)])
def test_only_a_cut_out_face_that_is_turned_far_is_turned_away(
    yaw_deg, expected, is_mirrored, crop_reasons, astronaut_bgr
):
    frame_bgr = turned(astronaut_bgr, yaw_deg)
    half, x, y = round(0.65 * FACE.side), frame_bgr.shape[1] // 2, round(FACE.y)
    crop = frame_bgr[y - half : y + half, x - half : x + half]
    found = crop_reasons(crop[:, ::-1] if is_mirrored else crop)
    assert found in expected if expected else found == ()


@pytest.mark.parametrize("degrees", [-20, 20, 90, 180])
@pytest.mark.parametrize("part", ["nose to chin", "left half", "forehead to nose"])
def test_a_part_of_a_tilted_face_is_not_read(part, degrees, pipeline, astronaut_bgr):
    where, zoom = PARTS[part]
    frame_bgr = cv2.resize(rotated(astronaut_bgr, degrees, about=where), None, fx=zoom, fy=zoom)
    assert not any(face.expression for face in pipeline.analyze(frame_bgr).faces)


@pytest.mark.parametrize("part", ["nose to chin", "left half"])
def test_live_reads_no_part_of_a_face_either(part, astronaut_bgr):
    where, zoom = PARTS[part]
    frame_bgr = cv2.resize(astronaut_bgr[where], None, fx=zoom, fy=zoom)
    live = load_pipeline(mode="video")
    for number in range(8):
        for face in live.analyze(frame_bgr, time_s=number / 10).faces:
            assert face.expression is None
            assert face.reasons in ((CUT_OFF,), (TOO_CLOSE,))


@pytest.mark.parametrize(
    ("gain", "expected"),
    [(0.12, (TOO_DARK,)), (0.3, ()), (1.3, ()), (2.2, (TOO_BRIGHT,))],
)
def test_only_much_too_little_or_too_much_light_is_named(gain, expected, reasons, astronaut_bgr):
    assert reasons(cv2.convertScaleAbs(astronaut_bgr, alpha=gain)) == expected


@pytest.mark.parametrize(
    ("gain", "turns", "expected"),
    [(0.02, 0, (TOO_DARK,)), (0.02, 1, (TOO_DARK,)), (3.0, 0, (TOO_BRIGHT,))],
)
def test_a_face_that_only_better_light_shows_is_found_to_name_the_cause(
    gain, turns, expected, reasons, astronaut_bgr
):
    around = np.rot90(astronaut_bgr[:240, 100:340], turns)
    assert reasons(cv2.convertScaleAbs(around, alpha=gain)) == expected


@pytest.mark.parametrize(("zoom", "expected"), [(0.3, ()), (0.2, (TOO_SMALL,))])
def test_only_a_small_face_is_too_small(zoom, expected, reasons, astronaut_bgr):
    small = cv2.resize(astronaut_bgr, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
    assert reasons(small) == expected


@pytest.mark.parametrize("noise", [0, 4, 8])
@pytest.mark.parametrize(("blur", "expected"), [(1.0, ()), (4.5, (TOO_BLURRED,))])
def test_a_blurred_face_is_refused_with_and_without_noise(
    blur, expected, noise, reasons, astronaut_bgr
):
    blurred = cv2.GaussianBlur(astronaut_bgr, (0, 0), blur)
    grain = np.random.default_rng(0).normal(0, noise, blurred.shape)
    assert reasons(np.clip(np.rint(blurred + grain), 0, 255).astype(np.uint8)) == expected


@pytest.mark.parametrize(("share", "expected"), [(0.05, ()), (0.2, (TOO_BLURRED,))])
def test_a_face_that_moved_far_is_blurred(share, expected, reasons, astronaut_bgr):
    assert reasons(cv2.blur(astronaut_bgr, (round(share * FACE.side), 1))) == expected


@pytest.mark.parametrize("is_mirrored", [False, True])
@pytest.mark.parametrize(("yaw_deg", "expected"), [(0, ()), (-20, ()), (-56, (TURNED_AWAY,))])
def test_only_a_face_that_is_turned_far_is_turned_away(
    yaw_deg, expected, is_mirrored, reasons, astronaut_bgr
):
    frame_bgr = turned(astronaut_bgr, yaw_deg)
    assert reasons(frame_bgr[:, ::-1] if is_mirrored else frame_bgr) == expected


def test_the_yaw_of_a_turned_face_is_measured(pipeline, astronaut_bgr):
    turns_deg = [-56, -40, -20, 0, 20, 40]
    frames = [turned(astronaut_bgr, yaw_deg) for yaw_deg in turns_deg]
    measured_deg = [pipeline.detector.detect(frame).head_deg[0, 0] for frame in frames]
    assert measured_deg == pytest.approx(turns_deg, abs=17)
    assert sorted(measured_deg) == measured_deg


@pytest.mark.parametrize("grey", [40, 130, 235])
def test_a_mask_over_nose_mouth_and_chin_is_found_and_named(grey, reasons, astronaut_bgr):
    frame_bgr = astronaut_bgr.copy()
    shares = [(-0.40, 0.05), (0.0, 0.0), (0.40, 0.05), (0.32, 0.42), (0.0, 0.56), (-0.32, 0.42)]
    outline = np.array([(column(x), row(y)) for x, y in shares])
    cv2.fillPoly(frame_bgr, [outline], (grey, grey, grey))
    assert reasons(frame_bgr) == (PARTLY_COVERED,)


@pytest.mark.parametrize("grey", [20, 60, 110])
def test_a_microphone_before_the_mouth_is_named(grey, reasons, astronaut_bgr):
    frame_bgr = astronaut_bgr.copy()
    head = (round(0.16 * FACE.side), round(0.20 * FACE.side))
    cv2.line(frame_bgr, (column(0), row(0.3)), (column(0.05), row(1.2)), (30, 30, 30), 9)
    cv2.ellipse(frame_bgr, (column(0), row(0.30)), head, 10, 0, 360, (grey, grey, grey), -1)
    assert reasons(frame_bgr) == (PARTLY_COVERED,)


@pytest.mark.parametrize(
    ("thickness", "expected"), [(-1, (PARTLY_COVERED,)), (2, ())], ids=["dark glasses", "glasses"]
)
def test_dark_glasses_are_named_and_glasses_are_read(thickness, expected, reasons, astronaut_bgr):
    frame_bgr, black = astronaut_bgr.copy(), (20, 20, 20)
    size = (round(0.15 * FACE.side), round(0.11 * FACE.side))
    cv2.line(frame_bgr, (column(-0.35), row(-0.1)), (column(0.35), row(-0.1)), black, 2)
    for side in (-1, 1):
        lens = (column(side * 0.19), row(-0.09))
        cv2.ellipse(frame_bgr, lens, size, 0, 0, 360, black, thickness, cv2.LINE_AA)
    assert reasons(frame_bgr) == expected


def rotated(frame_bgr, degrees, *, about):
    """Return rows and columns of the frame, rotated clockwise about the middle of them."""
    rows, columns = about
    height, width = rows.stop - rows.start, columns.stop - columns.start
    x, y = (columns.start + columns.stop) / 2, (rows.start + rows.stop) / 2
    matrix = cv2.getRotationMatrix2D((x, y), -degrees, 1.0)
    matrix[:, 2] += (width / 2 - x, height / 2 - y)
    size = (height, width) if degrees == 90 else (width, height)
    matrix[:, 2] += ((size[0] - width) / 2, (size[1] - height) / 2)
    return cv2.warpAffine(frame_bgr, matrix, size)


def turned(frame_bgr, yaw_deg):
    """Return the part of the frame around the face, turned in space with its mesh.

    A mesh gives every pixel a depth; the frame's border lies behind the face. The nearest pixel
    wins, and gaps are filled from around them. Source: Zhu et al. 2016, arXiv 1511.07212.
    """
    part = cv2.resize(frame_bgr[: row(1.0), column(-1.0) : column(1.0)], None, fx=2, fy=2)
    height, width = part.shape[:2]
    mesh = MeshNetwork().fit(part, Region(width / 2, 2 * FACE.y, 2 * FACE.side))
    x, y, z = mesh.points.astype(float).T
    border = np.array(
        [
            (u, v, np.quantile(z, 0.9) + 30)
            for u in np.linspace(0, width - 1, 9)
            for v in np.linspace(0, height - 1, 9)
            if u in (0, width - 1) or v in (0, height - 1)
        ]
    )
    known = np.concatenate([np.stack([x, y, z], axis=1), border])
    rows, columns = np.mgrid[:height, :width]
    depth = LinearNDInterpolator(known[:, :2], known[:, 2])(columns, rows) - z.mean()
    across, angle = columns - x.mean(), np.deg2rad(yaw_deg)
    place = np.rint((across * np.cos(angle) - depth * np.sin(angle) + x.mean()) / 2).astype(int)
    seen = np.flatnonzero((place >= 0) & (place < width // 2) & (rows < height // 2 * 2))
    far = (across * np.sin(angle) + depth * np.cos(angle)).ravel()[seen]
    seen = seen[np.argsort(-far, kind="stable")]  # the nearest last, so that it stays
    out = np.zeros((height // 2, width // 2, 3), np.uint8)
    gaps = np.ones((height // 2, width // 2), np.uint8)
    out[rows.ravel()[seen] // 2, place.ravel()[seen]] = part.reshape(-1, 3)[seen]
    gaps[rows.ravel()[seen] // 2, place.ravel()[seen]] = 0
    return cv2.inpaint(out, gaps, 2, cv2.INPAINT_TELEA)
