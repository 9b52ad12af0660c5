"""The session by itself: who is told of what, drags, choices; and the case that it is kept in."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from liverplan import case
from liverplan.app.session.cut_words import kind_of
from liverplan.app.session.live import Live
from liverplan.app.session.notices import Notices
from liverplan.app.session.recents import FILE, MOST, Recent, recents, remember
from liverplan.app.session.saving import Saver, case_state, work_of
from liverplan.app.session.session import Session
from liverplan.app.session.work import Work, lesion_title, next_plan_name, plan_title
from liverplan.case import Actor, Record
from liverplan.errors import CaseError
from liverplan.findings import SeriesSummary
from liverplan.resection import Plan, Plane, Sphere
from liverplan.resection.anatomy.maps import PartMap
from liverplan.segmentation import Provenance, Segmentation
from liverplan.volume import Grid, Volume

GRID = Grid(
    shape=(4, 6, 8), affine=np.array([[0, 0, 2.0, 0], [0, 2.0, 0, 0], [2.0, 0, 0, 0], [0, 0, 0, 1]])
)
SERIES = SeriesSummary(
    uid="1.2.3", shape=GRID.shape, spacing_mm=GRID.spacing_mm, description="Portal venous 2 mm"
)


def plane(x_mm):
    return Plane(point_mm=(x_mm, 0, 0), normal=(1, 0, 0))


def made(**changes):
    labels = np.ones(GRID.shape, dtype=np.uint8)
    labels[1, 2, 3] = 2
    provenance = {
        1: Provenance(method="found", version="1", origin="automatic"),
        2: Provenance(method="clicked", version="1", origin="clicks"),
    }
    return replace(
        Work(
            volume=Volume(grid=GRID, hu=np.zeros(GRID.shape, dtype=np.int16)),
            segmentation=Segmentation(grid=GRID, labels=labels, provenance=provenance),
            record=Record(series=SERIES),
            plans=(Plan(name="Plan A", cuts=(plane(4.0), plane(8.0))),),
            cut=1,
        ),
        **changes,
    )


@pytest.fixture
def told():
    """A session with work, and everything that it has announced since."""
    session, heard = Session(), []
    session.replace_all(made())
    session.subscribe(heard.append)
    return session, heard


def test_a_dragged_cut_is_on_screen_at_once_and_one_step_at_its_end(told):
    session, heard = told
    before, revision = session.work, session.revision
    for x in (9.0, 10.0, 11.0):
        session.drag_cut(plane(x))
        assert session.dragging
        assert session.work.active_cut.point_mm[0] == x
    assert session.revision == revision
    session.finish_drag("move plane")
    assert not session.dragging
    assert session.revision == revision + 1
    assert session.history.undo_name == "move plane"
    session.undo()
    assert session.work.plans == before.plans
    assert heard[:3] == [frozenset({"cuts"})] * 3


def test_only_the_active_cut_follows_the_mouse(told):
    session, _ = told
    session.choose(cut=0)
    session.drag_cut(plane(1.0))
    assert [cut.point_mm[0] for cut in session.work.cuts] == [1.0, 8.0]


def test_a_drag_that_is_given_up_leaves_nothing(told):
    session, heard = told
    before = session.work
    session.drag_cut(plane(9.0))
    session.cancel_drag()
    assert session.work is before
    assert heard[-1] == {"paint", "cuts"}
    session.cancel_drag()
    assert len(heard) == 2  # there was none to give up
    session.finish_drag("move plane")
    assert session.history.undo_name == ""


def test_paint_is_shown_while_it_flows_and_given_up_as_a_whole(told):
    session, heard = told
    before = session.work
    session.paint(Segmentation.empty(GRID))
    session.paint(Segmentation.empty(GRID))
    assert heard == [frozenset({"paint"})] * 2
    session.undo()
    assert session.work is before


def test_a_choice_is_no_step_and_the_same_choice_is_no_news(told):
    session, heard = told
    revision = session.revision
    session.choose(cut=1)
    assert heard == []
    assert session.revision == revision
    session.choose(cut=0)
    assert heard == [frozenset({"cuts", "plans"})]
    assert session.history.undo_name == ""


def test_choosing_a_plan_gives_the_handles_to_its_last_cut(told):
    session, _ = told
    plans = (*session.work.plans, Plan(name="Plan B", cuts=(plane(1.0),)))
    session.do("add plan", replace(session.work, plans=plans))
    session.choose(plan=1)
    assert (session.work.plan, session.work.cut) == (1, 0)
    session.choose(plan=0)
    assert (session.work.plan, session.work.cut) == (0, 1)


def test_maps_made_anew_are_shown_and_are_no_step(told):
    session, heard = told
    part = PartMap(scheme="vessels", grid=GRID, labels=np.zeros(GRID.shape, np.uint8), names=("a",))
    session.put_maps(MappingProxyType({"vessels": part}))
    assert session.work.maps["vessels"] is part
    assert heard == [frozenset({"cuts", "plans", "maps"})]
    assert session.history.undo_name == ""


def test_an_undo_of_nothing_changes_nothing(told):
    session, _ = told
    before = session.work
    session.undo()
    session.redo()
    assert session.work is before


@pytest.mark.parametrize(
    ("changes", "topics"),
    [
        ({"margin_mm": 5.0}, {"cuts"}),
        ({"locked": True}, {"cuts"}),
        ({"biopsied": frozenset({2})}, {"lesions"}),
        ({"cut": 0}, {"cuts", "plans"}),
        ({"segmentation": Segmentation.empty(GRID)}, {"labels", "cuts", "lesions"}),
        ({"record": Record(series=SERIES, notes=("Thick slices.",))}, {"facts"}),
    ],
)
def test_a_step_tells_what_it_changed_and_that_there_is_a_step(told, changes, topics):
    session, heard = told
    session.do("step", replace(session.work, **changes))
    assert heard == [frozenset(topics | {"history"})]


def test_cuts_are_added_replaced_and_taken_with_the_handles_following():
    work = made()
    added = work.with_added(plane(1.0), plane(2.0))
    assert [c.point_mm[0] for c in added.cuts] == [4.0, 8.0, 1.0, 2.0]
    assert added.cut == 3
    replaced = work.with_cut(plane(9.0))
    assert [c.point_mm[0] for c in replaced.cuts] == [4.0, 9.0]
    fewer = work.with_cuts(work.cuts[:1])
    assert (len(fewer.cuts), fewer.cut) == (1, 0)
    assert work.with_cuts(()).active_cut is None


def test_the_active_plane_is_the_active_cut_only_where_that_is_flat():
    ball = Sphere(centre_mm=(0, 0, 0), radius_mm=5.0)
    work = made().with_added(ball)
    assert work.active_cut is ball
    assert work.active_plane is None
    flat = made()
    assert flat.active_plane is flat.active_cut is not None


def test_a_lesion_comes_from_found_to_confirmed_to_biopsied():
    work = made()
    assert work.lesion_state(2) == "found by machine"
    stood_behind = work.segmentation.provenance | {
        2: work.segmentation.provenance[2].accepted_as("R. Lind")
    }
    confirmed = replace(work, segmentation=replace(work.segmentation, provenance=stood_behind))
    assert confirmed.lesion_state(2) == "confirmed"
    assert confirmed.accepted(2)
    assert not confirmed.liver_confirmed
    assert replace(work, biopsied=frozenset({2})).lesion_state(2) == "biopsied"


def test_plans_and_lesions_have_names_that_nobody_has_to_give():
    assert lesion_title(2) == "Metastasis 1"
    assert plan_title(Plan(name="", cuts=())) == "Plan A"
    plans = tuple(Plan(name=name, cuts=()) for name in ("Plan A", "Plan C"))
    assert next_plan_name(plans) == "Plan B"
    every = tuple(Plan(name=f"Plan {chr(65 + n)}", cuts=()) for n in range(26))
    assert next_plan_name(every) == "Plan 27"


def test_cuts_have_a_word_each():
    assert kind_of(plane(0.0)) == "plane"
    assert kind_of(Sphere(centre_mm=(0, 0, 0), radius_mm=5.0)) == "sphere"


class Desk:
    """A saver and what it needs, without a window."""

    def __init__(self, home):
        self.session, self.notices = Session(), Notices()
        self.live = Live(self.session)
        self.saver = Saver(self.session, self.live, self.notices, home)
        self.said, self.states = [], []
        self.notices.show_at("window", lambda text, _kind: self.said.append(text))
        self.saver.saved.connect(self.states.append)

    def settle(self):
        while self.live.busy:
            QApplication.instance().processEvents()


@pytest.fixture
def desk(tmp_path):
    made_desk = Desk(tmp_path / "home")
    yield made_desk
    made_desk.live.close()


def begun(desk):
    desk.saver.begin(SERIES)
    desk.session.replace_all(made())
    desk.settle()
    return desk.saver


def test_a_case_begins_with_the_series_name_and_is_written_at_the_next_flush(desk, tmp_path):
    saver = begun(desk)
    assert saver.folder.parent == tmp_path / "home" / "cases"
    assert saver.folder.name.endswith("-portal-venous-2-mm")
    assert not saver.folder.exists()
    assert saver.pending
    saver.flush()
    assert not saver.pending
    assert case.verify(saver.folder) == []
    assert desk.states[-1] == "Saved"
    kept = work_of(case.open_case(saver.folder).state)
    plans = desk.session.work.plans
    assert [plan.to_json() for plan in kept.plans] == [plan.to_json() for plan in plans]
    assert kept.cut == 1


def test_two_cases_of_one_series_lie_in_two_folders(desk):
    first = begun(desk)
    first.flush()
    before = first.folder
    desk.saver.begin(SERIES)
    assert desk.saver.folder != before


def test_each_finished_step_is_one_state_with_the_step_s_name(desk):
    saver = begun(desk)
    saver.flush()
    desk.session.do("move plane", desk.session.work.with_cut(plane(9.0)))
    assert saver.pending
    saver.flush()
    saver.flush()
    assert [entry.what for entry in saver.opened.history] == ["Opened the CT", "move plane"]


def test_an_opened_case_needs_no_writing_until_something_is_done(desk, tmp_path):
    folder = tmp_path / "kept"
    opened = case.create_case(
        folder, state=case_state(made(), None), actor=Actor(name="A", kind="human"), what="made"
    )
    desk.saver.adopt(opened)
    desk.session.replace_all(work_of(opened.state))
    assert not desk.saver.pending
    desk.session.do("lock", replace(desk.session.work, locked=True))
    assert desk.saver.pending


def test_what_cannot_be_written_is_said_and_stays_pending(desk, monkeypatch):
    saver = begun(desk)

    def full(*_args, **_kwargs):
        raise CaseError("No space left on device.")

    monkeypatch.setattr(case, "create_case", full)
    saver.flush()
    assert saver.pending
    assert desk.said[-1] == "Not saved: No space left on device. Your work is still open here."
    assert desk.states[-1] == "Not saved"
    monkeypatch.undo()
    saver.flush()
    assert not saver.pending
    assert desk.said[-1] == ""


def test_a_case_counts_as_closed_only_once_it_was_closed(desk, tmp_path):
    saver, home = begun(desk), tmp_path / "home"
    saver.flush()
    assert [row.closed for row in recents(home)] == [False]
    saver.close()
    assert [row.closed for row in recents(home)] == [True]


def test_the_latest_case_leads_the_list_once_and_the_list_has_an_end(tmp_path):
    for number in (*range(MOST + 3), 5):
        remember(tmp_path, Recent(folder=f"/cases/{number}", name=str(number)))
    names = [row.name for row in recents(tmp_path)]
    assert names[0] == "5"
    assert names.count("5") == 1
    assert len(names) == MOST


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"folder": 1}]', '[{"odd": 1}]'])
def test_a_list_that_cannot_be_read_is_an_empty_one(tmp_path, text):
    (tmp_path / FILE).write_text(text, "utf-8")
    assert recents(tmp_path) == []
