"""Branches that the plan divides: lit on slices and in 3D while a plane is dragged, and listed."""

import re
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from liverplan.app.kit import theme
from liverplan.errors import PlanError
from liverplan.resection import Plane, Sphere
from liverplan.resection.anatomy.territories import territories
from liverplan.segmentation.vessels.branches import Branch
from liverplan.volumetry import Liver
from liverplan.words.numbers import ml
from tests.app.person import CONTROL
from tests.app.surgery import off


def with_tree(person, around, begins_mm=95):
    """A portal vein that comes in from the left and forks to the right, in the slice at a point."""
    fork = off(around, -20, 0, 0)
    ends = (off(around, begins_mm, 0, 0), off(around, -70, 30, 0), off(around, -70, -30, 0))
    lines = [
        Branch(name=name, points_mm=tuple(tuple(map(float, p)) for p in points), radius_mm=radius)
        for name, points, radius in (
            ("1", (ends[0], fork), 5.0),
            ("1.1", (fork, ends[1]), 3.0),
            ("1.2", (fork, ends[2]), 2.0),
        )
    ]
    portal = territories(person.app.session.work.segmentation, lines, "portal")
    person.app.session.put_maps(MappingProxyType({"portal": portal}))


@pytest.fixture
def divider(planner):
    """A planner with a portal tree; a plane takes the right part and divides the trunk."""
    planner.begin()
    centre = planner.app.live.derived.centre_mm
    planner.begin(Plane(point_mm=off(centre, 25, 0, 0), normal=(1, 0.001, 0)))
    with_tree(planner, centre)
    planner.wait(lambda: planner.app.live.remnant is not None, what="the vessel trees")
    planner.settle()
    planner.open_step(4)
    planner.app.views.move_crosshair(centre)
    planner.app.scene_pane.look_from("A")
    planner.spin(0.2)
    return planner


def bright(picture):
    """How many pixels have the colour of divided vessels."""
    return painted(picture, theme.SEVERED)


def painted(picture, colour):
    return np.count_nonzero(np.abs(picture[..., :3].astype(int) - colour).max(axis=-1) < 40)


def pixels(widget):
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    flat = np.frombuffer(image.constBits(), np.uint8)
    return flat.reshape(image.height(), image.bytesPerLine() // 4, 4)[:, : image.width()]


def test_a_branch_lights_up_while_a_plane_is_dragged_over_it_and_is_put_back(divider):
    app, live = divider.app, divider.app.live
    view, severed = divider.view("Axial"), divider.panel(4).severed
    trunk = live.vessels.severed
    assert [one.name for one in trunk] == ["1"]
    assert live.remnant.perfused_ml == pytest.approx(live.remnant.remnant_ml, rel=0.02)
    knobs = divider.knobs(view)
    names = []

    def check():
        remnant = live.remnant
        names.append(tuple(sorted(one.name for one in live.vessels.severed)))
        assert remnant.perfused_ml <= remnant.remnant_ml
        shown = [severed.table.item(r, 0).text() for r in range(severed.table.rowCount())]
        assert sorted(re.findall(r"1[.12]*", " ".join(shown))) == list(names[-1])
        assert ml(remnant.counted_ml) in severed.title.text()

    start = knobs.middle
    divider.drag(view.canvas, start, (start[0] - 60, start[1]), each=check)
    assert ("1.1", "1.2") in names
    divider.spin(0.1)
    assert app.scene.cut_show.severed.actor.GetVisibility()
    assert len(view.overlay.drawing.cuts.lit.rings) == 2
    assert bright(pixels(view.overlay)) > 40
    divider.key(Qt.Key.Key_Z, CONTROL)
    divider.settle()
    assert [one.name for one in live.vessels.severed] == ["1"]


def test_a_root_that_the_plan_takes_out_is_said_while_nothing_is_told_of_its_tree(divider):
    live, severed = divider.app.live, divider.panel(4).severed
    divider.begin(Plane(point_mm=off(live.derived.centre_mm, 25, 0, 0), normal=(-1, 0.001, 0)))
    with_tree(divider, live.derived.centre_mm, begins_mm=60)
    divider.wait(lambda: live.remnant is not None, what="the vessel trees")
    divider.settle()
    assert (live.vessels.trees, live.vessels.rootless) == ((), ("portal",))
    assert severed.isVisible()
    assert severed.title.text().startswith("The portal tree's root lies in what is taken out")
    assert not severed.table.isVisible()


def test_a_divided_branch_is_said_to_be_kept_at_its_row_and_taken_back(divider):
    """The number, the list and the pictures follow at once, by mouse and by keyboard."""
    app, live, listed = divider.app, divider.app.live, divider.panel(4).severed
    centre = live.derived.centre_mm
    divider.begin(Sphere(centre_mm=off(centre, 45, 0, 0), radius_mm=12.0))
    with_tree(divider, centre)
    divider.wait(lambda: live.remnant is not None, what="the vessel trees")
    divider.settle()
    app.views.move_crosshair(centre)
    view = divider.view("Axial")
    assert [one.name for one in live.vessels.severed] == ["1"]
    lost_ml, drawn = live.vessels.without_either_ml, live.remnant
    assert drawn.perfused_ml < 0.6 * drawn.remnant_ml
    (tick,) = listed.ticks
    assert min(tick.width(), tick.height()) >= 24

    divider.click_box(tick)
    assert live.remnant.perfused_ml == live.remnant.remnant_ml == drawn.remnant_ml
    assert app.result.ml.whole.startswith("1 branch counted as kept; ")
    assert listed.table.item(0, 2).text() == ml(lost_ml)
    assert listed.ticks[0].isChecked()
    divider.settle()
    assert live.findings.vessels.by_word_ml == pytest.approx(lost_ml)
    lit = view.overlay.drawing.cuts.lit
    assert (len(lit.squares), lit.rings, lit.pieces) == (1, (), ())
    assert painted(pixels(view.overlay), theme.KEPT) > 40
    shown = app.scene.cut_show.severed
    assert (shown.actor.GetVisibility(), shown.kept_actor.GetVisibility()) == (0, 1)

    listed.ticks[0].setFocus()
    divider.key(Qt.Key.Key_Space, widget=listed.ticks[0])
    assert live.remnant.perfused_ml == drawn.perfused_ml
    divider.key(Qt.Key.Key_Z, CONTROL)
    divider.key(Qt.Key.Key_Z, CONTROL)
    divider.settle()
    assert app.session.work.active_plan.kept == ()
    assert not listed.ticks[0].isChecked()

    app.session.do("lock", replace(app.session.work, locked=True))
    assert not listed.ticks[0].isEnabled()


def test_plans_that_keep_their_blood_are_asked_for_where_vessels_are_known(divider, monkeypatch):
    asked, panel = [], divider.panel(4)

    def searched(_liver, **options):
        asked.append(options["keep_blood"])
        raise PlanError("Nothing was found.")

    monkeypatch.setattr(Liver, "suggest", searched)
    assert panel.keep_blood.isVisible()
    divider.click_box(panel.keep_blood)
    divider.press_button(panel.suggest_button)
    divider.settle()
    divider.click_box(panel.keep_blood)
    divider.press_button(panel.suggest_button)
    divider.settle()
    assert asked == [True, False]
    divider.begin()
    assert not panel.keep_blood.isVisible()
