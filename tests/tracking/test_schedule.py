"""Frames come from a made-up clock: their times are handed in."""

import numpy as np
import pytest

from fer_core.tracking.schedule import FramePlan, Schedule, ScheduleConfig

DURATION_S = 6


def frame_times(fps, *, jitter=0.0):
    """Return the times of a few seconds of frames, each late by up to `jitter` of a frame."""
    late = np.random.default_rng(0).uniform(0, jitter, int(DURATION_S * fps))
    return ((np.arange(len(late)) + late) / fps).tolist()


def plans_at(fps, n_faces, *, jitter=0.0):
    """Return time and plan of each frame of a video in which the first frame finds all faces."""
    schedule, track_ids = Schedule(), ()
    plans = []
    for time_s in frame_times(fps, jitter=jitter):
        plans.append((time_s, schedule.plan(track_ids, time_s=time_s)))
        track_ids = tuple(range(1, n_faces + 1))
    return plans


def longest_wait(times_s):
    return max(np.diff([*times_s, DURATION_S]))


def classified_at(fps, n_faces):
    """Return, for each face, the times at which it is classified if it can always be."""
    schedule = Schedule()
    classified_s = np.full(n_faces, np.nan)
    times_s = [[] for _ in range(n_faces)]
    for time_s, plan in plans_at(fps, n_faces):
        is_followed = np.isin(np.arange(1, n_faces + 1), plan.followed_ids)
        is_classifiable = np.isnan(classified_s) | (is_followed & plan.is_classified)
        chosen = schedule.choose_to_classify(classified_s, is_classifiable, time_s=time_s)
        classified_s[chosen] = time_s
        for face in np.flatnonzero(chosen):
            times_s[face].append(time_s)
    return times_s


def test_a_frame_without_a_known_face_is_searched_every_time():
    schedule = Schedule()
    for time_s in frame_times(30):
        assert schedule.plan((), time_s=time_s) == FramePlan(True, (), True)


@pytest.mark.parametrize("jitter", [0.0, 0.3])
@pytest.mark.parametrize(("fps", "every"), [(30, 5), (24, 4), (15, 3), (10, 2)])
def test_with_a_known_face_one_frame_in_a_few_is_searched(fps, every, jitter):
    plans = plans_at(fps, 1, jitter=jitter)
    share = np.mean([plan.is_searched for _, plan in plans])
    assert share == pytest.approx(1 / every, abs=0.02 if jitter else 0.006)


@pytest.mark.parametrize("n_faces", [1, 6])
@pytest.mark.parametrize("fps", [5, 8, 10, 15, 30])
def test_a_third_of_a_second_never_passes_without_a_search(fps, n_faces):
    searched_s = [time_s for time_s, plan in plans_at(fps, n_faces) if plan.is_searched]
    assert longest_wait(searched_s) < 1 / 3


@pytest.mark.parametrize("n_faces", [1, 3, 4, 9])
def test_a_searched_frame_does_not_classify_known_faces_and_follows_a_few_only(n_faces):
    for _, plan in plans_at(30, n_faces)[1:]:
        assert plan.is_classified != plan.is_searched
        if plan.is_searched:
            assert len(plan.followed_ids) == (n_faces if n_faces <= 3 else 0)


