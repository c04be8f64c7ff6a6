import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from fer_core.errors import ModelError, ModelNotFoundError, SettingsError
from fer_core.explain import worker_process
from fer_core.explain.gradcam import GradCam
from fer_core.explain.keras_file import load_keras
from fer_core.explain.layers import LayerView
from fer_core.explain.worker import STARTING, WAITING, ExplainWorker
from fer_core.explain.worker_process import WorkerProcess
from fer_core.expression.model_folder import SHIPPED_MODELS
from tests.explain.fake_serving import RUBBISH, SILENT
from tests.explain.made_up import drawn_crop

ROOT = Path(__file__).parents[2]
FAKE = "tests.explain.fake_serving"


@pytest.fixture
def worker(monkeypatch):
    monkeypatch.setattr(worker_process, "_SERVING", FAKE)
    with ExplainWorker() as worker:
        yield worker


def crop_of(grey):
    return np.full((48, 48), grey, np.uint8)


def ask(worker, label="happy", *, grey=51, **options):
    return worker.grad_cam("plain", crop_of(grey), head="label", label=label, **options).heat


def process_of(worker):
    """Return the ID of the process that answers."""
    return int(worker.activations("plain", crop_of(0)).layers[0].maps[0, 0, 0])


def is_running(process_id):
    with contextlib.suppress(ProcessLookupError, FileNotFoundError):
        os.kill(process_id, 0)
        return b"Z" not in Path(f"/proc/{process_id}/stat").read_bytes().split()[2]
    return False


def wait_until(is_done, *, limit_s=20):
    end = time.monotonic() + limit_s
    while not is_done() and time.monotonic() < end:
        time.sleep(0.02)
    return is_done()


def test_nothing_starts_before_the_first_request():
    assert ExplainWorker().n_started == 0


def test_results_arrive_as_the_worker_gives_them(worker):
    np.testing.assert_allclose(ask(worker, grey=51), 0.2)
    found = worker.activations("plain", crop_of(9))
    assert found.model_id == "plain"
    assert (found.crop == 9).all()
    assert found.filters.shape == (3, 3, 1)
    (layer,) = found.layers
    assert (layer.name, layer.kind, layer.stage, layer.sentence) == ("a", "ReLU", 1, "Says.")
    assert layer.maps.shape == (2, 2, 3)


def test_a_caller_hears_what_is_being_done(worker):
    said = []
    ask(worker, "fear", on_message=said.append)
    assert said[0] == STARTING
    assert said.count("This takes a while.") >= 2  # again and again, so that it can be cancelled


def test_ten_threads_share_one_process_and_each_gets_its_own_answer(worker):
    with ThreadPoolExecutor(10) as pool:
        greys = list(range(0, 250, 5))
        heats = list(pool.map(lambda grey: ask(worker, grey=grey)[0, 0], greys))
        process_ids = set(pool.map(lambda _: process_of(worker), range(10)))
    np.testing.assert_allclose(heats, np.array(greys) / 255, rtol=1e-6)
    assert len(process_ids) == 1
    assert worker.n_started == 1


def test_a_caller_that_waits_for_another_one_hears_so(worker):
    process_of(worker)
    is_begun, said = threading.Event(), []
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(ask, worker, "fear", on_message=lambda _: is_begun.set())
        is_begun.wait(20)
        ask(worker, on_message=said.append)
        slow.result()
    assert said[0] == WAITING


def test_a_caller_that_leaves_does_not_put_the_pipe_out_of_step(worker):
    def leave(sentence):
        if sentence == "This takes a while.":
            raise KeyboardInterrupt

    for grey in (10, 20):
        with pytest.raises(KeyboardInterrupt):
            ask(worker, "fear", grey=200, on_message=leave)
        assert ask(worker, grey=grey)[0, 0] == pytest.approx(grey / 255)
    assert worker.n_started == 1


def test_a_caller_that_leaves_while_it_waits_takes_nobody_s_turn(worker):
    process_of(worker)
    is_begun = threading.Event()

    def leave(sentence):
        raise InterruptedError(sentence)

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(ask, worker, "fear", on_message=lambda _: is_begun.set())
        is_begun.wait(20)
        with pytest.raises(InterruptedError, match="Other faces are computed first"):
            ask(worker, on_message=leave)
        assert slow.result()[0, 0] == pytest.approx(0.2)
    assert ask(worker)[0, 0] == pytest.approx(0.2)


