"""The posture labels: their form, and enough of each posture to measure a rule by."""

import csv
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
COLUMNS = ["source", "time_s", "x", "y", "w", "h"]
POSTURES = ["standing", "turned_aside", "head_turned_away", "head_down", "both_hands_visible"]
ANSWERS = ("yes", "no", "unclear")
CLIPS = (".mkv", ".mp4")


@pytest.fixture(scope="module")
def samples() -> list[dict[str, str]]:
    with (FOLDER / "posture_labels.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_row_names_a_person_and_answers_for_five_postures(samples):
    assert {tuple(sample) for sample in samples} == {(*COLUMNS, *POSTURES)}
    assert {sample[posture] for sample in samples for posture in POSTURES} == set(ANSWERS)


def test_no_person_is_labelled_twice(samples):
    people = Counter(tuple(sample[column] for column in COLUMNS) for sample in samples)
    assert max(people.values()) == 1


def test_a_box_starts_inside_the_picture_and_is_at_least_100_pixels_high(samples):
    assert min(float(sample[corner]) for sample in samples for corner in "xy") >= 0
    assert min(float(sample["w"]) for sample in samples) > 0
    assert min(float(sample["h"]) for sample in samples) >= 100


def test_clips_alone_have_times_at_least_one_and_a_half_seconds_apart(samples):
    times: dict[str, list[float]] = {}
    for sample in samples:
        assert bool(sample["time_s"]) == sample["source"].endswith(CLIPS)
        if sample["time_s"]:
            times.setdefault(sample["source"], []).append(float(sample["time_s"]))
    gaps = [after - before for of_clip in times.values() for before, after in pairwise(of_clip)]
    assert min(gaps) >= 1.5


def test_at_least_sixty_samples_and_ten_that_show_each_posture(samples):
    assert len(samples) >= 60
    for posture in POSTURES:
        assert sum(sample[posture] == "yes" for sample in samples) >= 10, posture


@pytest.mark.parametrize("posture", POSTURES)
def test_the_page_gives_the_counts_of_the_file(samples, posture):
    counts = Counter(sample[posture] for sample in samples)
    row = f"| `{posture}` | " + " | ".join(str(counts[answer]) for answer in ANSWERS) + " |"
    assert row in (FOLDER / "POSTURES.md").read_text("utf-8").splitlines()
