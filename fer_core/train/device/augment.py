"""Augmentation of a whole batch on the device: framings, and the faults of cameras.

It does to tensors what `train.augment` and `train.camera` do to single faces.
"""

import math
from typing import Final

import torch
import torch.nn.functional as nn

from fer_core.expression.preprocess import MIN_STD

_SIDE: Final = 48  # pixels, for which the strengths below were chosen
_FAULT_SHARE: Final = 0.18  # of faces that get one kind of fault
_FRAMED_SHARE: Final = 0.5  # of faces that are framed as another detector might
_ROTATION_DEG: Final = (12.0, 20.0)  # largest, of FER2013's framing and of another one
_ZOOM: Final = (1.14, 1.5)
_SHIFT: Final = (0.06, 0.12)  # of the side
_BORDERS: Final = (0.45, 0.85)  # mirrored, replicated, and the rest one grey level
_ERASED_SHARE: Final = 0.15
_BLUR_TAPS: Final = torch.arange(-4.0, 5.0)
_SMALLEST: Final = (0.42, 0.55, 0.7, 0.85)  # of the side, to which a small face is shrunk

# ITU T.81, table K.1: the steps to which JPEG rounds grey, at quality 50
_JPEG_STEPS: Final = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)


class Augmenter:
    """Changes faces at random; everything random comes from one seed.

    Args:
        seed: Seed of the changes.
        device: Where the faces lie.
    """

    def __init__(self, seed: int, device: torch.device) -> None:
        self._device = device
        self._generator = torch.Generator(device).manual_seed(seed)
        self._taps = _BLUR_TAPS.to(device)
        self._steps = torch.tensor(_JPEG_STEPS, dtype=torch.float32, device=device)
        self._cosines = _cosines().to(device)

    def __call__(self, faces: torch.Tensor) -> torch.Tensor:
        """Return changed faces, standardised.

        Args:
            faces: `(n, side, side)` uint8; the side is a multiple of 8.

        Returns:
            `(n, side, side, 1)` float32.
        """
        x = self._framed(faces[:, None].float())
        for change in (
            *(self._brightened, self._lit, self._enlarged, self._focused, self._noisy),
            *(self._contrasted, self._compressed, self._erased),
        ):
            x = change(x).clamp(0, 255)
        return standardised(x.round()).permute(0, 2, 3, 1)

    def _uniform(self, n: int, low: float = 0.0, high: float = 1.0) -> torch.Tensor:
        """Return `(n, 1, 1, 1)` random numbers, one per face."""
        numbers = torch.rand(n, device=self._device, generator=self._generator)
        return (low + (high - low) * numbers)[:, None, None, None]

    def _chosen(self, n: int, share: float) -> torch.Tensor:
        return self._uniform(n) < share

    def _framed(self, x: torch.Tensor) -> torch.Tensor:
        """Tilt, zoom, mirror and shift each face, half of them as another detector might."""
        n, side = len(x), x.shape[-1]
        is_framed = self._chosen(n, _FRAMED_SHARE).flatten()
        angle, zoom, shift = (
            torch.where(is_framed, other, own)
            for own, other in (_ROTATION_DEG, tuple(map(math.log, _ZOOM)), _SHIFT)
        )
        angle = torch.deg2rad(angle * self._uniform(n, -1, 1).flatten())
        shrink = torch.exp(-zoom * self._uniform(n, -1, 1).flatten())
        mirror = torch.where(self._chosen(n, 0.5).flatten(), -1.0, 1.0)
        cos, sin = shrink * torch.cos(angle), shrink * torch.sin(angle)
        across, down = (2 * shift * self._uniform(n, -1, 1).flatten() for _ in range(2))
        matrix = torch.stack(
            [
                torch.stack([mirror * cos, -sin, across], 1),
                torch.stack([mirror * sin, cos, down], 1),
            ],
            1,
        )  # from places of the new face to places of the old one, as grid_sample asks
        grid = nn.affine_grid(matrix, list(x.shape), align_corners=False)
        # a face that shrinks is blurred first, or it would alias
        x = torch.where(_each(shrink > 1.2), self._blurred(x, _each(0.4 * shrink)), x)
        mirrored = nn.grid_sample(x, grid, "bilinear", "reflection", align_corners=False)
        replicated = nn.grid_sample(x, grid, "bicubic", "border", align_corners=False)
        is_inside = (grid.abs().amax(-1) <= 1 + 1 / side)[:, None]
        on_grey = torch.where(is_inside, replicated, x.mean((2, 3), keepdim=True))
        kind = self._uniform(n)
        return torch.where(
            kind < _BORDERS[0], mirrored, torch.where(kind < _BORDERS[1], replicated, on_grey)
        )

    def _brightened(self, x: torch.Tensor) -> torch.Tensor:
        return 255 * (x.clamp(0, 255) / 255) ** (2 ** self._uniform(len(x), -0.5, 0.5))

    def _lit(self, x: torch.Tensor) -> torch.Tensor:
        """Light faces from one side."""
        n, side = len(x), x.shape[-1]
        angle = self._uniform(n, 0, 2 * math.pi)
        across = torch.linspace(-1, 1, side, device=self._device)
        ramp = torch.cos(angle) * across + torch.sin(angle) * across[:, None]
        strength = self._uniform(n, 0, 0.45) * self._chosen(n, _FAULT_SHARE)
        return x * (1 + strength * ramp)

    def _enlarged(self, x: torch.Tensor) -> torch.Tensor:
        """Shrink faces and enlarge them again: they were small in the frame."""
        n, side = len(x), x.shape[-1]
        kind = self._uniform(n) / _FAULT_SHARE * len(_SMALLEST)
        result = x
        for place, share in enumerate(_SMALLEST):
            small = nn.interpolate(x, size=round(share * side), mode="area")
            way = ("bicubic", "bilinear")[place % 2]
            large = nn.interpolate(small, size=side, mode=way, align_corners=False)
            result = torch.where((kind >= place) & (kind < place + 1), large, result)
        return result

    def _focused(self, x: torch.Tensor) -> torch.Tensor:
        """Blur faces, or sharpen them as phones do."""
        n = len(x)
        is_sharpened = self._chosen(n, 0.35)
        sigma = torch.where(is_sharpened, 1.0, self._uniform(n, 0.3, 1.5)) * (x.shape[-1] / _SIDE)
        blurred = self._blurred(x, sigma)
        changed = torch.where(is_sharpened, x + self._uniform(n) * (x - blurred), blurred)
        return torch.where(self._chosen(n, _FAULT_SHARE), changed, x)

    def _noisy(self, x: torch.Tensor) -> torch.Tensor:
        deviation = (1 + 14 * self._uniform(len(x)) ** 1.5) * self._chosen(len(x), _FAULT_SHARE)
        noise = torch.randn(x.shape, device=self._device, generator=self._generator)
        return x + deviation * noise

    def _contrasted(self, x: torch.Tensor) -> torch.Tensor:
        n = len(x)
        changed = x * self._uniform(n, 0.7, 1.2) + 255 * self._uniform(n, -0.1, 0.2)
        return torch.where(self._chosen(n, _FAULT_SHARE), changed, x)

    def _compressed(self, x: torch.Tensor) -> torch.Tensor:
        """Round faces as JPEG does, at a quality of 18 to 83."""
        n, side = len(x), x.shape[-1]
        quality = self._uniform(n, 18, 84)
        percent = torch.where(quality < 50, 5000 / quality, 200 - 2 * quality)
        steps = ((self._steps * percent + 50) / 100).floor().clamp(1, 255)[:, :, None]
        blocks = (x.round() - 128).reshape(n, side // 8, 8, side // 8, 8).transpose(2, 3)
        waves = self._cosines @ blocks @ self._cosines.T
        rounded = (waves / steps).round() * steps
        blocks = self._cosines.T @ rounded @ self._cosines
        changed = blocks.transpose(2, 3).reshape(x.shape) + 128
        return torch.where(self._chosen(n, _FAULT_SHARE), changed, x)

    def _erased(self, x: torch.Tensor) -> torch.Tensor:
        """Fill one rectangle of some faces with their mean, as real faces may be occluded."""
        n, side = len(x), x.shape[-1]
        places = torch.arange(side, device=self._device)
        is_inside = self._chosen(n, _ERASED_SHARE)
        for axis in (places, places[:, None]):
            length = self._uniform(n, side / 8, side / 2)
            start = self._uniform(n) * (side - length)
            is_inside = is_inside & (axis >= start) & (axis < start + length)
        return torch.where(is_inside, x.mean((2, 3), keepdim=True), x)

    def _blurred(self, x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
        """Blur each face `(n, 1, h, w)` by its own sigma `(n, 1, 1, 1)`."""
        n, _, height, width = x.shape
        kernel = torch.exp(-0.5 * (self._taps / sigma.clamp(min=0.05)) ** 2)
        kernel = kernel / kernel.sum(-1, keepdim=True)  # (n, 1, 1, 9)
        reach = len(self._taps) // 2
        x = nn.pad(x, (reach, reach, reach, reach), mode="reflect").transpose(0, 1)
        x = nn.conv2d(nn.conv2d(x, kernel, groups=n), kernel.transpose(2, 3), groups=n)
        return x.reshape(n, 1, height, width)


def standardised(x: torch.Tensor) -> torch.Tensor:
    """Return faces `(n, 1, h, w)` with mean 0 and deviation 1, as `preprocess.standardise`."""
    x = x - x.mean((2, 3), keepdim=True)
    return x / x.square().mean((2, 3), keepdim=True).sqrt().clamp(min=MIN_STD)


def _each(numbers: torch.Tensor) -> torch.Tensor:
    return numbers[:, None, None, None]


def _cosines() -> torch.Tensor:
    """Return the matrix `(8, 8)` of the orthonormal cosine transform."""
    k = torch.arange(8.0)
    matrix = torch.cos((2 * k + 1) * k[:, None] * math.pi / 16) / 2
    matrix[0] /= math.sqrt(2)
    return matrix
