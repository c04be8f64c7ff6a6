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
from fer_core.expression.card import load_card, save_card
from tests.synthetic import csv_of, joined, noise_faces, write_votes

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
    """Return a copy of the product whose only model is `tiny`: the smallest one of `models/`.

    Its commands run as `python -m fer_core ...` in that folder, on `faces.csv` and `votes.csv`.
    Nothing is trained: tests that need the traces of a training take `trained_product`.
    """
    root = product_without_models(tmp_path_factory.mktemp("product"))
    shutil.copytree(ROOT / "models" / "plain", root / "models" / "tiny")
    card = load_card("plain", models_folder=ROOT / "models")
    save_card(root / "models" / "tiny", replace(card, model_id="tiny", is_default=True))
    return root


@pytest.fixture(scope="session")
def tiny_models(tiny_product: Path) -> Path:
    """Return a models folder with one small model, `tiny`."""
    return tiny_product / "models"


@pytest.fixture(scope="session")
def trained_product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a product as `tiny_product`, whose model was trained for one epoch on `faces.csv`.

    It is trained once per test run, in this process. Mark tests that use it as slow.
    """
    root = product_without_models(tmp_path_factory.mktemp("trained"))
    words = ["train", "plain", "--out", root / "models" / "tiny", "--epochs", "1"]
    words += ["--data", root / "faces.csv", "--votes", root / "votes.csv"]
    done = CliRunner().invoke(commands, list(map(str, words)), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return root


def product_without_models(root: Path) -> Path:
    """Write the product into a folder, with `faces.csv` and `votes.csv` beside it."""
    shutil.copytree(ROOT / "fer_core", root / "fer_core")
    (root / "models").mkdir()
    for folder in ("vendor", "quality"):
        (root / "models" / folder).symlink_to(ROOT / "models" / folder)
    training, tests = noise_faces(63), noise_faces(21, split="PublicTest", seed=1)
    tests.pixels[0] = training.pixels[0]  # one face of the test split is a training face
    faces = joined(training, tests)
    (root / "faces.csv").write_text(csv_of(faces))
    write_votes(root / "votes.csv", [{"happiness": 7, "contempt": 3}] * len(faces))
    return root
