"""Killed without warning: the next start offers the last saved state, with the same numbers."""

import json
import subprocess
import sys
from pathlib import Path

from PySide6.QtTest import QTest

from liverplan import case
from liverplan.app.session.recents import recents
from liverplan.app.shell.application import Application
from tests.app.left_open import numbers
from tests.app.person import LEFT, NONE, Person


def work_and_kill(home):
    """Let someone work in another process, and kill it three steps after the first was saved."""
    child = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.app.left_open", str(home)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    states, saved_at = [], None
    try:
        for line in child.stdout:
            try:
                said = json.loads(line)
            except ValueError:
                continue
            if "saved" in said:
                saved_at = len(states) - 1
            else:
                said.pop("step")
                states.append(said)
            if saved_at is not None and len(states) >= saved_at + 4:
                break
    finally:
        child.kill()
        errors = child.stderr.read()
        child.wait(20)
    assert saved_at is not None, errors
    assert child.returncode == -9
    return states, saved_at


def test_after_a_kill_the_next_start_offers_the_last_state(home):
    states, saved_at = work_and_kill(home)
    (left,) = recents(home)
    assert not left.closed
    assert case.verify(Path(left.folder)) == []

    app = Application(home)
    app.show(1600, 1000)
    someone = Person(app)
    panel = someone.panel(1)
    assert "was not closed in order" in panel.notice.text()
    rect = panel.recent.visualItemRect(panel.recent.item(0))
    QTest.mouseClick(panel.recent.viewport(), LEFT, NONE, rect.center())
    someone.wait(lambda: app.session.work.volume is not None, what="the case")
    someone.settle()
    assert numbers(app) in states[saved_at:]
    someone.open_step(4)
    app.close()
    someone.spin(0.05)
    assert recents(home)[0].closed
