"""The event loop itself: what is thrown in it is ours to say, Ctrl+C closes the window."""

import os
import signal
import sys

from PySide6.QtCore import QTimer
from PySide6.QtSvg import QSvgRenderer
from shiboken6 import isValid

from liverplan.app.shell.faults import LOG, catch_faults
from liverplan.app.shell.loop import run_event_loop
from liverplan.app.slices import adapter


def test_a_fault_in_the_running_loop_is_said_and_kept(person, monkeypatch, capsys):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)  # put back when the test ends
    context, said = person.app.context, []
    monkeypatch.setattr(context.notices, "say", lambda _place, text, *_kind: said.append(text))
    catch_faults(context)

    def fail():
        QTimer.singleShot(0, person.qt.exit)
        raise ValueError("nobody foresaw it")

    QTimer.singleShot(0, fail)
    run_event_loop()
    assert said
    assert "undo the last step" in said[0]
    assert "nobody foresaw it" in (context.home / LOG).read_text("utf-8")
    assert "nobody foresaw it" in capsys.readouterr().err


def test_ctrl_c_closes_the_window_as_its_button_does(home, monkeypatch):
    from tests.app.person import someone_at

    with someone_at(home) as person:
        QTimer.singleShot(0, lambda: os.kill(os.getpid(), signal.SIGINT))
        before = signal.getsignal(signal.SIGINT)
        run_event_loop()
        assert not isValid(person.app.window)
        assert signal.getsignal(signal.SIGINT) is before


def test_the_window_s_own_picture_is_there():
    assert QSvgRenderer(adapter.NAMED["icon"]).isValid()
