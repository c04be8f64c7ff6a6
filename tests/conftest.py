"""Fixtures that several test folders share."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pylibsrtp  # noqa: F401  # before TensorFlow: loaded after it, WebRTC's encryption crashes
import pytest
import skimage.data
from hypothesis import settings
from typer.testing import CliRunner

from fer_core.cli.main import commands
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder
from tests.synthetic import csv_of, joined, noise_faces, usages_of, write_votes

ROOT = Path(__file__).parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--soak`."""
    parser.addoption("--soak", action="store_true", help="run the long variants: `make soak`")


def pytest_configure(config: pytest.Config) -> None:
    """Let hypothesis draw the same examples in every run, and many more with `--soak`."""
    n_examples = 5000 if config.getoption("--soak") else 100
    settings.register_profile(
        "cue", derandomize=True, deadline=None, database=None, max_examples=n_examples
    )
    settings.load_profile("cue")


@pytest.fixture(scope="session")
def is_soak(request: pytest.FixtureRequest) -> bool:
    """Return whether the long variants are asked for."""
    return request.config.getoption("--soak")


@pytest.fixture(scope="session")
def fer2013_csv() -> Path:
    """Return the FER2013 file that `FER2013_CSV` names, or skip the test if none is named."""
    name = os.environ.get("FER2013_CSV")
    if not name:
        pytest.skip("needs the FER2013 file: set FER2013_CSV to its path")
    path = Path(name)
    assert path.is_file(), f"FER2013_CSV names {path}, which is not a file."
    return path


@pytest.fixture(scope="session")
def astronaut_bgr() -> np.ndarray:
    """Return a photo of one smiling face, uint8 `(512, 512, 3)`, read-only (public domain)."""
    image_bgr = np.ascontiguousarray(skimage.data.astronaut()[..., ::-1])
    image_bgr.setflags(write=False)  # shared by all tests of the session
    return image_bgr


@pytest.fixture(scope="session")
def tiny_product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder to run commands in: `faces.csv`, `votes.csv`, and `models/` with one model.

    The model, `tiny`, is a copy of a small shipped one that shows its votes head, without a rule
    that weighs both heads. Nothing is trained here: tests that need the traces of a training take
    `trained_product`.
    """
    root = write_data(tmp_path_factory.mktemp("product"))
    models = ModelFolder(root / "models")
    shutil.copytree(SHIPPED_MODELS.path_of("plain"), models.path_of("tiny"))
    card = replace(SHIPPED_MODELS.card("plain"), reading=None, min_confidence_by_label={})
    models.save_card(replace(card, model_id="tiny", is_default=True))
    return root


@pytest.fixture(scope="session")
def tiny_models(tiny_product: Path) -> ModelFolder:
    """Return a models folder with one small model, `tiny`."""
    return ModelFolder(tiny_product / "models")


@pytest.fixture(scope="session")
def trained_product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder like `tiny_product`, but its model was trained on `faces.csv` for one epoch.

    It is trained once per test run, in this process. Mark tests that use it as slow.
    """
    root = write_data(tmp_path_factory.mktemp("trained"))
    words = ["train", "plain", "--out", root / "models" / "tiny", "--epochs", "1"]
    words += ["--data", root / "faces.csv", "--votes", root / "votes.csv"]
    done = CliRunner().invoke(commands, list(map(str, words)), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return root


def write_data(root: Path) -> Path:
    """Write `faces.csv` and `votes.csv` into a folder; one test face is also a training face."""
    training, tests = noise_faces(63), noise_faces(21, split="PublicTest", seed=1)
    tests.pixels[0] = training.pixels[0]
    faces = joined(training, tests)
    (root / "faces.csv").write_text(csv_of(faces))
    votes = [{"happiness": 7, "contempt": 3}] * len(faces)
    write_votes(root / "votes.csv", votes, usages=usages_of(faces))
    return root
