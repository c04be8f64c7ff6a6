"""Training on a device, proven on the processor; a machine without PyTorch skips this file."""

import io
import lzma
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_core.errors import ModelError
from fer_core.expression.preprocess import standardise
from fer_core.train.checkpoint import load_student, read_history

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

ROOT = Path(__file__).parents[2]


def faces(n: int = 8) -> np.ndarray:
    smooth = np.random.default_rng(0).integers(0, 256, (n, 8, 8), dtype=np.uint8)
    return np.stack([cv2.resize(face, (48, 48), interpolation=cv2.INTER_CUBIC) for face in smooth])


def changed(seed: int) -> np.ndarray:
    from fer_core.train.device.augment import Augmenter

    return Augmenter(seed, torch.device("cpu"))(torch.from_numpy(faces(64))).numpy()


def test_changed_faces_are_standardised_and_come_from_the_seed():
    first, again, other = changed(0), changed(0), changed(1)
    assert first.shape == (64, 48, 48, 1)
    assert np.isfinite(first).all()
    assert first.mean(axis=(1, 2, 3)) == pytest.approx(0, abs=1e-4)
    assert first.std(axis=(1, 2, 3)).max() == pytest.approx(1, abs=1e-3)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_faces_are_standardised_as_everywhere_else():
    from fer_core.train.device.augment import standardised

    own = standardised(torch.from_numpy(faces())[:, None].float())
    assert own[:, 0].numpy() == pytest.approx(standardise(faces())[..., 0], abs=1e-4)


@pytest.mark.parametrize("quality", [20, 60])
def test_compressed_faces_look_as_from_a_jpeg_file(quality, monkeypatch):
    from fer_core.train.device import augment

    augmenter = augment.Augmenter(0, torch.device("cpu"))
    answers = {18: float(quality), 0.0: 0.0}  # the quality; then whether a face is changed: all
    monkeypatch.setattr(
        augmenter, "_uniform", lambda n, low=0.0, _high=1.0: torch.full((n, 1, 1, 1), answers[low])
    )
    own = augmenter._compressed(torch.from_numpy(faces())[:, None].float())[:, 0].numpy()
    for face, rounded in zip(faces(), own, strict=True):
        data = cv2.imencode(".jpg", face, (cv2.IMWRITE_JPEG_QUALITY, quality))[1]
        decoded = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
        # single waves lie between two steps, and an encoder rounds them the other way
        assert np.abs(rounded.clip(0, 255) - decoded).mean() < 0.7


@pytest.mark.parametrize("shape", [(3, 40, 8), (2, 8, 40), (1, 9, 9)])
def test_orthogonalised_matrices_turn_and_hardly_scale(shape):
    from fer_core.train.device.optimizer import orthogonalised

    matrices = orthogonalised(torch.randn(shape, generator=torch.Generator().manual_seed(0)))
    scales = torch.linalg.svdvals(matrices)
    assert 0.5 < scales.min()
    assert scales.max() < 1.3


def test_kernels_and_others_move_against_their_gradients():
    from fer_core.train.device.optimizer import DeviceMuon

    weights = [torch.nn.Parameter(torch.ones(shape)) for shape in ((3, 3, 4, 8), (8, 7), (7,))]
    muon = DeviceMuon(weights, weight_decay=0.0)
    before = [weight.detach().clone() for weight in weights]
    for _ in range(3):
        for weight in weights:
            weight.grad = torch.ones_like(weight)
        muon.rate.fill_(0.01)
        muon.step()
    for weight, old in zip(weights, before, strict=True):
        assert ((weight - old).mean() < 0).item()
    assert all(torch.isfinite(tensor).all() for tensor in muon.state())


def test_at_rate_0_nothing_moves():
    from fer_core.train.device.optimizer import DeviceMuon

    weights = [torch.nn.Parameter(torch.ones(shape)) for shape in ((3, 3, 4, 8), (8, 7), (7,))]
    muon = DeviceMuon(weights, weight_decay=0.5)
    for weight in weights:
        weight.grad = torch.ones_like(weight)
    muon.step()
    assert all((weight == 1).all() for weight in weights)


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    rng, arrays = np.random.default_rng(0), {}
    for split, n in (("train", 512), ("validation", 100)):
        arrays[f"{split}_pixels"] = rng.integers(0, 256, (n, 48, 48), dtype=np.uint8)
        arrays[f"{split}_labels"] = rng.integers(0, 7, n, dtype=np.uint8)
        arrays[f"{split}_votes"] = rng.integers(0, 3, (n, 8), dtype=np.uint8)
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    path = tmp_path_factory.mktemp("packed") / "faces.npz.xz"
    path.write_bytes(lzma.compress(stream.getvalue(), preset=0))
    return path


def run_script(packed: Path, out: Path) -> str:
    command = [sys.executable, "scripts/train_on_gpu.py", str(packed), str(out), "--tiny"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.mark.slow
def test_a_tiny_run_writes_eight_files_and_goes_on_where_it_stopped(packed, tmp_path):
    said = run_script(packed, tmp_path)
    assert said.count("Teachers: ") == said.count("Student: ") == 2
    assert len(list(tmp_path.iterdir())) == 8
    weights = load_student(tmp_path, n_epochs=2)
    assert all(np.isfinite(weight).all() for weight in weights)
    assert read_history(tmp_path / "history.csv")[-1]["val_accuracy"] > 0
    assert run_script(packed, tmp_path) == ""  # nothing is left to do
    (tmp_path / "history.csv").unlink()
    assert run_script(packed, tmp_path).count("Student: ") == 2  # but the teachers are kept
    again = load_student(tmp_path, n_epochs=2)
    assert all(np.array_equal(*pair) for pair in zip(weights, again, strict=True))
    with pytest.raises(ModelError, match="has 2 epochs; expected 118"):
        load_student(tmp_path, n_epochs=118)
