"""Qt's objects that were left in circles are destroyed on the screen's thread."""

import gc
import threading
import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from liverplan.app.shell.collector import collect


class Circle(QWidget):
    """Holds itself."""

    def __init__(self):
        super().__init__()
        self.itself = self


def left_behind():
    """Leave a circle; what is returned will name the thread that destroyed it."""
    gone, circle = [], Circle()
    circle.destroyed.connect(
        lambda: gone.append(threading.current_thread()), Qt.ConnectionType.DirectConnection
    )
    return gone


def ask_for_memory():
    """Make so many objects that Python would collect all generations."""
    for _ in range(40):
        _kept = [[] for _ in range(20_000)]


def test_a_thread_that_computes_destroys_nothing_of_qt():
    gone = left_behind()
    worker = threading.Thread(target=ask_for_memory)
    worker.start()
    worker.join()
    assert gone == []
    gc.collect()
    assert gone == [threading.main_thread()]


def test_the_event_loop_collects_without_being_asked():
    gone = left_behind()
    young, _kept = gc.get_count()[0], [[] for _ in range(5_000)]
    assert gc.get_count()[0] > young
    until = time.monotonic() + 20
    while not gone and time.monotonic() < until:
        QApplication.processEvents()
        time.sleep(0.02)
    assert gone == [threading.main_thread()]


@pytest.fixture
def asked(monkeypatch):
    generations = []
    monkeypatch.setattr(gc, "collect", generations.append)
    return generations


@pytest.mark.parametrize(
    ("counts", "expected"),
    [((9, 99, 99), []), ((11, 5, 99), [0]), ((11, 6, 5), [0, 1]), ((11, 6, 6), [0, 1, 2])],
)
def test_an_older_generation_waits_for_the_younger(monkeypatch, asked, counts, expected):
    monkeypatch.setattr(gc, "get_threshold", lambda: (10, 5, 5))
    monkeypatch.setattr(gc, "get_count", lambda: counts)
    collect()
    assert asked == expected
