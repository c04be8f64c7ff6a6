"""`evaluate-faces`, `evaluate-turned` and `ablate`: detectors, turned faces, training choices."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from fer_core.cli.terminal import (
    FAILED,
    STDOUT,
    DataOption,
    JsonOption,
    ModelArgument,
    messages,
    number,
    print_table,
    progress_bar,
    progress_of,
    read_clean_faces,
    read_labelled_faces,
    write_json,
)
from fer_core.data.dataset import Split
from fer_core.errors import DataError
from fer_core.faces.registry import DETECTOR_NAMES, DetectorName, Mode

if TYPE_CHECKING:
    from fer_core.evaluate.detection import DetectorScores
    from fer_core.evaluate.tilt import TurnedEvaluation
    from fer_core.metrics.intervals import Interval
    from fer_core.train.ablation import AblationRow

_RUNS: Final = Path("runs/ablation")


def evaluate_faces(
    *,
    data: Annotated[
        Path,
        typer.Option(
            help="Folder with photos and annotations.json, or a folder of such folders. The JSON "
            'is a list of {"file", "width", "height", "boxes": [{"x", "y", "w", "h"}, ...]}.'
        ),
    ],
    detector: Annotated[
        DetectorName | None, typer.Option(help="Face detector. Default: all.", show_default=False)
    ] = None,
    mode: Annotated[
        Mode, typer.Option(help="photo: the thorough search. video: the first frame of a video.")
    ] = "photo",
    small: Annotated[
        bool,
        typer.Option(
            "--small", help="Score the faces of 24 to 40 pixels in the other photos instead."
        ),
    ] = False,
    json: JsonOption = None,
) -> None:
    """Measure the detectors: recall and false faces at eight tilts, and on photos without a face.

    Photos with at most 10 faces of at least 40 pixels count, at 640 pixels. With --small, the
    upright recall on the small faces of all other photos is measured, at 1024 pixels.

    Status 1 if any photo could not be read.
    """
    from fer_core.data.annotated import read_annotated_photos
    from fer_core.evaluate.detection import DetectionEvaluation, evaluate_detector

    names = DETECTOR_NAMES if detector is None else (detector,)
    problems = _Problems()
    if small:
        _evaluate_small_faces(data, names, mode, problems, json=json)
        raise typer.Exit(FAILED if problems.reported else 0)
    photos = read_annotated_photos(data)
    if not photos:
        raise DataError(
            f"No photo in {data} has at most 10 faces of at least 40 pixels. Use other photos."
        )
    scores = []
    with progress_bar() as bar:
        for name in names:
            with progress_of(bar, f"Finding faces with {name}") as on_progress:
                of_one = evaluate_detector(
                    name, photos, mode=mode, on_progress=on_progress, on_message=problems.report
                )
            scores.append(of_one)
    if json is not None:
        write_json(json, DetectionEvaluation(tuple(scores)).as_dict())
    if json != STDOUT:
        for of_one in scores:
            _print_detector_scores(of_one)
    raise typer.Exit(FAILED if problems.reported else 0)


def _evaluate_small_faces(
    data: Path,
    names: Sequence[DetectorName],
    mode: Mode,
    problems: "_Problems",
    *,
    json: Path | None,
) -> None:
    from fer_core.evaluate.small_faces import evaluate_small_faces, read_small_face_photos

    photos = read_small_face_photos(data)
    if not photos:
        raise DataError(f"No face of 24 to 40 pixels is in the other photos of {data}.")
    scores = []
    with progress_bar() as bar:
        for name in names:
            with progress_of(bar, f"Finding small faces with {name}") as on_progress:
                of_one = evaluate_small_faces(
                    name, photos, mode=mode, on_progress=on_progress, on_message=problems.report
                )
            scores.append(of_one)
    if json is not None:
        write_json(json, {"detectors": [of_one.as_dict() for of_one in scores]})
    if json != STDOUT:
        for of_one in scores:
            typer.echo(
                f"{of_one.detector}, {of_one.mode}: {of_one.n_photos} photos, {of_one.n_faces} "
                f"faces of 24 to 40 pixels, recall {of_one.recall:.3f}"
            )


def _print_detector_scores(scores: "DetectorScores") -> None:
    first = scores.tilts[0]
    typer.echo(
        f"{scores.detector}, {scores.mode}: {first.n_photos} photos, {first.n_faces} faces, "
        f"{scores.ms_per_frame:.0f} ms per photo"
    )
    print_table(
        *(number("tilt"), number("recall"), number("false faces per photo")),
        rows=[
            (f"{tilt.degrees:.0f}°", f"{tilt.recall:.3f}", f"{tilt.false_per_photo:.3f}")
            for tilt in scores.tilts
        ],
    )
    if scores.face_free:
        print_table(
            *("photos without a face", number("photos"), number("false faces")),
            rows=[
                (kind, str(row.n_photos), str(row.n_false))
                for kind, row in scores.face_free.items()
            ],
        )


def evaluate_turned(
    model: ModelArgument,
    *,
    data: DataOption = None,
    split: Annotated[Split, typer.Option(help="Faces to turn.")] = "PublicTest",
    per_label: Annotated[
        int, typer.Option(min=1, help="Faces per label; a label with fewer gives all.")
    ] = 100,
    json: JsonOption = None,
) -> None:
    """Set labelled faces into a larger frame, turn them, detect them and classify them.

    Status 1 if any face could not be read.
    """
    from fer_core.evaluate.composite import balanced_sample
    from fer_core.evaluate.tilt import evaluate_turned as evaluate_tilt
    from fer_core.expression.model_folder import find_models
    from fer_core.expression.recognizer import load_recognizer
    from fer_core.faces.registry import create_detector

    recognizer = load_recognizer(model, models=find_models())
    # the crops of two detectors are compared, and Haar crops as FER2013 was cropped
    detectors = [create_detector(name, mode="photo") for name in ("blazeface", "haar")]
    problems = _Problems()
    with progress_bar() as bar:
        dataset = read_labelled_faces(data, bar).dataset
        faces = balanced_sample(dataset.split(split), per_label=per_label)
        with progress_of(bar, "Turned faces") as on_progress:
            result = evaluate_tilt(
                recognizer,
                detectors,
                faces,
                split=split,
                on_progress=on_progress,
                on_message=problems.report,
            )
    if json is not None:
        write_json(json, result.as_dict())
    if json != STDOUT:
        _print_turned(result)
    raise typer.Exit(FAILED if problems.reported else 0)


def _print_turned(result: "TurnedEvaluation") -> None:
    typer.echo(
        f"{result.model} on {result.n_faces} faces of {result.split}: macro-F1 "
        f"{result.own_crop_macro_f1:.3f} in the data set's crops"
    )
    print_table(
        *("detector", number("tilt"), number("found"), number("macro-F1 of those")),
        rows=[
            (row.detector, f"{row.degrees:.0f}°", f"{row.share_found:.3f}", f"{row.macro_f1:.3f}")
            for row in result.tilts
        ],
    )
    if result.crops:
        names = list(result.crops[0].macro_f1)
        print_table(
            *(number("tilt"), number("found by both"), number("same label")),
            *(number(f"macro-F1 of {name}") for name in names),
            rows=[
                (
                    *(f"{row.degrees:.0f}°", str(row.n_faces), f"{row.agreement:.3f}"),
                    *(f"{row.macro_f1[name]:.3f}" for name in names),
                )
                for row in result.crops
            ],
        )


def ablate(
    *,
    votes: Annotated[Path, typer.Option(help="FER+'s votes: fer2013new.csv.")],
    data: DataOption = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ROW",
            help="Train this row; repeat it for more. Default: all.",
            show_default=False,
        ),
    ] = None,
    runs: Annotated[
        Path, typer.Option(help="Folder of the unfinished and the finished rows.")
    ] = _RUNS,
    json: JsonOption = None,
) -> None:
    """Change one choice of a small recipe per row, train it, and compare the scores.

    Rows that are finished are not trained again.
    """
    from fer_core.data.votes import read_votes
    from fer_core.train.ablation import VARIATIONS, run_variation

    names = [variation.name for variation in VARIATIONS]
    unknown = [name for name in only or () if name not in names]
    if unknown:
        raise typer.BadParameter(f"expected rows of {', '.join(names)}, got {unknown[0]!r}.")
    table = read_votes(votes)
    rows = []
    with progress_bar() as bar:
        faces, cleaned = read_clean_faces(data, bar)
        counts = table.joined_to(faces.row_split_ids)
        for variation in VARIATIONS:
            if only and variation.name not in only:
                continue
            with progress_of(bar, variation.name) as on_progress:
                row = run_variation(variation, cleaned, counts, runs, on_progress=on_progress)
            rows.append(row)
            messages.print(
                f"{row.change}: accuracy {row.accuracy:.3f}, macro-F1 {row.macro_f1:.3f}."
            )
    if json is not None:
        write_json(json, [asdict(row) for row in rows])
    if json != STDOUT:
        _print_ablation(rows)


def _print_ablation(rows: "list[AblationRow]") -> None:
    print_table(
        *("changed", number("accuracy %"), number("macro-F1 %"), number("FER+ majority %")),
        number("training loss"),
        rows=[
            (
                row.change,
                _percent(row.accuracy, row.accuracy_interval),
                _percent(row.macro_f1, row.macro_f1_interval),
                "–" if row.fer_plus is None else f"{100 * row.fer_plus:.1f}",
                f"{row.loss:.2f}",
            )
            for row in rows
        ],
    )


def _percent(share: float, interval: "Interval") -> str:
    return f"{100 * share:.1f} ({100 * interval.low:.1f}–{100 * interval.high:.1f})"


class _Problems:
    """Prints each problem once: every detector meets the same ones."""

    def __init__(self) -> None:
        self.reported: set[str] = set()

    def report(self, sentence: str) -> None:
        if sentence not in self.reported:
            self.reported.add(sentence)
            messages.print(sentence)
