"""A copy of a network for training; on PyTorch it uses PyTorch's own kernels.

With PyTorch, Keras composes batch normalisation of many operations and copies images between memory
orders around every convolution. The layers here avoid both.
"""

from pathlib import Path

import keras
from keras import layers


def training_copy(network: keras.Model, *, side: int | None) -> keras.Model:
    """Return a copy of a network, with copies of its weights, for square images of another size.

    The weights keep their order, so `get_weights` and `set_weights` work between the two networks.

    Args:
        network: A network of Keras layers alone; its input is `(height, width, 1)`.
        side: Side of the images in pixels. None is any side; a network that flattens needs one.
    """
    clone = keras.models.clone_model(
        network,
        input_tensors=keras.Input((side, side, 1), name="pixels"),
        clone_function=_torch_layer if keras.backend.backend() == "torch" else _same_layer,
    )
    clone.set_weights(network.get_weights())
    return clone


def training_dtype() -> str:
    """Return the Keras dtype policy in which this machine trains fastest.

    bfloat16 halves the time on processors that compute in it, and takes ten times as long on others
    (TensorFlow on a Zen 3 CPU: 14.7 s per step instead of 1.3 s).
    """
    return "mixed_bfloat16" if _has_accelerator() or _cpu_computes_bfloat16() else "float32"


def _same_layer(layer: keras.Layer) -> keras.Layer:
    return layer.__class__.from_config(layer.get_config())


def _torch_layer(layer: keras.Layer) -> keras.Layer:
    if type(layer) is layers.Conv2D:
        return _TorchConv2D.from_config(layer.get_config())
    if type(layer) is layers.BatchNormalization:
        return _TorchBatchNormalization.from_config(layer.get_config())
    if type(layer) is layers.Dropout:
        return _TorchDropout.from_config(layer.get_config())
    return _same_layer(layer)


class _TorchDropout(layers.Dropout):
    """Dropout from PyTorch's own generator: Keras seeds one on the processor at every call."""

    def call(self, inputs: keras.KerasTensor, *, training: bool = False) -> keras.KerasTensor:
        import torch.nn.functional as torch_nn

        return torch_nn.dropout(inputs, self.rate, training=training)


class _TorchConv2D(layers.Conv2D):
    """A convolution that keeps images in their memory order, channels last."""

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        import torch.nn.functional as torch_nn

        x = inputs.permute(0, 3, 1, 2)  # PyTorch's view of the same memory; no copy
        left, right, top, bottom = pads = _same_pads(x.shape[2:], self.kernel_size, self.strides)
        if (left, top) != (right, bottom):
            x, left, top = torch_nn.pad(x, pads), 0, 0
        kernel = self.kernel.value.permute(3, 2, 0, 1).to(x.dtype)
        bias = self.bias.value.to(x.dtype) if self.use_bias else None
        x = torch_nn.conv2d(x, kernel, bias, self.strides, (top, left))
        return self.activation(x.permute(0, 2, 3, 1))


def _same_pads(
    sides: tuple[int, int], kernel: tuple[int, int], strides: tuple[int, int]
) -> tuple[int, int, int, int]:
    """Return the zeros to add left, right, above and below for `ceil(side / stride)` outputs.

    >>> _same_pads((48, 48), (3, 3), (2, 2))
    (0, 1, 0, 1)
    """
    totals = [
        max((-(-side // stride) - 1) * stride + width - side, 0)
        for side, width, stride in zip(sides, kernel, strides, strict=True)
    ]
    (top, bottom), (left, right) = ((total // 2, total - total // 2) for total in totals)
    return left, right, top, bottom


class _TorchBatchNormalization(layers.BatchNormalization):
    """Batch normalisation with one kernel for the forward pass and one for the backward pass."""

    def call(
        self,
        inputs: keras.KerasTensor,
        *,
        training: bool = False,
        mask: None = None,  # noqa: ARG002  # Keras passes one to every normalisation
    ) -> keras.KerasTensor:
        import torch.nn.functional as torch_nn

        x = torch_nn.batch_norm(
            inputs.permute(0, 3, 1, 2),
            self.moving_mean.value,
            self.moving_variance.value,
            self.gamma.value,
            self.beta.value,
            training=training,
            momentum=1.0 - self.momentum,
            eps=self.epsilon,
        )
        return x.permute(0, 2, 3, 1)


def _has_accelerator() -> bool:
    backend = keras.backend.backend()
    if backend == "torch":
        import torch

        return bool(torch.cuda.is_available())
    if backend == "jax":
        import jax

        return bool(jax.default_backend() != "cpu")
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))


def _cpu_computes_bfloat16() -> bool:
    cpu_info = Path("/proc/cpuinfo")  # Linux; elsewhere float32, the safe choice
    flags = cpu_info.read_text("utf-8").split() if cpu_info.exists() else []
    return "avx512_bf16" in flags or "amx_bf16" in flags
