import numpy as np

from fer_core.geometry import overlap_groups


def groups_of(boxes, scores, min_iou):
    found = overlap_groups(np.array(boxes, float).reshape(-1, 4), np.array(scores), min_iou=min_iou)
    return [group.tolist() for group in found]


def test_no_boxes_give_no_groups():
    assert groups_of([], [], 0.5) == []


def test_the_best_box_takes_those_that_overlap_enough():
    # of the first, the second shares 8 of 12 columns (IoU 2/3), the third 5 of 15 (IoU 1/3)
    boxes = [[0, 0, 10, 10], [2, 0, 12, 10], [5, 0, 15, 10]]
    assert groups_of(boxes, [0.9, 0.8, 0.7], 0.5) == [[0, 1], [2]]
    assert groups_of(boxes, [0.9, 0.8, 0.7], 0.3) == [[0, 1, 2]]


def test_a_box_counts_once_although_it_overlaps_with_two():
    boxes = [[0, 0, 10, 10], [2, 0, 12, 10], [4, 0, 14, 10]]
    assert groups_of(boxes, [0.7, 0.8, 0.9], 0.6) == [[2, 1], [0]]


def test_of_equal_scores_the_earlier_box_is_better():
    assert groups_of([[0, 0, 1, 1], [0, 0, 1, 1]], [0.5, 0.5], 0.5) == [[0, 1]]


def test_a_box_without_an_area_is_a_group_of_one():
    assert groups_of([[3, 3, 3, 3]], [0.5], 0.5) == [[0]]
