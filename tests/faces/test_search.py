import numpy as np
import pytest

from fer_core.faces.blazeface import Candidates, joined
from fer_core.faces.search import (
    different_poses,
    same_face_groups,
    search_regions,
    tiles,
    whole_frame,
    without_overlaps,
    without_small_in_border,
)


def candidates(*rows):
    """Candidates from (x, y, side, roll_deg, score)."""
    x, y, side, roll_deg, score = np.array(rows, dtype=float).reshape(-1, 5).T
    eyes = np.stack([np.cos(np.deg2rad(roll_deg)), np.sin(np.deg2rad(roll_deg))], axis=1)
    centres = np.stack([x, y], axis=1)
    keypoints = np.repeat(centres[:, None], 6, axis=1)
    keypoints[:, 0] -= eyes
    keypoints[:, 1] += eyes
    return Candidates(centres, side, keypoints, score)


def test_a_frame_is_searched_as_it_is_and_with_a_border_around_it():
    regions = search_regions(300, 200)
    rolls_deg = {side: set() for side in (300.0, 750.0)}
    for region in regions:
        rolls_deg[region.side].add(region.roll_deg)
    assert len(rolls_deg[300.0]) == 8
    assert rolls_deg[750.0] == {0.0, 90.0, 180.0, -90.0}
    assert len(regions) == 12


@pytest.mark.parametrize(("width", "height"), [(640, 480), (1024, 768), (3000, 100)])
def test_every_pixel_lies_in_a_tile(width, height):
    covered = np.zeros((height, width), bool)
    for region in tiles(width, height, side=320.0, overlap=0.25):
        left, top = int(region.x - 160), int(region.y - 160)
        covered[max(0, top) : top + 321, max(0, left) : left + 321] = True
    assert covered.all()


def test_the_look_with_a_border_adds_large_faces_only():
    found = candidates((320, 240, 72, 0, 0.9), (320, 240, 500, 0, 0.8))
    frame = whole_frame(640, 480)
    assert len(without_small_in_border(found, frame, 640, 480)) == 2
    assert without_small_in_border(found, frame.scaled(2.5), 640, 480).sides.tolist() == [500]


def test_no_candidates_make_no_groups():
    assert same_face_groups(joined([]), min_iou=0.3) == []


def test_neighbours_are_one_face_and_the_best_of_them_comes_first():
    found = candidates((10, 10, 10, 0, 0.5), (11, 10, 10, 0, 0.9), (50, 10, 10, 0, 0.7))
    groups = same_face_groups(found, min_iou=0.3)
    assert [group.tolist() for group in groups] == [[1, 0], [2]]


def test_a_face_that_is_also_detected_upside_down_keeps_both_candidates():
    found = candidates((0, 0, 9, 5, 0.9), (0, 0, 9, -8, 0.8), (0, 0, 9, 178, 0.7))
    assert different_poses(found, np.array([0, 1, 2]), limit=2) == [0, 2]
    assert different_poses(found, np.array([0, 1, 2]), limit=1) == [0]


def test_tilts_of_179_and_minus_179_degrees_are_the_same_pose():
    found = candidates((0, 0, 9, 179, 0.9), (0, 0, 9, -179, 0.8))
    assert different_poses(found, np.array([0, 1]), limit=2) == [0]


def test_overlapping_faces_of_two_people_are_both_kept():
    boxes = np.array([[0, 0, 100, 100], [60, 0, 160, 100]], np.float32)
    assert len(without_overlaps(boxes, np.array([0.9, 0.8]), max_overlap=0.5)) == 2


def test_no_boxes_give_no_indices():
    assert len(without_overlaps(np.zeros((0, 4)), np.zeros(0), max_overlap=0.5)) == 0
