"""Probable label errors, ranked by confident learning: `rank_label_errors`.

Source: Northcutt, Jiang and Chuang 2021, "Confident Learning", arXiv 1911.00068, as the library
cleanlab has it. A face is a probable error if the labels of its class, counted with the network's
own confidence in each class, are more than its label can explain.

The ranking imports cleanlab, scikit-learn and pandas: two seconds and 60 MB. The server of the
app therefore ranks in a process: `rank_in_process`. cleanlab comes with the extra `app`.
"""

import io
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from fer_core.errors import DataError
from fer_core.priority import OUT_OF_MEMORY, ending_in_words, give_way

_ROOT: Final = Path(__file__).resolve().parents[2]
_POLL_S: Final = 0.1
_PACKAGE_IS_MISSING: Final = 3  # exit status of the worker, which then answers with the name


@dataclass(frozen=True, slots=True, eq=False)
class LabelErrors:
    """Probable label errors, the most probable one first.

    Attributes:
        indices: `(k,)` int64, places of the faces in the arrays that were ranked.
        scores: `(k,)` float32 in `[0, 1]`, label quality: the probability of the face's label.
    """

    indices: np.ndarray
    scores: np.ndarray

    def __len__(self) -> int:
        return len(self.indices)


def rank_label_errors(label_ids: np.ndarray, probs: np.ndarray) -> LabelErrors:
    """Return the faces whose label is probably wrong, the least likely label first.

    Args:
        label_ids: `(n,)` int, index into the columns of `probs`.
        probs: `(n, n_classes)` probabilities from networks that were not trained on the face;
            each row sums to about 1.

    Raises:
        ValueError: The arrays do not fit together, or a probability is not a number.
    """
    if probs.ndim != 2 or label_ids.shape != (len(probs),) or not np.isfinite(probs).all():
        raise ValueError(
            f"Expected finite probabilities (n, n_classes) and n labels, got {probs.shape} and "
            f"{label_ids.shape}."
        )
    present = np.unique(label_ids)
    if len(present) < 2:  # one class has no error that could be seen
        return LabelErrors(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))
    # cleanlab counts over classes that occur; answers for others stay in the label's probability
    ids = np.searchsorted(present, label_ids)
    chosen = probs[:, present].astype(np.float64)
    chosen /= np.maximum(chosen.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    from cleanlab.filter import find_label_issues
    from cleanlab.rank import get_label_quality_scores

    found = find_label_issues(ids, chosen, return_indices_ranked_by="self_confidence", n_jobs=1)
    scores = get_label_quality_scores(ids, chosen, method="self_confidence")
    indices = np.asarray(found, dtype=np.int64)
    return LabelErrors(indices, np.asarray(scores, dtype=np.float32)[indices])


def rank_in_process(
    label_ids: np.ndarray, probs: np.ndarray, *, on_wait: Callable[[], None]
) -> LabelErrors:
    """Return what `rank_label_errors` returns, computed by a worker process.

    Args:
        label_ids: As for `rank_label_errors`.
        probs: As for `rank_label_errors`.
        on_wait: Called ten times per second. What it raises ends the worker too.

    Raises:
        DataError: The worker could not start, lacks a package, or ended early.
    """
    request = io.BytesIO()
    np.savez(request, allow_pickle=False, label_ids=label_ids, probs=probs)
    command = [sys.executable, "-m", "fer_core.evaluate.label_errors"]
    try:
        process = subprocess.Popen(  # noqa: S603  # our module; nothing of a visitor is in it
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_ROOT
        )
    except OSError as error:
        raise DataError(
            f"Ranking the labels could not start: {error.strerror or error}. Close other programs "
            "and try again."
        ) from error
    with process:
        try:
            answer = _converse(process, request.getvalue(), on_wait)
        finally:
            process.kill()
    if process.returncode == _PACKAGE_IS_MISSING:
        raise DataError(
            f"Ranking the labels needs the package {answer.decode()}: install Cue with its extra "
            "'app', as in pip install '.[app]'."
        )
    if process.returncode:
        raise DataError(f"The labels are not ranked: {ending_in_words(process.returncode)}")
    with np.load(io.BytesIO(answer), allow_pickle=False) as ranked:
        return LabelErrors(ranked["indices"], ranked["scores"])


def _converse(
    process: subprocess.Popen[bytes], request: bytes, on_wait: Callable[[], None]
) -> bytes:
    """Send the request and return the answer; both stay in memory.

    A thread does it: `communicate` with a timeout sends no more than a pipe holds, 64 kB.
    """
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(process.communicate, request)
        try:
            while True:
                try:
                    return answer.result(timeout=_POLL_S)[0]
                except TimeoutError:
                    on_wait()
        except BaseException:
            process.kill()  # ends the thread too, for which the pool waits
            raise


def _serve() -> None:
    """Answer one request: the worker's side. A failure is an exit status."""
    try:
        _rank_and_answer()
    except ModuleNotFoundError as error:
        sys.stdout.write(error.name or str(error))
        sys.exit(_PACKAGE_IS_MISSING)
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)


def _rank_and_answer() -> None:
    with np.load(io.BytesIO(sys.stdin.buffer.read()), allow_pickle=False) as request:
        ranked = rank_label_errors(request["label_ids"], request["probs"])
    answer = io.BytesIO()
    np.savez(answer, allow_pickle=False, indices=ranked.indices, scores=ranked.scores)
    sys.stdout.buffer.write(answer.getvalue())


if __name__ == "__main__":
    give_way()
    _serve()
