import json
from dataclasses import asdict, replace

import pytest

from fer_core.errors import ModelError
from fer_core.evaluate.sizes import SizeComparison, SizeRow, SizeScores, load_sizes, save_sizes
from fer_core.expression.model_folder import ModelFolder
from fer_core.metrics.intervals import Interval

SCORES = SizeScores(100, 0.6, 0.5, {"macro_f1": Interval(0.4, 0.6)})
COMPARISON = SizeComparison(
    "vgg",
    12,
    0,
    "PublicTest",
    "portraits",
    (SizeRow(48, 0.5, SCORES, None), SizeRow(96, 2.0, SCORES, SCORES)),
)


def test_a_comparison_survives_a_round_trip(tmp_path):
    models = ModelFolder(tmp_path)
    save_sizes(COMPARISON, models=models)
    assert load_sizes(models=models) == COMPARISON


def test_without_a_comparison_the_command_is_named(tmp_path):
    with pytest.raises(ModelError, match="not compared yet"):
        load_sizes(models=ModelFolder(tmp_path))


def test_a_damaged_file_gets_one_sentence(tmp_path):
    values = asdict(COMPARISON)
    values["rows"][0]["labels"]["accuracy"] = 2.0
    (tmp_path / "sizes.json").write_text(json.dumps(values))
    with pytest.raises(ModelError, match=r"sizes.json is damaged \(.*from 0 to 1"):
        load_sizes(models=ModelFolder(tmp_path))


def test_sizes_are_at_least_two_and_in_order():
    with pytest.raises(ValueError, match="at least two sizes in order"):
        replace(COMPARISON, rows=COMPARISON.rows[::-1])
