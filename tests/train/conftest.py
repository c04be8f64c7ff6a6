"""Where training is tested, the model `tiny` is a trained one."""

from pathlib import Path

import pytest

from fer_core.expression.model_folder import ModelFolder


@pytest.fixture(scope="session")
def tiny_models(trained_product: Path) -> ModelFolder:
    """Return a models folder with one model, `tiny`, that was trained in this test run."""
    return ModelFolder(trained_product / "models")
