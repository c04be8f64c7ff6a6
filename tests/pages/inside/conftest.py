"""The Inside page with shipped models, and a worker that invents its maps."""

import shutil
from dataclasses import replace

import pytest

from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder
from pages.ui.inside import work
from tests.pages.fake_worker import FakeWorker
from tests.synthetic import csv_of, noise_faces

FACES = noise_faces(30)


@pytest.fixture
def worker(monkeypatch):
    worker = FakeWorker()
    monkeypatch.setattr(work, "explain_worker", lambda: worker)
    return worker


@pytest.fixture
def page(open_page, worker, without_worker, monkeypatch, tmp_path):
    """Return the page on a machine without the data; it opens with the model `plain`."""
    monkeypatch.delenv("FER2013_CSV", raising=False)
    monkeypatch.chdir(tmp_path)  # no data/ here
    page = open_page("inside.py")
    page.query_params["model"] = "plain"
    return page


@pytest.fixture
def faces_csv(tmp_path, monkeypatch):
    path = tmp_path / "fer.csv"
    path.write_text(csv_of(FACES))
    monkeypatch.setenv("FER2013_CSV", str(path))
    return path


@pytest.fixture
def models(tmp_path, monkeypatch):
    """Return a folder with the models `plain` and `dropout`; tests add files to it."""
    models = ModelFolder(tmp_path / "models")
    for name in ("plain", "dropout"):
        path = models.path_of(name)
        shutil.copytree(
            SHIPPED_MODELS.path_of(name), path, ignore=shutil.ignore_patterns("seeds*", "layers*")
        )
    models.save_card(replace(models.card("plain"), is_default=True))
    monkeypatch.setenv("CUE_MODELS", str(models.path))
    return models
