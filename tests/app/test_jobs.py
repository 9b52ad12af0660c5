"""Long work by its place: answers in types, failures in words, stale answers dropped and said."""

import threading

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from liverplan.app.kit.busy import Busy
from liverplan.app.session.job import Answered, Cancelled, Failed, Job, outcome, unexpected
from liverplan.app.session.jobs import Jobs
from liverplan.app.session.notices import Notices
from liverplan.app.session.session import Session
from liverplan.app.session.work import Work
from liverplan.errors import CancelledError, PlanError
from liverplan.segmentation import Segmentation
from liverplan.volume import Grid, Volume

GRID = Grid(shape=(3, 4, 5), affine=np.diag([1.0, 1, 1, 1])[[2, 1, 0, 3]])


class Bench:
    """Jobs with a listener at one place."""

    def __init__(self):
        self.notices = Notices()
        self.jobs = Jobs(self.notices)
        self.said, self.answers, self.rung = [], [], []
        self.notices.show_at("here", lambda text, kind: self.said.append((text, kind)))
        self.jobs.changed.connect(self.rung.append)

    def run(self, task, **options):
        return self.jobs.run("here", "Counting", task, self.answers.append, **options)

    def settle(self):
        while self.jobs.any_running:
            QApplication.instance().processEvents()

    @property
    def last_said(self):
        return self.said[-1]


@pytest.fixture
def bench():
    made = Bench()
    yield made
    made.jobs.stop()


def ready(answer):
    return lambda _report, _cancel: answer


def forgotten(task, then):
    """Run a job that nobody holds to the end of its thread."""
    thread = Job("Forgotten", task, then).start()._thread
    thread.join()


def failing(fault):
    def task(_report, _cancel):
        raise fault

    return task


def waiting(gate):
    def task(_report, cancel):
        gate.wait(20)
        return "late" if not cancel.is_set() else None

    return task


def test_an_answer_comes_back_once_and_the_place_is_free_again(bench):
    bench.run(ready(41))
    assert bench.jobs.busy("here")
    bench.settle()
    assert bench.answers == [41]
    assert not bench.jobs.busy("here")
    assert bench.rung == ["here", "here"]
    assert bench.said == [("", "warning")]


def test_a_refusal_is_said_in_its_own_words_and_nothing_else_happens(bench):
    bench.run(failing(PlanError("No plane leaves any liver.")))
    bench.settle()
    assert bench.last_said == ("No plane leaves any liver.", "warning")
    assert bench.answers == []


def test_a_fault_that_nobody_foresaw_is_one_sentence_too(bench):
    bench.run(failing(KeyError("spacing")))
    bench.settle()
    words, kind = bench.last_said
    assert words == "This failed unexpectedly (KeyError: 'spacing')."
    assert kind == "warning"


def test_a_second_job_at_a_place_is_refused_by_the_name_of_the_first(bench):
    gate = threading.Event()
    bench.run(waiting(gate))
    assert bench.run(ready(1)) is None
    assert bench.last_said[0] == "Counting is still running; wait or cancel it first."
    gate.set()
    bench.settle()
    assert bench.answers == ["late"]


def test_a_cancelled_job_changes_nothing_and_says_so(bench):
    gate = threading.Event()
    job = bench.run(waiting(gate))
    job.cancel()
    gate.set()
    bench.settle()
    assert bench.answers == []
    assert bench.last_said == ("Counting was cancelled; nothing was changed.", "info")


def test_an_answer_for_what_is_gone_is_dropped_and_said_to_be(bench):
    still = [True]
    gate = threading.Event()
    bench.run(waiting(gate), holds=lambda: still[0])
    still[0] = False
    gate.set()
    bench.settle()
    assert bench.answers == []
    words, kind = bench.last_said
    assert words.startswith("Counting took until its CT or masks had been changed")
    assert "dropped" in words
    assert kind == "warning"


def test_a_refusal_is_said_even_where_what_it_was_for_is_gone(bench):
    bench.run(failing(PlanError("Too short.")), holds=lambda: False)
    bench.settle()
    assert bench.last_said[0] == "Too short."


def test_a_follower_says_nothing_and_a_newer_one_takes_its_place(bench):
    gate = threading.Event()
    first = bench.jobs.follow("here", waiting(gate), bench.answers.append)
    bench.jobs.follow("here", ready("new"), bench.answers.append)
    gate.set()
    bench.settle()
    first.wait(5)
    QApplication.instance().processEvents()
    assert bench.answers == ["new"]
    assert bench.said == []


