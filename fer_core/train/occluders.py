"""What is drawn on faces to train the occlusion network: occluders, and what counts as clear.

Occluders hide both eyes, the mouth or one half of the face: patches, masks, dark glasses, walls,
microphones and hands. Hats, glasses, beards and collars leave them free, so a face with them counts
as clear.

Places and sizes are shares of the crop's side. In a crop the eyes lie at (0.31, 0.39) and
(0.69, 0.39), the mouth at (0.50, 0.80).
"""

from collections.abc import Callable, Sequence
from typing import Final

import cv2
import numpy as np

from fer_core.train.shapes import blank, box, covered, line, oval, polygon, turned
from fer_core.train.textures import foam, ramp, random_texture

_MAX_TURN_DEG: Final = 20.0
_EYES_X, _EYES_Y = (0.31, 0.69), 0.39
_MOUTH: Final = (0.50, 0.80)

# Place of a patch, as x and y of its centre, width, height; then the largest deviation of each.
_Place = tuple[tuple[float, ...], tuple[float, ...]]
_PATCHES: Final[tuple[_Place, ...]] = (
    ((0.50, 0.79, 0.75, 0.40), (0.05, 0.04, 0.25, 0.10)),  # mouth and chin
    ((0.50, 0.36, 0.85, 0.26), (0.04, 0.03, 0.20, 0.08)),  # both eyes
    ((0.22, 0.50, 0.52, 0.90), (0.04, 0.10, 0.08, 0.20)),  # the subject's right half
    ((0.78, 0.50, 0.52, 0.90), (0.04, 0.10, 0.08, 0.20)),  # the subject's left half
    ((0.50, 0.80, 0.30, 0.34), (0.08, 0.05, 0.09, 0.10)),  # the middle of the mouth
)
# Where fingers end: x and y, the direction that they come from, clockwise from the right, and the
# largest deviation of it, in degrees.
_HANDS: Final = (
    *((0.50, 0.80, turn_deg, 35.0) for turn_deg in (0.0, 0.0, 180.0, 180.0)),  # before the mouth
    *((0.50, 0.39, turn_deg, 20.0) for turn_deg in (0.0, 180.0)),  # before the eyes
    *((x, 0.45, 90.0, 25.0) for x in (0.26, 0.74)),  # before one half, from below
)
# How far a wall reaches over the face from each side. It hides mouth, eyes or one half.
_WALLS: Final = {
    "below": (0.24, 0.42),
    "above": (0.48, 0.62),
    "right": (0.42, 0.58),
    "left": (0.42, 0.58),
}
_SQUEEZED: Final = 0.74  # smallest share of the face's height or width that the crop then shows
_COLLAR: Final = 0.08  # how far one reaches over the chin at most
_HAT: Final[_Place] = ((0.50, 0.04, 1.00, 0.18), (0.10, 0.03, 0.30, 0.08))

Draw = Callable[[np.ndarray, np.ndarray, np.random.Generator], np.ndarray]
"""`(crop, donor, rng) -> crop` as float32: a changed copy. The donor is another face."""


def drawn_on(crops: np.ndarray, draws: Sequence[Draw], rng: np.random.Generator) -> np.ndarray:
    """Return copies of crops, each changed by one of `draws`.

    Args:
        crops: uint8 `(n, size, size)`.
        draws: `OCCLUDERS`, `CLEAR`, or some of the functions below; at least one.
        rng: Chooses for each crop what is drawn and how it looks.
    """
    changed = np.empty_like(crops)
    choices = rng.integers(0, len(draws), len(crops))
    donors = rng.integers(0, len(crops), len(crops))
    for index, (crop, choice, donor) in enumerate(zip(crops, choices, donors, strict=True)):
        drawn = draws[choice](crop.astype(np.float32), crops[donor].astype(np.float32), rng)
        changed[index] = np.clip(np.rint(drawn), 0, 255)
    return changed


