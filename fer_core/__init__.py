"""Cue reads the facial expressions in photos and videos, on your own machine.

>>> import fer_core
>>> result = fer_core.read(fer_core.PORTRAIT_PATH)  # or "family.jpg"
>>> result.faces[0]
Face(happy 99%, box=(109, 70, 202, 176))

`load_pipeline` gives the parts: `load_pipeline()` for photos, `load_pipeline(mode="video")` for the
frames of a video. What fails because of a file or a model raises a `FerError`.

Each name is imported when it is first used, so `import fer_core` itself takes a few milliseconds.
"""

from fer_core.door import import_when_used

TYPE_CHECKING = False  # as `typing` has it, without the time that its import takes
__version__ = "0.2.0"

__all__ = [
    "PORTRAIT_PATH",
    "Box",
    "Expression",
    "Face",
    "FacePipeline",
    "FerError",
    "FrameResult",
    "ImageError",
    "ModelError",
    "Person",
    "VideoPipeline",
    "__version__",
    "annotate",
    "load_pipeline",
    "read",
    "read_image",
]

if TYPE_CHECKING:
    from fer_core.batch import read
    from fer_core.data import PORTRAIT_PATH
    from fer_core.drawing import annotate
    from fer_core.errors import FerError, ImageError, ModelError
    from fer_core.image import read_image
    from fer_core.pipeline import FacePipeline, VideoPipeline, load_pipeline
    from fer_core.results import Box, Expression, Face, FrameResult, Person
else:  # hidden from type checkers, so that they report a name that does not exist
    _NAMES = {
        "batch": ("read",),
        "data": ("PORTRAIT_PATH",),
        "drawing": ("annotate",),
        "errors": ("FerError", "ImageError", "ModelError"),
        "image": ("read_image",),
        "pipeline": ("FacePipeline", "VideoPipeline", "load_pipeline"),
        "results": ("Box", "Expression", "Face", "FrameResult", "Person"),
    }
    _MODULE_OF = {name: module for module, names in _NAMES.items() for name in names}
    __getattr__ = import_when_used(__name__, _MODULE_OF)


def __dir__() -> list[str]:
    return sorted(__all__)
