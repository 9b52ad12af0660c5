"""Oblique, sheared and coronal scans with uneven spacing: the cut on screen is the cut in mm."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from liverplan.app.session.work import Work
from liverplan.app.slices.convert import VIEW_NAMES
from liverplan.segmentation import Provenance, Segmentation
from liverplan.volume import Grid, Volume

SPACING_MM = (4.0, 1.6, 1.1)
TILT = {
    "oblique": [(0, np.sin(0.5), np.cos(0.5)), (0, np.cos(0.5), -np.sin(0.5)), (1, 0, 0)],
    "sheared": [(0, 0.3, 0.954), (0, 1, 0), (1, 0, 0)],
    "coronal": [(0, 1, 0), (0, 0, -1), (1, 0, 0)],
}
CENTRE_MM = np.array([-20.0, -10.0, 30.0])
LESION_MM = CENTRE_MM + np.array([20.0, 0, 0])


@cache
def scan(name):
    """A bright ellipsoid with one dark ball in it, on a tilted lattice."""
    shape = np.array([36, 100, 130])
    affine = np.eye(4)
    affine[:3, :3] = np.array(TILT[name], dtype=float).T * SPACING_MM
    affine[:3, 3] = CENTRE_MM - affine[:3, :3] @ ((shape - 1) / 2)
    grid = Grid(shape=tuple(int(n) for n in shape), affine=affine)
    points = grid.to_mm(np.moveaxis(np.indices(grid.shape), 0, -1)) - CENTRE_MM
    liver = np.linalg.norm(points / (48, 40, 42), axis=-1) <= 1
    lesion = np.linalg.norm(points - (LESION_MM - CENTRE_MM), axis=-1) <= 10
    labels = liver.astype(np.uint8)
    labels[lesion] = 2
    hu = np.where(liver, 110, -80).astype(np.int16)
    hu[lesion] = 60
    made = Provenance(method="test", version="1", origin="given", accepted_by="R. Lind")
    segmentation = Segmentation(grid=grid, labels=labels, provenance={1: made, 2: made})
    return Volume(grid=grid, hu=hu), segmentation


@pytest.fixture(scope="module", params=TILT)
def placed(planner, request):
    """An app with a tilted scan, and a plane placed by one click on the axial slice."""
    planner.begin()
    app = planner.app
    volume, segmentation = scan(request.param)
    series = replace(app.session.work.series, shape=volume.grid.shape, spacing_mm=SPACING_MM)
    record = app.session.work.record
    app.session.replace_all(
        Work(volume=volume, segmentation=segmentation, record=replace(record, series=series))
    )
    planner.settle()
    app.views.move_crosshair(CENTRE_MM)
    planner.open_step(4)
    planner.press_button(planner.panel(4).adding.plane.click_button)
    view = planner.view()
    planner.click(view, planner.pixel(view, CENTRE_MM + np.array([8, 4, 0])))
    planner.settle()
    return app.session.work


@pytest.fixture
def tilted(planner, placed):
    """The app with the plane where it was placed, whatever an earlier test did."""
    if planner.app.session.work is not placed:
        planner.app.session.replace_all(placed)
        planner.settle()
    planner.app.views.reset()
    planner.app.views.move_crosshair(CENTRE_MM)
    planner.open_step(4)
    return planner


def plane_of(person):
    (cut,) = person.app.session.work.active_plan.cuts
    return cut


def remnant_by_voxels(person):
    """Count voxels whose middle stays: another way than the library's."""
    segmentation = person.app.session.work.segmentation
    functional = np.argwhere(segmentation.labels == 1)
    stays = plane_of(person).signed_distance_mm(segmentation.grid.to_mm(functional)) >= 0
    return np.count_nonzero(stays) * segmentation.grid.voxel_ml


def test_the_number_follows_the_plane_at_every_step_of_a_drag(tilted):
    for name in VIEW_NAMES:
        view, seen = tilted.view(name), set()

        def check(seen=seen):
            shown = tilted.app.live.remnant.remnant_ml
            assert shown == pytest.approx(remnant_by_voxels(tilted), rel=0.02)
            seen.add(round(shown, 6))

        start = tilted.knobs(view).middle
        tilted.drag(view.canvas, start, (start[0] + 12, start[1] + 9), steps=4, each=check)
        end = tilted.knobs(view).ends[0]
        tilted.drag(view.canvas, end, (end[0] + 14, end[1] - 12), steps=4, each=check)
        assert len(seen) >= 5, name


def test_line_handles_and_tints_lie_where_the_plane_does_in_pixels_and_mm(tilted):
    for name in VIEW_NAMES:
        view = tilted.view(name)
        start = tilted.knobs(view).middle
        tilted.drag(view.canvas, start, (start[0] + 6, start[1] + 5), steps=2)
    tilted.settle()
    plane, grid = plane_of(tilted), tilted.app.views.grid
    labels = tilted.app.session.work.segmentation.labels
    for name in VIEW_NAMES:
        view = tilted.view(name)
        look, picture = view.look, tilted.screen_of(view.canvas)
        sides = 0
        for x in range(6, look.width - 6, 5):
            for y in range(6, look.height - 6, 5):
                point = look.pixel_to_lps(x, y)
                index = grid.nearest_index(point)
                distance = float(plane.signed_distance_mm(point))
                if index is None or labels[index] != 1 or abs(distance) < 5:
                    continue
                if abs(np.linalg.norm(point - LESION_MM) - 20) < 3:
                    continue  # the margin zone's dashes are drawn here
                colour = picture.pixelColor(x, y)
                bluish = colour.blue() - colour.red()
                if abs(bluish) > 12:
                    sides += 1
                    assert (bluish > 0) == (distance > 0), (name, x, y, distance)
        assert sides > 60, name
        (x0, y0), (x1, y1) = look.cut_line(plane)
        white = 0
        for t in np.linspace(0.02, 0.98, 80):
            x, y = x0 + t * (x1 - x0), y0 + t * (y1 - y0)
            index = grid.nearest_index(look.pixel_to_lps(x, y))
            if index is None or labels[index] == 0:
                continue
            assert abs(plane.signed_distance_mm(look.pixel_to_lps(x, y))) < 1e-6
            near = [
                picture.pixelColor(round(x) + a, round(y) + b)
                for a in (-1, 0, 1)
                for b in (-1, 0, 1)
            ]
            white += max(min(c.red(), c.green(), c.blue()) for c in near) > 200
        assert white > 10, name


def test_a_click_lands_on_the_voxel_under_the_mouse(tilted):
    """The brush paints where the pointer is, in each view, on a tilted lattice."""
    grid = tilted.app.views.grid
    tilted.open_step(2)
    for name in VIEW_NAMES:
        tilted.press_button(tilted.panel(2).eraser_button)
        view = tilted.view(name)
        tilted.app.views.move_crosshair(CENTRE_MM)
        tilted.spin(0.1)
        before = tilted.app.session.work.segmentation.labels
        spot = tilted.app.views.crosshair_mm
        at = tilted.pixel(view, spot)
        point = view.look.pixel_to_lps(*(round(c) for c in at))
        tilted.click(view, at)
        tilted.settle()
        changed = np.argwhere(before != tilted.app.session.work.segmentation.labels)
        middle = grid.to_mm(changed.mean(axis=0))
        assert np.linalg.norm(middle - point) < 2.5, name
        tilted.press_button(tilted.app.steps.undo_button)
        tilted.settle()
        tilted.press_button(tilted.panel(2).eraser_button)
