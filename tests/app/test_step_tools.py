"""Tools and verbs of the liver's and the metastases' steps, without a window.

A view is stood in for by its name: tools know nothing else of it.
"""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from liverplan.app.session.backends import Backends
from liverplan.app.session.context import Context
from liverplan.app.session.work import Work
from liverplan.app.slices.brush import BrushSettings, BrushTool
from liverplan.app.slices.brush_options import BrushOptions
from liverplan.app.slices.convert import view_axes
from liverplan.app.slices.slicing import Look
from liverplan.app.slices.tool import Spot
from liverplan.app.steps.liver.border_tool import BorderTool
from liverplan.app.steps.liver.finding import Finding
from liverplan.app.steps.liver.look_first import LookFirst
from liverplan.app.steps.liver.outline_tool import OutlineTool
from liverplan.app.steps.metastases.axis_tool import AxisTool
from liverplan.app.steps.metastases.lesion_edits import LesionEdits
from liverplan.app.steps.metastases.lesions import Lesions
from liverplan.app.steps.metastases.part_tools import MergeTool, SplitTool
from liverplan.app.steps.metastases.prompt_tools import BoxTool, DenyTool
from liverplan.segmentation import LiverResult, Provenance
from liverplan.segmentation.edit.brush import SOFT_TISSUE_HU
from liverplan.segmentation.labels import LIVER
from liverplan.volume import Volume
from tests.app.surgery import off


class Views(QObject):
    """What a step asks of the views."""

    armed = Signal()

    def __init__(self):
        super().__init__()
        self.tool, self.seen = None, []

    def disarm(self):
        self.tool = None

    def move_crosshair(self, point_mm):
        self.seen.append(point_mm)


class Desk:
    """The phantom with its true masks, and the notices of both steps."""

    def __init__(self, phantom, home):
        self.context = Context.at(home)
        self.session, self.views = self.context.session, Views()
        self.said = {}
        for place in ("liver", "metastases"):
            self.context.notices.show_at(
                place, lambda text, _kind, place=place: self.said.update({place: text})
            )
        self.work = Work(volume=phantom.volume, segmentation=phantom.segmentation)
        self.grid = phantom.volume.grid
        self.session.replace_all(self.work)
        self.lesions = Lesions(self.context, self.views, Backends(self.context, "prompters", dict))
        self.edits = LesionEdits(self.context, self.views, self.lesions)

    @property
    def labels(self):
        return self.session.work.segmentation.labels

    @property
    def undo_name(self):
        return self.session.history.undo_name

    def settle(self):
        while self.context.jobs.any_running:
            QApplication.instance().processEvents()
        QApplication.instance().processEvents()

    def middle(self, label):
        return self.grid.to_mm(np.argwhere(self.labels == label).mean(axis=0))

    def spot(self, point_mm, name="Axial"):
        """Where a person clicks to hit a point: on the slice through it."""
        axes = view_axes(self.grid, name)
        index = round(float(self.grid.to_index(point_mm)[axes.along]))
        look = Look(
            grid=self.grid, axes=axes, index=index, centre=(90, 90), zoom=2.0, width=600, height=500
        )
        return Spot(view=SimpleNamespace(name=name), look=look, at=look.lps_to_pixel(point_mm))


@pytest.fixture
def desk(phantom, tmp_path):
    made = Desk(phantom, tmp_path)
    yield made
    made.context.jobs.stop()
    made.context.live.close()


def stroke(tool, *spots):
    tool.press(spots[0])
    for spot in spots[1:]:
        tool.move(spot)
    tool.release(spots[-1])


@pytest.fixture
def brush():
    return BrushSettings()


def edge(desk):
    """A point on the liver's surface, at its middle slice."""
    k, j, _ = np.rint(desk.grid.to_index(desk.middle(LIVER))).astype(int)
    columns = np.flatnonzero(desk.labels[k, j] == LIVER)
    return desk.grid.to_mm([k, j, columns[0]])


def test_a_stroke_of_the_brush_is_one_step_on_one_slice(desk, brush):
    tool = BrushTool(desk.session, brush, "brush", lambda: LIVER)
    at = edge(desk)
    stroke(tool, desk.spot(at), desk.spot(off(at, -3, 0, 0)))
    changed = np.argwhere(desk.labels != desk.work.segmentation.labels)
    assert len(changed)
    assert len(np.unique(changed[:, 0])) == 1
    assert desk.undo_name == "paint liver"
    desk.session.undo()
    np.testing.assert_array_equal(desk.labels, desk.work.segmentation.labels)


