"""Undo and redo: every kind of step, label maps to the last voxel."""

from dataclasses import replace

import numpy as np

from liverplan.app.session.history import LIMIT, History, LabelPatch, changed_box
from liverplan.app.session.session import Session
from liverplan.app.session.work import Work
from liverplan.resection.cuts.plane import Plane
from liverplan.resection.kept import KeptVessel
from liverplan.segmentation import Provenance, Segmentation
from liverplan.volume import Grid, Volume

GRID = Grid(shape=(6, 8, 10), affine=np.diag([2.0, 1, 1, 1]))
MADE = Provenance(method="test", version="1", origin="automatic")


def work(labels=None):
    segmentation = None
    if labels is not None:
        segmentation = Segmentation(grid=GRID, labels=labels, provenance={1: MADE})
    return Work(
        volume=Volume(grid=GRID, hu=np.zeros(GRID.shape, np.int16)), segmentation=segmentation
    )


def random_labels(seed):
    return np.random.default_rng(seed).integers(0, 3, GRID.shape).astype(np.uint8)


def test_a_patch_holds_only_the_box_that_changed():
    before = random_labels(1)
    after = before.copy()
    after[2, 3:5, 7] ^= 1
    assert changed_box(before, after) == (slice(2, 3), slice(3, 5), slice(7, 8))
    patch = LabelPatch.between(before, after)
    np.testing.assert_array_equal(patch.onto(after, patch.before), before)
    np.testing.assert_array_equal(patch.onto(before, patch.after), after)
    assert LabelPatch.between(before, before.copy()) is None


def test_undo_and_redo_walk_through_every_state_exactly():
    session = Session()
    session.replace_all(work())
    states = [session.work]
    for seed in range(5):
        now = session.work
        if seed % 2:
            plane = Plane(point_mm=(seed, 0, 0), normal=(1, seed, 0))
            session.do("plane", now.with_cuts((*now.cuts, plane), len(now.cuts)))
        else:
            labelled = Segmentation(grid=GRID, labels=random_labels(seed), provenance={1: MADE})
            session.do("labels", replace(now, segmentation=labelled))
        states.append(session.work)
    for expected in reversed(states[:-1]):
        session.undo()
        assert_same(session.work, expected)
    assert session.history.undo_name == ""
    for expected in states[1:]:
        session.redo()
        assert_same(session.work, expected)
    assert session.history.redo_name == ""


def assert_same(a, b):
    assert (a.segmentation is None) == (b.segmentation is None)
    if a.segmentation is not None:
        np.testing.assert_array_equal(a.segmentation.labels, b.segmentation.labels)
        assert dict(a.segmentation.provenance) == dict(b.segmentation.provenance)
    assert a.plans == b.plans
    assert a.cut == b.cut


def test_a_new_step_forgets_what_was_undone():
    session = Session()
    session.replace_all(work())
    session.do("margin", replace(session.work, margin_mm=5))
    session.undo()
    assert session.history.redo_name == "margin"
    session.do("lock", replace(session.work, locked=True))
    assert session.history.redo_name == ""
    session.redo()
    assert session.work.locked


def test_what_a_locked_plan_keeps_of_the_vessels_is_locked_with_its_cuts():
    session = Session()
    session.replace_all(
        replace(work().with_cuts((Plane(point_mm=(0, 0, 0), normal=(1, 0, 0)),)), locked=True)
    )
    plan = session.work.active_plan
    said = []
    session.refuse = said.append
    kept = replace(plan, kept=(KeptVessel(point_mm=(1.0, 2.0, 3.0)),))
    session.do("keep a branch", replace(session.work, plans=(kept,)))
    assert said
    assert session.work.active_plan.kept == ()
    session.do("rename plan", replace(session.work, plans=(replace(plan, name="left"),)))
    assert session.work.active_plan.name == "left"


def test_a_drag_is_one_step_and_escape_takes_it_back():
    session = Session()
    plane = Plane(point_mm=(0, 0, 0), normal=(1, 0, 0))
    session.replace_all(work().with_cuts((plane,), 0))
    for n in range(10):
        session.drag_cut(plane.shifted(n))
    session.finish_drag("move plane")
    assert session.work.active_plane.offset_mm == 9
    session.drag_cut(plane.shifted(50))
    session.cancel_drag()
    assert session.work.active_plane.offset_mm == 9
    session.undo()
    assert session.work.active_plane.offset_mm == 0
    assert session.history.undo_name == ""


def test_undo_during_a_drag_only_gives_up_the_drag():
    session = Session()
    plane = Plane(point_mm=(0, 0, 0), normal=(1, 0, 0))
    session.replace_all(work().with_cuts((plane,), 0))
    session.do("margin", replace(session.work, margin_mm=5))
    session.drag_cut(plane.shifted(3))
    session.undo()
    assert session.work.margin_mm == 5
    assert session.work.active_plane is plane


def test_another_ct_leaves_nothing_to_undo():
    session = Session()
    session.replace_all(work())
    session.do("margin", replace(session.work, margin_mm=5))
    session.replace_all(work(random_labels(3)))
    assert (session.history.undo_name, session.history.redo_name) == ("", "")
    session.undo()
    assert session.work.segmentation is not None


def test_the_history_is_bounded():
    history, now = History(), work()
    for n in range(LIMIT + 30):
        after = replace(now, margin_mm=float(n))
        history.push("margin", now, after)
        now = after
    undone = 0
    while history.undo_name:
        now = history.undo(now)
        undone += 1
    assert undone == LIMIT


def test_watchers_hear_exactly_what_changed():
    session, heard = Session(), []
    session.replace_all(work())
    session.subscribe(heard.append)
    session.do("lock", replace(session.work, locked=True))
    assert heard == [frozenset({"cuts", "history"})]
