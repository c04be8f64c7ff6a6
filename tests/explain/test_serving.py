import io
import os
from dataclasses import replace

import numpy as np
import pytest

from fer_core.errors import ModelError
from fer_core.explain import serving
from fer_core.explain.serving import STARTING, Server, serve
from fer_core.explain.wire import receive, send
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder
from tests.explain.made_up import activations, attribution, drawn_crop

QUIET, _ = os.pipe()  # no word to break anything off


class MadeUpView:
    def activations(self, crop):
        return activations(crop=crop)


class MadeUpGradCam:
    def attribution(self, crop, *, head, label):
        return attribution(label=label)


class MadeUpServer(Server):
    """Loads nothing; it counts what it would load."""

    def __init__(self, answers, requests=None):
        super().__init__(answers, requests or QUIET)
        self.loaded = []

    def _loaded(self, card, models):
        self.loaded.append(card.model_id)
        return serving._Network(MadeUpView(), MadeUpGradCam())


def request(model="plain", **more):
    models = str(SHIPPED_MODELS.path)
    return {"do": "activations", "model": model, "models": models, "number": 7, **more}


def answers_to(server, *requests):
    """Return the answers, each a message and its arrays."""
    stream = server._answers
    start = stream.tell()
    for each in requests:
        server.answer(each, drawn_crop())
    stream.seek(start)
    found = []
    while stream.tell() < len(stream.getvalue()):
        found.append(receive(stream))
    return found


def test_maps_follow_the_description_of_their_layers():
    *said, (answer, arrays) = answers_to(MadeUpServer(io.BytesIO()), request())
    assert [message["message"] for message, _ in said] == ["Computing the maps of all layers."]
    assert answer["number"] == 7
    assert [each["name"] for each in answer["layers"]] == ["conv", "pool", "last"]
    assert [array.shape for array in arrays] == [(3, 3, 2), (8, 8, 3), (4, 4, 3), (4, 4, 20)]


def test_grad_cam_is_one_map():
    ask = request(do="grad_cam", head="label", label="happy")
    *_, (_, (heat,)) = answers_to(MadeUpServer(io.BytesIO()), ask)
    np.testing.assert_array_equal(heat, attribution().heat)


def test_a_model_is_loaded_once_and_the_last_four_are_kept(tmp_path):
    models = ModelFolder(tmp_path)
    for name in "abcde":
        models.path_of(name).mkdir()
        card = SHIPPED_MODELS.card("plain")
        models.save_card(replace(card, model_id=name, digests={"model.keras": name}))
    server = MadeUpServer(io.BytesIO())
    answers_to(server, *(request(name, models=str(tmp_path)) for name in "abcdaeabcd"))
    assert "".join(server.loaded) == "abcdebcd"  # a is used before e, so b leaves for e


def test_a_model_that_was_trained_again_is_loaded_again(tmp_path):
    models, server = ModelFolder(tmp_path), MadeUpServer(io.BytesIO())
    models.path_of("a").mkdir()
    for digest in ("1", "1", "2"):
        card = SHIPPED_MODELS.card("plain")
        models.save_card(replace(card, model_id="a", digests={"model.keras": digest}))
        answers_to(server, request("a", models=str(tmp_path)))
    assert server.loaded == ["a", "a"]


def test_an_error_is_its_kind_and_its_sentence_and_the_next_request_is_answered():
    class BrokenOnceServer(MadeUpServer):
        def _loaded(self, card, models):
            if not self.loaded:
                self.loaded.append(card.model_id)
                raise ModelError("It was changed.")
            return super()._loaded(card, models)

    (error, _), *rest = answers_to(BrokenOnceServer(io.BytesIO()), request(), request())
    assert (error["kind"], error["error"]) == ("ModelError", "It was changed.")
    assert "layers" in rest[-1][0]


def test_a_module_that_is_not_of_the_extra_is_a_bug_and_not_hidden():
    class BrokenServer(MadeUpServer):
        def _loaded(self, card, models):
            raise ModuleNotFoundError(name="own_module")

    with pytest.raises(ModuleNotFoundError):
        BrokenServer(io.BytesIO()).answer(request(), drawn_crop())


def test_serving_ends_with_the_requests_or_when_none_comes():
    for is_closed in (True, False):
        reading, writing = os.pipe()
        with os.fdopen(writing, "wb") as to_worker, os.fdopen(reading, "rb", 0) as requests:
            server = MadeUpServer(io.BytesIO(), requests)
            send(to_worker, {"do": "cancel", "number": 0})  # it came too late for the one before
            send(to_worker, request(number=1), [drawn_crop()])
            if is_closed:  # then nobody reads the answer either
                to_worker.close()
            serve(requests, server, idle_s=60 if is_closed else 0.05)
        assert server._answers.getvalue().count(b'"layers"') == (0 if is_closed else 1)


def test_an_answer_that_nobody_waits_for_is_broken_off():
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as to_worker, os.fdopen(reading, "rb", 0) as requests:
        server = MadeUpServer(io.BytesIO(), requests)
        send(to_worker, {"do": "cancel", "number": 7})
        ((answer, arrays),) = answers_to(server, request(number=7))
        assert (answer, arrays) == ({"is_left": True, "number": 7}, [])
        assert "layers" in answers_to(server, request(number=8))[-1][0]


@pytest.mark.model
def test_a_shipped_model_is_loaded_with_a_message_for_each_step():
    *said, (answer, _) = answers_to(Server(io.BytesIO(), QUIET), request("mini_xception"))
    assert [message["message"] for message, _ in said[:2]] == [STARTING, "Loading mini_xception."]
    assert len(answer["layers"]) == 25
