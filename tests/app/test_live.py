"""The numbers that follow the session, without a window: when they are there, stale, refused."""

import time
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from liverplan import workflow
from liverplan.app.session import assessing
from liverplan.app.session.derived import derive
from liverplan.app.session.live import REST_MS, Live
from liverplan.app.session.session import Session
from liverplan.app.session.verdict import waiting_words, what_is_missing
from liverplan.app.session.work import Work
from liverplan.case import Record
from liverplan.eligibility.files import ProtocolFile
from liverplan.findings import SeriesSummary
from liverplan.resection import Plan, Plane, Sphere
from liverplan.segmentation import Segmentation, axes_of
from liverplan.volumetry import Liver


@pytest.fixture(scope="module")
def derived(phantom):
    return derive(phantom.segmentation)


def test_every_lesion_has_its_axes_and_its_middle(phantom, derived):
    masks, grid = phantom.segmentation, phantom.volume.grid
    assert set(derived.axes) == set(derived.lesion_centres) == {2, 3, 4}
    for label, axes in derived.axes.items():
        assert axes == axes_of(masks.lesion(label), grid)
        middle = grid.to_mm(np.argwhere(masks.labels == label).mean(axis=0))
        np.testing.assert_allclose(derived.lesion_centres[label], middle)
    index = grid.nearest_index(derived.centre_mm)
    assert masks.labels[index] > 0


def test_without_lesions_there_is_no_zone(phantom, derived):
    assert derived.zone is not None
    liver = np.minimum(phantom.segmentation.labels, 1)
    assert derive(Segmentation(grid=phantom.volume.grid, labels=liver)).zone is None


class Watched:
    """A session with its numbers, and what they announced."""

    def __init__(self, phantom):
        self.session = Session()
        self.live = Live(self.session)
        self.heard = []
        for name in ("derived_changed", "measured", "assessed"):
            getattr(self.live, name).connect(lambda name=name: self.heard.append(name))
        self.live.failed.connect(self.heard.append)
        grid = phantom.volume.grid
        series = SeriesSummary(uid="1.2.3", shape=grid.shape, spacing_mm=grid.spacing_mm)
        protocol = ProtocolFile.shipped(workflow.DEFAULT_PROTOCOL)
        self.work = Work(
            volume=phantom.volume,
            segmentation=phantom.segmentation,
            record=Record(series=series, protocol=protocol),
        )

    def settle(self):
        while self.live.busy:
            QApplication.instance().processEvents()
        QApplication.instance().processEvents()


@pytest.fixture
def watched(phantom):
    made = Watched(phantom)
    yield made
    made.live.close()


def cut(watched, *cuts):
    return replace(watched.work, plans=(Plan(name="Plan A", cuts=cuts),), cut=len(cuts) - 1)


@pytest.fixture
def plane(derived):
    """A plane that passes by every metastasis, as do those up to 30 mm further on."""
    return Plane(point_mm=derived.centre_mm, normal=(1.0, 0.2, 0.1)).shifted(15.0)


def test_what_is_missing_is_said_from_no_ct_to_no_cut(watched):
    live, session = watched.live, watched.session
    assert what_is_missing(session.work, measuring=True) == "Open a CT to begin."
    session.replace_all(replace(watched.work, segmentation=None))
    assert what_is_missing(session.work, measuring=True) == "No liver yet."
    session.replace_all(watched.work)
    assert live.remnant is None
    assert what_is_missing(session.work, measuring=True) == "Measuring …"
    watched.settle()
    assert live.remnant is not None
    assert what_is_missing(session.work, measuring=False) == "No cut is planned yet."


def test_numbers_are_the_library_s_own_and_findings_follow_at_rest(watched, phantom, plane):
    watched.session.replace_all(cut(watched, plane))
    watched.settle()
    live = watched.live
    expected = Liver(segmentation=phantom.segmentation).measure(watched.session.work.active_plan)
    assert live.remnant == expected
    assert not live.stale
    assert live.findings.volumes.remnant_ml == expected.remnant_ml
    assert watched.heard[-1] == "assessed"


