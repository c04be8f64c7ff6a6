"""Recipes: what is trained and how, each one declaration; `loop.train` runs them all."""

from dataclasses import dataclass, field
from functools import partial
from typing import Final

from fer_core.train.augment import Augmentation
from fer_core.train.networks import Build, plain, residual_se


@dataclass(frozen=True, slots=True)
class Recipe:
    """A network and the way it is trained."""

    summary: str
    build: Build
    cycles: tuple[int, ...]  # epochs of each cosine cycle of the learning rate
    batch_size: int = 128
    learning_rate: float = 0.1  # peak, SGD with Nesterov momentum 0.9
    weight_decay: float = 5e-3  # decoupled from the gradient: times the learning rate
    label_smoothing: float = 0.05  # [0, 1)
    balance: float = 0.25  # classes are drawn in proportion to count ** (1 - balance), [0, 1]
    average_decay: float = 0.99  # of the weights' running average, per `loop.AVERAGE_EVERY` steps
    augmentation: Augmentation = field(default_factory=Augmentation)

    @property
    def epochs(self) -> int:
        """Epochs of the whole recipe."""
        return sum(self.cycles)


RECIPES: Final = {
    "plain": Recipe(
        summary="A plain convolutional network with batch normalisation, dropout and augmentation.",
        build=partial(plain, widths=(24, 48, 96, 192), dropout=0.15),
        cycles=(30,),
    ),
    "best": Recipe(
        summary="A residual network with squeeze-excitation; learns labels and people's votes.",
        build=partial(residual_se, stem=16, widths=(48, 96, 192), blocks=(2, 2, 2), dropout=0.25),
        cycles=(21,),
        augmentation=Augmentation(erase_share=0.25),
    ),
}