def test_of_ten_threads_five_leave_and_the_worker_computes_for_the_others_alone(worker):
    process_of(worker)
    is_begun, are_waiting = threading.Event(), threading.Barrier(11)

    def leave(sentence):
        assert sentence == WAITING
        are_waiting.wait(20)
        raise InterruptedError

    def stay(sentence):
        assert sentence == WAITING
        are_waiting.wait(20)

    is_over = threading.Event()
    with ThreadPoolExecutor(11) as pool:
        slow = pool.submit(ask, worker, "fear", grey=250, on_message=leaving(is_begun, is_over))
        is_begun.wait(20)
        leaving_ones = [pool.submit(ask, worker, on_message=leave) for _ in range(5)]
        staying = [pool.submit(ask, worker, grey=grey, on_message=once(stay)) for grey in range(5)]
        are_waiting.wait(20)  # ten wait behind the slow one
        assert all(isinstance(each.exception(), InterruptedError) for each in leaving_ones)
        is_over.set()
        assert isinstance(slow.exception(), InterruptedError)
        heats = [each.result()[0, 0] for each in staying]
    np.testing.assert_allclose(heats, np.arange(5) / 255, rtol=1e-6)
    n_computed = ask(worker, "neutral")[0, 0]
    assert n_computed == 1 + 1 + 5 + 1  # the first, the one broken off, five, and this one
    assert worker.n_started == 1
    assert not worker._waiting


def leaving(is_begun, is_over):
    """Return what hears that the work has begun, and leaves when it is over."""

    def hear(_sentence):
        is_begun.set()
        if is_over.is_set():
            raise InterruptedError

    return hear


def once(hear):
    """Return what calls `hear` with the first sentence alone."""
    sentences = []

    def hear_once(sentence):
        if not sentences:
            sentences.append(sentence)
            hear(sentence)

    return hear_once


def test_callers_are_answered_in_the_order_in_which_they_came(worker):
    process_of(worker)
    is_begun, is_over = threading.Event(), threading.Event()
    answered = []
    with ThreadPoolExecutor(7) as pool:
        slow = pool.submit(ask, worker, "fear", grey=250, on_message=leaving(is_begun, is_over))
        is_begun.wait(20)
        others = []
        for grey in range(6):
            others.append(pool.submit(lambda grey=grey: (ask(worker), answered.append(grey))))
            assert wait_until(lambda n=grey + 2: len(worker._waiting) == n)
        is_over.set()
        for each in (slow, *others):
            each.exception()
    assert answered == list(range(6))


def test_a_worker_killed_in_the_middle_is_one_sentence_and_the_others_get_their_answers(worker):
    process_id, is_begun = process_of(worker), threading.Event()
    with ThreadPoolExecutor(6) as pool:
        slow = pool.submit(ask, worker, "fear", grey=250, on_message=lambda _: is_begun.set())
        is_begun.wait(20)
        others = [pool.submit(ask, worker, grey=grey) for grey in range(5)]
        assert wait_until(lambda: len(worker._waiting) == 6)
        os.kill(process_id, signal.SIGKILL)
        with pytest.raises(ModelError, match="ended early, perhaps out of memory"):
            slow.result()
        heats = [each.result()[0, 0] for each in others]
    np.testing.assert_allclose(heats, np.arange(5) / 255, rtol=1e-6)
    assert worker.n_started == 2


@pytest.mark.parametrize("grey", [*(RUBBISH.keys() - {SILENT}), 5])
def test_a_wrong_answer_is_one_sentence_and_the_others_get_theirs_from_a_new_process(worker, grey):
    process_id = process_of(worker)
    with ThreadPoolExecutor(4) as pool:
        rubbish = pool.submit(ask, worker, "disgust", grey=grey)
        assert wait_until(lambda: worker._waiting or rubbish.done())  # it comes first
        others = [pool.submit(ask, worker, grey=grey) for grey in range(3)]
        with pytest.raises(ModelError, match="an answer that cannot be used"):
            rubbish.result(timeout=20)
        heats = [each.result(timeout=20)[0, 0] for each in others]
    np.testing.assert_allclose(heats, np.arange(3) / 255, rtol=1e-6)
    assert worker.n_started == 2
    assert not is_running(process_id)


def test_a_silent_worker_whose_caller_left_is_ended_by_the_next(worker, monkeypatch):
    process_of(worker)
    with pytest.raises(InterruptedError):
        ask(worker, "disgust", grey=SILENT, on_message=leaving(threading.Event(), always()))
    monkeypatch.setattr(worker_process, "_PATIENCE_S", 0.01)
    with contextlib.suppress(ModelError):
        ask(worker)
    monkeypatch.setattr(worker_process, "_PATIENCE_S", 180.0)
    assert ask(worker)[0, 0] == pytest.approx(0.2)


def always():
    """Return an event that has happened."""
    event = threading.Event()
    event.set()
    return event


def test_a_crash_is_one_sentence_and_the_next_request_starts_a_new_process(worker):
    with pytest.raises(ModelError, match="ended early, perhaps out of memory"):
        ask(worker, "sad")
    assert ask(worker)[0, 0] == pytest.approx(0.2)
    assert worker.n_started == 2


def test_a_process_that_was_killed_between_requests_is_replaced(worker):
    os.kill(process_of(worker), 9)
    with contextlib.suppress(ModelError):  # the end may be noticed only with the request
        ask(worker)
    assert ask(worker)[0, 0] == pytest.approx(0.2)


