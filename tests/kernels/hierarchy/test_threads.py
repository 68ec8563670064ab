"""One metric asked by several threads at once, and one that is sent elsewhere."""

from __future__ import annotations

import pickle
import sys
import threading

import numpy as np
import pytest

from hierarchy_cases import grid
from landsea_routing.kernels.hierarchy import Hierarchy


@pytest.fixture
def eager():
    """Have threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def together(questions):
    """Ask all at once; what went wrong in a thread is its answer."""
    answers = [None] * len(questions)
    start = threading.Barrier(len(questions))

    def ask(i):
        start.wait()
        try:
            answers[i] = questions[i]()
        except Exception as error:
            answers[i] = error

    threads = [threading.Thread(target=ask, args=(i,), daemon=True) for i in range(len(questions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def test_threads_may_ask_an_updated_metric_at_once(eager, monkeypatch):
    monkeypatch.setenv("LANDSEA_FAST", "0")
    rng = np.random.default_rng(1)
    n, tail, head, cost, place = grid(16, rng)
    graph = Hierarchy(n, tail, head, coordinates=place)
    first = graph.customize(cost)
    vertices = rng.integers(n, size=12)
    for _ in range(25):
        arcs, values = rng.integers(tail.size, size=8), rng.random(8) * 3
        metric, now = first, cost.copy()
        for arc, value in zip(arcs, values, strict=True):
            metric, now[arc] = metric.update([arc], [value]), value
        expected = graph.customize(now).many_to_many(vertices, vertices)
        later = now.copy()
        later[5] = 0.5
        changed = graph.customize(later).many_to_many(vertices, vertices)
        found = together(
            [
                lambda m=metric: m.many_to_many(vertices, vertices),
                lambda m=metric: m.one_to_all(vertices)[:, vertices],
                lambda m=metric: m.update([5], [0.5]).many_to_many(vertices, vertices),
                lambda m=metric: m.many_to_many(vertices, vertices),
            ]
        )
        for answer, truth in zip(found, (expected, expected, changed, expected), strict=True):
            np.testing.assert_allclose(answer, truth)


def test_a_metric_keeps_its_answers_and_sends_no_working_memory():
    n, tail, head, cost, place = grid(30, np.random.default_rng(2))
    metric = Hierarchy(n, tail, head, coordinates=place).customize(cost).update([3], [9.0])
    metric.many_to_many([0], [1]), metric.one_to_all(np.arange(64)), metric.path(0, n - 1)
    before = metric.one_to_all([5, 7])
    assert metric._topology._spare
    copy = pickle.loads(pickle.dumps(metric))  # noqa: S301
    assert not copy._topology._spare
    assert np.array_equal(copy.one_to_all([5, 7]), before)
    assert np.array_equal(copy.update([3], [1.0]).path(0, n - 1), metric.update([3], [1.0]).path(0, n - 1))