def test_a_ball_goes_through_the_slices_and_an_eraser_takes_away(desk, brush):
    brush.set_ball(through=True)
    brush.radius_mm = 10.0
    tool = BrushTool(desk.session, brush, "eraser", lambda: LIVER)
    stroke(tool, desk.spot(edge(desk)))
    changed = np.argwhere(desk.labels != desk.work.segmentation.labels)
    assert len(np.unique(changed[:, 0])) > 2
    assert (desk.labels <= desk.work.segmentation.labels).all()
    assert desk.undo_name == "erase liver"


def test_a_stroke_that_paints_nothing_is_no_step(desk, brush):
    brush.limit((3000.0, 3001.0))
    tool = BrushTool(desk.session, brush, "brush", lambda: LIVER)
    stroke(tool, desk.spot(edge(desk)))
    assert desk.undo_name == ""
    assert not desk.session.dragging
    assert desk.session.work is desk.work


@pytest.mark.parametrize("label", [None, 3])
def test_the_brush_works_on_the_mask_that_its_step_names_and_on_none_without(desk, brush, label):
    tool = BrushTool(desk.session, brush, "brush", lambda: label)
    stroke(tool, desk.spot(desk.middle(LIVER)))
    assert desk.undo_name == ("" if label is None else "paint Metastasis 2")


def test_an_abandoned_stroke_is_forgotten_by_the_tool_too(desk, brush):
    tool = BrushTool(desk.session, brush, "brush", lambda: LIVER)
    tool.press(desk.spot(edge(desk)))
    assert desk.session.dragging
    tool.abandon()
    desk.session.cancel_drag()
    tool.move(desk.spot(edge(desk)))
    tool.release(desk.spot(edge(desk)))
    assert desk.session.work is desk.work


def test_the_brush_shows_its_size_where_the_mouse_is_and_says_it(desk, brush):
    tool = BrushTool(desk.session, brush, "brush", lambda: LIVER)
    assert tool.marks.circle is None
    spot = desk.spot(edge(desk), "Coronal")
    tool.hover(spot)
    assert tool.marks.circle == ("Coronal", spot.at, 8.0)
    tool.keys[Qt.Key.Key_BracketRight]()
    assert tool.marks.circle[2] == pytest.approx(9.2)
    assert tool.words == "Brush 9 mm: liver  [ ]"
    tool.hover(None)
    assert tool.marks.circle is None


@pytest.mark.parametrize(("notches", "radius"), [(100, 40.0), (-100, 1.0)])
def test_the_brush_has_a_smallest_and_a_largest_size(brush, notches, radius):
    brush.resize(notches)
    assert brush.radius_mm == radius


def test_brush_options_show_what_holds_and_offer_the_liver_s_own_densities(desk, brush):
    options = BrushOptions(desk.session, brush)
    assert options.range.isHidden()
    options.limit.click()
    low, high = brush.limits_hu
    inside = desk.work.volume.hu[desk.labels == LIVER]
    assert 0.9 < np.mean((inside >= low) & (inside <= high)) <= 1.0
    assert (options.lowest.value(), options.highest.value()) == (low, high)
    assert not options.range.isHidden()
    options.lowest.setValue(300)  # above the highest: they change places
    assert brush.limits_hu == (high, 300.0)
    options.limit.click()
    assert brush.limits_hu is None
    options.ball.click()
    assert brush.ball


def test_without_a_ct_the_densities_are_those_of_soft_tissue(desk, brush):
    desk.session.replace_all(Work())
    options = BrushOptions(desk.session, brush)
    options.limit.click()
    assert brush.limits_hu == SOFT_TISSUE_HU


def test_a_click_moves_the_border_as_one_step_that_must_be_looked_at_again(desk):
    at = off(edge(desk), 4.0, 0, 0)
    BorderTool(desk.context, "outside").press(desk.spot(at))
    desk.settle()
    assert desk.undo_name == "take from liver"
    assert desk.labels[desk.grid.nearest_index(at)] == 0
    assert desk.session.work.segmentation.provenance[LIVER].edits == 1
    assert not desk.session.work.liver_confirmed


def test_a_border_that_was_moved_for_other_masks_is_dropped_and_said_to_be(desk):
    BorderTool(desk.context, "outside").press(desk.spot(off(edge(desk), 4.0, 0, 0)))
    masks = replace(desk.work.segmentation)
    desk.session.do("meanwhile", replace(desk.session.work, segmentation=masks))
    desk.settle()
    assert desk.undo_name == "meanwhile"
    assert "its answer was dropped" in desk.said["liver"]


def test_an_outline_belongs_on_the_axial_slice_and_goes_all_the_way_round(desk):
    tool = OutlineTool(desk.context)
    at = desk.middle(LIVER)
    stroke(tool, desk.spot(at, "Coronal"), desk.spot(off(at, 5, 0, 0), "Coronal"))
    assert desk.said["liver"] == "Draw the outline on the axial slice."
    assert tool.marks.path_mm == ()
    stroke(tool, desk.spot(at), desk.spot(off(at, 5, 0, 0)))
    assert "all the way around" in desk.said["liver"]
    assert desk.undo_name == ""


