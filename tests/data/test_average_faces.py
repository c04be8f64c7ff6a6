import numpy as np
import pytest

from fer_core.data import average_faces as module
from fer_core.data.average_faces import as_picture, average_faces


def test_mean_and_variance_are_those_of_numpy_over_several_chunks(monkeypatch):
    monkeypatch.setattr(module, "_CHUNK", 4)
    images = np.random.default_rng(0).integers(0, 256, (11, 6, 6)).astype(np.uint8)
    label_ids = np.array([0, 2] * 5 + [0])
    first, none, last = average_faces(images, label_ids, n_labels=3)
    assert none is None
    for face, label_id in ((first, 0), (last, 2)):
        chosen = images[label_ids == label_id].astype(float)
        assert face.n == len(chosen)
        assert face.mean == pytest.approx(chosen.mean(axis=0), abs=1e-3)
        assert face.variance == pytest.approx(chosen.var(axis=0), abs=0.1)


def test_images_in_colour_are_averaged_as_grey():
    image = np.zeros((1, 2, 2, 3), dtype=np.uint8)
    image[..., 0] = 90
    (face,) = average_faces(image, np.array([0]), n_labels=1)
    assert face.mean.tolist() == [[30, 30], [30, 30]]
    assert not face.variance.any()


def test_a_map_without_differences_is_black():
    assert as_picture(np.full((2, 2), 7.0)).tolist() == [[0, 0], [0, 0]]
