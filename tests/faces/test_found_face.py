import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_core.faces.detections import FaceStatus
from fer_core.faces.found_face import FoundFace, as_detections, mesh_square
from fer_core.faces.mesh import FaceMesh
from fer_core.regions import Region
from tests.odd_points import odd_points

KEYPOINTS = np.array([[90, 90], [110, 90], [100, 103], [100, 112], [80, 95], [120, 95]], float)


def face(*, presence=0.0, roll_deg=0.0, mesh_roll_deg=0.0):
    """A face about (100, 100); its mesh, where present, is a flat grid of 50 x 60 pixels."""
    across, down = np.meshgrid(np.linspace(75, 125, 18), np.linspace(70, 130, 26))
    points = np.stack([across.ravel(), down.ravel(), np.zeros(468)], axis=1).astype(np.float32)
    mesh = FaceMesh(points, presence, mesh_roll_deg)
    return FoundFace(Region(100.0, 100.0, 50.0, roll_deg), KEYPOINTS, 0.8, mesh, (480, 640))


def test_no_faces_are_an_empty_result():
    assert len(as_detections([])) == 0


def test_a_face_with_a_mesh_gets_box_tilt_and_square_from_it():
    found = as_detections([face(presence=0.9, roll_deg=10.0, mesh_roll_deg=5.0)])
    assert found.xyxy.tolist() == [[75, 70, 125, 130]]
    assert found.roll_deg.tolist() == [5.0]
    assert found.presence.tolist() == pytest.approx([0.9])


def test_a_face_without_a_mesh_gets_them_from_the_square_of_the_detector():
    found = as_detections([face(presence=0.1, roll_deg=10.0)])
    assert found.roll_deg.tolist() == [10.0]
    assert found.squares[0, 2] == pytest.approx(55.5)
    assert found.head_deg[0, 0] == pytest.approx(0.0)
    assert np.isnan(found.head_deg[0, 1])


def test_a_tilt_of_180_degrees_stays_in_range_in_single_precision():
    found = as_detections([face(roll_deg=-180.0 + 1e-9)])
    assert found.roll_deg.tolist() == [180.0]


def test_many_faces_keep_their_order():
    found = as_detections([face(roll_deg=float(angle)) for angle in (3, 1, 2)])
    assert found.roll_deg.tolist() == [3, 1, 2]


@pytest.mark.soak
@given(
    points=odd_points(468, n_axes=3),
    keypoints=odd_points(6),
    place=odd_points(2),
    presence=st.sampled_from([0.0, 0.6, np.nan]),
    roll_deg=st.sampled_from([0.0, 180.0, np.nan]),
)
def test_a_broken_face_is_left_out_and_the_others_stay(
    points, keypoints, place, presence, roll_deg
):
    mesh = FaceMesh(points, presence, roll_deg)
    (x, y), (side, region_roll_deg) = place.tolist()
    region = Region(x, y, side, region_roll_deg)
    broken = FoundFace(region, keypoints, 0.9, mesh, (480, 640))
    found = as_detections([face(presence=0.9), broken, face()])
    assert 2 <= len(found) <= 3
    assert found.xyxy[0].tolist() == [75, 70, 125, 130]
    assert len(found.scaled(4.0)) == len(found)


def test_a_face_without_a_pose_is_still_found():
    points = np.zeros((468, 3), np.float32)
    points[0], points[467] = 70, 130  # all rigid points coincide
    broken = face(presence=0.9)
    found = as_detections(
        [FoundFace(broken.region, KEYPOINTS, 0.8, FaceMesh(points, 0.9, 0.0), (480, 640))]
    )
    assert found.xyxy.tolist() == [[0, 0, 130, 130]]
    assert np.isnan(found.head_deg).all()


def test_faces_have_the_tracks_and_statuses_that_are_given():
    statuses = [FaceStatus.CARRIED, FaceStatus.TRACKED]
    found = as_detections([face(), face()], track_ids=[4, 2], statuses=statuses)
    assert found.track_ids.tolist() == [4, 2]
    assert found.statuses.tolist() == statuses
    assert as_detections([face()]).track_ids.tolist() == [-1]


def test_a_mesh_of_known_height_is_framed_as_fer2013_is():
    points = np.zeros((468, 3), np.float32)
    points[:, 1] = np.linspace(0, 43.64, 468)  # 43.64 high, mean at 21.82
    points[33, 0], points[263, 0] = -10, 10  # level eyes
    square = mesh_square(FaceMesh(points, 1.0, 0.0))
    assert square.side == pytest.approx(48, abs=0.01)
    assert square.y == pytest.approx(21.82 - 3.37, abs=0.01)  # the mean lies 27.37 from the top
