"""Recipes: each declares one network and its training; `loop.train` runs them all."""

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

import cv2

from fer_core.train.augment import UNCHANGED, Augmentation
from fer_core.train.networks import Build, mini_xception, plain, residual_se, vgg

_SIDE_STEP: Final = 8  # pixels
_OWN_ANSWERS: Final = (0.15, 0.5)  # part of the epochs in which their share rises


@dataclass(frozen=True, slots=True)
class Recipe:
    """One network and how it is trained."""

    summary: str
    build: Build
    cycles: tuple[int, ...]  # epochs of each cosine cycle of the learning rate
    sides: tuple[int, ...] = (48,)  # pixels of the faces, each for an equal part of the epochs
    size: int = 48  # pixels of the faces of the finished network
    batch_size: int = 128
    optimizer: str = "sgd"  # one of `optimizers.OPTIMIZERS`
    learning_rate: float = 0.1  # peak
    weight_decay: float = 5e-3  # factor of the learning rate; decoupled from the gradient
    label_smoothing: float = 0.05  # [0, 1)
    balance: float = 0.25  # classes are drawn proportionally to count ** (1 - balance), [0, 1]
    balances_votes: bool = False  # rare answers of people are drawn more often too
    average_decay: float = 0.99  # of the average of the weights, every `loop.AVERAGE_EVERY` steps
    augmentation: Augmentation = field(default_factory=Augmentation)
    teachers: tuple[str, ...] = ()  # models from whose mean answer the network is distilled
    teacher_share: float = 0.5  # of the targets, [0, 1]
    own_share: float = 0.0  # of the targets, the network's own earlier answers, [0, 1]
    warm_start: str = ""  # model with the same network, whose weights it starts with
    student_epochs: int = 0  # on a GPU, where it learns from teachers: scripts/train_on_gpu.py
    finish: "Recipe | None" = None  # of such a student: its last epochs, without a GPU

    @property
    def epochs(self) -> int:
        """Number of epochs of the whole recipe."""
        return sum(self.cycles)

    def at_size(self, size: int) -> "Recipe":
        """Return the recipe for faces of another size in pixels; smaller early ones grow with it.

        >>> RECIPES["best"].at_size(96).sides
        (80, 96, 96)
        """
        if size == self.size:
            return self
        sides = tuple(
            round(side * size / self.size / _SIDE_STEP) * _SIDE_STEP for side in self.sides
        )
        return replace(self, build=partial(self.build, side=size), sides=sides, size=size)

    def own_share_at(self, epoch: int) -> float:
        """Return the share of the network's own answers in the targets of an epoch, from 0.

        It rises from 0 to `own_share` while the network learns what most faces show.
        """
        start, end = _OWN_ANSWERS
        risen = (epoch / self.epochs - start) / (end - start)
        return self.own_share * min(max(risen, 0.0), 1.0)

    def side_at(self, epoch: int) -> int:
        """Return the side of the faces in pixels in an epoch, counted from 0.

        Smaller faces halve the cost of the early epochs, which learn coarse features.
        Source: progressive resizing, Tan and Le 2021, arXiv 2104.00298.
        """
        return self.sides[min(epoch * len(self.sides) // self.epochs, len(self.sides) - 1)]


_CLASSIC: Final = partial(plain, widths=(16, 32, 64, 128), dense=256)
_PLAIN: Final = Recipe(
    summary="A classic convolutional network, trained on the faces as they are.",
    build=_CLASSIC,
    cycles=(20,),
    optimizer="muon",
    learning_rate=0.005,
    weight_decay=0.02,
    label_smoothing=0.0,
    balance=0.5,
    augmentation=UNCHANGED,
)

_RESIDUAL: Final = partial(
    residual_se, stem=32, stem_strides=2, widths=(32, 96, 192), blocks=(1, 2, 3), dropout=0.15
)
_GENERAL: Final = Recipe(
    summary="A residual network with squeeze-excitation, from random weights, for other framings "
    "and cameras.",
    build=_RESIDUAL,
    cycles=(60,),
    sides=(*(32,) * 3, *(40,) * 5, *(48,) * 12),
    batch_size=256,
    optimizer="muon",
    learning_rate=0.006,
    weight_decay=0.05,
    label_smoothing=0.0,
    balance=0.5,
    balances_votes=True,
    average_decay=0.986,
    own_share=0.4,
    student_epochs=118,
    augmentation=Augmentation(
        rotation_deg=12.0,
        scale=0.14,
        shift=0.06,
        framing_share=0.5,
        interpolation=cv2.INTER_CUBIC,
        gamma=0.5,
        erase_share=0.15,
        camera_share=0.18,
    ),
)
_FINISH: Final = replace(
    _GENERAL,
    cycles=(6,),
    sides=(48,),
    learning_rate=0.002,
    average_decay=0.97,
    own_share=0.0,
    teacher_share=0.5,  # the student's own answers
    augmentation=replace(
        _GENERAL.augmentation,
        rotation_deg=10.0,
        scale=0.12,
        gamma=0.3,
        framing_share=0.2,
        camera_share=0.07,
    ),
)

RECIPES: Final = {
    "plain": _PLAIN,
    "dropout": replace(
        _PLAIN,
        summary="The network of `plain` with dropout; nothing else is changed.",
        build=partial(_CLASSIC, dropout=0.1),
    ),
    "mini_xception": Recipe(
        summary="Mini-Xception, a small network from the literature.",
        build=mini_xception,
        cycles=(12,),
        optimizer="muon",
        learning_rate=0.005,
        weight_decay=0.02,
        label_smoothing=0.0,
        augmentation=Augmentation(erase_share=0.0),
    ),
    "vgg": Recipe(
        summary="A network after VGG with batch normalisation, dropout and augmentation.",
        build=partial(vgg, widths=(16, 32, 64, 128), dropout=0.1),
        cycles=(12,),
        optimizer="muon",
        learning_rate=0.005,
        weight_decay=0.05,
        label_smoothing=0.0,
        augmentation=Augmentation(erase_share=0.1),
    ),
    "best": Recipe(
        summary="A residual network with squeeze-excitation, trained on labels and people's votes.",
        build=_RESIDUAL,
        cycles=(20,),
        sides=(40, 48, 48),
        optimizer="muon",
        learning_rate=0.004,
        weight_decay=0.05,
        label_smoothing=0.0,
        augmentation=Augmentation(
            interpolation=cv2.INTER_CUBIC, erase_share=0.15, corruption_share=0.2
        ),
        teachers=("cue-4",),
        warm_start="cue-4",
    ),
    "general": replace(_GENERAL, finish=_FINISH),
}
