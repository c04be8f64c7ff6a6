"""All that was found in one frame."""

from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from fer_core.notebook import photo_html, table_html
from fer_core.records import PhotoRecord, valid_unicode
from fer_core.results.face import Face
from fer_core.results.person import Person

_MAX_FACES_NAMED: Final = 5  # in the `repr` of a frame; more do not fit into a line
_Part = TypeVar("_Part", Face, Person)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FrameResult:
    """All faces and people of one frame, left to right; none found is an empty tuple.

    Attributes:
        width: Of the frame, in pixels.
        height: Of the frame, in pixels.
        faces: The faces. Their boxes are cut to the frame, unless no part lies in it.
        stage_ms: Milliseconds by stage.
        annotated_jpeg: The frame with its faces boxed and captioned, as a JPEG file. `read` and
            `analyze_photo` make it; None in a video.
        people: The people, each with the landmarks of the body. Their boxes are cut to the frame.
        is_body_read: Whether people were searched for. If not, `people` is empty.
    """

    width: int
    height: int
    faces: tuple[Face, ...] = ()
    stage_ms: dict[str, float] = field(default_factory=dict)
    annotated_jpeg: bytes | None = None
    people: tuple[Person, ...] = ()
    is_body_read: bool = False

    def __post_init__(self) -> None:
        if not all(side >= 1 and float(side).is_integer() for side in (self.width, self.height)):
            raise ValueError(
                f"A frame has at least one pixel, and whole ones, got {self.width}x{self.height}."
            )
        faces = tuple(
            self._clipped(face) if face.box.overlaps(self.width, self.height) else face
            for face in self.faces
        )
        object.__setattr__(self, "faces", faces)
        people = tuple(self._clipped(person) for person in self.people)
        object.__setattr__(self, "people", people)

    def to_dict(self, *, source: str = "") -> PhotoRecord:
        """Return the result as `cue analyze` writes it to JSON: every box lies inside the photo.

        Args:
            source: Name of the photo's file.

        >>> FrameResult(width=640, height=480).to_dict(source="a.jpg")["faces"]
        []
        """
        record: PhotoRecord = {
            "source": valid_unicode(source),
            "width": self.width,
            "height": self.height,
            "faces": [self._clipped(face).to_dict() for face in self.faces],
            "error": None,
        }
        if self.is_body_read:
            record["people"] = [person.to_dict() for person in self.people]
        return record

    def _clipped(self, part: _Part) -> _Part:
        box = part.box.clipped(self.width, self.height)
        return part if box is part.box else replace(part, box=box)

    def __repr__(self) -> str:
        named = [_short_words(face) for face in self.faces[:_MAX_FACES_NAMED]]
        if len(self.faces) > _MAX_FACES_NAMED:
            named.append(f"and {len(self.faces) - _MAX_FACES_NAMED} more")
        words = f": {', '.join(named)}" if named else ""
        return f"FrameResult({self.width}x{self.height}, {self._count()}{words})"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the annotated frame, or a table where there is none."""
        readings = [face.in_words() for face in self.faces]
        if self.annotated_jpeg is not None:
            numbered = [f"face {n} {reading}" for n, reading in enumerate(readings, start=1)]
            words = "; ".join([f"Photo with {self._count()}", *numbered])
            return photo_html(self.annotated_jpeg, description=words)
        boxes = [face.box.whole_pixels() for face in self.faces]
        return table_html(
            f"{self.width}x{self.height}, {self._count()}",
            columns=("face", "reading", "box"),
            rows=zip(range(1, len(boxes) + 1), readings, boxes, strict=True),
        )

    def _count(self) -> str:
        return "1 face" if len(self.faces) == 1 else f"{len(self.faces) or 'no'} faces"


def _short_words(face: Face) -> str:
    return face.in_words().split(":")[0]