def patch(crop: np.ndarray, donor: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Hide the mouth, both eyes or one half behind an ellipse or a rectangle."""
    return _placed(crop, _PATCHES[rng.integers(len(_PATCHES))], random_texture(donor, rng), rng)


def hat(crop: np.ndarray, donor: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Hide the forehead."""
    return _placed(crop, _HAT, random_texture(donor, rng), rng)


def _placed(
    crop: np.ndarray, place: _Place, texture: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    middle, deviation = np.array(place)
    x, y, width, height = (middle + deviation * rng.uniform(-1, 1, 4)).tolist()
    turn_deg = float(rng.uniform(-_MAX_TURN_DEG, _MAX_TURN_DEG))
    shape = blank(crop)
    if rng.random() < 0.5:
        oval(shape, (x, y), (width, height), turn_deg=turn_deg)
    else:
        box(shape, (x, y), (width, height), turn_deg=turn_deg)
    return covered(crop, shape, texture, softness=float(rng.uniform(0.0, 1.2)))


def wall(crop: np.ndarray, donor: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Hide the mouth, both eyes or one half behind a straight edge: a door, a table, a screen.

    The detectors' mesh squeezes a whole face into what is visible of it, so the crop shows that
    part larger, with little of the wall.
    """
    side = str(rng.choice(list(_WALLS)))
    reach = float(rng.uniform(*_WALLS[side]))
    hidden = _behind_edge(crop, side, reach, random_texture(donor, rng), rng)
    seen = float(rng.uniform(_SQUEEZED, 1.0))
    if rng.random() < 0.3:
        seen = 1.0
    return _enlarged_away_from(hidden, side, seen)


def collar(crop: np.ndarray, donor: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Hide a little of the chin behind a straight edge, or nothing."""
    reach = float(rng.uniform(-_COLLAR, _COLLAR))
    return _behind_edge(crop, "below", reach, random_texture(donor, rng), rng)


def _behind_edge(
    crop: np.ndarray, side: str, reach: float, texture: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return a crop whose part beyond a straight edge, slightly tilted, shows the texture."""
    turn_deg = float(rng.uniform(-8, 8))
    far = 1.5 - reach  # from the crop's centre to that of a square of side 2
    offset = {"below": (0.0, far), "above": (0.0, -far), "right": (far, 0.0), "left": (-far, 0.0)}
    x, y = turned(np.array([offset[side]]), turn_deg)[0]
    shape = blank(crop)
    box(shape, (0.5 + float(x), 0.5 + float(y)), (2.0, 2.0), turn_deg=turn_deg)
    return covered(crop, shape, texture, softness=float(rng.uniform(0.0, 1.0)))


def _enlarged_away_from(crop: np.ndarray, side: str, seen: float) -> np.ndarray:
    """Return the square of a crop that lies against the side opposite to a wall, as large again."""
    size = len(crop)
    low = {"below": (0.5, 0.0), "above": (0.5, 1.0), "right": (0.0, 0.5), "left": (1.0, 0.5)}[side]
    x, y = ((1.0 - seen) * size * share for share in low)
    matrix = np.array([[1 / seen, 0, -x / seen], [0, 1 / seen, -y / seen]])
    return cv2.warpAffine(crop, matrix, (size, size), borderMode=cv2.BORDER_REPLICATE)


def mask(crop: np.ndarray, donor: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Hide nose, mouth and chin; the upper edge rises to the nose, straps lead to the ears."""
    top, wide = rng.uniform(0.44, 0.62), rng.uniform(0.34, 0.48)
    drop, low, chin = rng.uniform(-0.02, 0.14), rng.uniform(0.66, 0.82), rng.uniform(0.92, 1.10)
    jaw = rng.uniform(0.14, 0.26)
    right = [(-0.08, 0.0), (-wide, drop), (-wide * 0.98, low - top), (-jaw, chin - top)]
    outline = np.array([*right, *((-x, y) for x, y in reversed(right))])
    outline = turned(outline, float(rng.uniform(-8, 8)))
    outline += np.array([0.5 + rng.uniform(-0.05, 0.05), top])
    shape = blank(crop)
    polygon(shape, outline)
    for corner, side in ((outline[1], -1), (outline[-2], 1)):
        ear = (corner[0] + side * 0.2, corner[1] - rng.uniform(0.0, 0.15))
        line(shape, corner, ear, width=rng.uniform(0.01, 0.03))
    texture = random_texture(donor, rng)
    if rng.random() < 0.4:  # folds
        rows = np.arange(len(crop)) / len(crop)
        texture += rng.uniform(4, 14) * np.cos(2 * np.pi * rows / rng.uniform(0.06, 0.16))[:, None]
    across = np.abs(np.arange(len(crop)) / len(crop) - 0.5)
    texture = texture * (1.0 - rng.uniform(0.0, 0.5) * across)
    return covered(crop, shape, texture, softness=float(rng.uniform(0.0, 0.8)))


def sunglasses(crop: np.ndarray, donor: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Hide both eyes behind dark or reflecting lenses."""
    shape = blank(crop)
    _spectacles(shape, rng, thickness=-1)
    if rng.random() < 0.75:
        texture = np.full_like(crop, rng.uniform(0, 80))
        texture += rng.uniform(0, 40) * ramp(len(crop), rng)
    else:
        texture = random_texture(donor, rng)
    return covered(crop, shape, texture, softness=float(rng.uniform(0.0, 0.8)))


def glasses(crop: np.ndarray, donor: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw thin frames around both eyes, without their lenses."""
    del donor
    shape = blank(crop)
    _spectacles(shape, rng, thickness=max(1, round(rng.uniform(0.012, 0.035) * len(shape))))
    texture = np.full_like(crop, rng.uniform(0, 130))
    return covered(crop, shape, texture, softness=float(rng.uniform(0.0, 0.6)))


def _spectacles(shape: np.ndarray, rng: np.random.Generator, *, thickness: int) -> None:
    """Draw two lenses, or their outlines, with the bridge between them and both temples."""
    size = (rng.uniform(0.24, 0.36), rng.uniform(0.16, 0.28))
    x, y, turn_deg = rng.uniform(-0.03, 0.03), _EYES_Y + rng.uniform(-0.03, 0.05), 0.0
    lens = oval if rng.random() < 0.6 else box
    for eye_x in _EYES_X:
        lens(shape, (eye_x + x, y), size, turn_deg=turn_deg, thickness=thickness)
    width = rng.uniform(0.015, 0.04)
    inner, outer = (_EYES_X[0] + side * size[0] / 2 for side in (1, -1))
    bridge_y, ear_y = y - rng.uniform(0.0, 0.08), y + rng.uniform(-0.05, 0.1)
    line(shape, (inner + x, bridge_y), (1 - inner + x, bridge_y), width=width)
    line(shape, (outer + x, y), (0.0, ear_y), width=width)
    line(shape, (1 - outer + x, y), (1.0, ear_y), width=width)


def microphone(crop: np.ndarray, donor: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Hide the middle of the mouth behind the head of a microphone; its handle leads down."""
    x, y = np.array(_MOUTH) + rng.uniform(-0.05, 0.05, 2)
    turn_deg = float(rng.uniform(-40, 40))
    size = (rng.uniform(0.20, 0.34), rng.uniform(0.26, 0.40))
    end = turned(np.array([[0.0, 1.0]]), turn_deg)[0] + (x, y)
    handle, head = blank(crop), blank(crop)
    line(handle, (x, y), end, width=rng.uniform(0.05, 0.12))
    oval(head, (x, y), size, turn_deg=turn_deg)
    held = covered(crop, handle, np.full_like(crop, rng.uniform(0, 120)), softness=0.3)
    texture = random_texture(donor, rng) if rng.random() < 0.3 else foam(len(crop), (x, y), rng)
    return covered(held, head, texture, softness=float(rng.uniform(0.0, 0.8)))


def hand(crop: np.ndarray, donor: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Hide the mouth, both eyes or one half of the face behind fingers with dark edges."""
    del donor
    x, y, turn_deg, most_deg = _HANDS[rng.integers(len(_HANDS))]
    along, across = turned(np.eye(2), turn_deg + float(rng.uniform(-most_deg, most_deg)))
    place = np.array([x, y]) + rng.uniform(-0.04, 0.04, 2)
    width, gap, n_fingers = rng.uniform(0.10, 0.15), rng.uniform(0.0, 0.02), rng.integers(2, 5)
    edges, fingers = blank(crop), blank(crop)
    for finger in range(int(n_fingers)):
        middle = place + across * (finger - (n_fingers - 1) / 2) * (width + gap)
        tip, end = middle - along * rng.uniform(0.26, 0.42), middle + along * 1.2
        line(edges, tip, end, width=width)
        line(fingers, tip, end, width=width * 0.8)
    skin = float(np.median(crop)) * rng.uniform(0.8, 1.15)
    dark = np.full_like(crop, skin * rng.uniform(0.4, 0.85))
    shade = skin * (1.0 + 0.15 * ramp(len(crop), rng))
    return covered(covered(crop, edges, dark), fingers, shade, softness=float(rng.uniform(0, 1)))


def beard(crop: np.ndarray, donor: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Darken or lighten cheeks, upper lip and chin, and leave the lips free."""
    del donor
    size = len(crop)
    jaw, lips = blank(crop), blank(crop)
    oval(jaw, (0.5, rng.uniform(0.84, 0.92)), (rng.uniform(0.5, 0.8), rng.uniform(0.4, 0.56)))
    oval(lips, _MOUTH, (rng.uniform(0.26, 0.36), rng.uniform(0.09, 0.17)))
    jaw[lips > 0] = 0
    hair = rng.normal(0.0, rng.uniform(5, 30), (size, size)).astype(np.float32)
    texture = rng.uniform(15, 170) + cv2.GaussianBlur(hair, (0, 0), 0.7)
    strength = rng.uniform(0.4, 0.95)
    return covered(crop, jaw, crop + strength * (texture - crop), softness=1.0)


OCCLUDERS: Final[tuple[Draw, ...]] = (
    *(patch, patch, patch, mask, sunglasses, microphone, hand, wall, wall),
)
"""What hides a part of the face."""
CLEAR: Final[tuple[Draw, ...]] = (hat, glasses, beard, collar)
"""What may be drawn on a face that still counts as clear."""
