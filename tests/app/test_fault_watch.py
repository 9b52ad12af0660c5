"""Faults are looked for one look at a time, and never of a plan that is gone."""

import threading
import time

import pytest
from PySide6.QtWidgets import QApplication

from liverplan.app.session.fault_watch import FaultWatch


@pytest.fixture
def watch():
    watch = FaultWatch()
    yield watch
    watch.wait(10)


def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        QApplication.processEvents()
        time.sleep(0.005)


def test_what_a_look_finds_is_told(watch):
    told = []
    watch.found.connect(lambda: told.append(watch.faults))
    watch.ask(lambda: ("It misses the liver.",))
    until(lambda: told)
    watch.ask(tuple)
    until(lambda: len(told) == 2)
    assert told == [("It misses the liver.",), ()]


def test_while_one_look_is_under_way_only_the_newest_waits(watch):
    looked, go = [], threading.Event()

    def look(name):
        def found():
            looked.append(name)
            go.wait(10)
            return (name,)

        return found

    for name in "abcd":
        watch.ask(look(name))
    go.set()
    until(lambda: watch.faults == ("d",) and not watch.running)
    assert looked == ["a", "d"]


def test_what_was_forgotten_is_not_told(watch):
    go, told = threading.Event(), []
    watch.found.connect(lambda: told.append(watch.faults))
    watch.ask(lambda: (go.wait(10), "late")[1:])
    watch.ask(lambda: ("later still",))
    watch.forget()
    go.set()
    until(lambda: not watch.running)
    assert told == []
