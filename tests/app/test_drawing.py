"""What is drawn over a slice, to the millimetre: outlines, the zone, cuts, words, the ruler."""

from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from liverplan.app.session.work import Work
from liverplan.app.session.zone import distance_field
from liverplan.app.slices.contours import outlines_of, slice_of
from liverplan.app.slices.convert import VIEW_NAMES, view_axes
from liverplan.app.slices.cut_painting import Cuts, region_on, rgba, to_canvas
from liverplan.app.slices.drawing import Shown, corner_words, drawing_of
from liverplan.app.slices.overlay import Drawing, ruler_mm
from liverplan.app.slices.slicing import Look
from liverplan.app.slices.tool import Marks
from liverplan.app.slices.views import step_sign
from liverplan.case import Record
from liverplan.findings import SeriesSummary
from liverplan.resection import Ablation, Plan, Plane, Sphere
from liverplan.resection.anatomy.maps import PartMap
from liverplan.segmentation import Segmentation
from liverplan.volume import Grid

GRID = Grid(
    shape=(20, 40, 50),
    affine=np.array([[0, 0, -1.5, 40], [0, 2.0, 0, -40], [3.0, 0, 0, -30], [0, 0, 0, 1]]),
)
"""Its rows run from front to back, its columns from the patient's left to the right."""


def box(low, high, value=1):
    labels = np.zeros(GRID.shape, dtype=np.uint8)
    labels[tuple(slice(a, b) for a, b in zip(low, high, strict=True))] = value
    return labels


LABELS = box((4, 8, 10), (16, 32, 40))
LABELS[9:12, 18:22, 20:26] = 2
MASKS = Segmentation(grid=GRID, labels=LABELS)


def look_at(name="Axial", index=10, zoom=2.0):
    axes = view_axes(GRID, name)
    return Look(
        grid=GRID, axes=axes, index=index, centre=(40, 37), zoom=zoom, width=400, height=300
    )


def area_mm2(path):
    """Area inside a path, holes taken out, by the winding of its closed parts."""
    total = 0.0
    for polygon in path.toSubpathPolygons():
        points = np.array([(p.x(), p.y()) for p in polygon])
        x, y = points.T
        total += abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) / 2
    return total


@pytest.mark.parametrize("name", VIEW_NAMES)
def test_an_outline_encloses_the_area_of_its_voxels_in_every_view(name):
    look = look_at(name, index=(10 if name == "Axial" else 20))
    outlines = outlines_of(GRID, look.axes, look.index, LABELS, None)
    voxels = np.count_nonzero(slice_of(LABELS, look.axes, look.index) == 2)
    one = look.spacing[1] * look.spacing[2]
    corners = 4 * one / 8  # an outline cuts each corner of a rectangle
    assert area_mm2(outlines.lesions[2]) == pytest.approx(voxels * one - corners)


def test_a_lesion_is_a_hole_in_the_functional_liver():
    look = look_at()
    functional = outlines_of(GRID, look.axes, look.index, LABELS, None).functional
    inside = QPointF(15 * 1.5, 20 * 2.0)
    lesion = QPointF(23 * 1.5, 20 * 2.0)
    assert functional.contains(inside)
    assert not functional.contains(lesion)


def test_a_slice_without_masks_has_no_outlines():
    look = look_at(index=1)
    outlines = outlines_of(GRID, look.axes, look.index, LABELS, None)
    assert outlines.functional.isEmpty()
    assert outlines.lesions == {}


def test_the_zone_lies_at_the_margin_from_the_lesion_and_grows_with_it():
    look, zone = look_at(), distance_field(MASKS)
    sizes = []
    for margin in (3.0, 6.0, 9.0):
        path = outlines_of(GRID, look.axes, look.index, LABELS, (zone, margin)).zone
        bounds = path.boundingRect()
        assert bounds.left() == pytest.approx(20 * 1.5 - margin, abs=0.5)
        assert bounds.bottom() == pytest.approx(21 * 2.0 + margin, abs=0.5)
        sizes.append(area_mm2(path))
    assert sizes == sorted(sizes)


