"""The worker's side of `ExplainWorker`: a process that holds TensorFlow and answers requests.

Run as a program, it reads requests from standard input until that closes or nothing comes for the
idle time that its argument gives.
"""

import contextlib
import os
import select
import signal
import sys
from collections import OrderedDict
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import numpy as np

from fer_core.errors import FerError, SettingsError
from fer_core.explain.wire import Message, receive, send
from fer_core.expression.card import KERAS_FILE, ModelCard
from fer_core.expression.model_folder import ModelFolder
from fer_core.priority import give_way

if TYPE_CHECKING:
    from fer_core.explain.gradcam import GradCam
    from fer_core.explain.layers import LayerView

STARTING: Final = "Starting TensorFlow, which takes some seconds."
_MAX_MODELS: Final = 4  # kept in memory; 30 MB each at most
_TRAINING_PACKAGES: Final = ("h5py", "keras", "tensorflow")  # the extra `train`


@dataclass(frozen=True, slots=True)
class _Network:
    view: "LayerView"
    grad_cam: "GradCam"


class Server:
    """Answers requests with the models that it keeps."""

    def __init__(self, answers: IO[bytes]) -> None:
        """Keep the stream that answers go to."""
        self._answers = answers
        self._networks: OrderedDict[str, _Network] = OrderedDict()  # the newest use last
        self._number = 0

    def answer(self, request: Message, crop: np.ndarray) -> None:
        """Send messages, then the result of one request or the sentence of its error."""
        self._number = request["number"]
        try:
            result, arrays = self._result(request, crop)
        except FerError as error:
            self._send({"kind": type(error).__name__, "error": str(error)})
        except ModuleNotFoundError as error:
            if error.name not in _TRAINING_PACKAGES:
                raise
            self._send({"kind": SettingsError.__name__, "error": needs_train(error.name)})
        else:
            self._send(result, arrays)

    def _result(self, request: Message, crop: np.ndarray) -> tuple[Message, list[np.ndarray]]:
        models = ModelFolder(Path(request["models"]))
        network = self._network(models.card(request["model"]), models)
        if request["do"] == "grad_cam":
            self._say("Computing Grad-CAM.")
            head, label = request["head"], request["label"]
            return {}, [network.grad_cam.attribution(crop, head=head, label=label).heat]
        self._say("Computing the maps of all layers.")
        found = network.view.activations(crop)
        described = [
            {"name": each.name, "kind": each.kind, "stage": each.stage, "sentence": each.sentence}
            for each in found.layers
        ]
        return {"layers": described}, [found.filters, *(each.maps for each in found.layers)]

    def _network(self, card: ModelCard, models: ModelFolder) -> "_Network":
        key = card.digests.get(KERAS_FILE, "")  # a model that is trained again has another digest
        if key not in self._networks:
            self._networks[key] = self._loaded(card, models)
            if len(self._networks) > _MAX_MODELS:
                self._networks.popitem(last=False)
        self._networks.move_to_end(key)
        return self._networks[key]

    def _loaded(self, card: ModelCard, models: ModelFolder) -> "_Network":
        self._say(STARTING)
        import tensorflow as tf

        tf.get_logger().setLevel("ERROR")  # it warns that each model needs its own graphs
        from fer_core.explain.gradcam import GradCam
        from fer_core.explain.keras_file import load_keras
        from fer_core.explain.layers import LayerView

        self._say(f"Loading {card.model_id}.")
        view = LayerView(load_keras(card, models), card)
        return _Network(view, GradCam(view))

    def _say(self, sentence: str) -> None:
        self._send({"message": sentence})

    def _send(self, message: Message, arrays: list[np.ndarray] | None = None) -> None:
        send(self._answers, {**message, "number": self._number}, arrays or [])


def needs_train(package: str | None) -> str:
    """Return the sentence for an installation without the extra `train`.

    >>> needs_train("keras").split(":")[0]
    'Maps of layers and Grad-CAM need keras'
    """
    return (
        f"Maps of layers and Grad-CAM need {package}: install Cue with its extra 'train', as in "
        "pip install '.[train]'."
    )


def serve(requests: FileIO, server: Server, *, idle_s: float) -> None:
    """Answer requests until their stream ends or none comes for `idle_s` seconds.

    Args:
        requests: A file without a buffer: what one would hold, `select` could not see.
        server: Answers them.
        idle_s: Seconds without a request.
    """
    with contextlib.suppress(EOFError, BrokenPipeError):  # the server has ended
        while select.select([requests], [], [], idle_s)[0]:
            request, (crop,) = receive(requests)
            server.answer(request, crop)


def _own_output() -> IO[bytes]:
    """Return standard output for answers alone; what libraries print goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    # C libraries write to standard error whatever their settings; what Python writes still arrives
    errors = os.fdopen(os.dup(2), "w", buffering=1, errors="backslashreplace")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    sys.stderr = errors
    return answers


def main(answering: type[Server] = Server) -> None:
    """Answer the requests on standard input until they end.

    Args:
        answering: What answers them.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then ends this
    give_way()
    answers = _own_output()
    with open(0, "rb", buffering=0, closefd=False) as requests:
        serve(requests, answering(answers), idle_s=float(sys.argv[1]))


if __name__ == "__main__":
    main()
