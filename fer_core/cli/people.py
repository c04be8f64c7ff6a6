"""`evaluate-people` and `evaluate-postures`: bodies against what people annotated."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fer_core.cli.terminal import (
    FAILED,
    STDOUT,
    JsonOption,
    messages,
    number,
    print_table,
    progress_bar,
    progress_of,
    write_json,
)

if TYPE_CHECKING:
    import numpy as np

    from fer_core.evaluate.keypoints import KeypointScores
    from fer_core.evaluate.postures import MeasuredShare, PostureScore
    from fer_core.metrics.intervals import Interval


def evaluate_people(
    folder: Annotated[
        Path,
        typer.Argument(
            help="Folder with photos and annotations.json, a list of "
            '{"file", "people": [{"box_xywh", "keypoints", "iscrowd"}, ...]} as in COCO.'
        ),
    ],
    *,
    json: JsonOption = None,
) -> None:
    """Measure the landmarks of people: the share within a fifth of the torso, PCK@0.2.

    People of at least 100 pixels with 10 annotated keypoints count, shoulders and hips among them.
    A person who is not found has no keypoint right. Status 1 if any photo could not be read.
    """
    from fer_core.data.annotated_people import read_people_photos
    from fer_core.evaluate.keypoints import evaluate_people as evaluate
    from fer_core.pipeline import load_pipeline

    photos = read_people_photos(folder)
    pipeline = load_pipeline(body=True)
    with progress_bar() as bar, progress_of(bar, "Reading the photos") as on_progress:
        scores = evaluate(
            lambda frame_bgr: pipeline.analyze(frame_bgr).people,
            photos,
            on_progress=on_progress,
            on_message=messages.print,
        )
    if json is not None:
        write_json(json, scores.as_dict())
    if json != STDOUT:
        typer.echo(
            f"{scores.n_photos:,} photos, {scores.ms_per_photo:,.0f} ms per photo, "
            f"{scores.n_false:,} found where no person is annotated."
        )
        _print_scores("All", scores.all)
        for name, half in zip(("1st, 3rd, 5th photo", "The others"), scores.halves, strict=True):
            if half is not None:
                typer.echo(_sentence(name, half))
    raise typer.Exit(FAILED if scores.n_photos < len(photos) else 0)


def _print_scores(name: str, scores: "KeypointScores") -> None:
    typer.echo(_sentence(name, scores))
    print_table(
        *("keypoint", number("seen"), number("PCK@0.2"), number("95% interval")),
        rows=[
            (joint.replace("_", " "), f"{row.n:,}", f"{row.pck:.3f}", _ends(row.interval))
            for joint, row in scores.joints.items()
        ],
    )


def _sentence(name: str, scores: "KeypointScores") -> str:
    return (
        f"{name}: {scores.n_found:,} of {scores.n_people:,} people found, "
        f"PCK@0.2 {scores.pck:.3f} ({_ends(scores.interval)})."
    )


def _ends(interval: "Interval") -> str:
    return f"{interval.low:.3f} to {interval.high:.3f}"


def evaluate_postures(
    labels: Annotated[
        Path,
        typer.Argument(
            help="CSV with the columns source,time_s,x,y,w,h and one per posture, as head_down: "
            "yes, no or unclear.",
            exists=True,
            dir_okay=False,
        ),
    ],
    *,
    pictures: Annotated[
        Path, typer.Option(help="Folder of the pictures.", exists=True, file_okay=False)
    ],
    videos: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the videos; rows with a time are frames of them. [--pictures]",
            exists=True,
            file_okay=False,
            show_default=False,
        ),
    ] = None,
    json: JsonOption = None,
) -> None:
    """Measure the postures in words against labels by eye.

    A person who is not found has no posture. Status 1 if any picture could not be read.
    """
    from fer_core.data.posture_labels import read_posture_labels
    from fer_core.data.video_frame import read_video_frame
    from fer_core.evaluate.postures import evaluate_postures as evaluate
    from fer_core.image import read_image
    from fer_core.pipeline import load_pipeline

    def read(source: str, time_s: float | None) -> "np.ndarray":
        if time_s is None:
            return read_image(pictures / source)
        return read_video_frame((videos or pictures) / source, time_s)

    samples = read_posture_labels(labels)
    pipeline = load_pipeline(body=True)
    with progress_bar() as bar, progress_of(bar, "Reading the pictures") as on_progress:
        scores = evaluate(
            lambda frame_bgr: pipeline.analyze(frame_bgr).people,
            samples,
            read,
            on_progress=on_progress,
            on_message=messages.print,
        )
    if json is not None:
        write_json(json, scores.as_dict())
    if json != STDOUT:
        typer.echo(f"{scores.n_found:,} of {scores.n_people:,} people found.")
        parts = (scores.all, *scores.halves)
        for name, part in zip(("All", "1st, 3rd, 5th row", "The others"), parts, strict=True):
            _print_postures(name, part)
    raise typer.Exit(FAILED if scores.n_people < len(samples) else 0)


def _print_postures(name: str, scores: "dict[str, PostureScore]") -> None:
    print_table(
        *(name, number("yes"), number("no"), number("unclear"), number("silent")),
        *(number("said of the yes"), number("right if said")),
        rows=[
            (
                words,
                *(f"{n:,}" for n in (score.n_yes, score.n_no, score.n_unclear, score.n_silent)),
                f"{score.n_right:,} = {_share(score.recall)}",
                f"{score.n_right:,} of {score.n_right + score.n_wrong:,} = "
                + _share(score.precision),
            )
            for words, score in scores.items()
        ],
    )


def _share(share: "MeasuredShare | None") -> str:
    return "-" if share is None else f"{share.value:.2f} ({_ends(share.interval)})"
