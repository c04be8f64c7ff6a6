import numpy as np
import pytest

from fer_core.errors import ModelError
from fer_core.release.exports import (
    BATCHES,
    Export,
    ExportScores,
    choose_export,
    mflops,
    run_export,
)
from tests.synthetic import noise_faces


@pytest.mark.parametrize(
    ("small", "chosen"),
    [
        ((0.7, 0.6), "model_int8.tflite"),
        ((0.71, 0.599), "model_int8.tflite"),
        ((0.7, 0.597), "model.tflite"),
        ((0.697, 0.61), "model.tflite"),
    ],
)
def test_the_int8_file_runs_unless_it_loses_accuracy_or_f1(small, chosen):
    exact, other = (ExportScores(*scores, 0.0, 1, {}) for scores in ((0.7, 0.6), small))
    assert choose_export({"model.tflite": exact, "model_int8.tflite": other}) == chosen


def test_a_file_is_run_on_all_faces_and_timed_for_each_batch_size(tmp_path):
    path = tmp_path / "model.tflite"
    path.write_bytes(b"12345")
    sizes = []

    def predict(crops: np.ndarray) -> dict[str, np.ndarray]:
        sizes.append(len(crops))
        return {"label": np.tile(np.arange(7.0), (len(crops), 1))}

    export = run_export(path, predict, noise_faces(9))
    assert (export.file_name, export.n_bytes) == ("model.tflite", 5)
    assert export.logits["label"].shape == (9, 7)
    assert export.ms_per_face.keys() == set(map(str, BATCHES))
    assert set(sizes) == {1, 4, 8, 9}


def test_the_temperature_changes_the_calibration_error_alone():
    logits = np.zeros((4, 7))
    logits[:, 0] = 2.0
    export = Export("model.tflite", {"label": logits}, 10, {"1": 0.5})
    hot, cold = (export.scores(np.zeros(4, int), temperature=t) for t in (1.0, 0.2))
    assert hot.accuracy == cold.accuracy == 1.0
    assert cold.ece < hot.ece
    assert (hot.bytes, hot.ms_per_face) == (10, {"1": 0.5})


@pytest.mark.slow
def test_a_small_network_costs_what_is_counted_by_hand(tmp_path):
    import keras

    from fer_core.train.export import convert

    pixels = keras.Input((8, 8, 1))
    x = keras.layers.Conv2D(4, 3, padding="same")(pixels)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.DepthwiseConv2D(3, padding="same")(x)
    x = keras.layers.Conv2D(6, 1, strides=2, padding="same")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    keras.Model(pixels, keras.layers.Dense(3)(x)).save(tmp_path / "model.keras")
    names = ("exact_path", "float_path", "int8_path")
    paths = {name: tmp_path / f"{name}.tflite" for name in names}
    convert(tmp_path / "model.keras", **paths)

    convolution = 8 * 8 * 4 * 3 * 3 * 1
    depthwise = 8 * 8 * 4 * 3 * 3
    pointwise = 4 * 4 * 6 * 4
    dense = 6 * 3
    expected = 2 * (convolution + depthwise + pointwise + dense) / 1e6
    for path in paths.values():
        assert mflops(path.read_bytes()) == pytest.approx(expected)


@pytest.mark.parametrize("content", [b"", b"weights", b"x" * 100])
def test_operations_of_another_file_cannot_be_counted(content):
    with pytest.raises(ModelError, match=r"Expected the content of a \.tflite file"):
        mflops(content)