def test_an_outline_holds_on_its_slice(desk):
    at = desk.middle(LIVER)
    angles = np.linspace(0, 2 * np.pi, 25)
    ring = [desk.spot(at + 30 * np.array([np.cos(a), np.sin(a), 0])) for a in angles]
    stroke(OutlineTool(desk.context), *ring)
    desk.settle()
    k = ring[0].look.index
    assert desk.undo_name == f"outline liver on slice {k + 1}"
    points = desk.grid.to_mm(np.moveaxis(np.indices(desk.grid.shape)[:, k], 0, -1))
    away = np.linalg.norm((points - at)[..., :2], axis=-1)
    assert (desk.labels[k][away < 27] > 0).all()
    assert not (desk.labels[k][away > 33] == LIVER).any()


def result(desk, mask, lesions=()):
    made = Provenance(method="back end", version="1", origin="automatic")
    return LiverResult(mask=mask, provenance=made, lesions=tuple(lesions))


def others(desk):
    return SimpleNamespace(chosen="classical"), LookFirst(desk.context, desk.views)


def test_a_liver_found_again_keeps_the_lesions_and_counts_those_it_brings(desk, monkeypatch):
    finding = Finding(desk.context, desk.views, *others(desk))
    liver = desk.work.segmentation.liver
    known, new = desk.work.segmentation.lesion(2), np.zeros(desk.grid.shape, dtype=bool)
    k, j, i = desk.grid.nearest_index(off(edge(desk), 10.0, 0, 0))
    new[k : k + 2, j : j + 2, i : i + 2] = True
    answer = result(desk, liver, [known, new])
    monkeypatch.setattr("liverplan.app.steps.liver.finding.segment_with", lambda *_a, **_k: answer)
    finding.segment()
    desk.settle()
    assert desk.undo_name == "automatic liver"
    assert desk.session.work.segmentation.lesion_labels == (2, 3, 4, 5)
    assert (desk.labels[new] == 5).all()
    np.testing.assert_array_equal(desk.labels == 2, known)
    assert desk.said["liver"] == "It found 1 lesions as well: check each under Metastases."
    assert len(desk.views.seen) == 1


def test_a_liver_found_for_another_ct_is_dropped(desk, monkeypatch):
    finding = Finding(desk.context, desk.views, *others(desk))
    answer = result(desk, desk.work.segmentation.liver)
    monkeypatch.setattr("liverplan.app.steps.liver.finding.segment_with", lambda *_a, **_k: answer)
    finding.segment()
    other = Volume(grid=desk.grid, hu=desk.work.volume.hu.copy())
    desk.session.replace_all(Work(volume=other))
    desk.settle()
    assert desk.session.work.segmentation is None
    assert "its answer was dropped" in desk.said["liver"]


def test_the_chosen_metastasis_is_confirmed_biopsied_and_deleted_alone(desk):
    lesions = desk.lesions
    assert lesions.labels == (2, 3, 4)
    lesions.confirm()
    lesions.delete()
    lesions.toggle_biopsied()
    assert desk.session.work is desk.work  # none is chosen
    lesions.choose(3)
    lesions.confirm()
    assert desk.undo_name == "confirm Metastasis 2"
    lesions.toggle_biopsied()
    assert desk.session.work.biopsied == {3}
    lesions.toggle_biopsied()
    assert desk.session.work.biopsied == frozenset()
    lesions.toggle_biopsied()
    lesions.delete()
    assert lesions.labels == (2, 4)
    assert lesions.chosen is None
    assert desk.session.work.biopsied == frozenset()
    assert (desk.labels[desk.work.segmentation.labels == 3] == LIVER).all()


def test_a_lesion_is_found_by_a_point_in_its_mask_and_nothing_beside_it(desk):
    assert desk.lesions.at(desk.middle(4)) == 4
    assert desk.lesions.at(edge(desk)) is None
    assert desk.lesions.at(np.array([9999.0, 0, 0])) is None


def test_a_click_outlines_a_metastasis_and_chooses_it(desk):
    at = desk.middle(2)
    desk.lesions.choose(2)
    desk.lesions.delete()
    desk.lesions.outline(at)
    desk.settle()
    assert desk.undo_name == "add Metastasis 1"
    assert desk.lesions.chosen == 2
    assert desk.lesions.at(at) == 2


def test_a_click_into_one_that_is_there_chooses_it_and_adds_no_rim_of_it(desk):
    desk.lesions.outline(desk.middle(2))
    desk.settle()
    assert desk.session.work is desk.work
    assert desk.lesions.chosen == 2
    assert desk.said["metastases"] == "This place is already part of Metastasis 1."


