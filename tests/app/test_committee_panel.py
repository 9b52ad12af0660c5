"""The committee's panel and verbs without a window: who may sign when, and why a refusal is one."""

import time
from dataclasses import replace

import pytest
from PySide6.QtTest import QTest

from liverplan.app.session.work import Work
from liverplan.app.steps.committee import signing
from liverplan.app.steps.committee.checking import checked_words
from liverplan.app.steps.committee.keys import PLACE
from liverplan.app.steps.committee.panel import BALLOTS, LAST
from liverplan.app.steps.committee.signing import ACCEPTED, NO_RESULT, NO_SENSE, NOT_SAVED, POLL_MS
from liverplan.app.steps.committee.step import CommitteeStep
from liverplan.app.steps.result.outputs import PLACE as RESULT
from liverplan.app.steps.result.outputs import Outputs
from liverplan.errors import CaseError
from liverplan.resection import Sphere
from liverplan.segmentation import Provenance
from liverplan.segmentation.labels import LIVER
from tests.app.desk import Desk, rows_of, shown

MACHINE = Provenance(method="net", version="1", origin="automatic")
READER, SURGEON, MEMBER = "R. Lind", "S. Berg", "M. Holm"


class CommitteeDesk(Desk):
    """With the step, a folder of keys, and a case that is written when something is signed."""

    def __init__(self, phantom, home):
        super().__init__(phantom, home)
        self.waits, self.words = "", []
        step = CommitteeStep(self.context, lambda: self.waits)
        self.panel, self.keys, self.signing = step.panel, step.keys, step.signing
        for place in (PLACE, RESULT):
            self.context.notices.show_at(place, lambda text, _kind="": self.words.append(text))
        self.session.subscribe(lambda _topics: self.panel.refresh())
        masks = self.session.work.segmentation
        found = dict.fromkeys((LIVER, *masks.lesion_labels), MACHINE)
        masks = replace(masks, provenance=found)
        self.found = replace(self.session.work, segmentation=masks)

    def begin(self, *cuts):
        """A case of its own, with cuts that have come to rest."""
        self.context.saver.begin(self.found.record.series)
        self.session.replace_all(self.found)
        self.put(*cuts)
        self.rest()

    def rest(self):
        self.settle()
        self.words.clear()

    def become(self, name, passphrase=""):
        self.panel.name.setText(name)
        self.panel.passphrase.setText(passphrase)
        if self.panel.make_button.isEnabled():
            self.panel.make_button.click()

    def press(self, button):
        """Press, and return what is said."""
        self.rest()
        button.click()
        self.hear()
        return self.words[-1]

    def hear(self):
        """Wait for a word, and for whatever follows from the press."""
        end = time.monotonic() + 60
        while not any(self.words):
            assert time.monotonic() < end, "nothing is said"
            QTest.qWait(5)
        QTest.qWait(2 * POLL_MS)
        self.settle()


@pytest.fixture(scope="module")
def shared(phantom, tmp_path_factory):
    made = CommitteeDesk(phantom, tmp_path_factory.mktemp("committee"))
    yield made
    made.close()


@pytest.fixture
def desk(shared):
    shared.waits = ""
    shared.begin(shared.plane(20))
    return shared


def test_the_step_waits_for_what_the_result_waits_for_and_then_for_the_result(desk):
    assert desk.panel.blocked() == ""
    desk.waits = "Needs a cut."
    assert desk.panel.blocked() == "Needs a result."
    desk.waits = ""
    desk.session.replace_all(Work(record=desk.found.record))
    assert desk.panel.blocked() == "Needs a result."


def test_nobody_signs_without_a_name_and_a_key(desk):
    panel = desk.panel
    acts = (panel.accept_button, panel.sign_button, panel.vote_button)
    panel.name.setText("  ")
    assert panel.key_words.text() == "Whoever signs says who they are."
    assert not any(part.isEnabled() for part in (*acts, panel.make_button))
    panel.name.setText("Nobody Yet")
    assert panel.make_button.isEnabled()
    assert not any(part.isEnabled() for part in acts)
    panel.make_button.click()
    assert panel.key_words.text() == "Key: nobody-yet.pem"
    assert not panel.make_button.isEnabled()
    assert all(part.isEnabled() for part in acts)
    panel.name.setText("Somebody Else")
    assert not any(part.isEnabled() for part in acts)
    desk.keys.path_of("Nobody Yet").unlink()
    desk.keys.path_of("Nobody Yet").with_suffix(".pub").unlink()