def test_while_a_cut_is_dragged_the_numbers_follow_and_the_findings_are_stale(watched, plane):
    watched.session.replace_all(cut(watched, plane))
    watched.settle()
    live, before = watched.live, watched.live.findings
    seen = []
    for mm in (2.0, 4.0, 6.0):
        watched.session.drag_cut(plane.shifted(mm))
        assert live.stale
        assert live.findings is before
        seen.append(live.remnant.remnant_ml)
    assert seen == sorted(seen, reverse=True)
    watched.session.cancel_drag()
    watched.settle()
    assert not live.stale
    assert live.remnant.remnant_ml == before.volumes.remnant_ml


def test_one_assessment_at_a_time_and_the_last_plan_is_the_one_assessed(
    watched, plane, monkeypatch
):
    running, most = [], []
    assess = assessing.assess

    def slowly(*given):
        running.append(given)
        most.append(len(running))
        time.sleep(3 * REST_MS / 1000)
        running.pop()
        return assess(*given)

    monkeypatch.setattr(assessing, "assess", slowly)
    session, live = watched.session, watched.live
    session.replace_all(cut(watched, plane))
    watched.settle()
    for mm in (2.0, 4.0, 6.0):
        session.do("put", session.work.with_cuts((plane.shifted(mm),), 0))
        until = time.perf_counter() + 1.5 * REST_MS / 1000
        while time.perf_counter() < until:
            QApplication.instance().processEvents()
    watched.settle()
    assert most
    assert set(most) == {1}
    assert live.findings.volumes == live.liver.measure(session.work.active_plan)


def test_no_assessment_begins_between_two_steps_of_a_slow_drag(watched, plane):
    """Each step here takes longer than a rest, as where three views are drawn without a GPU."""
    session, live = watched.session, watched.live
    session.replace_all(cut(watched, plane))
    watched.settle()
    asked = live._asked
    for mm in (1.0, 2.0, 3.0, 4.0):
        session.drag_cut(plane.shifted(mm))
        time.sleep(1.5 * REST_MS / 1000)
        QApplication.instance().processEvents()
    assert live._asked == asked
    session.finish_drag("move plane")
    watched.settle()
    assert live._asked > asked
    assert not live.stale


def test_what_several_cuts_take_is_told_of_each(watched, plane, derived):
    ball = Sphere(centre_mm=derived.lesion_centres[2], radius_mm=20.0)
    watched.session.replace_all(cut(watched, plane, ball))
    watched.settle()
    alone = watched.live.alone_ml
    assert len(alone) == 2
    assert max(alone) <= watched.live.remnant.resected_ml <= sum(alone) + 1e-9


def test_other_masks_are_measured_anew_and_an_answer_for_the_old_is_dropped(watched, plane):
    watched.session.replace_all(cut(watched, plane))
    labels = watched.work.segmentation.labels.copy()
    labels[labels == 4] = 1
    masks = Segmentation(grid=watched.work.volume.grid, labels=labels)
    watched.session.do("delete", replace(watched.session.work, segmentation=masks))
    watched.settle()
    assert watched.live.derived.segmentation is masks
    assert watched.heard.count("derived_changed") == 1
    assert set(watched.live.derived.axes) == {2, 3}


def test_without_masks_there_are_no_numbers(watched, plane):
    watched.session.replace_all(cut(watched, plane))
    watched.settle()
    watched.session.replace_all(replace(watched.work, segmentation=None))
    watched.settle()
    live = watched.live
    assert live.derived is None
    assert live.liver is None
    assert live.remnant is None
    assert live.taken is None


def test_a_plan_that_leaves_nothing_is_refused_with_its_reason(watched, derived):
    far = Plane(point_mm=derived.centre_mm + 500, normal=(1.0, 1.0, 1.0))
    watched.session.replace_all(cut(watched, far))
    watched.settle()
    live = watched.live
    assert live.faults
    assert live.refused
    assert waiting_words(live) == "No verdict: the plan is refused, see step 4."
