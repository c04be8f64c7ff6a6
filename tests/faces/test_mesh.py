import numpy as np
import pytest

from fer_core.faces.found_face import mesh_square
from fer_core.faces.mesh import MeshNetwork
from fer_core.regions import Region

FACE = Region(222.0, 120.0, 112.0)


@pytest.fixture(scope="module")
def network():
    return MeshNetwork()


def test_the_mesh_fits_the_face_of_the_portrait(network, astronaut_bgr):
    mesh = network.fit(astronaut_bgr, FACE)
    assert mesh.presence > 0.9
    assert mesh.points.shape == (468, 3)
    right_eye, left_eye, nose, right_mouth, left_mouth = mesh.landmarks
    assert right_eye == pytest.approx([201, 106], abs=8)
    assert left_eye == pytest.approx([247, 108], abs=8)
    assert nose == pytest.approx([222, 131], abs=10)
    assert right_mouth[0] < nose[0] < left_mouth[0]
    assert mesh.bounds().side == pytest.approx(FACE.side, rel=0.2)


def test_a_mesh_without_a_face_has_a_low_presence(network, stripes_bgr):
    assert network.fit(stripes_bgr, Region(320, 240, 100)).presence < 0.1


@pytest.mark.parametrize("degrees", [45, 90, 180, -135])
def test_a_rotated_face_has_the_same_mesh_rotated(network, portrait_bgr, turn, degrees):
    upright = network.fit(portrait_bgr, Region(322, 160, 112))
    angle = np.deg2rad(degrees)
    away = np.array([322 - 320, 160 - 240])
    x, y = [320, 240] + np.array(
        [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    ) @ away
    mesh = network.fit(turn(portrait_bgr, degrees), Region(x, y, 112, degrees))
    assert mesh.presence > 0.9
    assert (mesh.roll_deg - upright.roll_deg - degrees + 180) % 360 - 180 == pytest.approx(0, abs=3)
    assert mesh_square(mesh).side == pytest.approx(mesh_square(upright).side, rel=0.05)


class Surface:
    """A network that returns the given points for any crop, with a high presence."""

    def __init__(self, points):
        self._points = points

    def run(self, crop):
        return self._points.reshape(1, 1, 1, -1), np.array([20.0])


@pytest.mark.parametrize("value", [96.0, np.nan, np.inf, 3e38])
def test_points_that_are_not_a_surface_are_not_a_face(value):
    network = MeshNetwork()
    network._network = Surface(np.full((468, 3), value, np.float32))
    mesh = network.fit(np.zeros((100, 100, 3), np.uint8), Region(50.0, 50.0, 40.0, 270.0))
    assert (mesh.presence, mesh.roll_deg) == (0.0, -90.0)
