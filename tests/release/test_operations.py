import pytest

from fer_core.errors import ModelError
from fer_core.release.operations import mflops


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    """Return the LiteRT files of a network whose operations can be counted by hand."""
    import keras  # here, so that the quick tests do without it

    from fer_core.train.export import convert

    folder = tmp_path_factory.mktemp("counted")
    pixels = keras.Input((8, 8, 1))
    x = keras.layers.Conv2D(4, 3, padding="same")(pixels)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.DepthwiseConv2D(3, padding="same")(x)
    x = keras.layers.Conv2D(6, 1, strides=2, padding="same")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    keras.Model(pixels, keras.layers.Dense(3)(x)).save(folder / "model.keras")
    paths = {name: folder / f"{name}.tflite" for name in ("exact_path", "float_path", "int8_path")}
    convert(folder / "model.keras", **paths)
    return paths.values()


@pytest.mark.slow
def test_a_small_network_costs_what_was_counted_by_hand(twins):
    convolution = 8 * 8 * 4 * 3 * 3 * 1
    depthwise = 8 * 8 * 4 * 3 * 3
    pointwise = 4 * 4 * 6 * 4
    dense = 6 * 3
    expected = 2 * (convolution + depthwise + pointwise + dense) / 1e6
    assert [mflops(path.read_bytes()) for path in twins] == [pytest.approx(expected)] * 3


@pytest.mark.parametrize("content", [b"", b"weights", b"x" * 100])
def test_another_file_is_refused(content):
    with pytest.raises(ModelError, match=r"Expected the content of a \.tflite file"):
        mflops(content)
