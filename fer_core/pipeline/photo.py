"""The one step: a frame goes in, a `FrameResult` comes out.

detect faces -> upright crops -> classify the faces that can be classified, in one batch
If asked for, the people are found too, each with the index of its face and its posture in words.
"""

from dataclasses import replace

import numpy as np

from fer_core.body.pose_estimator import PoseEstimator
from fer_core.body.posture import with_posture
from fer_core.expression.recognizer import ExpressionRecognizer
from fer_core.faces.crop import upright_crops, whole_crop, whole_face
from fer_core.faces.crop_check import check_crop
from fer_core.faces.detections import (
    Detections,
    FaceDetector,
    FaceStatus,
    TrackingDetector,
    check_frame_bgr,
)
from fer_core.faces.edge_check import EdgeCheck
from fer_core.faces.occlusion import OcclusionNetwork
from fer_core.faces.quality import CUT_OFF, QualityConfig, unread_reasons
from fer_core.frames import to_gray
from fer_core.pipeline.bodies import eyes_of
from fer_core.pipeline.found_faces import FoundFaces, place, timed
from fer_core.results import Expression, Face, FrameResult
from fer_core.tracking.schedule import FramePlan


class FacePipeline:
    """Finds the faces of a frame and classifies their expressions.

    Threads may share it if they may share its detector.
    """

    def __init__(
        self,
        detector: FaceDetector,
        recognizer: ExpressionRecognizer,
        occlusion: OcclusionNetwork,
        quality: QualityConfig | None = None,
        *,
        poses: PoseEstimator | None = None,
    ) -> None:
        """Connect the parts.

        Args:
            detector: Finds the faces.
            recognizer: Classifies their expressions.
            occlusion: Detects occluded faces; `load_occlusion_network` returns the shipped one.
            quality: What a face needs to be classified.
            poses: Finds the people of a photo; None if they are not asked for.
        """
        self.detector = detector
        self.recognizer = recognizer
        self._tracker = detector if isinstance(detector, TrackingDetector) else None
        self._occlusion = occlusion
        self._quality = quality or QualityConfig()
        self._edge_check = EdgeCheck()
        self._poses = poses

    @property
    def track_ids(self) -> tuple[int, ...]:
        """The tracks that the detector can follow into the next frame; none if it cannot."""
        return self._tracker.track_ids if self._tracker else ()

    def analyze(self, frame_bgr: np.ndarray) -> FrameResult:
        """Return the faces of a frame, left to right, each with its expression.

        A face that cannot be classified has no expression, but the reasons why. The people are
        found too if the pipeline was given what finds them.

        Args:
            frame_bgr: uint8 `(height, width, 3)`. It is neither changed nor kept.

        Raises:
            ValueError: The frame has another shape or dtype.
        """
        found = self.find(frame_bgr)
        result = self._result(found)
        if self._poses is None:
            return result
        with timed(found.stage_ms, "body"):
            people = self._poses.find(frame_bgr, eyes_of(found.detections))
            people = tuple(with_posture(person) for person in people)
        return replace(result, people=people, is_body_read=True, stage_ms=found.stage_ms)

    def analyze_crop(self, crop_bgr: np.ndarray) -> FrameResult:
        """Return the one face of a picture that is a cut-out face: no detector looks at it.

        The face is upright, and its box is the whole picture. Detection score 1 and tilt 0 are
        given, not measured. A face that is too small, too dark, too blurred or covered is not read,
        nor is a picture in which `check_crop` sees no whole face, or one that is turned away.

        Args:
            crop_bgr: uint8 `(height, width, 3)`, see `whole_crop` for one that is not square. It is
                neither changed nor kept.

        Raises:
            ModelError: The weights that check the picture are missing or were changed.
            ValueError: The picture has another shape or dtype.
        """
        check_frame_bgr(crop_bgr)
        height, width = crop_bgr.shape[:2]
        stage_ms = dict.fromkeys(("detect", "crop", "classify"), 0.0)
        with timed(stage_ms, "crop"):
            look = check_crop(crop_bgr)
            face = whole_face(width, height, presence=look.presence, head_deg=look.head_deg)
            crops = whole_crop(crop_bgr, size=self.recognizer.card.input_size)
            reasons = self._reasons(face, crops, (height, width))
            if reasons == ((),) and not look.is_whole:
                reasons = ((CUT_OFF,),)
        found = FoundFaces((height, width), face, np.arange(1), crops, reasons, stage_ms)
        return self._result(found)

    def _reasons(
        self, faces: Detections, crops: np.ndarray, frame_size: tuple[int, int]
    ) -> tuple[tuple[str, ...], ...]:
        """Return why each face cannot be classified; an empty tuple if it can."""
        is_occluded = self._occlusion.is_occluded(crops)
        return unread_reasons(faces, crops, is_occluded, self._quality, frame_size=frame_size)

    def _result(self, found: FoundFaces) -> FrameResult:
        """Classify the faces of a frame that can be classified, and return the result."""
        expressions = iter(self.classify(found, found.is_classifiable))
        faces = tuple(
            Face(*place(found.detections, index), None if why else next(expressions), why)
            for index, why in enumerate(found.reasons)
        )
        height, width = found.frame_size
        return FrameResult(width, height, faces, found.stage_ms)

    def find(self, frame_bgr: np.ndarray, plan: FramePlan | None = None) -> FoundFaces:
        """Find the faces of a frame, crop them and check whether they can be classified.

        Args:
            frame_bgr: uint8 `(height, width, 3)`.
            plan: What to do in a frame of a video; None to do everything.

        Raises:
            ValueError: The frame has another shape or dtype.
        """
        check_frame_bgr(frame_bgr)
        stage_ms = dict.fromkeys(("detect", "crop", "classify"), 0.0)
        with timed(stage_ms, "detect"):
            detections = _left_to_right(self._detect(frame_bgr, plan))
        with timed(stage_ms, "crop"):
            size = self.recognizer.card.input_size
            checked = _to_check(detections, plan)
            # without a copy where all are checked, which is the usual case: it would cost 0.1 ms
            faces = detections if len(checked) == len(detections) else detections.take(checked)
            gray = to_gray(frame_bgr) if len(faces) else frame_bgr
            crops = upright_crops(gray, faces, size=size)
            frame_size = (frame_bgr.shape[0], frame_bgr.shape[1])
            reasons = self._reasons(faces, crops, frame_size)
            reasons = self._edge_check.reasons(frame_bgr, faces, reasons, self._quality)
        return FoundFaces(frame_size, detections, checked, crops, reasons, stage_ms)

    def classify(self, found: FoundFaces, chosen: np.ndarray) -> tuple[Expression, ...]:
        """Return the expressions of the chosen faces, in order, from one batch.

        Args:
            found: The faces of a frame.
            chosen: `(n,)` bool; only checked faces can be chosen.
        """
        if not chosen.any():
            return ()
        with timed(found.stage_ms, "classify"):
            return self.recognizer.recognize(found.crops[chosen[found.checked]])

    def warm_up(self) -> None:
        """Run every network once, so that the first frame of a viewer is not slow."""
        self.analyze(np.full((480, 640, 3), 128, dtype=np.uint8))
        size = self.recognizer.card.input_size
        crop = np.full((1, size, size), 128, dtype=np.uint8)
        self._occlusion.is_occluded(crop)
        self.recognizer.recognize(crop)

    def _detect(self, frame_bgr: np.ndarray, plan: FramePlan | None) -> Detections:
        if plan is None or self._tracker is None:
            return self.detector.detect(frame_bgr)
        return self._tracker.track(
            frame_bgr, is_searched=plan.is_searched, followed_ids=plan.followed_ids
        )


def _left_to_right(found: Detections) -> Detections:
    left = found.xyxy[:, 0]
    if (left[1:] >= left[:-1]).all():  # the usual case
        return found
    return found.take(np.argsort(left, kind="stable"))


def _to_check(found: Detections, plan: FramePlan | None) -> np.ndarray:
    """Return the indices of the faces to crop and check: the new ones, the known ones by plan."""
    is_checked = found.statuses == FaceStatus.NEW
    if plan is None or plan.is_classified:
        is_checked |= found.statuses == FaceStatus.TRACKED
    return np.flatnonzero(is_checked)