def test_each_role_signs_in_turn_and_the_list_says_who_stands_behind_the_case(desk):
    panel = desk.panel
    desk.become(READER)
    assert desk.press(panel.accept_button) == f"{READER} has signed: lesions accepted."
    assert panel.state() == "1 signed"
    assert desk.session.work.liver_confirmed
    assert panel.standing.text() == ("Still to come: plan signed by the surgeon, 0 of 3 votes.")
    desk.become(SURGEON)
    assert desk.press(panel.sign_button) == f"{SURGEON} has signed: plan signed."
    desk.become(MEMBER)
    panel.reason.setText("")
    assert "reason" in desk.press(panel.vote_button)
    panel.reason.setText("clear margin")
    panel.ballot.setCurrentIndex(BALLOTS.index("against"))
    assert desk.press(panel.vote_button) == f"{MEMBER} has signed: vote."
    assert rows_of(panel.signatures.table) == [
        [READER, "lesions accepted", "valid"],
        [SURGEON, "plan signed", "valid"],
        [MEMBER, "vote: against", "valid"],
    ]
    assert panel.standing.text() == "Still to come: 1 of 3 votes."
    assert panel.state() == "3 signed"
    assert panel.trail.rowCount() <= LAST
    assert rows_of(panel.trail)[0][1] == MEMBER
    assert desk.session.work.locked, "what is signed is locked"
    desk.edits.toggle_lock()
    assert desk.session.work.locked
    assert f"{SURGEON} (plan signed)" in desk.said[-1]
    desk.edits.toggle_lock()
    assert not desk.session.work.locked, "a second press, knowing what it voids"
    desk.put(desk.plane(30))
    panel.refresh()
    assert panel.state() == "…", "not known yet"
    desk.settle()
    desk.context.saver.flush()
    panel.refresh()
    assert panel.state() == "2 void"
    assert [row[2] for row in rows_of(panel.signatures.table)] == ["valid", "void", "void"]
    assert shown(panel.signatures.why)
    assert panel.signatures.why.text().startswith(SURGEON)


def test_an_acceptance_that_is_refused_leaves_the_masks_as_they_were(desk, monkeypatch):
    def refuse(*_args, **_how):
        raise CaseError("The disk is full.")

    desk.become(READER)
    monkeypatch.setattr(signing.committee, "signed", refuse)
    assert desk.press(desk.panel.accept_button) == "The disk is full."
    assert not desk.session.work.liver_confirmed
    assert desk.session.history.redo_name == ACCEPTED
    assert desk.panel.state() == ""


def test_a_wrong_passphrase_accepts_nothing(desk):
    desk.become("Locked One", "right")
    desk.panel.passphrase.setText("wrong")
    assert "password" in desk.press(desk.panel.accept_button)
    assert not desk.session.work.liver_confirmed
    assert desk.panel.state() == ""


def test_a_plan_with_a_fault_is_signed_by_nobody_and_the_fault_is_said(desk):
    desk.become(SURGEON)
    desk.put(desk.plane(20), Sphere(centre_mm=desk.centre + 400, radius_mm=9))
    words = desk.press(desk.panel.sign_button)
    assert words == f"{NO_SENSE} {' '.join(desk.context.live.faults)}"
    assert desk.panel.state() == ""


def test_a_button_that_is_pressed_twice_meanwhile_is_answered_once(desk):
    desk.become(SURGEON)
    desk.put(desk.plane(25))
    desk.words.clear()
    desk.panel.sign_button.click()
    desk.panel.sign_button.click()
    desk.hear()
    assert [text for text in desk.words if text] == [
        f"{SURGEON} cannot sign: the radiologist has not signed (lesions accepted)."
    ]


@pytest.mark.parametrize(("lacks", "value"), [("findings", None), ("stale", True)])
def test_what_has_no_result_is_not_signed(desk, monkeypatch, lacks, value):
    desk.become(SURGEON)
    desk.rest()
    monkeypatch.setattr(desk.context.live, lacks, value)
    assert desk.press(desk.panel.sign_button) == NO_RESULT


def test_where_the_case_cannot_be_saved_nothing_is_signed_nor_written(desk, monkeypatch, tmp_path):
    saver = desk.context.saver
    desk.become(SURGEON)
    monkeypatch.setattr(saver, "flush", lambda *_: None)
    assert saver.pending
    assert desk.press(desk.panel.sign_button) == NOT_SAVED
    outputs = Outputs(desk.context)
    for act in (outputs.report, outputs.export):
        desk.words.clear()
        act(tmp_path / "out")
        assert desk.words == ["The case could not be saved, so nothing was written."]
    assert not (tmp_path / "out").exists()


def test_a_case_that_was_never_written_cannot_be_checked(desk, monkeypatch):
    monkeypatch.setattr(desk.context.saver, "flush", lambda *_: None)
    assert desk.press(desk.panel.verify_button) == "There is no case on disk yet."


def test_the_check_tells_what_was_altered_and_whose_keys_signed(desk):
    desk.become(READER)
    desk.press(desk.panel.accept_button)
    folder = desk.context.saver.folder
    states = len(desk.context.saver.opened.history)
    good = (
        f"Nothing was altered: {states} states, their files and the trail are as they were written."
    )
    opened = desk.context.saver.opened
    ends = f"Its trail ends in {opened.head[:16]}… ({states} entries)."
    said = f"{good} {ends} Keys known here made all 1 signatures."
    assert desk.press(desk.panel.verify_button) == said
    words, kind = checked_words(folder, folder.parent / "no keys")
    assert words.startswith(good)
    assert kind == "warning"
    files = (path for path in folder.rglob("*") if path.is_file())
    victim = max(files, key=lambda path: path.stat().st_size)
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.chmod(0o644)
    victim.write_bytes(bytes(data))
    words, kind = checked_words(folder, desk.keys.folder)
    assert words.startswith(f"The case {folder} was altered: ")
    assert victim.name in words
    assert kind == "warning"
