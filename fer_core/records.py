"""The JSON contract of `analyze`: the records that `to_dict` returns and the exports write.

Other programs rely on the keys, so they do not change silently.
"""

from typing import Final, NotRequired, TypedDict

PIXEL_DECIMALS: Final = 1
DEGREE_DECIMALS: Final = 1
METRE_DECIMALS: Final = 3
SHARE_DECIMALS: Final = 4  # eight rounded shares still sum to 1 within 0.0004


class ExpressionRecord(TypedDict):
    """The leading label, its share, and the share of every label that the model knows."""

    label: str
    confidence: float
    said: str | None  # the label that is shown; null for "not sure"
    min_confidence: float  # the share that this label needs to be shown
    probs: dict[str, float]


class FaceRecord(TypedDict):
    """One face; where `expression` is null, `reasons` say why."""

    box: list[float]  # x1, y1, x2, y2 in pixels, end exclusive, inside the photo
    detection_score: float
    roll_deg: float
    expression: ExpressionRecord | None
    reasons: list[str]


class PersonRecord(TypedDict):
    """One person: the 33 landmarks of the body, in the picture and in space."""

    face_id: int | None  # index of the person's face in `faces`; null if it is not seen
    box: list[float]  # x1, y1, x2, y2 in pixels, end exclusive, inside the photo
    landmarks: list[list[float]]  # 33 times x, y, z in pixels, and the visibility
    world_m: list[list[float]]  # 33 times x, y, z in metres from the centre of the hips
    posture: list[str]
    distance_m: float | None


class PhotoRecord(TypedDict):
    """One photo: its faces, or one sentence that says why it could not be read."""

    source: str
    width: int | None
    height: int | None
    faces: list[FaceRecord]
    people: NotRequired[list[PersonRecord]]  # only where bodies were asked for
    error: str | None


def error_record(source: str, message: str) -> PhotoRecord:
    """Return the record of a photo that could not be read.

    Args:
        source: Name of the file.
        message: The sentence that says why.

    >>> error_record("a.txt", "This is not a photo.")["width"] is None
    True
    """
    return {
        "source": valid_unicode(source),
        "width": None,
        "height": None,
        "faces": [],
        "error": valid_unicode(message),
    }


def valid_unicode(text: str) -> str:
    r"""Return text that UTF-8 can hold; stray bytes of a file name become question marks.

    >>> valid_unicode("caf\udce9.jpg")
    'caf?.jpg'
    """
    return text.encode("utf-8", "replace").decode("utf-8")