def test_beyond_the_zone_s_reach_nothing_is_drawn():
    look = look_at(index=19)
    far = distance_field(Segmentation(grid=GRID, labels=box((0, 0, 0), (1, 1, 1), value=2)))
    assert outlines_of(GRID, look.axes, look.index, LABELS, (far, 3.0)).zone.isEmpty()


def test_vessels_are_outlined_by_their_names():
    parts = box((9, 9, 12), (12, 12, 15))
    trees = PartMap(scheme="vessels", grid=GRID, labels=parts, names=("portal vein", "veins"))
    look = look_at()
    found = outlines_of(GRID, look.axes, look.index, LABELS, None, trees).vessels
    assert list(found) == ["portal vein", "veins"]
    assert not found["portal vein"].isEmpty()
    assert found["veins"].isEmpty()


def liver_path(look):
    return outlines_of(GRID, look.axes, look.index, LABELS, None).functional


def shown(look, path, point_mm):
    """Whether a path on the canvas, once mapped, covers a point of the patient."""
    return to_canvas(look).map(path).contains(QPointF(*look.lps_to_pixel(point_mm)))


@pytest.mark.parametrize("name", VIEW_NAMES)
def test_a_ball_is_drawn_where_it_takes_tissue_in_every_view(name):
    centre = GRID.to_mm([10, 20, 25])
    look = look_at(name, index=10 if name == "Axial" else 20 if name == "Coronal" else 25)
    ball = Sphere(centre_mm=centre, radius_mm=9.0)
    region = region_on(Cuts(plan=Plan(cuts=(ball,))), look, liver_path(look))
    right, down = look.pixels_to_basis
    for direction in (right, -right, down, -down):
        assert shown(look, region.removed, centre + 8.5 * direction)
        assert not shown(look, region.removed, centre + 9.5 * direction)
    assert area_mm2(region.removed) == pytest.approx(np.pi * 81, rel=0.02)
    assert region.ablated.isEmpty()


def test_ablated_tissue_is_told_from_what_is_taken():
    centre, look = GRID.to_mm([10, 20, 25]), look_at()
    zone = Ablation(centre_mm=centre, radii_mm=np.full(3, 8.0), axes=np.eye(3))
    region = region_on(Cuts(plan=Plan(cuts=(zone,))), look, liver_path(look))
    assert shown(look, region.ablated, centre)
    assert not shown(look, region.removed, centre)


def test_planes_alone_are_drawn_as_they_are():
    plan = Plan(cuts=(Plane(point_mm=(0, 0, 0), normal=(1, 0, 0)),))
    assert region_on(Cuts(plan=plan), look_at(), liver_path(look_at())) is None


def test_where_there_is_no_liver_there_is_no_region_but_a_line_for_each_cut():
    look = look_at(index=1)
    plan = Plan(cuts=(Sphere(centre_mm=(0, 0, 0), radius_mm=9.0),) * 2)
    region = region_on(Cuts(plan=plan), look, liver_path(look))
    assert region.removed.isEmpty()
    assert [line.isEmpty() for line in region.lines] == [True, True]


def state(**changes):
    given = {
        "work": Work(segmentation=MASKS, margin_mm=5.0),
        "zone": None,
        "taken": None,
        "masks_shown": True,
        "window_hu": (40.0, 350.0),
        "crosshair_mm": None,
        "pointer_hu": None,
        "axes_mm": (),
        "marks": Marks(),
        "tool_words": "",
    }
    return Shown(**given | changes)


def view_named(name="Axial"):
    return SimpleNamespace(name=name, outlined=(), overlay=SimpleNamespace(drawing=Drawing()))


def draw(view, look=None, **changes):
    view.overlay.drawing = drawing_of(state(**changes), view, look or look_at(view.name))
    return view.overlay.drawing


