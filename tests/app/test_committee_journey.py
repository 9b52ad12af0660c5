"""Radiologist, surgeon, three votes and the report, by mouse and keys in the app."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from liverplan import case
from liverplan.app.kit.language import tr
from liverplan.workflow import make_roster, new_key
from tests.app import test_journey as steps
from tests.app.person import CONTROL, LEFT, NONE

pytestmark = pytest.mark.usefixtures("liver_at_once")

PICTURES = os.environ.get("LIVERPLAN_PICTURES", "")
"""A folder for pictures of the journey; none are made without."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Where the first test that plans leaves its case for the others."""
    return tmp_path_factory.mktemp("planned") / "case"


@pytest.fixture
def planned(person, phantom, kept, home):
    """The sample with a liver, a metastasis and a plane; step 6 is open."""
    if kept.exists():
        folder = shutil.copytree(kept, home / "cases" / "planned")
        person.app.open.opening.open_path(folder)
        person.wait(lambda: person.app.session.work.cuts, what="the case")
        person.settle()
        person.open_step(6)
        return person
    heading = person.app.steps.steps[5].heading
    assert not heading.isEnabled()
    assert person.app.steps.steps[5].reason.text() == "Needs a result."
    steps.open_sample(person)
    steps.find_liver(person)
    steps.click_metastases(person, [phantom.truth.lesions[0].centre_mm])
    steps.place_plane(person)
    person.app.saver.flush()
    shutil.copytree(person.app.saver.folder, kept)
    person.open_step(6)
    return person


def type_into(person, line, text):
    person.app.steps.area.ensureWidgetVisible(line)
    QTest.mouseClick(line, LEFT, NONE, line.rect().center())
    QTest.keyClick(line, Qt.Key.Key_A, CONTROL)
    QTest.keyClicks(line, text) if text else QTest.keyClick(line, Qt.Key.Key_Delete)
    person.spin(0.02)


def become(person, name, passphrase=""):
    """Write a name, and make its key where there is none."""
    panel = person.panel(6)
    type_into(person, panel.name, name)
    type_into(person, panel.passphrase, passphrase)
    if panel.make_button.isEnabled():
        assert not panel.sign_button.isEnabled()
        person.press_button(panel.make_button)
    person.spin(0.02)


def press(person, button):
    """Press, and wait until it is signed or refused in words."""
    panel = person.panel(6)
    person.press_button(button)
    person.wait(lambda: bool(panel.notice.text()), what="a word about the signature")
    person.settle()
    return panel.notice.text()


def vote(person, name, ballot="for", reason="Clear margin"):
    panel = person.panel(6)
    become(person, name)
    panel.ballot.setFocus()
    QTest.keyClick(panel.ballot, Qt.Key.Key_Home)
    for _ in range(panel.ballot.findText(tr(ballot))):
        QTest.keyClick(panel.ballot, Qt.Key.Key_Down)
    assert panel.ballot.currentText() == tr(ballot)
    type_into(person, panel.reason, reason)
    return press(person, panel.vote_button)


def shown(person):
    table = person.panel(6).signatures.table
    return [[table.item(r, c).text() for c in range(3)] for r in range(table.rowCount())]


