"""Inspecting a data set in a process of its own: `inspect_in_process`.

Parsing 300 MB of text takes ten seconds of Python that holds the interpreter lock; in the server's
own process that doubles the time of every step of a live video in another tab. The worker runs
at a lower priority, holds the text instead of the server, and gives all its memory back.

Not multiprocessing: it would run the server's main script once more in the worker.

What goes in: one line of JSON, then the bytes of an upload. What comes out: one line of JSON a
message (`progress`, then `error` or `result`), then the four arrays of the faces.
"""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Any, Final, Protocol

import numpy as np

from fer_core.data.dataset import IMAGE_SIZE, FaceDataset
from fer_core.data.fer2013 import OnProgress
from fer_core.data.inspection import DataInspection, inspect_source
from fer_core.errors import DataError, FerError

_ROOT: Final = Path(__file__).resolve().parents[2]
_PRIORITY: Final = 5  # below the server, whose live videos come first


class NamedBuffer(Protocol):
    """A file in memory with the name it had where it came from, which is never a path here."""

    @property
    def name(self) -> str:
        """For messages."""

    def getbuffer(self) -> memoryview:
        """Return the content, not copied."""


class _Upload(io.BytesIO):
    def __init__(self, name: str, content: bytes) -> None:
        super().__init__(content)
        self.name = name


def inspect_in_process(
    source: Path | NamedBuffer, *, on_progress: OnProgress = lambda share: None
) -> DataInspection:
    """Return what `inspect_source` would, computed by another process.

    Whatever `on_progress` raises ends that process too.

    Raises:
        DataError: As `inspect_source`; or the process ended early.
    """
    command = [sys.executable, "-m", "fer_core.data.worker"]
    try:
        with subprocess.Popen(  # noqa: S603  # our own module; no word of a visitor's is in it
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_ROOT
        ) as process:
            try:
                return _converse(process, source, on_progress)
            finally:
                process.kill()
    except (BrokenPipeError, EOFError) as error:
        raise DataError(
            f"Reading {Path(source.name).name} ended early, perhaps for want of memory. Close "
            "other programs and try again."
        ) from error


def _converse(
    process: subprocess.Popen[bytes], source: Path | NamedBuffer, on_progress: OnProgress
) -> DataInspection:
    """Send the source, follow the progress, return the result."""
    if process.stdin is None or process.stdout is None:
        raise ValueError("Expected a process with pipes.")
    with process.stdin as to_worker:
        if isinstance(source, Path):
            to_worker.write(_line({"path": str(source.resolve())}))
        else:
            to_worker.write(_line({"name": source.name}))
            to_worker.write(source.getbuffer())
    while True:
        message = json.loads(_some(process.stdout.readline()))
        if "error" in message:
            raise DataError(message["error"])
        if "result" in message:
            return _receive(process.stdout, message["result"])
        on_progress(message["progress"])


def _receive(stream: IO[bytes], result: dict[str, Any]) -> DataInspection:
    n, n_pixels = result["n"], IMAGE_SIZE * IMAGE_SIZE
    pixels = np.frombuffer(_exactly(stream, n * n_pixels), dtype=np.uint8)
    columns = np.frombuffer(_exactly(stream, 3 * n * 8), dtype=np.int64)
    dataset = FaceDataset(pixels.reshape(n, IMAGE_SIZE, IMAGE_SIZE), *columns.reshape(3, n))
    return DataInspection(result["name"], result["counts"], tuple(result["cleaning"]), dataset)


def _send(stream: IO[bytes], inspection: DataInspection) -> None:
    dataset = inspection.dataset
    if dataset is None:
        raise ValueError("Expected an inspection with its faces.")
    result = {
        "n": len(dataset),
        "name": inspection.name,
        "counts": inspection.counts,
        "cleaning": inspection.cleaning,
    }
    stream.write(_line({"result": result}))
    for array in (dataset.pixels, dataset.label_ids, dataset.split_ids, dataset.rows):
        stream.write(np.ascontiguousarray(array).data)


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode() + b"\n"


def _exactly(stream: IO[bytes], n_bytes: int) -> bytes:
    content = stream.read(n_bytes)
    if len(content) != n_bytes:
        raise EOFError
    return content


def _some(content: bytes) -> bytes:
    if not content:
        raise EOFError
    return content


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer one request as the module's first lines say: the worker's side."""
    request = json.loads(requests.readline())
    source: Path | _Upload = (
        Path(request["path"]) if "path" in request else _Upload(request["name"], requests.read())
    )

    shown = -1

    def on_progress(share: float) -> None:
        nonlocal shown
        percent = int(share * 100)
        if percent > shown:  # a hundred messages are enough
            shown = percent
            answers.write(_line({"progress": share}))
            answers.flush()

    try:
        _send(answers, inspect_source(source, on_progress=on_progress))
    except FerError as error:
        answers.write(_line({"error": str(error)}))
    answers.flush()


if __name__ == "__main__":
    os.nice(_PRIORITY)
    serve(sys.stdin.buffer, sys.stdout.buffer)
