"""Ruler and region: lengths of the patient, densities of the voxels that lie in the circle."""

from types import SimpleNamespace

import numpy as np
import pytest

from liverplan.app.session.session import Session
from liverplan.app.session.work import Work
from liverplan.app.slices.convert import VIEW_NAMES, view_axes
from liverplan.app.slices.measuring import RegionTool, RulerTool
from liverplan.app.slices.slicing import Look
from liverplan.app.slices.tool import Spot
from liverplan.volume import Grid, Volume

GRID = Grid(shape=(24, 30, 36), affine=np.diag([1.5, 2.0, 3.0, 1.0]))
DENSITIES = np.random.default_rng(3).integers(-100, 200, GRID.shape).astype(np.int16)


def spots(name, start, end):
    axes = view_axes(GRID, name)
    look = Look(grid=GRID, axes=axes, index=9, centre=(30.0, 27.0), zoom=4.0, width=400, height=400)
    view = SimpleNamespace(name=name)
    return [Spot(view=view, look=look, at=at) for at in (start, end)]


def drag(tool, name, start, end):
    first, last = spots(name, start, end)
    tool.press(first)
    tool.move(last)
    tool.release(last)
    return first, last


@pytest.mark.parametrize("name", VIEW_NAMES)
def test_the_ruler_tells_the_patient_s_millimetres_in_every_view(name):
    tool = RulerTool()
    assert "drag" in tool.words
    first, last = drag(tool, name, (100, 100), (220, 190))
    assert tool.words == "37.5 mm"  # 120 and 90 pixels at 4 pixels a mm: 150 / 4
    np.testing.assert_allclose(tool.marks.path_mm, [first.point_mm, last.point_mm])
    assert tool.marks.path_view == name
    tool.move(last)
    assert tool.words == "37.5 mm", "once released it stays"
    tool.begin()
    assert tool.marks.path_mm == ()


@pytest.mark.parametrize("name", VIEW_NAMES)
def test_a_region_has_the_mean_and_spread_of_the_voxels_in_its_circle(name):
    session = Session()
    session.work = Work(volume=Volume(grid=GRID, hu=DENSITIES))
    tool = RegionTool(session)
    first, _ = drag(tool, name, (200, 200), (248, 200))
    index = np.moveaxis(np.indices(GRID.shape), 0, -1)
    away = np.linalg.norm(GRID.to_mm(index) - first.point_mm, axis=-1)
    along = first.look.axes.along
    inside = DENSITIES[(away <= 12.0) & (index[..., along] == 9)]
    assert inside.size > 20
    assert tool.words == (
        f"Mean {inside.mean():.0f} HU, SD {inside.std():.0f}, 4.5 cm² ({inside.size} voxels)"
    )
    ring = np.array(tool.marks.path_mm)
    np.testing.assert_allclose(np.linalg.norm(ring - first.point_mm, axis=1), 12.0)
    tool.abandon()
    assert tool.marks.path_mm == ()


def test_a_region_beyond_the_scan_says_that_nothing_lies_in_it():
    session = Session()
    session.work = Work(volume=Volume(grid=GRID, hu=DENSITIES))
    tool = RegionTool(session)
    drag(tool, "Axial", (-900, -900), (-890, -900))
    assert tool.words == "No voxel lies in it."
