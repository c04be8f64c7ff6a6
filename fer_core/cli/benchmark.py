"""`benchmark`: milliseconds of each stage of the live step."""

import re
import sys
from typing import Annotated

import typer

from fer_core.cli.terminal import STDOUT, DetectorOption, JsonOption, ModelOption, write_json
from fer_core.faces.registry import DEFAULT_DETECTOR


def benchmark(
    *,
    size: Annotated[str, typer.Option(help="Width x height of the frame.")] = "640x480",
    faces: Annotated[int, typer.Option(min=0, max=64, help="Faces in the frame.")] = 1,
    detector: DetectorOption = DEFAULT_DETECTOR,
    model: ModelOption = "default",
    json: JsonOption = None,
) -> None:
    """Measure what a video's frame costs on one core: median and 95th percentile of each stage."""
    from fer_core.data.portrait import read_portrait
    from fer_core.evaluate.speed import run_benchmark
    from fer_core.expression.recognizer import load_recognizer
    from fer_core.faces.occlusion import load_occlusion_network
    from fer_core.faces.registry import create_detector
    from fer_core.pipeline import FacePipeline

    width, height = _sides(size)
    pipeline = FacePipeline(
        create_detector(detector, mode="video"), load_recognizer(model), load_occlusion_network()
    )
    measured = run_benchmark(pipeline, read_portrait(), width=width, height=height, n_faces=faces)
    if json is not None:
        write_json(json, measured.as_dict())
    if json != STDOUT:
        sys.stdout.write(
            f"{measured.model}, {detector}, {size}: {measured.n_faces_found} of {faces} faces\n"
        )
        for stage, time in measured.stages.items():
            sys.stdout.write(f"{stage:12} p50 {time.p50_ms:7.2f} ms   p95 {time.p95_ms:7.2f} ms\n")


def _sides(size: str) -> tuple[int, int]:
    sides = re.fullmatch(r"(\d{2,4})x(\d{2,4})", size, re.ASCII)
    if not sides or min(map(int, sides.groups())) < 48:
        raise typer.BadParameter(f"expected --size WIDTHxHEIGHT of 48 to 9999, got {size!r}.")
    return int(sides[1]), int(sides[2])
