"""The step for a video: each face is tracked, and what is shown of it is smoothed and held."""

import math

import numpy as np

from fer_core.faces.detections import FaceStatus, check_frame_bgr
from fer_core.pipeline.found_faces import FoundFaces, place, timed
from fer_core.pipeline.photo import FacePipeline
from fer_core.results import Expression, Face, FrameResult
from fer_core.tracking.memory import FaceMemory, MemoryConfig, SmoothedReading
from fer_core.tracking.schedule import Schedule, ScheduleConfig


class VideoPipeline:
    """Analyzes the frames of one video in order. It belongs to one session and one thread."""

    def __init__(
        self,
        pipeline: FacePipeline,
        memory: MemoryConfig | None = None,
        schedule: ScheduleConfig | None = None,
    ) -> None:
        """Start with no known face.

        Args:
            pipeline: Finds and classifies the faces of each frame.
            memory: How readings are carried from frame to frame.
            schedule: How often faces are searched for, followed and classified.
        """
        self.pipeline = pipeline
        card = pipeline.recognizer.card
        self._labels = card.heads[card.reading_head]
        self._min_confidences = np.array(card.min_confidences)
        self._memory = FaceMemory(memory, neutral_id=self._labels.index("neutral"))
        self._schedule = Schedule(schedule)
        self._newest_s = -math.inf  # when the newest frame was taken

    def analyze(self, frame_bgr: np.ndarray, *, time_s: float) -> FrameResult:
        """Return the faces of the next frame, each with its number and its smoothed expression.

        Args:
            frame_bgr: uint8 `(height, width, 3)`. It is neither changed nor kept.
            time_s: When it was taken, seconds of a clock that does not run backwards.

        Raises:
            ValueError: The frame has another shape or dtype, its time is not finite, or it is older
                than the last. It is then left out; the next frame may follow.
        """
        check_frame_bgr(frame_bgr)
        if not (math.isfinite(time_s) and self._newest_s <= time_s):
            raise ValueError(
                f"Frames must come in order of time, got {time_s} after {self._newest_s} seconds."
            )
        self._newest_s = time_s
        plan = self._schedule.plan(self.pipeline.track_ids, time_s=time_s)
        found = self.pipeline.find(frame_bgr, plan)
        with timed(found.stage_ms, "track"):
            face_ids = self._identify(found, time_s)
            chosen = self._schedule.choose_to_classify(
                self._memory.classified_s(face_ids), found.is_classifiable, time_s=time_s
            )
        expressions = self.pipeline.classify(found, chosen)
        with timed(found.stage_ms, "track"):
            classified = np.flatnonzero(chosen)
            readings = self._memory.update(
                face_ids,
                reasons={
                    face_ids[i]: why for i, why in zip(found.checked, found.reasons, strict=True)
                },
                probs={face_ids[i]: e.probs for i, e in zip(classified, expressions, strict=True)},
                min_confidences=self._min_confidences,
                time_s=time_s,
            )
            faces = tuple(self._face(found, *numbered) for numbered in enumerate(readings))
        height, width = found.frame_size
        return FrameResult(width, height, faces, found.stage_ms)

    def warm_up(self) -> None:
        """Run every network once, so that no viewer waits for the first time.

        Raises:
            ModelError: The weights of the occlusion network are missing or were changed.
        """
        self.pipeline.warm_up()

    def begin_baseline(self, face_id: int) -> None:
        """Take the neutral baseline of a face during the next five seconds.

        Raises:
            ValueError: No such face is in view.
        """
        self._memory.begin_baseline(face_id)

    def drop_baseline(self, face_id: int) -> None:
        """Drop the baseline of a face, or stop taking it.

        Raises:
            ValueError: No such face is in view.
        """
        self._memory.drop_baseline(face_id)

    def _identify(self, found: FoundFaces, time_s: float) -> tuple[int, ...]:
        """Return the number of each face."""
        height, _ = found.frame_size  # the unit: a camera may change its resolution in between
        return self._memory.identify(
            found.detections.xyxy / height,
            track_ids=found.detections.track_ids,
            is_seen=found.detections.statuses != FaceStatus.CARRIED,
            time_s=time_s,
        )

    def _face(self, found: FoundFaces, index: int, reading: SmoothedReading) -> Face:
        """Return a face with its smoothed expression, or with the reasons why it has none."""
        expression, caption = None, reading.caption
        if not reading.reasons and reading.probs is not None and caption is not None:
            shown = None if caption.label_id is None else self._labels[caption.label_id]
            needed = float(self._min_confidences[reading.probs.argmax()])
            expression = Expression(self._labels, reading.probs, needed, shown)
        return Face(
            *place(found.detections, index),
            expression,
            reading.reasons,
            face_id=reading.face_id,
            is_corrected=reading.is_corrected,
            baseline_left_s=reading.baseline_left_s,
        )