def test_radiologist_surgeon_three_votes_and_the_report(planned, tmp_path, monkeypatch):  # noqa: PLR0915
    person, panel = planned, planned.panel(6)
    become(person, "K. Dahl")
    assert "the radiologist has not signed" in press(person, panel.sign_button)

    become(person, "R. Lind", "one two three")
    assert press(person, panel.accept_button) == "R. Lind has signed: lesions accepted."
    assert panel.standing.text() == "Still to come: plan signed by the surgeon, 0 of 3 votes."
    work = person.app.session.work
    assert {made.accepted_by for made in work.segmentation.provenance.values()} == {"R. Lind"}
    type_into(person, panel.passphrase, "wrong")
    assert "its password is another" in press(person, panel.accept_button)
    become(person, "K. Dahl")
    press(person, panel.sign_button)
    assert shown(person) == [
        ["R. Lind", "lesions accepted", "valid"],
        ["K. Dahl", "plan signed", "valid"],
    ]

    # an author is no approver, and a reason is mandatory
    assert "does not approve their own work" in vote(person, "K. Dahl")
    assert "needs its reason" in vote(person, "Ek", reason="")
    vote(person, "Ek")
    vote(person, "Holm")
    assert "Sand has signed: vote" in vote(person, "Sand", "against", "The margin is narrow")
    assert panel.standing.text() == "Everybody has signed and voted."
    assert person.app.steps.steps[5].heading.text().endswith("final")
    assert [state for *_, state in shown(person)] == ["valid"] * 5
    assert "Signed: vote: against" in panel.trail.item(0, 0).text()
    person.press_button(panel.verify_button)
    person.wait(lambda: "Nothing was altered" in panel.notice.text(), what="the check")
    assert "Keys known here made all 5 signatures" in panel.notice.text()

    report = tmp_path / "report.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(report), ""))
    person.open_step(5)
    person.press_button(person.panel(5).report_button)
    person.wait(lambda: "written" in person.panel(5).notice.text(), what="the report")
    assert person.panel(5).notice.text().startswith("Final report")
    page = report.read_text("utf-8")
    for words in ("R. Lind", "K. Dahl", "Ek", "Holm", "Sand", "The margin is narrow"):
        assert words in page

    # looking around voids nothing
    folder = person.app.saver.folder
    person.open_step(4)
    assert person.app.session.work.locked, "what is signed is locked"
    person.key(Qt.Key.Key_Z, CONTROL)
    assert person.app.session.work.locked, "undo names first what it would void"
    assert "K. Dahl (plan signed)" in person.app.steps.notice.text()
    person.press_button(person.panel(4).cuts.lock_button)
    assert person.app.session.work.locked
    assert "voids what was signed: " in person.panel(4).notice.text()
    assert "K. Dahl (plan signed)" in person.panel(4).notice.text()
    person.press_button(person.panel(4).cuts.lock_button)
    assert not person.app.session.work.locked
    person.app.saver.flush()  # even where it is written before the numbers are back
    person.settle()
    assert not any(c.void_because for c in case.check_signatures(case.open_case(folder)))

    # another plane voids what spoke of the plan, visibly; undo makes it hold again
    axial = person.view("Axial")
    start = person.knobs(axial).middle
    person.drag(axial.canvas, start, (start[0] + 12, start[1] - 4))
    assert {state for *_, state in shown(person)} == {"…"}, "told once it is known"
    person.settle()
    person.open_step(6)
    person.wait(lambda: ["valid", *["void"] * 4] == [s for *_, s in shown(person)], what="void")
    assert "changed since: " in panel.signatures.why.text()
    assert person.app.steps.steps[5].heading.text().endswith("4 void")
    assert "plan signed by the surgeon" in panel.standing.text()
    checked = case.check_signatures(case.open_case(folder))
    assert "plan" in checked[1].void_because
    person.key(Qt.Key.Key_Z, CONTROL)
    person.wait(lambda: [s for *_, s in shown(person)] == ["valid"] * 5, what="valid again")
    assert case.verify(folder) == []


def click_in(widget):
    QTest.mouseClick(widget, LEFT, NONE, widget.rect().center())


def sign_my_work(person, name, passphrase):
    """Say who works here, in the dialog: first with a wrong passphrase."""
    panel = person.panel(1)
    person.press_button(panel.who_button)
    person.wait(panel.who_dialog.isVisible, what="the dialog")
    dialog = panel.who_dialog
    for line, text in ((dialog.name, name), (dialog.passphrase, "wrong")):
        click_in(line)
        QTest.keyClicks(line, text)
    person.spin(0.02)
    click_in(dialog.sign_button)
    person.wait(lambda: bool(dialog.notice.text()), what="a refusal")
    assert "its password is another" in dialog.notice.text()
    assert dialog.passphrase.text() == ""
    click_in(dialog.passphrase)
    QTest.keyClicks(dialog.passphrase, passphrase)
    person.spin(0.05)
    if PICTURES:
        dialog.grab().save(f"{PICTURES}/dialog.png")
    click_in(dialog.sign_button)
    person.wait(lambda: not dialog.isVisible(), what="the dialog to close")
    person.app.window.activateWindow()  # as a window manager does; there is none on this screen
    person.wait(person.app.window.isActiveWindow, what="the window to be active")
    assert panel.who.text() == f"Each step is signed with the key of {name}."


def roster_of(person, folder):
    """A roster of the five, signed by who keeps it."""
    keys = person.app.context.keys
    roles = {"R. Lind": "radiologist", "K. Dahl": "surgeon"}
    names = ("R. Lind", "K. Dahl", "Ek", "Holm", "Sand")
    lines = [
        f"{name};{roles.get(name, 'committee member')};"
        f"{person.app.committee.keys.path_of(name).with_suffix('.pub')};2026-01-01"
        for name in names
    ]
    assert keys.stat().st_mode & 0o077 == 0
    new_key(folder / "keeper.pem", folder / "keeper.pub")
    make_roster(folder / "roster.json", lines, folder / "keeper.pem")
    return folder / "roster.json"