@pytest.mark.parametrize("task", [ready(1), failing(PlanError("No."))])
def test_a_follower_whose_ground_is_gone_or_that_fails_is_silent(bench, task):
    bench.jobs.follow("here", task, bench.answers.append, holds=lambda: False)
    bench.settle()
    assert bench.answers == []
    assert bench.said == []


def test_progress_is_shown_where_the_place_is_watched_and_cancel_reaches_the_task(bench):
    busy, gate, went_on = Busy(), threading.Event(), []

    def task(report, cancel):
        report(0.4, "Half way")
        gate.wait(20)
        report(0.6, "Going on")  # raises once it was cancelled
        went_on.append(cancel)

    bench.jobs.watch("here", busy.watch)
    bench.run(task)
    while busy.bar.value() != 40:
        QApplication.instance().processEvents()
    assert not busy.isHidden()
    assert busy.stage.text().startswith("Half way · ")
    busy.cancel_button.click()
    assert not busy.cancel_button.isEnabled()
    gate.set()
    bench.settle()
    assert went_on == []
    assert "cancelled" in bench.last_said[0]
    busy._tick()
    assert busy.isHidden()


def test_stop_cancels_all_and_waits_for_their_threads(bench):
    gate = threading.Event()
    seen = []

    def task(_report, cancel):
        while not cancel.is_set():
            gate.wait(0.001)
        seen.append("stopped")

    bench.run(task)
    bench.jobs.follow("elsewhere", task, bench.answers.append)
    bench.jobs.stop()
    assert seen == ["stopped", "stopped"]


@pytest.mark.parametrize(
    ("task", "end"),
    [
        (ready(3), Answered(answer=3)),
        (failing(CancelledError("Stopped.")), Cancelled()),
        (failing(PlanError("No.")), Failed(words="No.")),
        (
            failing(MemoryError()),
            Failed(words="There is not enough memory for this; close other programs."),
        ),
    ],
)
def test_a_task_ends_in_one_of_three_ways(task, end):
    assert outcome(task, lambda *_: None, threading.Event()) == end


def test_an_unforeseen_end_keeps_its_traceback_beside_its_words():
    end = outcome(failing(ValueError("odd\nsecond line")), lambda *_: None, threading.Event())
    assert end.words == "This failed unexpectedly (ValueError: odd)."
    assert "second line" in end.detail
    assert unexpected(ValueError()) == "This failed unexpectedly (ValueError: no words)."


def test_a_task_that_ends_after_it_was_cancelled_has_no_answer():
    cancel = threading.Event()
    cancel.set()
    assert outcome(ready(3), lambda *_: None, cancel) == Cancelled()


def test_the_session_knows_whether_ct_and_masks_are_still_those_that_were():
    session = Session()
    volume = Volume(grid=GRID, hu=np.zeros(GRID.shape, dtype=np.int16))
    masks = Segmentation.empty(GRID)
    session.replace_all(Work(volume=volume, segmentation=masks))
    same_ct, same_masks = session.same_ct(), session.same_masks()
    assert same_ct()
    assert same_masks()
    session.do("edit", Work(volume=volume, segmentation=Segmentation.empty(GRID)))
    assert same_ct()
    assert not same_masks()
    session.replace_all(Work(volume=Volume(grid=GRID, hu=volume.hu.copy())))
    assert not same_ct()


def test_notices_go_to_their_place_and_are_cleared_but_for_some():
    notices, said = Notices(), []
    for place in ("open", "liver", "window"):
        notices.show_at(place, lambda text, kind, place=place: said.append((place, text, kind)))
    notices.say("liver", "Found.", "info")
    notices.say("nowhere", "Lost.")
    assert said == [("liver", "Found.", "info")]
    said.clear()
    notices.clear(but=("open", "window"))
    assert said == [("liver", "", "warning")]


def test_a_job_that_nobody_holds_lives_until_its_end_is_heard():
    """Its own thread would destroy it else, beneath the screen's thread."""
    heard = []
    forgotten(ready(3), heard.append)
    QApplication.instance().processEvents()
    assert heard == [Answered(answer=3)]


def test_a_job_waited_for_as_its_window_closes_is_not_heard():
    heard = []
    job = Job("Late", ready(3), heard.append).start()
    job.wait(10)
    QApplication.instance().processEvents()
    assert heard == []
    assert not job.running
