"""Ruler, angle, region: the patient's millimetres and the voxels that are shown; each is a step."""

from types import SimpleNamespace

import numpy as np
import pytest

from liverplan.app.session.session import Session
from liverplan.app.session.work import Work
from liverplan.app.slices.convert import VIEW_NAMES, view_axes
from liverplan.app.slices.figures import figure_of, is_on, words_of
from liverplan.app.slices.measuring import AngleTool, RegionTool, RulerTool
from liverplan.app.slices.slab import SlabShown, slab_words
from liverplan.app.slices.slicing import Look
from liverplan.app.slices.tool import Spot
from liverplan.volume import Grid, Volume

GRID = Grid(shape=(24, 30, 36), affine=np.diag([1.5, 2.0, 3.0, 1.0]))
DENSITIES = np.random.default_rng(3).integers(-100, 200, GRID.shape).astype(np.int16)
VIEWS = {name: SimpleNamespace(name=name) for name in VIEW_NAMES}


@pytest.fixture
def desk():
    session = Session()
    session.work = Work(volume=Volume(grid=GRID, hu=DENSITIES))
    return SimpleNamespace(session=session, slab=SlabShown())


def spot(name, at, index=9):
    axes = view_axes(GRID, name)
    look = Look(
        grid=GRID, axes=axes, index=index, centre=(30.0, 27.0), zoom=4.0, width=400, height=400
    )
    return Spot(view=VIEWS[name], look=look, at=at)


def drag(tool, name, start, end):
    first, last = spot(name, start), spot(name, end)
    tool.press(first)
    tool.move(last)
    tool.release(last)
    return first, last


def made(desk):
    (one,) = desk.session.work.annotations
    return one


@pytest.mark.parametrize("name", VIEW_NAMES)
def test_the_ruler_tells_the_patient_s_millimetres_in_every_view(name, desk):
    tool = RulerTool(desk.session, desk.slab)
    assert "drag" in tool.words
    first, last = drag(tool, name, (100, 100), (220, 190))
    assert words_of(made(desk)) == "37.5 mm"  # 120 and 90 pixels at 4 pixels a mm: 150 / 4
    np.testing.assert_allclose(made(desk).points_mm, [first.point_mm, last.point_mm])
    assert (made(desk).view, made(desk).slab) == (name, None)
    assert tool.marks.draft is None
    assert desk.session.history.undo_name == "ruler"
    desk.session.undo()
    assert desk.session.work.annotations == ()


def test_a_click_measures_nothing_and_what_is_abandoned_is_gone(desk):
    tool = RulerTool(desk.session, desk.slab)
    drag(tool, "Axial", (100, 100), (101, 101))
    tool.press(spot("Axial", (100, 100)))
    tool.move(spot("Axial", (180, 100)))
    assert tool.marks.draft.length_mm == pytest.approx(20)
    tool.abandon()
    tool.release(spot("Axial", (180, 100)))
    assert desk.session.work.annotations == ()


@pytest.mark.parametrize("name", VIEW_NAMES)
@pytest.mark.parametrize("degrees", [30, 90, 150])
def test_an_angle_is_a_drag_to_its_corner_and_a_click(name, degrees, desk):
    tool, turn = AngleTool(desk.session, desk.slab), np.radians(degrees)
    drag(tool, name, (300, 200), (200, 200))
    end = 200 + 80 * np.cos(turn), 200 - 80 * np.sin(turn)
    tool.hover(spot(name, (250, 150)))
    assert tool.marks.draft.angle_deg == pytest.approx(45)
    last = spot(name, end)
    tool.press(last)
    tool.release(last)
    assert words_of(made(desk)) == f"{degrees}.0°"
    assert tool.marks.draft is None


def test_an_angle_s_second_arm_stays_in_the_slice_of_its_first(desk):
    tool = AngleTool(desk.session, desk.slab)
    drag(tool, "Axial", (300, 200), (200, 200))
    away = spot("Axial", (250, 150), index=10)
    tool.hover(away)
    tool.press(away)  # begins anew there
    tool.release(away)
    assert desk.session.work.annotations == ()
    assert tool.marks.draft is None


