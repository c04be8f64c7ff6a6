"""The pictures of one explanation as PNG files, and one HTML report that holds all of them."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from fer_core.explain.explanation import Explanation
from fer_core.explain.gallery import (
    channel_sheet,
    face_picture,
    filter_sheet,
    heat_on_face,
    to_png,
)
from fer_core.explain.results import METHOD_WORDS, Attribution, LayerMaps
from fer_core.files import write_file
from fer_core.results import word_of

REPORT_FILE: Final = "report.html"
_TEMPLATE: Final = "report.html.jinja"
_HOW: Final = {
    "grad_cam": "It weighs the last maps of the network by how much they raise the score. The maps "
    "are small, so it is coarse.",
    "occlusion": "A grey square is put on one place after another, and the answer changes.",
}


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One picture of an explanation.

    Attributes:
        name: Name of its file.
        title: Its heading.
        caption: What to see in it, in plain words; also what the picture says to those who cannot
            see it.
        png: Content of its file.
    """

    name: str
    title: str
    caption: str
    png: bytes

    @property
    def data_uri(self) -> str:
        """The picture as an address that holds it."""
        return f"data:image/png;base64,{base64.b64encode(self.png).decode('ascii')}"


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """The layers of one resolution.

    Attributes:
        title: Its heading.
        pictures: One sheet of maps per layer.
    """

    title: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PictureSet:
    """All pictures of an explanation.

    Attributes:
        crop: The face as the network sees it.
        attributions: Grad-CAM and the occlusion map on the face.
        filters: The kernels of the first convolution.
        stages: The layers, by resolution.
    """

    crop: Picture
    attributions: tuple[Picture, ...]
    filters: Picture
    stages: tuple[Stage, ...]

    def __iter__(self) -> Iterator[Picture]:
        yield self.crop
        yield from self.attributions
        yield self.filters
        for stage in self.stages:
            yield from stage.pictures


def picture_set(explanation: Explanation) -> PictureSet:
    """Return all pictures of an explanation, ready to be written or shown."""
    crop, maps = explanation.crop, explanation.activations
    size = crop.shape[0]
    numbered = list(enumerate(maps.layers, start=1))
    stages = tuple(
        Stage(
            _stage_title(stage, group := list(layers)),
            tuple(_layer_picture(number, layer) for number, layer in group),
        )
        for stage, layers in groupby(numbered, key=lambda each: each[1].stage)
    )
    height, width, n_filters = maps.filters.shape
    return PictureSet(
        Picture(
            "crop.png",
            "What the network sees",
            f"The face, upright and grey, {size} by {size} pixels. Nothing else of the photo goes "
            "into the network.",
            to_png(face_picture(crop)),
        ),
        tuple(
            _attribution_picture(explanation, each)
            for each in (explanation.grad_cam, explanation.occlusion)
        ),
        Picture(
            "filters.png",
            "Filters of the first layer",
            f"{n_filters} patterns of {height} by {width} pixels, which the network found by "
            "itself. White looks for bright pixels, black for dark ones. Many are edges in one "
            "direction.",
            to_png(filter_sheet(maps.filters)),
        ),
        stages,
    )


def html_report(explanation: Explanation, *, source: str = "") -> str:
    """Return one HTML page that holds everything: no script, and nothing from another host.

    Args:
        explanation: What to show.
        source: Name of the photo, for the heading; it may hold anything.
    """
    # half a second to import, and only the report needs it
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters.update(word=word_of, share=_share_in_words)
    return pages.get_template(_TEMPLATE).render(
        explanation=explanation,
        pictures=picture_set(explanation),
        source=source,
    )


def save_explanation(folder: Path, explanation: Explanation, *, source: str = "") -> None:
    """Write `report.html` and its pictures as PNG files into a folder, which is made if needed.

    Args:
        folder: The folder. Files of the same names are replaced.
        explanation: What to write.
        source: Name of the photo, for the heading of the report.

    Raises:
        OSError: The folder cannot be made or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for picture in picture_set(explanation):
        write_file(folder / picture.name, picture.png)
    write_file(folder / REPORT_FILE, html_report(explanation, source=source))


def _share_in_words(share: float) -> str:
    """Return a share as a percentage; one above 0 that rounds to 0 as `<1%`."""
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"


def _stage_title(stage: int, layers: list[tuple[int, LayerMaps]]) -> str:
    height, width, _ = layers[0][1].maps.shape
    halved = {0: "Full resolution", 1: "Halved once", 2: "Halved twice"}
    return f"{halved.get(stage, f'Halved {stage} times')}: {width} by {height} places"


def _layer_picture(number: int, layer: LayerMaps) -> Picture:
    sheet = channel_sheet(layer)
    height, width, n_channels = layer.maps.shape
    shown = (
        f"All {n_channels} maps"
        if len(sheet.channels) == n_channels
        else f"{len(sheet.channels)} of {n_channels} maps, the most active first"
    )
    return Picture(
        f"layer-{number:02d}-{layer.name}.png",
        f"{number}. {layer.name} ({layer.kind}), {width} × {height} × {n_channels}",
        f"{layer.sentence} {shown}. Yellow is the strongest answer of each map, dark blue "
        "the weakest.",
        to_png(sheet.image_rgb),
    )


def _attribution_picture(explanation: Explanation, attribution: Attribution) -> Picture:
    method = METHOD_WORDS[attribution.method]
    how = _HOW[attribution.method]
    return Picture(
        f"{attribution.method.replace('_', '-')}.png",
        method,
        f"{how} Vermilion with a solid outline speaks for “{word_of(attribution.label)}”, blue "
        "with a dashed outline against it.",
        to_png(heat_on_face(explanation.crop, attribution)),
    )
