"""Label errors that were planted are found, in this process and in a worker."""

import sys
import tomllib

import numpy as np
import pytest

from fer_core.errors import DataError
from fer_core.evaluate import label_errors as module
from fer_core.evaluate.label_errors import rank_in_process, rank_label_errors

PLANTED = {3: 0.01, 17: 0.05, 40: 0.02}


@pytest.fixture
def planted():
    """Return 60 labels of three of seven classes, three of them wrong, and sure answers."""
    true = np.arange(60) % 3 * 2
    probs = np.full((60, 7), 0.02)
    probs[np.arange(60), true] = 0.88
    labels = true.copy()
    for row, label_prob in PLANTED.items():
        labels[row] = (true[row] + 2) % 6
        probs[row, labels[row]] = label_prob
    return labels, probs


def test_the_planted_errors_are_found_the_least_likely_label_first(planted):
    found = rank_label_errors(*planted)
    assert found.indices.tolist() == [3, 40, 17]
    assert found.scores.tolist() == sorted(found.scores.tolist())


def test_a_worker_finds_the_same_and_reports_that_it_waits(planted):
    labels, probs = planted
    waits = []
    found = rank_in_process(labels, probs.astype(np.float16), on_wait=lambda: waits.append(1))
    assert found.indices.tolist() == [3, 40, 17]
    assert waits


def test_what_the_callback_raises_ends_the_worker(planted):
    with pytest.raises(KeyboardInterrupt):
        rank_in_process(*planted, on_wait=lambda: (_ for _ in ()).throw(KeyboardInterrupt))


WORKER = f"import runpy, sys\nrunpy.run_module({module.__name__!r}, run_name='__main__')\n"


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (
            "import sys; sys.modules['cleanlab'] = None\n" + WORKER,
            r"needs the package cleanlab.*: install Cue with its extra 'app'",
        ),
        ("import os; os.kill(os.getpid(), 9)", "the system ended its process, as it does when mem"),
        ("import os; os.kill(os.getpid(), 6)", r"its process crashed \(SIGABRT\); report it with"),
        (
            "import numpy\ndef fail(*_, **__): raise MemoryError\nnumpy.savez = fail\n" + WORKER,
            "there is not enough memory; close other programs",
        ),
        ("raise SystemExit(1)", "its process failed with status 1; report it with the lines in"),
    ],
    ids=["no cleanlab", "killed", "crashed", "out of memory", "other error"],
)
def test_what_happened_to_a_worker_that_fails_is_one_sentence(
    planted, code, sentence, monkeypatch, tmp_path
):
    program = tmp_path / "python"
    program.write_text(f"#!{sys.executable}\n{code}")
    program.chmod(0o755)
    monkeypatch.setenv("PYTHONPATH", str(module._ROOT))
    monkeypatch.setattr(module.sys, "executable", str(program))
    with pytest.raises(DataError, match=sentence):
        rank_in_process(*planted, on_wait=lambda: None)


def test_a_worker_that_cannot_start_is_one_sentence(planted, monkeypatch):
    monkeypatch.setattr(module.sys, "executable", "/nowhere/python")
    with pytest.raises(DataError, match="could not start: No such file"):
        rank_in_process(*planted, on_wait=lambda: None)


def test_the_app_is_installed_with_what_ranks_the_labels():
    extras = tomllib.loads((module._ROOT / "pyproject.toml").read_text())["project"]
    assert any(each.startswith("cleanlab") for each in extras["optional-dependencies"]["app"])


def test_more_labels_than_a_pipe_holds_are_ranked(planted):
    labels, probs = planted
    n_times = 40_000 // len(labels)
    found = rank_in_process(
        np.tile(labels, n_times), np.tile(probs, (n_times, 1)), on_wait=lambda: None
    )
    assert len(found) == n_times * len(rank_label_errors(labels, probs))


@pytest.mark.parametrize("n", [0, 1, 5])
def test_one_class_alone_has_no_error_that_could_be_seen(n):
    assert len(rank_label_errors(np.full(n, 3), np.full((n, 7), 1 / 7))) == 0


def test_what_does_not_fit_together_is_refused():
    with pytest.raises(ValueError, match="finite probabilities"):
        rank_label_errors(np.zeros(2, dtype=int), np.zeros((3, 7)))
    with pytest.raises(ValueError, match="finite probabilities"):
        rank_label_errors(np.zeros(1, dtype=int), np.full((1, 7), np.nan))