@pytest.mark.parametrize("n_faces", [1, 9])
@pytest.mark.parametrize("fps", [2, 5])
def test_if_every_frame_is_searched_every_other_one_classifies_too(fps, n_faces):
    plans = [plan for _, plan in plans_at(fps, n_faces)]
    assert all(plan.is_searched for plan in plans)
    assert [plan.is_classified for plan in plans] == [True, False] * (len(plans) // 2)


@pytest.mark.parametrize("fps", [10, 15, 30])
def test_up_to_three_faces_are_followed_in_every_frame(fps):
    assert {plan.followed_ids for _, plan in plans_at(fps, 3)[1:]} == {(1, 2, 3)}


@pytest.mark.parametrize("n_faces", [4, 6, 9, 20])
@pytest.mark.parametrize("fps", [5, 10, 15, 30])
def test_many_faces_are_followed_in_turn_and_none_waits_for_long(fps, n_faces):
    plans = plans_at(fps, n_faces)
    for track_id in range(1, n_faces + 1):
        followed_s = [time_s for time_s, plan in plans if track_id in plan.followed_ids]
        frame_s = 1 / fps
        assert longest_wait(followed_s) <= 0.3 + 2 * frame_s + 1e-9  # a search may come between


@pytest.mark.parametrize(("fps", "n_faces", "most"), [(30, 9, 3), (30, 18, 5), (15, 6, 3)])
def test_no_frame_follows_many_more_faces_than_the_others(fps, n_faces, most):
    assert max(len(plan.followed_ids) for _, plan in plans_at(fps, n_faces)[1:]) == most


def test_a_new_track_is_followed_before_those_that_were_just_seen():
    schedule = Schedule()
    schedule.plan((), time_s=0.0)
    for step in range(1, 4):
        schedule.plan((1, 2, 3, 4), time_s=step / 30)
    assert 5 in schedule.plan((1, 2, 3, 4, 5), time_s=4 / 30).followed_ids


def test_a_track_that_has_ended_is_not_followed():
    schedule = Schedule()
    schedule.plan((1, 2), time_s=0.0)
    assert schedule.plan((2,), time_s=0.05).followed_ids == (2,)


def test_after_a_pause_all_faces_are_followed_at_once():
    schedule = Schedule()
    schedule.plan((), time_s=0.0)
    for step in range(1, 20):
        schedule.plan(range(9), time_s=step / 30)
    plans = [schedule.plan(range(9), time_s=10.0 + step / 30) for step in range(2)]
    assert [len(plan.followed_ids) for plan in plans] == [9, 3]
    assert [plan.is_searched for plan in plans] == [True, False]
    assert [plan.is_classified for plan in plans] == [True, True]


@pytest.mark.parametrize(
    ("fps", "n_faces", "longest_s"),
    [(30, 1, 0.07), (15, 1, 0.14), (10, 1, 0.21), (30, 6, 0.2), (15, 6, 0.41), (10, 6, 0.61)],
)
def test_few_known_faces_are_classified_in_every_frame_that_is_not_searched(
    fps, n_faces, longest_s
):
    assert max(longest_wait(times_s) for times_s in classified_at(fps, n_faces)) <= longest_s


@pytest.mark.parametrize("n_faces", [10, 18, 30])
@pytest.mark.parametrize("fps", [5, 10, 15, 30])
def test_each_of_many_faces_is_classified_before_its_reading_is_stale(fps, n_faces):
    assert max(longest_wait(times_s) for times_s in classified_at(fps, n_faces)) < 1.0


def test_new_faces_are_classified_at_once_and_known_ones_in_turn():
    schedule = Schedule()
    classified_s = np.array([0.2, np.nan, 0.1, 0.3, np.nan])
    all_faces = np.ones(5, dtype=bool)
    chosen = schedule.choose_to_classify(classified_s, all_faces, time_s=0.4)
    assert chosen.tolist() == [True, True, True, False, True]


def test_a_face_that_cannot_be_classified_is_not_chosen_and_takes_no_turn():
    schedule = Schedule()
    classified_s = np.array([0.0, 0.1, 0.2, np.nan])
    is_classifiable = np.array([False, True, True, False])
    chosen = schedule.choose_to_classify(classified_s, is_classifiable, time_s=0.4)
    assert chosen.tolist() == [False, True, True, False]


def test_no_faces_give_an_empty_choice():
    none = np.zeros(0)
    assert len(Schedule().choose_to_classify(none, none.astype(bool), time_s=0.0)) == 0


@pytest.mark.parametrize(
    "changes",
    [
        *({"search_s": 0}, {"search_s": float("nan")}, {"follow_s": -1}, {"classify_s": 0}),
        *({"classify_s": float("inf")}, {"n_followed": 0}, {"n_classified": 0}),
    ],
)
def test_settings_out_of_range_are_refused(changes):
    with pytest.raises(ValueError, match="out of range"):
        ScheduleConfig(**changes)
