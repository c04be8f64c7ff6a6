"""What several test folders share."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pylibsrtp  # noqa: F401  # before TensorFlow: loaded after it, WebRTC's encryption crashes
import pytest
import skimage.data
from hypothesis import settings

from fer_core.expression.model_folder import ModelFolder
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
    """Return the FER2013 file that `FER2013_CSV` names, or skip the test where none is named."""
    name = os.environ.get("FER2013_CSV")
    if not name:
        pytest.skip("needs the FER2013 file: set FER2013_CSV to its path")
    path = Path(name)
    assert path.is_file(), f"FER2013_CSV names {path}, which is not a file."
    return path


@pytest.fixture(scope="session")
def astronaut_bgr() -> np.ndarray:
    """Return a photograph of one smiling face, uint8 `(512, 512, 3)`, read-only (public domain)."""
    image_bgr = np.ascontiguousarray(skimage.data.astronaut()[..., ::-1])
    image_bgr.setflags(write=False)  # shared by all tests of the session
    return image_bgr


@pytest.fixture(scope="session")
def tiny_product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the product whose only model is `tiny`, trained here for one epoch on noise.

    Its commands run as `python -m fer_core ...` in that folder; `faces.csv` and `votes.csv` are
    what it learned from. Training runs in its own process: this one must do without keras.
    """
    root = tmp_path_factory.mktemp("product")
    shutil.copytree(ROOT / "fer_core", root / "fer_core")
    (root / "models").mkdir()
    for folder in ("vendor", "quality"):
        (root / "models" / folder).symlink_to(ROOT / "models" / folder)
    training, tests = noise_faces(63), noise_faces(21, split="PublicTest", seed=1)
    tests.pixels[0] = training.pixels[0]  # one face of the test split is a training face
    faces = joined(training, tests)
    (root / "faces.csv").write_text(csv_of(faces))
    write_votes(root / "votes.csv", [{"happiness": 7, "contempt": 3}] * len(faces))
    words = "train plain --data faces.csv --votes votes.csv --out models/tiny --epochs 1"
    command = [sys.executable, "-m", "fer_core", *words.split()]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture(scope="session")
def tiny_models(tiny_product: Path) -> ModelFolder:
    """Return a models folder with one small trained model, `tiny`."""
    return ModelFolder(tiny_product / "models")
