"""One network that learns on the device. On a GPU a whole step is one replayed CUDA graph."""

from collections.abc import Callable
from typing import Final

import keras
import numpy as np
import torch

from fer_core.data.dataset import IMAGE_SIZE
from fer_core.train.device.optimizer import DeviceMuon
from fer_core.train.networks import HEADS, Build
from fer_core.train.torch_layers import training_copy, training_dtype

_WARM_UP_STEPS: Final = 3  # before a graph is captured: libraries choose their kernels
AVERAGE_EVERY: Final = 4  # steps between two updates of the average of the weights

Answers = tuple[torch.Tensor, torch.Tensor]
"""Of the heads `label` `(n, 7)` and `votes` `(n, 8)`."""


def device_network(build: Build) -> keras.Model:
    """Return a network for 48x48 faces in the dtype in which the device trains fastest."""
    keras.mixed_precision.set_dtype_policy(training_dtype())
    network = training_copy(build(), side=IMAGE_SIZE)
    keras.mixed_precision.set_dtype_policy("float32")
    return network


class Learner:
    """A network, its optimiser, and the running average of its weights.

    Args:
        build: Builds the network.
        batch_size: Faces of every step.
        weight_decay: Factor of the learning rate.
        average_decay: Of the running average; Polyak and Juditsky 1992.
    """

    def __init__(
        self, build: Build, *, batch_size: int, weight_decay: float, average_decay: float
    ) -> None:
        self.network = device_network(build)
        self._weights = [variable.value for variable in self.network.weights]
        self.average = [weight.detach().clone().float() for weight in self._weights]
        self._average_decay = average_decay
        trainable = [variable.value for variable in self.network.trainable_variables]
        self._optimizer = DeviceMuon(trainable, weight_decay=weight_decay)
        device = trainable[0].device
        self._pixels = torch.zeros(batch_size, IMAGE_SIZE, IMAGE_SIZE, 1, device=device)
        self._wanted = [torch.zeros(batch_size, n, device=device) for n in HEADS.values()]
        self.loss = torch.zeros((), device=device)
        self.n_steps = 0

    def prepare(self, pixels: torch.Tensor, wanted: Answers, *, rate: float) -> None:
        """Take in the batch that `learn` learns.

        Args:
            pixels: `(batch_size, 48, 48, 1)` float32, standardised.
            wanted: Target shares of both heads; a row of zeros teaches nothing.
            rate: Learning rate.
        """
        self._pixels.copy_(pixels)
        for place, target in zip(self._wanted, wanted, strict=True):
            place.copy_(target)
        self._optimizer.rate.fill_(rate)

    def learn(self) -> None:
        """Learn the prepared batch; its loss is in `loss`. A CUDA graph can hold this."""
        for weight in self._weights:
            weight.grad = None
        logits = self.network(self._pixels, training=True)
        loss = torch.zeros((), device=self._pixels.device)
        for head, wanted in zip(HEADS, self._wanted, strict=True):
            shares = torch.log_softmax(logits[head].float(), dim=1)
            loss = loss - (wanted * shares).sum(1).mean()
        loss.backward()
        self._optimizer.step()
        self.loss.copy_(loss.detach())

    def update_average(self) -> None:
        """Count a step, and after every few move the average towards the weights."""
        if self.n_steps % AVERAGE_EVERY == 0:
            n_updates = self.n_steps // AVERAGE_EVERY
            # the first updates count more; otherwise the random initial weights would linger
            keep = min(self._average_decay, (1 + n_updates) / (10 + n_updates))
            for average, weight in zip(self.average, self._weights, strict=True):
                average.lerp_(weight.detach(), 1 - keep)
        self.n_steps += 1

    def state(self) -> list[torch.Tensor]:
        """Return all that `learn` changes, weights first; writing into it restores a state."""
        return [*self._weights, *self._optimizer.state()]


class Predictor:
    """The answers of finished networks for batches of one size.

    Args:
        networks: Networks of `device_network`.
        batch_size: Faces of every call.
    """

    def __init__(self, networks: list[keras.Model], *, batch_size: int) -> None:
        device = networks[0].weights[0].value.device
        self._pixels = torch.zeros(batch_size, IMAGE_SIZE, IMAGE_SIZE, 1, device=device)
        self._answers = [
            torch.zeros(len(networks), batch_size, n, device=device) for n in HEADS.values()
        ]
        self._networks = networks
        self._run = replayed(self._compute, state=[])

    def __call__(self, pixels: torch.Tensor) -> Answers:
        """Return the probabilities `(n_networks, batch_size, n_classes)` of both heads.

        The next call overwrites them.
        """
        self._pixels.copy_(pixels)
        self._run()
        labels, votes = self._answers
        return labels, votes

    def _compute(self) -> None:
        with torch.no_grad():
            for index, network in enumerate(self._networks):
                logits = network(self._pixels, training=False)
                for head, answers in zip(HEADS, self._answers, strict=True):
                    answers[index].copy_(torch.softmax(logits[head].float(), dim=1))


def replayed(compute: Callable[[], None], *, state: list[torch.Tensor]) -> Callable[[], None]:
    """Return a function that does what `compute` does; on a GPU without Python in between.

    A step consists of a thousand small kernels, which Python starts more slowly than a GPU ends
    them (48 ms instead of 6 ms per step of the student, on an H200). A CUDA graph starts them all.

    Args:
        compute: Reads and writes tensors that stay in their places.
        state: What warming up must not change; it is restored.
    """
    if not torch.cuda.is_available():
        return compute
    before = [tensor.detach().clone() for tensor in state]
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(_WARM_UP_STEPS):
            compute()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        compute()
    with torch.no_grad():
        for tensor, value in zip(state, before, strict=True):
            tensor.copy_(value)
    replay: Callable[[], None] = graph.replay
    return replay


def as_array(tensor: torch.Tensor, dtype: type = np.float32) -> np.ndarray:
    """Return a copy of a tensor on the processor."""
    return np.asarray(tensor.detach().float().cpu().numpy(), dtype)
