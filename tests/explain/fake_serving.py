"""A worker without TensorFlow: the label of a request says what it does."""

import os
import time

import numpy as np

from fer_core.explain import serving
from fer_core.explain.serving import Server


class FakeServer(Server):
    def _result(self, request, crop):
        label = request.get("label")
        if label == "sad":
            os._exit(3)  # as the kernel ends a process that needs too much memory
        if label == "angry":
            raise serving.SettingsError("Expected more of this machine.")
        if label == "fear":
            self._say("This takes a while.")
            time.sleep(0.6)
        if label == "surprise":
            raise ModuleNotFoundError(name="tensorflow")
        if request["do"] == "activations":
            layer = {"name": "a", "kind": "ReLU", "stage": 1, "sentence": "Says."}
            maps = [np.full((2, 2, 3), os.getpid(), np.float32)]
            return {"layers": [layer]}, [np.ones((3, 3, 1), np.float32), *maps]
        return {}, [np.full(crop.shape, crop[0, 0] / 255, np.float32)]


if __name__ == "__main__":
    serving.main(FakeServer)
