from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from fer_core.data.cleaning import clean
from fer_core.data.dataset import NO_ROW
from fer_core.errors import DataError
from fer_core.train.ablation import BASE
from fer_core.train.folds import PROBS, CrossValidation, fold_ids, out_of_fold
from fer_core.train.networks import residual_se
from tests.synthetic import joined, noise_faces

TINY = replace(
    BASE,
    build=partial(residual_se, stem=4, stem_strides=2, widths=(8,), blocks=(1,), dropout=0.0),
    cycles=(1,),
    sides=(16,),
    batch_size=16,
)


@pytest.fixture(scope="module")
def dataset():
    training = noise_faces(70)
    training.pixels[69] = training.pixels[68]  # a copy, which cleaning drops
    training.label_ids[69] = training.label_ids[68]
    faces = joined(training, noise_faces(14, split="PublicTest", seed=1))
    return replace(faces, rows=np.arange(84))


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return CrossValidation("tiny", TINY, tmp_path_factory.mktemp("folds"), n_folds=2)


@pytest.fixture(scope="module")
def numbers(study, dataset):
    return out_of_fold(study, dataset, clean(dataset), None)


def test_each_fold_has_its_share_of_each_label():
    label_ids = np.repeat([0, 1, 2], [50, 20, 10])
    folds = fold_ids(label_ids, n_folds=5)
    for label_id, n in ((0, 10), (1, 4), (2, 2)):
        assert np.bincount(folds[label_ids == label_id]).tolist() == [n] * 5


@pytest.mark.slow
def test_each_row_gets_probabilities(numbers, dataset):
    probs = numbers.column(PROBS)
    assert probs.shape == (84, 7)
    assert probs.dtype == np.float16
    assert probs.sum(axis=1) == pytest.approx(np.ones(84), abs=0.01)
    assert (numbers.joined_to(dataset.rows, dataset.pixels) == np.arange(84)).all()


@pytest.mark.slow
def test_a_training_face_and_its_copies_are_answered_by_the_network_that_left_them_out(
    numbers, study, dataset
):
    train = clean(dataset).train
    folds = fold_ids(train.label_ids, n_folds=2)
    of_fold = np.stack([np.load(study.folder / f"fold-{fold}.npz")[PROBS] for fold in range(2)])
    unseen, seen = (of_fold[each, train.rows].astype(np.float16) for each in (folds, 1 - folds))
    stored = numbers.column(PROBS)[train.rows]
    assert (stored == unseen).all()
    assert (stored != seen).any(axis=1).mean() > 0.5  # the two networks are alike
    assert (numbers.column(PROBS)[69] == numbers.column(PROBS)[68]).all()


@pytest.mark.slow
def test_other_rows_get_the_mean_answer(numbers, study):
    of_fold = [np.load(study.folder / f"fold-{fold}.npz")[PROBS] for fold in range(2)]
    assert numbers.column(PROBS)[70:] == pytest.approx(np.mean(of_fold, axis=0)[70:], abs=1e-3)


@pytest.mark.slow
def test_finished_folds_are_not_trained_again(numbers, study, dataset):
    shares = []
    again = out_of_fold(replace(study, on_progress=shares.append), dataset, clean(dataset), None)
    assert shares == [0.5, 1.0]
    assert (again.column(PROBS) == numbers.column(PROBS)).all()


def test_image_files_have_no_rows_to_store_answers_by(study, dataset):
    files = replace(dataset, rows=np.full(84, NO_ROW))
    with pytest.raises(DataError, match="Expected FER2013's CSV, whose rows have numbers"):
        out_of_fold(study, files, clean(files), None)


@pytest.mark.slow
def test_answers_of_another_training_or_of_other_faces_are_refused(numbers, study, dataset):
    longer = replace(study, recipe=replace(TINY, cycles=(2,)))
    with pytest.raises(DataError, match="expected tiny, 2 epochs, 2 folds"):
        out_of_fold(longer, dataset, clean(dataset), None)
    others = replace(dataset, pixels=dataset.pixels[::-1].copy())
    with pytest.raises(DataError, match="about other faces"):
        out_of_fold(study, others, clean(others), None)
