"""`SharedReadings`: of several visitors who want the same file, one reading serves all.

The reading runs in a thread that belongs to nobody. So a visitor may leave at any time, and the
others go on waiting. When the last one has left, the reading ends at its next report.
"""

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from fer_core.errors import DataError
from fer_core.progress import OnProgress

_T = TypeVar("_T")
_POLL_S: Final = 0.1  # between two looks at the progress


class _LeftError(Exception):
    """All who waited for a reading have left."""


@dataclass(slots=True, eq=False)
class _Reading(Generic[_T]):
    """A reading on its way; its thread alone writes `share`, `result` and `error`."""

    is_done: threading.Event = field(default_factory=threading.Event)
    n_waiting: int = 0  # changes under the lock
    share: float = 0.0
    result: _T | None = None
    error: BaseException | None = None

    def report(self, share: float) -> None:
        """Keep the share that is done; end the reading if nobody waits for it."""
        if not self.n_waiting:
            raise _LeftError
        self.share = share


class SharedReadings(Generic[_T]):
    """Readings on their way, one per key. Any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._on_the_way: dict[Hashable, _Reading[_T]] = {}

    def result(
        self, key: Hashable, read: Callable[[OnProgress], _T], *, on_progress: OnProgress
    ) -> _T:
        """Return what `read` returns; a reading of the same key that is on its way is joined.

        Args:
            key: Equal for equal content.
            read: Reads and reports its progress, in a thread without a Streamlit session. What its
                callback raises ends it.
            on_progress: Called in this thread about ten times per second with the share that is
                done. What it raises leaves the reading to the others.

        Raises:
            DataError: `read` raised it.
        """
        reading = self._joined(key, read)
        try:
            while not reading.is_done.wait(_POLL_S):
                on_progress(reading.share)
        finally:
            self._leave(key, reading)
        if isinstance(reading.error, DataError):  # anew: each visitor has a traceback
            raise DataError(str(reading.error)) from reading.error
        if reading.error is not None:
            raise reading.error
        on_progress(1.0)
        return reading.result  # type: ignore[return-value]  # `read` returned it

    def _joined(self, key: Hashable, read: Callable[[OnProgress], _T]) -> _Reading[_T]:
        with self._lock:
            reading = self._on_the_way.get(key)
            if reading is not None:
                reading.n_waiting += 1
                return reading
            reading = self._on_the_way[key] = _Reading(n_waiting=1)
            # a daemon: a server that stops does not wait for it
            threading.Thread(target=_run, args=(reading, read), daemon=True).start()
            return reading

    def _leave(self, key: Hashable, reading: _Reading[_T]) -> None:
        with self._lock:
            reading.n_waiting -= 1
            # the next visitor must not join one that is done or about to end
            is_over = reading.is_done.is_set() or not reading.n_waiting
            if is_over and self._on_the_way.get(key) is reading:
                del self._on_the_way[key]


def _run(reading: _Reading[_T], read: Callable[[OnProgress], _T]) -> None:
    try:
        reading.result = read(reading.report)
    except BaseException as error:  # noqa: BLE001  # it is raised where the result is awaited
        reading.error = error
    finally:
        reading.is_done.set()
