"""Labels of the nearest neighbours on maps that are drawn by hand."""

import numpy as np

from fer_core.metrics.neighbours import neighbour_labels


def test_two_groups_far_apart_have_neighbours_of_their_own_label_only():
    xy = np.array([[0, 0], [0, 1], [1, 0], [90, 0], [90, 1], [91, 0]])
    shares = neighbour_labels(xy, np.array([0, 0, 0, 2, 2, 2]), n_labels=3, n_neighbours=2)
    assert shares.tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 1]]


def test_a_point_among_others_is_surrounded_by_their_label():
    xy = np.array([[0, 0], [1, 0], [-1, 0], [0, 1]])
    shares = neighbour_labels(xy, np.array([1, 0, 0, 0]), n_labels=2, n_neighbours=3)
    assert shares[1].tolist() == [1, 0]
    assert shares[0].tolist() == [2 / 3, 1 / 3]


def test_points_at_one_place_are_neighbours_but_none_is_its_own():
    xy = np.zeros((30, 2), dtype=np.float16)
    labels = np.arange(30) % 2
    shares = neighbour_labels(xy, labels, n_labels=2, n_neighbours=5)
    assert np.allclose(shares.sum(axis=1), 1)


def test_fewer_points_than_neighbours_and_none_at_all_are_no_failure():
    two = neighbour_labels(np.array([[0, 0], [1, 1]]), np.array([0, 1]), n_labels=2)
    assert two.tolist() == [[0, 1], [1, 0]]
    for n in (0, 1):
        alone = neighbour_labels(np.zeros((n, 2)), np.zeros(n, dtype=int), n_labels=2)
        assert not alone.any()


def test_only_the_asked_points_are_counted_and_all_points_are_neighbours():
    xy = np.array([[0.0, 0.0], [0.1, 0.0], [5.0, 5.0], [5.1, 5.0]])
    asked = np.array([True, False, False, True])
    shares = neighbour_labels(xy, np.array([0, 1, 1, 1]), n_labels=2, asked=asked, n_neighbours=1)
    assert shares.tolist() == [[0.0, 1.0], [0.0, 1.0]]