def test_outlines_are_made_once_for_a_slice_and_anew_for_another_or_other_masks():
    view, work = view_named(), Work(segmentation=MASKS)
    first = draw(view, work=work).outlines
    assert draw(view, work=work, crosshair_mm=GRID.to_mm([10, 5, 5])).outlines is first
    assert draw(view, look_at(index=11), work=work).outlines is not first
    back = draw(view, work=work).outlines
    other = Work(segmentation=Segmentation(grid=GRID, labels=LABELS.copy()))
    assert draw(view, work=other).outlines is not back
    assert draw(view, work=Work()).outlines.functional.isEmpty()
    assert draw(view, work=work).outlines.lesions


def test_a_stroke_and_a_brush_are_drawn_in_their_own_view_and_points_in_all():
    point = GRID.to_mm([10, 20, 25])
    marks = Marks(
        points_mm=(point,),
        path_mm=(point, point + 1),
        path_view="Axial",
        circle=("Axial", (50.0, 60.0), 8.0),
    )
    axial = draw(view_named(), marks=marks)
    assert len(axial.path) == 2
    assert axial.brush == ((50.0, 60.0), 16.0)
    coronal = draw(view_named("Coronal"), marks=marks)
    assert coronal.path == ()
    assert coronal.brush is None
    assert len(axial.points) == len(coronal.points) == 1


def test_a_long_axis_is_drawn_on_its_axial_slice_alone():
    ends = (GRID.to_mm([10, 18, 20]), GRID.to_mm([10, 21, 25]))
    axes = ((10, ends),)
    look = look_at()
    assert draw(view_named(), axes_mm=axes).axes_mm == (
        (look.lps_to_pixel(ends[0]), look.lps_to_pixel(ends[1])),
    )
    assert draw(view_named(), look_at(index=11), axes_mm=axes).axes_mm == ()
    assert draw(view_named("Coronal"), axes_mm=axes).axes_mm == ()


def test_the_corners_say_what_is_seen():
    series = SeriesSummary(
        uid="1",
        shape=GRID.shape,
        spacing_mm=GRID.spacing_mm,
        study_date="20240311",
        description="Portal venous",
    )
    work = Work(record=Record(series=series))
    corners = draw(view_named(), work=work, pointer_hu=61.4).corners
    assert corners.top_left == ("2024-03-11", "Portal venous")
    assert corners.top_right == ("Axial", "3.0 mm")
    assert corners.bottom_left == ("L 40 W 350", "61 HU")
    assert corners.bottom_right == ("11/20",)


@pytest.mark.parametrize(
    ("date", "words"), [("20240311", ("2024-03-11",)), ("unknown", ("unknown",)), ("", ())]
)
def test_a_study_date_is_dashed_only_where_it_is_one(date, words):
    series = SeriesSummary(uid="1", shape=(1, 1, 1), spacing_mm=(1, 1, 1), study_date=date)
    assert corner_words(series) == words
    assert corner_words(None) == ()


@pytest.mark.parametrize(("zoom", "mm"), [(1.0, 100), (2.0, 50), (0.1, 200), (60.0, 2), (500, 1)])
def test_the_ruler_is_the_longest_round_length_that_fits(zoom, mm):
    assert ruler_mm(zoom, 120.0) == mm


@pytest.mark.parametrize("name", VIEW_NAMES)
def test_a_step_forward_goes_to_the_head_the_front_or_the_left(name):
    toward = {"Axial": (0, 0, 1), "Coronal": (0, -1, 0), "Sagittal": (1, 0, 0)}[name]
    axis = view_axes(GRID, name).along
    step = np.zeros(3)
    step[axis] = step_sign(GRID, name)
    moved = GRID.to_mm(np.array([10.0, 20, 25]) + step) - GRID.to_mm([10, 20, 25])
    assert moved @ toward > 0


def test_a_colour_has_its_opacity_of_255():
    assert rgba((1, 2, 3), 0.5).getRgb() == (1, 2, 3, 128)
