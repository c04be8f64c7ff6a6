import cv2
import numpy as np
import pytest

from fer_core.data import read_portrait
from fer_core.explain.same_photo import likeness, shows_again


def cut(*, x=100, y=60, side=120, change=lambda face: face):
    """Return a cut of the portrait, `(48, 48)`."""
    gray = cv2.cvtColor(read_portrait(), cv2.COLOR_BGR2GRAY)[y : y + side, x : x + side]
    return change(cv2.resize(gray, (48, 48), interpolation=cv2.INTER_AREA))


OTHER_CUTS = {
    "the same": cut(),
    "moved": cut(x=92, y=66),
    "closer": cut(x=106, y=66, side=108),
    "wider": cut(x=94, y=54, side=134),
    "mirrored and moved": cut(x=94, change=lambda face: face[:, ::-1]),
    "paler": cut(change=lambda face: face // 2 + 90),
}


@pytest.mark.parametrize("name", OTHER_CUTS)
def test_another_cut_of_one_photo_shows_it_again(name):
    assert shows_again(np.stack([cut(), OTHER_CUTS[name]])).tolist() == [False, True]


def test_other_pictures_and_blank_ones_do_not():
    coarse = np.random.default_rng(0).integers(0, 256, (4, 6, 6), dtype=np.uint8)
    others = coarse.repeat(8, axis=1).repeat(8, axis=2)
    faces = np.stack([cut(), *others, np.full((48, 48), 90, np.uint8)])
    assert not shows_again(faces).any()
    assert np.isfinite(likeness(faces[0], faces[-1]))


def test_what_is_left_out_hides_no_other_face():
    faces = np.stack([cut(), OTHER_CUTS["moved"], OTHER_CUTS["closer"]])
    assert shows_again(faces).tolist() == [False, True, True]
    assert shows_again(faces[:0]).shape == (0,)