def test_an_idle_process_ends_by_itself_and_starts_again_unnoticed(monkeypatch):
    monkeypatch.setattr(worker_process, "_SERVING", FAKE)
    with ExplainWorker(idle_s=0.2) as worker:
        process_id = process_of(worker)
        assert wait_until(lambda: not is_running(process_id))
        assert ask(worker)[0, 0] == pytest.approx(0.2)
        assert worker.n_started == 2


def test_a_request_that_meets_the_idle_end_is_answered_by_a_new_process(worker, monkeypatch):
    process_of(worker)
    process = worker._slot.process
    process._popen.stdin.close()  # the worker sees the end of requests, and ends without an error
    assert wait_until(lambda: process._has_ended)
    monkeypatch.setattr(WorkerProcess, "is_alive", property(lambda self: True))
    monkeypatch.setattr(worker, "_running", replaced_after_one_use(worker, process))
    assert ask(worker)[0, 0] == pytest.approx(0.2)


def replaced_after_one_use(worker, process):
    """Return a `_running` that has not noticed the end of a process yet."""
    running, first = ExplainWorker._running, [process]

    def run(on_message):
        if first:
            return first.pop()
        worker._slot.process = None
        return running(worker, on_message)

    return run


def test_closing_ends_the_process_and_a_later_request_starts_another(worker):
    process_id = process_of(worker)
    worker.close()
    assert not is_running(process_id)
    assert process_of(worker) != process_id


def test_a_worker_that_nobody_holds_any_more_ends():
    script = f"""
import gc, numpy as np
from fer_core.explain import worker, worker_process
worker_process._SERVING = {FAKE!r}
held = worker.ExplainWorker()
maps = held.activations("plain", np.zeros((48, 48), np.uint8)).layers[0].maps
print(int(maps[0, 0, 0]), flush=True)
input()
"""
    server = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with server:
        process_id = int(server.stdout.readline())
        assert is_running(process_id)
        server.kill()  # without a chance to clean up
    assert wait_until(lambda: not is_running(process_id))


@pytest.mark.skipif(not Path("/proc/self/oom_score_adj").exists(), reason="Linux only")
def test_the_worker_gives_way_to_the_server(worker):
    process_id = process_of(worker)
    assert Path(f"/proc/{process_id}/oom_score_adj").read_text() == "1000\n"
    assert os.getpriority(os.PRIO_PROCESS, process_id) >= 5


def test_ctrl_c_is_for_the_server_alone(worker):
    process_id = process_of(worker)
    os.kill(process_id, signal.SIGINT)
    assert process_of(worker) == process_id


def test_an_error_of_the_worker_keeps_its_kind_and_its_sentence(worker):
    with pytest.raises(SettingsError, match="Expected more of this machine"):
        ask(worker, "angry")
    with pytest.raises(SettingsError, match="install Cue with its extra 'train'"):
        ask(worker, "surprise")
    assert worker.n_started == 1


def test_a_wrong_argument_is_refused_before_anything_starts(worker):
    with pytest.raises(ModelNotFoundError, match="No model 'nix'"):
        worker.activations("nix", crop_of(0))
    with pytest.raises(ValueError, match="Expected a label of angry"):
        ask(worker, "contempt")
    with pytest.raises(ValueError, match="Expected a head of label, votes"):
        worker.grad_cam("plain", crop_of(0), head="joy", label="happy")
    with pytest.raises(ValueError, match=r"Expected a uint8 crop \(48, 48\)"):
        worker.activations("plain", np.zeros((20, 20), np.uint8))
    with pytest.raises(ValueError, match="idle_s=0"):
        ExplainWorker(idle_s=0)
    assert worker.n_started == 0


def test_a_worker_that_falls_silent_is_ended(worker, monkeypatch):
    process_of(worker)
    monkeypatch.setattr(worker_process, "_PATIENCE_S", 0.01)
    with pytest.raises(ModelError, match="ended early"):
        ask(worker, "disgust", grey=SILENT)


@pytest.mark.model
@pytest.mark.slow
def test_ten_threads_get_from_one_process_what_keras_computes_within_a_second():
    crop = drawn_crop()
    with ExplainWorker() as worker:
        worker.activations("cue-6", crop)
        start = time.perf_counter()
        with ThreadPoolExecutor(10) as pool:
            maps = list(pool.map(lambda _: worker.activations("cue-6", crop), range(10)))
        took_s = time.perf_counter() - start
        heat = worker.grad_cam("cue-6", crop, head="label", label="fear").heat
        assert worker.n_started == 1
    assert took_s / 10 < 1
    card = SHIPPED_MODELS.card("cue-6")
    view = LayerView(load_keras(card, SHIPPED_MODELS), card)
    for one, other in zip(maps[-1].layers, view.activations(crop).layers, strict=True):
        np.testing.assert_allclose(one.maps, other.maps, atol=1e-5)
    expected = GradCam(view).attribution(crop, head="label", label="fear").heat
    np.testing.assert_allclose(heat, expected, atol=1e-4)
