"""Ten visitors who want the same file at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from fer_core.data import worker
from fer_core.data.shared_readings import SharedReadings
from fer_core.data.worker import inspect_in_process
from fer_core.errors import BadRowError, DataError
from fer_core.progress import ignore
from tests.synthetic import csv_of, noise_faces

N = 10
TIMEOUT_S = 30


class Reader:
    """Reads slowly: it goes on only when the test says so."""

    def __init__(self, *, error=None):
        self.error = error
        self.n_calls = 0
        self.may_end = threading.Event()
        self.has_ended = threading.Event()

    def __call__(self, report):
        self.n_calls += 1
        try:
            while not self.may_end.wait(0.01):
                report(0.25)
            report(0.5)
        finally:
            self.has_ended.set()
        if self.error:
            raise self.error
        return object()


class Visitor:
    """Waits for a reading, and leaves at the next report once `leaves` is set."""

    def __init__(self):
        self.shares = []
        self.has_seen = threading.Event()
        self.leaves = threading.Event()

    def __call__(self, share):
        self.shares.append(share)
        self.has_seen.set()
        if self.leaves.is_set():
            raise KeyboardInterrupt


@pytest.fixture
def waiting():
    """Return a function that lets ten visitors wait for a reader; each gives a future."""
    with ThreadPoolExecutor(N) as threads:

        def start(readings, reader):
            visitors = [Visitor() for _ in range(N)]
            futures = [
                threads.submit(readings.result, "file", reader, on_progress=visitor)
                for visitor in visitors
            ]
            assert all(visitor.has_seen.wait(TIMEOUT_S) for visitor in visitors)
            return visitors, futures

        yield start


def test_one_reads_and_the_others_see_its_progress_and_get_its_result(waiting):
    reader = Reader()
    visitors, futures = waiting(SharedReadings(), reader)
    reader.may_end.set()
    results = {id(future.result(TIMEOUT_S)) for future in futures}
    assert (reader.n_calls, len(results)) == (1, 1)
    for visitor in visitors:
        assert visitor.shares == sorted(visitor.shares)
        assert (visitor.shares[0] <= 0.25, visitor.shares[-1]) == (True, 1.0)


def test_who_leaves_does_not_disturb_the_others_even_if_it_came_first(waiting):
    reader = Reader()
    visitors, futures = waiting(SharedReadings(), reader)
    visitors[0].leaves.set()
    with pytest.raises(KeyboardInterrupt):
        futures[0].result(TIMEOUT_S)
    assert not reader.has_ended.is_set()
    reader.may_end.set()
    assert len({id(future.result(TIMEOUT_S)) for future in futures[1:]}) == 1
    assert reader.n_calls == 1


def test_the_reading_ends_when_all_have_left_and_the_next_visitor_begins_anew(waiting):
    readings, reader = SharedReadings(), Reader()
    visitors, futures = waiting(readings, reader)
    for visitor in visitors:
        visitor.leaves.set()
    for future in futures:
        with pytest.raises(KeyboardInterrupt):
            future.result(TIMEOUT_S)
    assert reader.has_ended.wait(TIMEOUT_S)
    fresh = Reader()
    fresh.may_end.set()
    readings.result("file", fresh, on_progress=ignore)
    assert (reader.n_calls, fresh.n_calls) == (1, 1)


def test_all_get_the_sentence_of_a_bad_file_and_the_next_visitor_tries_again(waiting):
    readings = SharedReadings()
    reader = Reader(error=BadRowError("faces.csv", 2, "expected pixels."))
    _, futures = waiting(readings, reader)
    reader.may_end.set()
    raised = set()
    for future in futures:
        with pytest.raises(DataError, match=r"faces\.csv, line 2: expected pixels\.") as error:
            future.result(TIMEOUT_S)
        raised.add(id(error.value))
    assert (reader.n_calls, len(raised)) == (1, N)
    with pytest.raises(DataError):
        readings.result("file", reader, on_progress=ignore)
    assert reader.n_calls == 2


def test_another_error_of_the_reader_reaches_who_waits():
    reader = Reader(error=ZeroDivisionError())
    reader.may_end.set()
    with pytest.raises(ZeroDivisionError):
        SharedReadings().result("file", reader, on_progress=ignore)


def test_other_keys_are_read_by_themselves():
    readings, reader = SharedReadings(), Reader()
    reader.may_end.set()
    first, second = (readings.result(key, reader, on_progress=ignore) for key in "ab")
    assert first is not second


@pytest.mark.parametrize("is_cached", [False, True])
def test_ten_threads_read_a_local_file_once(tmp_path, monkeypatch, is_cached):
    path = tmp_path / "faces.csv"
    path.write_text(csv_of(noise_faces(14)))
    if is_cached:
        inspect_in_process(path)
    readings = []
    inspect_path = worker._inspect_path
    barrier = threading.Barrier(N)
    have_joined = threading.Semaphore(0)

    def counted(*arguments):
        readings.append(arguments)
        for _ in range(N):
            assert have_joined.acquire(timeout=TIMEOUT_S)
        return inspect_path(*arguments)

    monkeypatch.setattr(worker, "_inspect_path", counted)

    def visit(number):
        barrier.wait(TIMEOUT_S)
        is_first_report = iter([True])

        def on_progress(_share):
            if next(is_first_report, False):
                have_joined.release()

        return inspect_in_process(tmp_path / "." / "faces.csv", on_progress=on_progress)

    with ThreadPoolExecutor(N) as threads:
        inspections = list(threads.map(visit, range(N)))
    assert len(readings) == 1
    assert len({id(each) for each in inspections}) == 1
    assert len(inspections[0].collection) == 14
