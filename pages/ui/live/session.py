"""`LiveSession`: what one visitor's stream does with its frames. Knows no Streamlit.

Threads: `on_frame` runs in the stream's own processing thread, all else in the script thread. They
meet in two attributes that are replaced whole, and in a queue of wishes: nobody waits for a lock.
"""

import contextlib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Final

import av
import numpy as np

from fer_core.drawing import annotate_in_place
from fer_core.errors import FerError, photo_problem
from fer_core.frames import mirrored, to_i420
from fer_core.pipeline import VideoPipeline
from fer_core.results import FrameResult

_Wish = Callable[[VideoPipeline], None]
_RATE_WINDOW: Final = 30  # frames over which the rate is counted
_NEXT_STEP: Final = "the next one is tried; if this message stays, press Stop, then Start"
_STALE_S: Final = 2.0  # a reading older than this describes no one any more


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """What the visitor chose; `pipeline` does the reading."""

    pipeline: VideoPipeline
    is_mirrored: bool = True
    is_paused: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class LiveReading:
    """The newest frame's result."""

    result: FrameResult
    read_at_s: float  # time.monotonic()
    frames_per_second: float

    def is_stale(self, now_s: float) -> bool:
        """Return whether the reading is too old to be shown."""
        return now_s - self.read_at_s > _STALE_S


class LiveSession:
    """Reads the frames of one stream and keeps the newest reading, no picture."""

    def __init__(self, settings: LiveSettings) -> None:
        """Start without a reading."""
        self.settings = settings
        self.reading: LiveReading | None = None
        self.problem: str | None = None
        self._told: dict[type[Exception], str] = {}
        self._read_times_s: deque[float] = deque(maxlen=_RATE_WINDOW)
        self._wishes: SimpleQueue[_Wish] = SimpleQueue()

    def take_baseline(self, face_id: int) -> None:
        """Take a face's neutral baseline from the frames to come; nothing if the face has left."""
        self._wishes.put(lambda pipeline: pipeline.begin_baseline(face_id))

    def clear_baseline(self, face_id: int) -> None:
        """Read a face without correction again, from the next frame on."""
        self._wishes.put(lambda pipeline: pipeline.drop_baseline(face_id))

    def on_frame(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Return the frame with its own reading drawn on it. Runs in the processing thread.

        Whatever a frame raises is told in `problem`, and the frame is shown without a reading:
        an exception here would end the library's thread, and the stream with it.
        """
        try:
            return self._drawn(frame)
        except Exception as error:  # noqa: BLE001 (told and logged; the stream goes on)
            self._fail(error)
            return frame

    def _drawn(self, frame: av.VideoFrame) -> av.VideoFrame:
        settings = self.settings
        frame_bgr = frame.to_ndarray(format="bgr24")
        if settings.is_mirrored:
            frame_bgr = mirrored(frame_bgr)  # before reading: words stay legible
        if settings.is_paused:
            self.reading = None
        else:
            self._read(frame_bgr, settings.pipeline)
        return _as_video_frame(frame_bgr)

    def _read(self, frame_bgr: np.ndarray, pipeline: VideoPipeline) -> None:
        """Read a frame and draw on it; a failure stops the reading, never the video."""
        now_s = time.monotonic()
        try:
            self._fulfil_wishes(pipeline)
            result = pipeline.analyze(frame_bgr, time_s=now_s)
            annotate_in_place(frame_bgr, result)
        except Exception as error:  # noqa: BLE001 (told and logged; the video goes on)
            self._fail(error)
            return
        self._read_times_s.append(now_s)
        self.problem = None
        self.reading = LiveReading(result, now_s, self._rate())

    def _fail(self, error: Exception) -> None:
        """Tell why a frame was not read."""
        self.reading = None
        if isinstance(error, FerError):
            self.problem = str(error)
            return
        kind = type(error)
        if kind not in self._told:  # logged once: a stream has 30 frames a second
            self._told[kind] = photo_problem(error, source="This frame", next_step=_NEXT_STEP)
        self.problem = self._told[kind]

    def _fulfil_wishes(self, pipeline: VideoPipeline) -> None:
        """Do what the script thread asked for: the pipeline belongs to this thread alone."""
        while not self._wishes.empty():
            with contextlib.suppress(ValueError):  # the face has left meanwhile
                self._wishes.get()(pipeline)

    def _rate(self) -> float:
        """Return processed frames a second over the last frames, 0 for the first."""
        times_s = self._read_times_s
        span_s = times_s[-1] - times_s[0]
        return (len(times_s) - 1) / span_s if span_s > 0 else 0.0


def _as_video_frame(frame_bgr: np.ndarray) -> av.VideoFrame:
    """Return a frame in the planes that the encoder wants, or as it is where a side is odd."""
    height, width = frame_bgr.shape[:2]
    if height % 2 or width % 2:
        return av.VideoFrame.from_ndarray(frame_bgr, format="bgr24")
    return av.VideoFrame.from_ndarray(to_i420(frame_bgr), format="yuv420p")
