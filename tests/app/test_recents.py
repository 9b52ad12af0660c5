"""The list of recent cases: what it says of each, what it hides, and what it does not open."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from liverplan import case
from liverplan.app.session.recents import Recent, recents, remember
from liverplan.app.session.saving import Saver, case_state
from liverplan.app.steps.open.recent_list import LINES, MOST_RECENTS
from liverplan.app.steps.open.step import OpenStep
from liverplan.case import Actor
from liverplan.words.numbers import percent
from tests.app.desk import Desk, shown

HEADERS = {
    "common": {
        "00100010": {"vr": "PN", "Value": [{"Alphabetic": "Ek^Anna"}]},
        "00100020": {"vr": "LO", "Value": ["4711"]},
    }
}


@pytest.fixture(scope="module")
def stored(phantom, tmp_path_factory):
    """A case of a named patient with a measured plan, and the work that it is of."""
    place = tmp_path_factory.mktemp("stored")
    desk = Desk(phantom, place)
    series = replace(desk.session.work.series, study_date="20240301", description="Portal venous")
    record = replace(desk.session.work.record, series=series, headers=HEADERS)
    desk.session.do("named", replace(desk.session.work, record=record))
    desk.put(desk.plane())
    desk.settle()
    work, findings = desk.session.work, desk.context.live.findings
    folder = place / "cases" / "ek"
    folder.parent.mkdir()
    state = case_state(work, findings)
    case.create_case(folder, state=state, actor=Actor(name="Ada", kind="human"), what="Made")
    desk.close()
    return folder, findings


def test_findings_that_come_after_their_step_was_written_are_written_too(phantom, tmp_path):
    desk = Desk(phantom, tmp_path)
    saver = Saver(desk.session, desk.context.live, desk.context.notices, tmp_path)
    saver.begin(desk.session.work.series)
    desk.put(desk.plane())
    saver.flush()
    assert saver.opened.document("findings") is None
    desk.settle()
    saver.flush()
    assert saver.opened.document("findings") is not None
    assert [entry.what for entry in saver.opened.history] == ["put", "measured"]
    assert not saver.pending
    desk.close()


@pytest.fixture
def listed(phantom, tmp_path, stored):
    """A start at which a good case, a broken one and one that is gone were open lately."""
    folder, _ = stored
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "case.json").write_text("{}")
    (broken / "audit.jsonl").write_text("")
    rows = [
        Recent(folder=str(tmp_path / "gone"), name="gone", opened="2026-01-02T03:04:05+00:00"),
        Recent(folder=str(broken), name="broken"),
        Recent(folder=str(folder), name="ek", closed=False),
    ]
    for row in rows:
        remember(tmp_path, row)
    desk = Desk(phantom, tmp_path)
    panel = OpenStep(desk.context, desk.views).panel
    desk.settle()
    desk.panel = panel
    yield desk
    desk.close()


def lines(desk, row):
    return desk.panel.recent.item(row).data(LINES)


def press(desk, key, row):
    desk.panel.recent.setCurrentRow(row)
    QTest.keyClick(desk.panel.recent, key)
    desk.settle()


def test_a_case_says_whose_ct_it_is_which_and_what_its_flr_is(listed, stored):
    findings = stored[1]
    flr = percent(findings.remnant_fraction.deciding_fraction, findings.threshold_fraction)
    whose, study, number, last = lines(listed, 0)
    assert whose == "Ek Anna, ID 4711"
    assert study == "2024-03-01 · Portal venous"
    assert number.startswith(f"FLR {flr} %, ")
    assert number.endswith("30 %")
    assert last == "Not closed: click to continue"
    assert "The case ek was not closed in order." in listed.panel.notice.text()


def test_its_picture_is_the_slice_with_the_most_liver(listed, phantom):
    made = listed.panel.recent.item(0).data(Qt.ItemDataRole.DecorationRole).toImage()
    grid = phantom.volume.grid
    k = np.count_nonzero(phantom.segmentation.labels, axis=(1, 2)).argmax()
    hu = phantom.volume.hu[k]
    j, i = np.argwhere(phantom.segmentation.labels[k] == 1).mean(axis=0)
    at = QPoint(int(i * made.width() / grid.shape[2]), int(j * made.height() / grid.shape[1]))
    grey = (hu[int(j) - 3 : int(j) + 4, int(i) - 3 : int(i) + 4].mean() - 40) / 350 + 0.5
    assert made.pixelColor(at).red() == pytest.approx(255 * grey, abs=40)
    assert made.pixelColor(0, 0).red() < 30, "air"


def test_de_identified_a_row_tells_no_name_and_no_folder(listed):
    listed.views.hidden = True
    listed.views.identity_changed.emit()
    everything = [
        str(listed.panel.recent.item(n).data(role))
        for n in range(3)
        for role in (LINES, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
    ]
    assert not [text for text in everything for word in ("Ek", "4711", "/") if word in text]
    assert lines(listed, 0)[0] == "De-identified"
    assert lines(listed, 0)[2].startswith("FLR ")


def test_a_case_that_is_gone_or_broken_says_so_and_opens_nothing(listed):
    before = listed.session.work
    assert lines(listed, 1)[:2] == ("broken", "It cannot be read.")
    assert lines(listed, 2)[:2] == ("gone", "Its folder is not there.")
    press(listed, Qt.Key.Key_Return, 2)
    assert "gone is not there: the case was moved" in listed.panel.notice.text()
    said = []
    listed.context.notices.show_at("open", lambda text, kind="warning": said.append(text))
    press(listed, Qt.Key.Key_Return, 1)
    assert "is damaged" in said[-1]
    assert listed.session.work is before


def test_delete_takes_a_case_off_the_list_and_leaves_its_folder(listed, stored):
    press(listed, Qt.Key.Key_Delete, 0)
    assert listed.panel.recent.count() == 2
    assert [row.name for row in recents(listed.context.home)] == ["broken", "gone"]
    assert case.is_case(stored[0])


def test_a_case_opens_by_enter_and_leaves_the_list_while_it_is_on_screen(listed, stored):
    press(listed, Qt.Key.Key_Return, 0)
    assert listed.session.work.series.study_date == "20240301"
    assert listed.panel.recent.count() == 2
    menu = QMenu()
    listed.panel.fill_recents(menu)
    assert [action.text() for action in menu.actions()] == [
        "broken, It cannot be read.",
        "gone, Its folder is not there.",
    ]
    listed.context.saver.close()


def test_a_case_that_another_takes_the_place_of_was_closed_in_order(listed, stored):
    saver, home = listed.context.saver, listed.context.home
    saver.begin(listed.session.work.series)
    first = saver.folder
    listed.session.do("named", replace(listed.session.work, margin_mm=7.0))
    saver.adopt(case.open_case(stored[0]))
    closed = {row.folder: row.closed for row in recents(home)}
    assert closed == {str(stored[0]): False, str(first): True} | {
        row.folder: True for row in recents(home)[2:]
    }
    assert case.is_case(first)


def test_the_list_has_an_end_and_is_hidden_while_it_is_empty(phantom, tmp_path):
    desk = Desk(phantom, tmp_path)
    panel = OpenStep(desk.context, desk.views).panel
    assert not shown(panel.recent)
    assert not shown(panel.recent_title)
    for number in range(MOST_RECENTS + 2):
        remember(tmp_path, Recent(folder=f"/cases/{number}", name=str(number)))
    panel.recent.fill()
    assert shown(panel.recent)
    assert [Path(one.recent.folder).name for one in panel.recent.glances] == [
        str(MOST_RECENTS + 1 - n) for n in range(MOST_RECENTS)
    ]
    desk.settle()
    desk.close()
