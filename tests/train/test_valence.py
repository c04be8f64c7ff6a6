"""Models of the sides on made-up samples whose truth is known."""

import numpy as np
import pytest

from fer_core.data.valence_table import ValenceTable
from fer_core.errors import DataError
from fer_core.train.valence import fit_valence, study_valence

N_PEOPLE, N_EACH = 12, 20


def table_of(face_gap, body_gap, *, n_people=N_PEOPLE, seed=0):
    """Return samples whose numbers differ between the sides by that many standard deviations."""
    random = np.random.default_rng(seed)
    n = n_people * N_EACH
    is_positive = np.arange(n) % 2 == 0
    values = random.normal(0, 1, (n, 3))
    values[:, 0] += face_gap * is_positive
    values[:, 1] += body_gap * is_positive
    values[:, 2] = 7.0  # says nothing
    persons = np.repeat([f"p{index}" for index in range(n_people)], N_EACH)
    return ValenceTable(is_positive, persons, ("face_x",), ("body_y", "body_z"), values, 0)


def test_a_body_that_tells_the_sides_apart_is_used_beside_the_face():
    shares = []
    study = study_valence(table_of(1.0, 2.0), on_progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert study.does_body_help
    assert study.used == "both"
    assert study.scores["both"].auc > study.scores["body"].auc > study.scores["face"].auc > 0.7
    assert study.model.columns == ("face_x", "body_y")  # the constant column is dropped
    assert [study.scores[side].n_columns for side in ("face", "body", "both")] == [1, 2, 3]


def test_the_auc_is_that_of_two_normal_distributions_and_lies_in_its_interval():
    table = table_of(1.5, 0.0, n_people=40)
    face = ValenceTable(
        table.is_positive, table.persons, table.face_columns, (), table.values[:, :1], 0
    )
    score = study_valence(face).scores["face"]
    assert score.auc == pytest.approx(0.856, abs=0.03)  # the normal distribution at 1.5 / sqrt(2)
    assert score.interval.low < score.auc < score.interval.high
    assert score.ece < 0.1


def test_what_names_a_person_does_not_help_with_people_left_out():
    table = table_of(0.0, 0.0)
    side_of_person = dict(zip(sorted(set(table.persons)), np.arange(N_PEOPLE) % 2, strict=True))
    is_positive = np.array([bool(side_of_person[person]) for person in table.persons])
    random = np.random.default_rng(1)
    marks = {person: random.normal(0, 5) for person in side_of_person}
    values = table.values.copy()
    values[:, 0] += [marks[person] for person in table.persons]
    known = ValenceTable(is_positive, table.persons, ("face_x",), (), values[:, :1], 0)
    assert study_valence(known).scores["face"].auc < 0.75


def test_a_table_of_the_body_alone_has_one_model():
    table = table_of(0.0, 2.0)
    alone = ValenceTable(
        table.is_positive, table.persons, (), table.body_columns, table.values[:, 1:], 0
    )
    study = study_valence(alone)
    assert list(study.scores) == ["body"]
    assert (study.used, study.gain) == ("body", None)


def test_the_kept_model_answers_as_the_fitted_steps_do():
    table = table_of(1.0, 2.0)
    model = fit_valence(table, np.arange(3))
    probs = model.probability(table.values[:, :2])
    assert np.mean((probs > 0.5) == table.is_positive) > 0.8
    assert probs.mean() == pytest.approx(0.5, abs=0.02)  # half of the samples are positive


def test_samples_of_one_person_are_refused():
    with pytest.raises(DataError, match="positive samples of at least two people, got 1"):
        study_valence(table_of(1.0, 1.0, n_people=1))
