"""The 3D view by itself: surfaces true to the masks, what a line of sight meets, what is shown."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage
from scipy.spatial import cKDTree
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkFiltersCore import vtkMassProperties, vtkTriangleFilter

from liverplan.app.kit import theme
from liverplan.app.scene.cameras import CAMERAS
from liverplan.app.scene.grab import nearest_on_axis, toward_sphere
from liverplan.app.scene.plane_handle import foot_of
from liverplan.app.scene.renderer import Scene
from liverplan.app.scene.structures import (
    AT_FIRST,
    CUTS,
    LIVER,
    METASTASES,
    REMNANT,
    RESECTED,
    Seen,
)
from liverplan.app.scene.surfaces import (
    LIVER_STEP_MM,
    calmed,
    steps_of,
    surface_of,
    surfaces_of,
    vessel_surface,
)
from liverplan.app.session.zone import FIELD_MM, distance_field
from liverplan.resection import Ablation, Plan, Plane, Sphere
from liverplan.segmentation import Segmentation
from liverplan.volume import Grid

OBLIQUE = np.array([[0.2, 0.1, 1.9, -60], [0.1, 2.0, 0, -80], [2.4, 0, -0.2, 10], [0, 0, 0, 1]])
GRID = Grid(shape=(40, 60, 60), affine=OBLIQUE)

points = st.tuples(*[st.floats(-80, 80) for _ in range(3)]).map(np.array)
directions = points.filter(lambda v: np.linalg.norm(v) > 1).map(lambda v: v / np.linalg.norm(v))


def ball(centre, radius_mm):
    index = np.moveaxis(np.indices(GRID.shape), 0, -1)
    middle = GRID.to_mm(np.array(centre, dtype=float))
    return np.linalg.norm(GRID.to_mm(index) - middle, axis=-1) <= radius_mm


def volume_ml(surface):
    triangles, mass = vtkTriangleFilter(), vtkMassProperties()
    triangles.SetInputData(surface)
    mass.SetInputConnection(triangles.GetOutputPort())
    return mass.GetVolume() / 1000


def corners(surface):
    return vtk_to_numpy(surface.GetPoints().GetData())


@pytest.fixture(scope="module")
def masks():
    labels = ball((20, 30, 30), 30).astype(np.uint8)
    labels[ball((20, 30, 25), 8)] = 2
    labels[ball((26, 34, 38), 6)] = 3
    return Segmentation(grid=GRID, labels=labels)


def test_a_surface_lies_where_its_mask_does_also_where_the_scan_is_oblique(masks):
    mask = masks.labels == 2
    surface = surface_of(GRID, mask, [1, 1, 1], smooth=12)
    middle = GRID.to_mm(np.argwhere(mask).mean(axis=0))
    away = np.linalg.norm(corners(surface) - middle, axis=1)
    assert away.min() > 6
    assert away.max() < 10
    assert volume_ml(surface) == pytest.approx(np.count_nonzero(mask) * GRID.voxel_ml, rel=0.15)


def test_merged_voxels_move_no_surface(masks):
    mask = masks.labels > 0
    fine, coarse = (surface_of(GRID, mask, [n, n, n], smooth=18) for n in (1, 2))
    assert coarse.GetNumberOfPoints() < 0.5 * fine.GetNumberOfPoints()
    np.testing.assert_allclose(corners(coarse).mean(0), corners(fine).mean(0), atol=0.5)
    assert volume_ml(coarse) == pytest.approx(volume_ml(fine), rel=0.06)


def test_no_surface_leaves_its_mask_by_a_voxel_and_light_moves_none(masks):
    mask = masks.labels > 0
    steps = steps_of(GRID, LIVER_STEP_MM)
    voxel_mm = max(np.array(GRID.spacing_mm) * steps)
    made = surface_of(GRID, mask, steps, smooth=18)
    border = GRID.to_mm(np.argwhere(mask & ~ndimage.binary_erosion(mask)).astype(float))
    assert cKDTree(border).query(corners(made))[0].max() < voxel_mm
    assert np.percentile(cKDTree(corners(made)).query(border)[0], 99) < voxel_mm
    rough = vtkPolyData()
    rough.DeepCopy(made)
    normals = vtk_to_numpy(rough.GetPointData().GetNormals()).copy()
    normals += np.random.default_rng(1).normal(0, 0.5, normals.shape).astype(np.float32)
    rough.GetPointData().SetNormals(numpy_to_vtk(normals, deep=True))
    calm = vtk_to_numpy(calmed(rough).GetPointData().GetNormals())
    np.testing.assert_array_equal(corners(rough), corners(made))
    np.testing.assert_allclose(np.linalg.norm(calm, axis=1), 1, atol=1e-5)
    shape = vtk_to_numpy(made.GetPointData().GetNormals())
    assert np.median(np.sum(calm * shape, axis=1)) > 0.98, "noise is gone, the shape is not"


def test_a_thin_vessel_is_still_seen():
    grid = Grid(shape=(40, 40, 40), affine=np.diag([0.8, 0.8, 0.8, 1])[[2, 1, 0, 3]])
    mask = np.zeros(grid.shape, bool)
    mask[:, 20:22, 20:22] = True  # 1.6 mm across
    ends = np.ptp(corners(vessel_surface(grid, mask)), axis=0)
    assert ends.max() > 30


def test_every_lesion_has_a_surface_and_nothing_has_none(masks):
    made = surfaces_of(masks)
    assert made.liver.GetNumberOfPoints() > 100
    assert len(made.lesions) == 2
    empty = surfaces_of(Segmentation.empty(GRID))
    assert empty.liver.GetNumberOfPoints() == 0
    assert empty.lesions == ()
    assert surface_of(GRID, np.zeros(GRID.shape, bool), [1, 1, 1], smooth=3).GetNumberOfCells() == 0


def test_the_distance_to_the_lesions_is_exact_where_a_margin_is_drawn(masks):
    zone = distance_field(masks)
    lesions = GRID.to_index(GRID.to_mm(np.argwhere(masks.labels >= 2))) * GRID.spacing_mm
    random = np.random.default_rng(5)
    for at in random.integers(0, zone.distance_mm.shape, (30, 3)):
        here = (at + zone.start) * GRID.spacing_mm
        expected = np.linalg.norm(lesions - here, axis=1).min()
        assert zone.distance_mm[tuple(at)] == pytest.approx(expected, abs=1e-3)
    low = np.argwhere(masks.labels >= 2).min(0) * GRID.spacing_mm
    reached = low - np.array(zone.start) * GRID.spacing_mm
    assert (reached >= np.minimum(FIELD_MM, low)).all()


def test_without_a_lesion_there_is_no_distance():
    assert distance_field(Segmentation.empty(GRID)) is None


@given(points, directions, points, directions)
def test_the_nearest_point_of_an_axis_has_its_connection_square_to_both(eye, sight, foot, axis):
    nearest = nearest_on_axis(eye, sight, foot, axis)
    if nearest is None:
        assert np.linalg.norm(np.cross(sight, axis)) < 1e-2
        return
    off = nearest - foot
    np.testing.assert_allclose(off, (off @ axis) * axis, atol=1e-6)
    link = nearest - eye
    link = link - (link @ sight) * sight
    assert abs(link @ axis) * np.linalg.norm(np.cross(sight, axis)) < 1e-3 * (1 + np.abs(off).max())


@given(points, directions, points, st.floats(5, 60), st.booleans())
def test_a_line_of_sight_meets_a_sphere_on_the_side_that_is_meant(
    eye, sight, centre, radius, behind
):
    toward = toward_sphere(eye, sight, centre, radius, behind=behind)
    assert np.linalg.norm(toward) == pytest.approx(1)
    closest = eye + ((centre - eye) @ sight) * sight
    if np.linalg.norm(closest - centre) < 0.99 * radius:
        met = centre + radius * toward
        assert np.linalg.norm(np.cross(met - eye, sight)) < 1e-4 * (1 + np.linalg.norm(met - eye))
        assert (toward @ sight > 0) == behind


@given(points, directions, points)
def test_a_plane_s_handle_stands_on_the_plane_and_near_the_liver(point, normal, centre):
    plane = Plane(point_mm=point, normal=normal)
    foot = foot_of(plane, centre, 50.0)
    assert abs(plane.signed_distance_mm(foot)) < 1e-6
    nearest = centre - plane.signed_distance_mm(centre) * plane.normal
    if np.linalg.norm(point - nearest) <= 0.8 * 50.0:
        np.testing.assert_array_equal(foot, plane.point_mm)
    else:
        np.testing.assert_allclose(foot, nearest)


@pytest.fixture(scope="module")
def scene(masks):
    made, shown = Scene(), surfaces_of(masks)
    made.show_liver(shown.liver)
    made.show_lesions(shown.lesions)
    made.window.SetSize(300, 300)
    made.look_from("A")
    yield made
    made.close()


def colours(scene):
    return scene.render(300, 300)[..., :3].astype(int)


def bluish(picture):
    return np.count_nonzero(picture[..., 2] - picture[..., 0] > 30)


def reddish(picture):
    return np.count_nonzero(picture[..., 0] - picture[..., 2] > 60)


def test_both_sides_of_a_plane_have_their_colours_and_no_plane_has_neither(scene):
    scene.show_cuts(Plan(cuts=()), -1, locked=False)
    assert bluish(colours(scene)) < 100
    left = Plane(point_mm=scene.centre, normal=(1, 0, 0))
    scene.show_cuts(Plan(cuts=(left,)), -1, locked=False)
    picture = colours(scene)
    assert bluish(picture) > 500
    assert reddish(picture) > 500
    rows, columns = np.nonzero(picture[..., 2] - picture[..., 0] > 30)
    assert columns.mean() > 150  # from the front, the patient's left is on the right
    assert rows.size


def test_a_liver_that_light_goes_through_has_an_edge(scene):
    scene.show_cuts(Plan(cuts=()), -1, locked=False)
    scene.show_lesions(())
    scene.show_as(LIVER, Seen(opacity=0.25))
    scene.look_from("A")
    row = colours(scene)[150].sum(axis=1)
    inside = np.flatnonzero(row > row[:20].max() + 15)
    edges = row[inside[:8]].max(), row[inside[-8:]].max()
    assert min(edges) > 1.4 * np.median(row[inside])
    scene.show_as(LIVER, AT_FIRST[LIVER])


def test_what_stays_and_what_goes_are_parted_by_a_dark_line(scene):
    plan = Plan(cuts=(Plane(point_mm=scene.centre, normal=(1, 0, 0)),))
    scene.show_cuts(plan, -1, locked=False)
    scene.show_as(CUTS, Seen(opacity=1.0, visible=False))
    row = colours(scene)[130, 140:160].sum(axis=1)
    assert row.min() < 0.6 * np.median(row)
    assert np.count_nonzero(row < 0.7 * np.median(row)) <= 4
    scene.show_as(CUTS, AT_FIRST[CUTS])


def test_what_turns_has_fewer_triangles_and_looks_alike(scene, masks):
    scene.show_lesions(surfaces_of(masks).lesions)
    full = colours(scene)
    fine, coarse = (mapper.GetInput() for mapper in scene.detail.of(scene.liver))
    assert coarse.GetNumberOfPolys() < 0.7 * fine.GetNumberOfPolys()
    turning = scene.render(300, 300, fine=False)[..., :3].astype(int)
    assert scene.liver.GetMapper().GetInput() is coarse
    assert 0 < np.abs(turning - full).mean() < 3
    np.testing.assert_array_equal(colours(scene), full)


def test_what_named_parts_hold_is_coloured_as_taken(scene):
    ball_cut = Sphere(centre_mm=scene.centre + 500, radius_mm=3.0)
    plan = Plan(cuts=(ball_cut,))
    scene.show_cuts(plan, -1, locked=False)
    before = reddish(colours(scene))
    scene.show_cuts(plan, -1, locked=False, taken=lambda p: np.ones(len(p), dtype=bool))
    assert reddish(colours(scene)) > before + 500


def test_only_an_unlocked_active_cut_has_handles(scene):
    plan = Plan(cuts=(Plane(point_mm=scene.centre, normal=(1, 0, 0)),))
    scene.show_cuts(plan, 0, locked=False)
    assert [handle.what for handle in scene.handles] == ["turn", "move"]
    for active, locked in ((0, True), (-1, False)):
        scene.show_cuts(plan, active, locked=locked)
        assert scene.handles == ()


def test_cuts_of_other_kinds_take_each_other_s_place(scene):
    zone = Ablation(centre_mm=scene.centre, radii_mm=np.full(3, 15.0), axes=np.eye(3))
    plane = Plane(point_mm=scene.centre, normal=(0, 0, 1))
    for cuts in ((plane, zone), (zone, plane), (zone,), ()):
        scene.show_cuts(Plan(cuts=cuts), len(cuts) - 1, locked=False)
        assert len(scene.cuts) == len(cuts)
        assert all(shown.fits(cut) for shown, cut in zip(scene.cuts, cuts, strict=True))


@pytest.mark.parametrize("side", CAMERAS)
def test_a_pixel_and_its_line_of_sight_agree_from_every_side(scene, side):
    scene.look_from(side)
    scene.render(300, 300)
    for point in scene.centre + np.array([[0, 0, 0], [10.0, -5, 8]]):
        origin, direction = scene.ray(*scene.to_pixel(point))
        assert np.linalg.norm(np.cross(point - origin, direction)) < 0.2
    toward = np.array(CAMERAS[side][0], dtype=float)
    _, sight = scene.ray(150, 150)
    assert sight @ toward < -0.99


def test_a_coarse_picture_goes_on_in_the_pane_s_pixels(scene):
    scene.look_from("A")
    scene.render(300, 300)
    fine = scene.to_pixel(scene.centre)
    coarse = scene.render(300, 300, 0.5)
    assert coarse.shape[:2] == (150, 150)
    assert scene.to_pixel(scene.centre) == pytest.approx(fine, abs=2.0)
    scene.render(300, 300)


def test_vessels_are_shown_each_in_its_colour_and_taken_away_again(scene, masks):
    surface = surface_of(GRID, masks.labels == 3, [1, 1, 1], smooth=5)
    scene.show_vessels({"portal vein": surface, "a shunt": surface})
    found = [actor.GetProperty().GetColor() for actor in scene.vessels.values()]
    for colour, rgb in zip(found, (theme.PORTAL_VEIN, theme.OTHER_VESSEL), strict=True):
        assert colour == pytest.approx([c / 255 for c in rgb])
    scene.show_vessels({"portal vein 1": surface, "portal vein 1.1": surface})
    assert scene.further == ("portal vein 1", "portal vein 1.1")
    assert {"portal vein", "portal vein 1.1"} <= scene.at_hand
    scene.show_as("portal vein", Seen(opacity=1.0, visible=False))
    assert not any(actor.GetVisibility() for actor in scene.vessels.values())
    scene.show_as("portal vein", AT_FIRST["portal vein"])
    scene.show_vessels({})
    assert scene.vessels == {}


def test_each_structure_is_hidden_by_its_eye_and_seen_through_by_its_opacity(scene):
    scene.show_cuts(Plan(cuts=(Plane(point_mm=scene.centre, normal=(1, 0, 0)),)), -1, locked=False)
    scene.look_from("A")
    both = colours(scene)
    assert scene.at_hand == {REMNANT, RESECTED, METASTASES, CUTS}
    scene.show_as(RESECTED, Seen(opacity=0.5, visible=False))
    without = colours(scene)
    assert reddish(without) < 0.1 * reddish(both), "what goes is hidden"
    assert bluish(without) > 500, "what stays is not"
    scene.show_as(RESECTED, AT_FIRST[RESECTED])
    scene.show_as(REMNANT, Seen(opacity=1.0))
    solid = colours(scene)
    scene.show_as(METASTASES, Seen(opacity=1.0, visible=False))
    right = np.s_[:, 170:]
    assert np.abs(colours(scene) - solid)[right].max() < 25, "nothing shines through what is solid"
    for name, seen in AT_FIRST.items():
        scene.show_as(name, seen)
    assert np.abs(colours(scene) - both).mean() < 0.5
    scene.show_cuts(Plan(cuts=()), -1, locked=False)
    assert scene.at_hand == {LIVER, METASTASES}
    scene.show_as(LIVER, Seen(opacity=1.0, visible=False))
    assert reddish(colours(scene)) < 100
    scene.show_as(LIVER, AT_FIRST[LIVER])
