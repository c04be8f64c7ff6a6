"""The faces that excite a channel most, by the rows of a person's own file."""

import numpy as np
import pytest

from fer_core.data.dataset import FaceDataset
from fer_core.data.row_numbers import RowNumbers, row_digests, save_row_numbers
from fer_core.errors import ModelError
from fer_core.explain.exciting import load_exciting_faces
from fer_core.expression.model_folder import ModelFolder
from tests.synthetic import noise_faces

FACES = noise_faces(20)
ROWS = np.array([[3, 1, 4], [15, 9, 2]], dtype=np.int32)


@pytest.fixture
def models(tmp_path):
    models = ModelFolder(tmp_path)
    models.path_of("plain").mkdir()
    return models


@pytest.fixture
def stored(models):
    save(models, {"conv/rows": ROWS})
    return load_exciting_faces("plain", models=models)


def save(models, values):
    rows = np.unique(ROWS)
    numbers = RowNumbers(rows, row_digests(FACES.pixels[rows]), values)
    save_row_numbers(models.path_of("plain") / "layers.npz", numbers)


def test_the_faces_of_a_channel_come_strongest_first(stored):
    assert list(stored.by_layer) == ["conv"]
    found = stored.faces_of("conv", 1, FACES)
    assert found.rows.tolist() == [15, 9, 2]
    assert (found.pixels == FACES.pixels[[15, 9, 2]]).all()
    assert found.n_missing == 0


def test_the_order_of_the_file_s_faces_does_not_matter(stored):
    found = stored.faces_of("conv", 0, FACES.select(np.arange(20)[::-1]))
    assert found.rows.tolist() == [3, 1, 4]
    assert (found.pixels == FACES.pixels[[3, 1, 4]]).all()


@pytest.mark.parametrize("n_faces", [0, 1, 2, 4])
def test_rows_that_a_shorter_file_lacks_are_counted(stored, n_faces):
    found = stored.faces_of("conv", 0, FACES.select(np.arange(n_faces)))
    assert found.rows.tolist() == [row for row in (3, 1, 4) if row < n_faces]
    assert found.n_missing == 3 - len(found.rows)


def test_a_row_that_shows_another_face_is_left_out_and_counted(stored):
    pixels = FACES.pixels.copy()
    pixels[1] = 7
    other = FaceDataset(pixels, FACES.label_ids, FACES.split_ids, FACES.rows)
    found = stored.faces_of("conv", 0, other)
    assert found.rows.tolist() == [3, 4]
    assert found.n_missing == 1


def test_a_channel_with_too_few_faces_shows_those_there_are(models):
    save(models, {"conv/rows": np.array([[3, -1, -1]], dtype=np.int32)})
    stored = load_exciting_faces("plain", models=models)
    found = stored.faces_of("conv", 0, FACES)
    assert (found.rows.tolist(), found.n_missing) == ([3], 0)


def test_a_model_without_the_file_has_none(models):
    assert load_exciting_faces("plain", models=models) is None


@pytest.mark.parametrize(
    "values",
    [
        {"conv/rows": ROWS.ravel()},
        {"conv/rows": ROWS.astype(np.float32)},
        {"conv/rows": ROWS + 1},
    ],
    ids=["one row of numbers", "no integers", "rows without digest"],
)
def test_numbers_of_another_shape_count_as_damage(models, values):
    save(models, values)
    with pytest.raises(ModelError, match=r"plain/layers.npz is damaged"):
        load_exciting_faces("plain", models=models)


def test_a_file_of_another_kind_counts_as_damage(models):
    (models.path_of("plain") / "layers.npz").write_bytes(b"no archive")
    with pytest.raises(ModelError, match=r"plain/layers.npz is damaged"):
        load_exciting_faces("plain", models=models)


def test_of_a_photo_that_occurs_again_only_the_strongest_face_is_shown(models):
    faces = smooth_faces(6)
    faces.pixels[3] = faces.pixels[0]  # a copy
    faces.pixels[4] = faces.pixels[1][:, ::-1] // 2 + 60  # mirrored and paler
    rows = np.array([[3, 1, 0, 4, 5]], dtype=np.int32)
    numbers = RowNumbers(faces.rows, row_digests(faces.pixels), {"conv/rows": rows})
    save_row_numbers(models.path_of("plain") / "layers.npz", numbers)
    found = load_exciting_faces("plain", models=models).faces_of("conv", 0, faces)
    assert found.rows.tolist() == [3, 1, 5]
    assert (found.n_repeats, found.n_missing) == (2, 0)
    assert (found.pixels == faces.pixels[[3, 1, 5]]).all()


def smooth_faces(n):
    """Return faces of which no two are alike."""
    faces = noise_faces(n)
    coarse = np.random.default_rng(2).integers(0, 256, (n, 6, 6), dtype=np.uint8)
    faces.pixels[:] = coarse.repeat(8, axis=1).repeat(8, axis=2)
    return faces