def test_work_that_is_signed_throughout_is_held_against_a_roster(
    person, phantom, tmp_path, monkeypatch
):
    keys = person.app.context.keys
    keys.mkdir(mode=0o700, parents=True)
    key = person.app.committee.keys.path_of("R. Lind")
    new_key(key, key.with_suffix(".pub"), password="one two three")  # noqa: S106
    sign_my_work(person, "R. Lind", "one two three")
    steps.open_sample(person)
    steps.find_liver(person)
    steps.click_metastases(person, [phantom.truth.lesions[0].centre_mm])
    steps.place_plane(person)
    person.open_step(6)
    panel = person.panel(6)
    type_into(person, panel.name, "R. Lind")  # whose key is unlocked already
    assert press(person, panel.accept_button) == "R. Lind has signed: lesions accepted."
    become(person, "K. Dahl")
    press(person, panel.sign_button)
    for name in ("Ek", "Holm"):
        vote(person, name)
    vote(person, "Sand", "against", "The margin is narrow")
    vote(person, "Sand", "for", "Measured anew")
    folder = person.app.saver.folder
    entries = case.open_case(folder).history
    assert all(entry.public_key for entry in entries)
    assert {entry.actor.name for entry in entries[:4]} == {"R. Lind"}

    report = tmp_path / "report.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(report), ""))
    person.open_step(5)
    person.press_button(person.panel(5).report_button)
    person.wait(lambda: "written" in person.panel(5).notice.text(), what="the report")
    written = case.open_case(folder).history
    assert written[-1].actor.name == "R. Lind"
    assert written[-1].public_key
    assert written[-2].sha256 in report.read_text("utf-8")  # where the trail ended then

    roster = roster_of(person, tmp_path)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a, **_k: (str(roster), ""))
    person.open_step(6)
    person.press_button(panel.roster_button)
    assert panel.roster_button.text() == "Roster: roster.json"
    person.press_button(panel.verify_button)
    person.wait(lambda: "Nothing was altered" in panel.notice.text(), what="the check")
    assert f"Its trail ends in {written[-1].sha256[:16]}…" in panel.notice.text()
    assert "superseded by their later vote (for)" in panel.notice.text()
    assert "No key signed" not in panel.notice.text()
    if PICTURES:
        person.shot(Path(PICTURES) / "committee.png")

    stranger = tmp_path / "stranger.pem"
    new_key(stranger, tmp_path / "stranger.pub")
    opened = case.open_case(folder)
    who = case.Actor(name="R. Lind", kind="human")
    opened.note(actor=who, what="Looked", key=case.load_key(stranger))
    person.press_button(panel.verify_button)
    person.wait(lambda: "the roster does not give to" in panel.notice.text(), what="the forgery")


def test_a_changed_mask_voids_the_acceptance(planned, monkeypatch):
    person, panel = planned, planned.panel(6)
    become(person, "R. Lind")
    press(person, panel.accept_button)
    labels = person.app.session.work.segmentation.labels
    person.open_step(2)
    person.press_button(person.panel(2).eraser_button)
    view = person.view("Axial")
    at = person.pixel(view, person.app.views.crosshair_mm)
    person.drag(view.canvas, (at[0], at[1]), (at[0] + 30, at[1] + 4))
    person.settle()
    assert not np.array_equal(person.app.session.work.segmentation.labels, labels)
    person.open_step(6)
    person.wait(lambda: shown(person)[0][2] == "void", what="void")
    assert "segmentation" in panel.signatures.why.text()
    # the name and the key of somebody else: refused, and nothing is accepted in that name
    key = str(person.app.committee.keys.path_of("R. Lind"))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a, **_k: (key, ""))
    person.press_button(panel.key_button)
    become(person, "Somebody Else")
    assert "do not belong together" in press(person, panel.accept_button)
    accepted = person.app.session.work.segmentation.provenance.values()
    assert "Somebody Else" not in {made.accepted_by for made in accepted}


def test_an_altered_file_is_named_by_the_check(planned):
    person, panel = planned, planned.panel(6)
    become(person, "R. Lind")
    press(person, panel.accept_button)
    person.app.committee.keys.path_of("R. Lind").with_suffix(".pub").unlink()
    become(person, "Somebody Else")  # whose public key lies here
    person.press_button(panel.verify_button)
    person.wait(lambda: "Nothing was altered" in panel.notice.text(), what="the check")
    assert "made the signature of R. Lind, so who signed is not proven" in panel.notice.text()
    victim = sorted((person.app.saver.folder / "objects").glob("*.json"))[0]
    content = bytearray(victim.read_bytes())
    content[-3] ^= 1
    victim.write_bytes(bytes(content))
    person.press_button(panel.verify_button)
    person.wait(lambda: "was altered" in panel.notice.text(), what="the check")
    assert victim.name in panel.notice.text()
