"""A worker without TensorFlow: the label of a request says what it does."""

import os
import time

import numpy as np

from fer_core.explain import serving
from fer_core.explain.serving import Server

SILENT = 6
RUBBISH = {
    1: b"Segmentation fault\n",
    2: b'{"number": 1, "arrays": [{"dtype": "uint8", "shape": [1000000000]}]}\n',
    3: b'{"number": 99, "arrays": []}\n',  # nobody asked for it
    4: b'{"number": "x", "arrays": []}\n',
    SILENT: b"",
}
"""What the worker answers instead, by the grey of the face; above, it forgets an array."""


class FakeServer(Server):
    n_results = 0

    def _result(self, request, crop):
        self.n_results += 1
        label = request.get("label")
        if label == "neutral":
            return {}, [np.full(crop.shape, self.n_results, np.float32)]
        if label == "disgust":
            self._answer_rubbish(int(crop[0, 0]))
            return {}, []
        if label == "sad":
            os._exit(3)  # as the kernel ends a process that needs too much memory
        if label == "angry":
            raise serving.SettingsError("Expected more of this machine.")
        if label == "fear":
            self._say("This takes a while.")
            for _ in range(6 if crop[0, 0] < 250 else 6_000):
                time.sleep(0.1)
                self._say("This takes a while.")
        if label == "surprise":
            raise ModuleNotFoundError(name="tensorflow")
        if request["do"] == "activations":
            layer = {"name": "a", "kind": "ReLU", "stage": 1, "sentence": "Says."}
            maps = [np.full((2, 2, 3), os.getpid(), np.float32)]
            return {"layers": [layer]}, [np.ones((3, 3, 1), np.float32), *maps]
        return {}, [np.full(crop.shape, crop[0, 0] / 255, np.float32)]

    def _answer_rubbish(self, grey):
        self._answers.write(RUBBISH.get(grey, b""))
        self._answers.flush()
        if grey in RUBBISH:
            time.sleep(3_600)  # it lives on until it is ended


if __name__ == "__main__":
    serving.main(FakeServer)