def test_merging_takes_a_click_into_another_one(desk):
    tool = MergeTool(desk.lesions, desk.edits, desk.context.notices)
    assert tool.words == ""
    desk.lesions.choose(2)
    assert tool.words == "Click what belongs to Metastasis 1"
    for at in (edge(desk), desk.middle(2)):
        tool.press(desk.spot(at))
        assert "belongs to Metastasis 1" in desk.said["metastases"]
    desk.session.do("biopsy", replace(desk.session.work, biopsied=frozenset({4})))
    tool.press(desk.spot(desk.middle(4)))
    desk.settle()
    assert desk.undo_name == "merge Metastasis 3 into Metastasis 1"
    assert desk.lesions.labels == (2, 3)
    assert desk.session.work.biopsied == {2}
    assert desk.lesions.chosen == 2


def test_splitting_takes_a_click_into_each_part_and_begins_anew_beside_one(desk):
    tool = SplitTool(desk.lesions, desk.edits, desk.context.notices)
    tool.press(desk.spot(edge(desk)))
    assert "Click inside the metastasis" in desk.said["metastases"]
    assert tool.points_mm == []
    middle = desk.middle(2)
    tool.press(desk.spot(off(middle, -3, 0, 0)))
    assert tool.words == "Click into its other part"
    assert desk.said["metastases"] == "1 of 2 points; click into its other part."
    tool.press(desk.spot(off(middle, 3, 0, 0)))
    desk.settle()
    assert desk.undo_name == "split Metastasis 1"
    assert desk.lesions.labels == (2, 3, 4, 5)


@pytest.mark.parametrize(("sign", "word"), [(1, "grow"), (-1, "shrink")])
def test_growing_and_shrinking_are_of_the_chosen_one(desk, sign, word):
    desk.edits.resize(sign)
    desk.settle()
    assert desk.undo_name == ""
    desk.lesions.choose(2)
    before = np.count_nonzero(desk.labels == 2)
    desk.edits.resize(sign)
    desk.settle()
    assert desk.undo_name == f"{word} Metastasis 1"
    assert sign * (np.count_nonzero(desk.labels == 2) - before) > 0


def test_an_axis_is_a_straight_line_from_the_press_and_asks_for_the_short_one(desk):
    at = desk.middle(2)
    desk.lesions.choose(2)
    desk.lesions.delete()
    tool = AxisTool(desk.context, desk.lesions)
    ends = [desk.spot(off(at, x, 0, 0)) for x in (-12, -3, 12)]
    tool.press(ends[0])
    tool.move(ends[1])
    tool.move(ends[2])
    assert len(tool.marks.path_mm) == 2
    tool.release(ends[2])
    desk.settle()
    assert desk.undo_name == "add Metastasis 1"
    assert "short axis" in desk.said["metastases"]
    stroke(tool, *(desk.spot(off(at, 0, y, 0)) for y in (-10, 10)))
    desk.settle()
    assert desk.undo_name == "short axis of Metastasis 1"
    assert desk.lesions.labels == (2, 3, 4)


def test_a_mere_click_draws_no_axis(desk):
    spot = desk.spot(desk.middle(2))
    stroke(AxisTool(desk.context, desk.lesions), spot)
    desk.settle()
    assert desk.undo_name == ""


def test_a_box_round_a_metastasis_outlines_it(desk):
    at = desk.middle(2)
    desk.lesions.choose(2)
    desk.lesions.delete()
    tool = BoxTool(desk.context, desk.lesions)
    first, last = (desk.spot(off(at, x, y, 0)) for x, y in ((-14, -14), (14, 14)))
    tool.press(first)
    tool.move(last)
    assert len(tool.marks.path_mm) == 5
    tool.release(last)
    desk.settle()
    assert desk.undo_name == "add Metastasis 1"
    assert desk.labels[desk.grid.nearest_index(at)] == 2


def test_a_click_into_what_is_no_part_of_it_takes_it_out(desk):
    at = desk.middle(2)
    desk.lesions.choose(2)
    desk.lesions.delete()
    desk.lesions.outline(at)
    desk.settle()
    before = np.argwhere(desk.labels == 2)
    edge = desk.grid.to_mm(before[int(before[:, 2].argmax())])
    desk.lesions.choose(2)
    DenyTool(desk.lesions).press(desk.spot(edge))
    desk.settle()
    assert desk.undo_name == "leave out of Metastasis 1"
    assert desk.labels[desk.grid.nearest_index(edge)] != 2
    assert (desk.labels == 2).any()


def test_what_was_not_outlined_here_is_left_to_the_eraser(desk):
    desk.lesions.choose(2)
    DenyTool(desk.lesions).press(desk.spot(desk.middle(2)))
    desk.settle()
    assert "eraser" in desk.said["metastases"]
