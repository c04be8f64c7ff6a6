"""What a network computes inside: activation maps, attributions, probes and feature maps.

`explain_photo` is the door. It needs Cue's extra `train`, because a process beside this one runs
TensorFlow. An occlusion map alone, `occlusion_map`, needs no extra.

    from pathlib import Path

    import fer_core
    from fer_core.explain import explain_photo, save_explanation

    for number, face in enumerate(explain_photo(fer_core.read_image("family.jpg")), start=1):
        print(face.label, face.agreement.sentence)
        save_explanation(Path(f"inside/face-{number}"), face)

Each name is imported when it is first used. None of them loads Keras into this process.
"""

from fer_core.door import import_when_used

TYPE_CHECKING = False  # as `typing` has it, without the time that its import takes

__all__ = [
    "Activations",
    "Agreement",
    "Attribution",
    "ExplainWorker",
    "Explanation",
    "LayerMaps",
    "agreement_of",
    "explain_crop",
    "explain_photo",
    "occlusion_map",
    "save_explanation",
]

if TYPE_CHECKING:
    from fer_core.explain.agreement import Agreement, agreement_of
    from fer_core.explain.explanation import Explanation, explain_crop, explain_photo
    from fer_core.explain.occlusion import occlusion_map
    from fer_core.explain.report import save_explanation
    from fer_core.explain.results import Activations, Attribution, LayerMaps
    from fer_core.explain.worker import ExplainWorker
else:  # hidden from type checkers, so that they report a name that does not exist
    _MODULE_OF = {
        "Activations": "results",
        "Agreement": "agreement",
        "Attribution": "results",
        "ExplainWorker": "worker",
        "Explanation": "explanation",
        "LayerMaps": "results",
        "agreement_of": "agreement",
        "explain_crop": "explanation",
        "explain_photo": "explanation",
        "occlusion_map": "occlusion",
        "save_explanation": "report",
    }
    __getattr__ = import_when_used(__name__, _MODULE_OF)


def __dir__() -> list[str]:
    return sorted(__all__)
