"""`benchmark`: the milliseconds of each stage of a video step."""

import re
from typing import Annotated

import typer

from fer_core.cli.terminal import (
    STDOUT,
    DetectorOption,
    JsonOption,
    ModelOption,
    number,
    print_table,
    write_json,
)
from fer_core.faces.registry import DEFAULT_DETECTOR


def benchmark(
    *,
    size: Annotated[
        str, typer.Option(metavar="WIDTHxHEIGHT", help="Size of the frame in pixels.")
    ] = "640x480",
    faces: Annotated[int, typer.Option(min=0, max=64, help="Faces in the frame.")] = 1,
    detector: DetectorOption = DEFAULT_DETECTOR,
    model: ModelOption = "default",
    json: JsonOption = None,
) -> None:
    """Measure a video step on one core: median and 95th percentile of each stage."""
    from fer_core.data import read_portrait
    from fer_core.evaluate.speed import run_benchmark
    from fer_core.pipeline import load_pipeline

    width, height = _sides(size)
    pipeline = load_pipeline(detector=detector, model=model, mode="video").pipeline
    measured = run_benchmark(pipeline, read_portrait(), width=width, height=height, n_faces=faces)
    if json is not None:
        write_json(json, measured.as_dict())
    if json != STDOUT:
        typer.echo(
            f"{measured.model}, {detector}, {size}: {measured.n_faces_found} of {faces} faces found"
        )
        print_table(
            *("stage", number("p50 ms"), number("p95 ms")),
            rows=[
                (stage, f"{time.p50_ms:.2f}", f"{time.p95_ms:.2f}")
                for stage, time in measured.stages.items()
            ],
        )


def _sides(size: str) -> tuple[int, int]:
    sides = re.fullmatch(r"(\d{2,4})x(\d{2,4})", size, re.ASCII)
    if not sides or min(map(int, sides.groups())) < 48:
        raise typer.BadParameter(f"expected --size WIDTHxHEIGHT of 48 to 9999, got {size!r}.")
    return int(sides[1]), int(sides[2])
