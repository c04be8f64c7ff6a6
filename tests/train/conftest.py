"""Where training is tested, the model `tiny` is a trained one."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def tiny_models(trained_product: Path) -> Path:
    """Return a models folder with one model, `tiny`, that was trained in this test run."""
    return trained_product / "models"