def in_circle(middle, radius_mm, look):
    """(k, j, i) bool: the voxels of the slice whose centres lie in a circle in the patient."""
    index = np.moveaxis(np.indices(GRID.shape), 0, -1)
    away = np.linalg.norm(GRID.to_mm(index) - middle, axis=-1)
    return (away <= radius_mm) & (index[..., look.axes.along] == look.index)


@pytest.mark.parametrize("name", VIEW_NAMES)
@pytest.mark.parametrize("projection", [None, "maximum", "average"])
def test_a_region_has_the_mean_and_spread_of_what_is_shown_in_its_circle(name, projection, desk):
    desk.slab.show(projection)
    first, _ = drag(RegionTool(desk.session, desk.slab), name, (200, 200), (248, 200))
    look, along = first.look, first.look.axes.along
    half = {0: 3, 1: 2, 2: 2}[along] if projection else 0  # 10 mm of 1.5, 2 and 3 mm slices
    behind = np.take(DENSITIES, range(9 - half, 10 + half), axis=along)
    shown = behind.max(along) if projection == "maximum" else behind.mean(along)
    inside = shown[in_circle(first.point_mm, 12.0, look).any(along)]
    found = made(desk)
    assert found.densities.voxels == inside.size > 20
    assert found.densities.mean_hu == pytest.approx(inside.mean())
    assert found.densities.sd_hu == pytest.approx(inside.std())
    lines = [
        f"Mean {inside.mean():.0f} HU, SD {inside.std():.0f}",
        f"4.5 cm² ({inside.size} voxels)",
    ]
    if projection:
        kind = {"maximum": "MIP", "average": "Average"}[projection]
        lines.append(f"{kind} {(2 * half + 1) * GRID.spacing_mm[along]:.1f} mm")
    assert words_of(found).split("\n") == lines


def test_a_region_beyond_the_scan_says_that_nothing_lies_in_it(desk):
    drag(RegionTool(desk.session, desk.slab), "Axial", (-900, -900), (-890, -900))
    assert words_of(made(desk)) == "No voxel lies in it."


@pytest.mark.parametrize("name", VIEW_NAMES)
@pytest.mark.parametrize("projection", ["maximum", "minimum", "average"])
@pytest.mark.parametrize("index", [0, 9, 23])
def test_a_slab_is_the_brightest_darkest_or_mean_of_its_slices(name, projection, index):
    slab, axes = SlabShown(), view_axes(GRID, name)
    slab.show(projection)
    slab.set_thickness(15.0)
    spacing, last = GRID.spacing_mm[axes.along], GRID.shape[axes.along] - 1
    half = {3.0: 2, 2.0: 4, 1.5: 5}[spacing]  # the least odd number of slices that is 15 mm
    first, end = max(0, index - half), min(last, index + half)
    behind = np.take(DENSITIES, range(first, end + 1), axis=axes.along).astype(float)
    expected = {"maximum": behind.max, "minimum": behind.min, "average": behind.mean}[projection]
    flat = slab.flat(DENSITIES, GRID, axes, index)
    turned = (lambda one: one) if axes.down < axes.right else np.transpose
    np.testing.assert_allclose(flat, turned(expected(axes.along)))
    shown = slab.shown(GRID, axes, index)
    assert shown.thickness_mm == (end - first + 1) * spacing
    look = spot(name, (0, 0), index).look
    voxel = [4, 5, 6]
    voxel[axes.along] = index
    at = voxel[axes.down], voxel[axes.right]
    assert slab.density(DENSITIES, look, tuple(voxel)) == pytest.approx(flat[at])


def test_slices_alone_are_the_ct_itself_and_nothing_is_said():
    slab, axes = SlabShown(), view_axes(GRID, "Axial")
    np.testing.assert_array_equal(slab.flat(DENSITIES, GRID, axes, 4), DENSITIES[:, :, 4].T)
    assert slab_words(slab.shown(GRID, axes, 4)) == ""
    seen = [slab.cycle() or slab.projection for _ in range(4)]
    assert seen == ["maximum", "minimum", "average", None]
    for _ in range(20):
        slab.thicken(1)
    assert slab.thickness_mm == 60


def test_a_figure_is_found_by_its_lines_alone(desk):
    drag(RegionTool(desk.session, desk.slab), "Axial", (200, 200), (248, 200))
    figure = figure_of(made(desk), spot("Axial", (0, 0)).look)
    assert is_on(figure, (200, 152))
    assert not is_on(figure, (200, 200))
