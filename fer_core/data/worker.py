"""Inspection of a data set in a worker process: `inspect_in_process`.

Parsing 300 MB of text takes ten seconds of Python that holds the interpreter lock. In the server
process that would double the time of every step of a live video in another tab. The worker runs at
a lower priority and gives all its memory back. If memory runs out, the kernel ends the worker
before the server.

It is not `multiprocessing`, which would run the server's main script again in the worker. And
nothing is pickled, because a visitor's bytes pass through.

Request: one line of JSON, then the bytes of the upload. Answer: lines of JSON (`progress`, then
`error` or `result`), then the arrays of the collection, see `packing`.
"""

import io
import json
import math
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Final

import numpy as np

from fer_core.data.collection_reader import Source
from fer_core.data.image_files import NamedBuffer
from fer_core.data.inspection import (
    DataInspection,
    cached_inspection,
    inspect_source,
    inspection_of,
    report_text,
)
from fer_core.data.packing import pack, unpack
from fer_core.errors import DataError, FerError
from fer_core.priority import give_way
from fer_core.progress import OnProgress, ignore

__all__ = ["NamedBuffer", "inspect_in_process", "serve"]

_ROOT: Final = Path(__file__).resolve().parents[2]
_ONE_THREAD: Final = {"OPENBLAS_NUM_THREADS": "1"}  # two wait for each other five times as long


class _Upload(io.BytesIO):
    def __init__(self, name: str, content: bytes) -> None:
        super().__init__(content)
        self.name = name


def inspect_in_process(
    source: Path | NamedBuffer | Sequence[NamedBuffer], *, on_progress: OnProgress = ignore
) -> DataInspection:
    """Return what `inspect_source` returns, computed by a worker process or read from a cache.

    Args:
        source: Path of a file or folder, an upload, or the uploaded files of a folder.
        on_progress: Called with the share of the work that is done. What it raises ends the worker
            too.

    Raises:
        DataError: As `inspect_source`, or the worker ended early.
    """
    if isinstance(source, Path) and (cached := cached_inspection(source)) is not None:
        on_progress(1.0)
        return cached
    name = "the folder" if isinstance(source, Sequence) else Path(source.name).name
    command = [sys.executable, "-m", "fer_core.data.worker"]
    try:
        with subprocess.Popen(  # noqa: S603  # our module; nothing of a visitor is in the command
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            env={**os.environ, **_ONE_THREAD},
        ) as process:
            try:
                return _converse(process, source, on_progress)
            finally:
                process.kill()
    except (BrokenPipeError, EOFError) as error:
        raise DataError(
            f"Reading {name} ended early, perhaps out of memory. Close other "
            "programs and try again."
        ) from error


def _converse(
    process: subprocess.Popen[bytes],
    source: Path | NamedBuffer | Sequence[NamedBuffer],
    on_progress: OnProgress,
) -> DataInspection:
    """Send the request, pass on the progress, return the result."""
    if process.stdin is None or process.stdout is None:
        raise ValueError("Expected a process with pipes.")
    with process.stdin as to_worker:
        if isinstance(source, Path):
            to_worker.write(_line({"path": str(source.resolve())}))
        elif isinstance(source, Sequence):
            sizes = [(file.name, len(file.getbuffer())) for file in source]
            to_worker.write(_line({"files": sizes}))
            for file in source:
                to_worker.write(file.getbuffer())
        else:
            to_worker.write(_line({"name": source.name}))
            to_worker.write(source.getbuffer())
    while True:
        message = json.loads(_whole_line(process.stdout))
        if "error" in message:
            raise DataError(message["error"])
        if "result" in message:
            return _receive(process.stdout, message["result"])
        on_progress(message["progress"])


def _receive(stream: IO[bytes], result: dict[str, Any]) -> DataInspection:
    arrays = {}
    for name, (dtype, shape) in result["arrays"].items():
        kind = np.dtype(dtype)
        content = _exactly(stream, math.prod(shape) * kind.itemsize)
        arrays[name] = np.frombuffer(content, dtype=kind).reshape(shape)
    return inspection_of(result["report"], unpack(result["collection"], arrays))


def _send(stream: IO[bytes], inspection: DataInspection) -> None:
    if inspection.collection is None:
        raise ValueError("Expected an inspection with its images.")
    header, arrays = pack(inspection.collection)
    result = {
        "report": report_text(inspection),
        "collection": header,
        "arrays": {name: (array.dtype.str, array.shape) for name, array in arrays.items()},
    }
    stream.write(_line({"result": result}))
    for array in arrays.values():
        if array.size:
            stream.write(np.ascontiguousarray(array).data)


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode() + b"\n"


def _whole_line(stream: IO[bytes]) -> bytes:
    line = stream.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    return line


def _exactly(stream: IO[bytes], n_bytes: int) -> bytes:
    content = stream.read(n_bytes)
    if len(content) != n_bytes:
        raise EOFError
    return content


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer one request: the worker's side."""
    request = json.loads(requests.readline())
    source: Source
    if "path" in request:
        source = Path(request["path"])
    elif "files" in request:
        source = [_Upload(name, _exactly(requests, size)) for name, size in request["files"]]
    else:
        source = _Upload(request["name"], requests.read())
    last_percent = -1

    def on_progress(share: float) -> None:
        nonlocal last_percent
        percent = int(share * 100)
        if percent > last_percent:  # a hundred messages are enough
            last_percent = percent
            answers.write(_line({"progress": share}))
            answers.flush()

    try:
        _send(answers, inspect_source(source, on_progress=on_progress))
    except FerError as error:
        answers.write(_line({"error": str(error)}))
    answers.flush()


if __name__ == "__main__":
    give_way()
    serve(sys.stdin.buffer, sys.stdout.buffer)
