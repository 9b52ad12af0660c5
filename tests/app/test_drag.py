"""Dragging a plane: the number on screen is the library's for the plane on screen, every step."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from liverplan.app.scene.actors import FAR_MM
from liverplan.app.scene.canvas import COARSE
from liverplan.resection.cuts.plane import Plane
from liverplan.volumetry import Liver, VolumeIndex, measure
from liverplan.words.numbers import percent


@pytest.fixture
def cut(planner):
    planner.begin()
    centre = planner.app.live.derived.centre_mm
    planner.begin(Plane(point_mm=centre, normal=(1, 0.2, 0.1)))
    planner.app.views.move_crosshair(centre)
    planner.app.scene_pane.look_from("A")
    planner.spin(0.2)
    return planner


def checker(person):
    """A check after each mouse step, and how many different numbers it has seen."""
    index = VolumeIndex.build(person.app.session.work.segmentation)
    seen = set()

    def check():
        planes = person.app.session.work.cuts
        expected = measure(index, planes)
        assert person.app.live.remnant == expected
        fraction = expected.remnant_ml / expected.functional_ml
        assert person.app.result.number.text() == f"{percent(fraction, 0.30)} %"
        source = person.app.scene.cuts[0].source
        corner = np.array(source.GetOrigin())
        assert planes[0].signed_distance_mm(corner) == pytest.approx(0, abs=1e-3)
        seen.add(person.app.result.number.text())

    return check, seen


@pytest.mark.parametrize("name", ["Axial", "Coronal"])
@pytest.mark.parametrize("what", ["push", "turn"])
def test_numbers_follow_every_step_of_a_drag_on_a_slice(cut, name, what):
    view = cut.view(name)
    knobs = cut.knobs(view)
    start = knobs.middle if what == "push" else knobs.ends[0]
    check, seen = checker(cut)
    before = cut.app.session.work.active_plane
    cut.drag(view.canvas, start, (start[0] + 34, start[1] + 12), each=check)
    assert len(seen) > 4
    after = cut.app.session.work.active_plane
    turned = not np.allclose(before.normal, after.normal)
    assert turned == (what == "turn")
    assert cut.app.session.history.undo_name == ("turn plane" if turned else "move plane")
    cut.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert cut.app.session.work.active_plane is before


@pytest.mark.parametrize("what", ["push", "turn"])
def test_numbers_follow_every_step_of_a_drag_in_3d(cut, what):
    canvas, scene = cut.app.scene_pane.canvas, cut.app.scene
    place = scene.handle.foot if what == "push" else scene.handle.tip
    start = scene.to_pixel(place)
    check, seen = checker(cut)
    before = cut.app.session.work.active_plane
    cut.drag(canvas, start, (start[0] - 30, start[1] + 22), each=check)
    after = cut.app.session.work.active_plane
    assert len(seen) > 4
    assert np.allclose(before.normal, after.normal) == (what == "push")


def test_the_handle_in_3d_stays_under_the_mouse(cut):
    canvas, scene = cut.app.scene_pane.canvas, cut.app.scene
    start = scene.to_pixel(scene.handle.tip)
    end = (start[0] - 25, start[1] + 30)
    cut.drag(canvas, start, end)
    assert scene.to_pixel(scene.handle.tip) == pytest.approx(end, abs=1.5)


def test_grabbing_and_letting_go_changes_nothing(cut):
    before = cut.app.session.work
    view = cut.view("Axial")
    cut.click(view, cut.knobs(view).middle)
    canvas, scene = cut.app.scene_pane.canvas, cut.app.scene
    cut.drag(canvas, scene.to_pixel(scene.handle.foot), scene.to_pixel(scene.handle.foot), steps=1)
    plane = cut.app.session.work.active_plane
    np.testing.assert_allclose(plane.point_mm, before.active_plane.point_mm, atol=1e-9)
    np.testing.assert_array_equal(plane.normal, before.active_plane.normal)


def test_escape_in_the_middle_of_a_drag_puts_the_plane_back(cut):
    before = cut.app.session.work.active_plane
    view = cut.view("Axial")
    start = cut.knobs(view).middle

    def give_up():
        if cut.app.session.dragging:
            cut.key(Qt.Key.Key_Escape, widget=view.canvas)

    cut.drag(view.canvas, start, (start[0] + 40, start[1]), steps=3, each=give_up)
    assert cut.app.session.work.active_plane is before
    assert cut.app.session.history.undo_name == ""


def test_locking_takes_the_handles_away_and_stops_every_drag(cut):
    view, scene = cut.view("Axial"), cut.app.scene
    start, ball = cut.knobs(view).middle, scene.to_pixel(scene.handle.foot)
    cut.open_step(4)
    cut.press_button(cut.panel(4).cuts.lock_button)
    before = cut.app.session.work.active_plane
    cut.drag(view.canvas, start, (start[0] + 40, start[1]))
    cut.drag(cut.app.scene_pane.canvas, ball, (ball[0] + 40, ball[1]))
    assert cut.app.session.work.active_plane is before
    assert scene.handle.foot is None
    assert view.overlay.drawing.cuts.locked
    cut.press_button(cut.panel(4).cuts.lock_button)
    assert scene.handle.foot is not None


def test_of_two_planes_the_one_that_is_grabbed_gets_the_handles(cut):
    first = cut.app.session.work.active_plane
    second = Plane(point_mm=first.point_mm + np.array([40.0, 0, 0]), normal=(-1, 0.1, 0))
    cut.begin(first, second)
    cut.app.views.move_crosshair(first.point_mm)
    cut.spin(0.1)
    assert cut.app.session.work.cut == 1
    view = cut.view("Axial")
    line = view.look.cut_line(first)
    at = [a + 0.3 * (b - a) for a, b in zip(*line, strict=True)]
    check, _ = checker(cut)
    cut.drag(view.canvas, at, (at[0] + 15, at[1] + 5), each=check)
    assert cut.app.session.work.cut == 0
    np.testing.assert_array_equal(cut.app.session.work.cuts[1].point_mm, second.point_mm)


def test_rotating_the_3d_view_moves_no_plane(cut):
    before = cut.app.session.work.active_plane
    camera = cut.app.scene.renderer.GetActiveCamera()
    place = np.array(camera.GetPosition())
    cut.drag(cut.app.scene_pane.canvas, (30, 30), (110, 60))
    assert np.linalg.norm(np.array(camera.GetPosition()) - place) > 10
    assert cut.app.session.work.active_plane is before


def test_on_a_slow_computer_the_view_turns_coarse_and_rests_in_full(cut, monkeypatch):
    canvas, scene, seen = cut.app.scene_pane.canvas, cut.app.scene, []

    def painted():
        """Return how coarse the next picture is: a window may put off one asked for at once."""
        scene.scale = 0.0
        canvas.update()
        cut.wait(lambda: scene.scale > 0, what="a picture")
        return scene.scale

    monkeypatch.setattr("liverplan.app.scene.canvas.SLOW_S", 0.0)
    painted()
    cut.drag(canvas, (30, 30), (90, 50), each=lambda: seen.append(painted()))
    assert set(seen) == {COARSE}
    assert painted() == 1.0
    assert not canvas.moving
    monkeypatch.setattr("liverplan.app.scene.canvas.SLOW_S", 1e3)
    painted()
    cut.drag(canvas, (90, 50), (30, 30), each=lambda: seen.append(painted()))
    assert seen[-1] == 1.0, "a quick one never shows less"


def test_the_surface_is_coloured_by_the_side_of_the_cut(cut):
    """The liver's surface in 3D carries the signed distance of the plane on screen."""
    from vtkmodules.util.numpy_support import vtk_to_numpy

    surface = cut.app.scene.liver.GetMapper().GetInput()
    distances = vtk_to_numpy(surface.GetPointData().GetScalars())
    points = vtk_to_numpy(surface.GetPoints().GetData())
    expected = cut.app.session.work.active_plane.signed_distance_mm(points)
    np.testing.assert_allclose(distances, np.clip(expected, -FAR_MM, FAR_MM), atol=1e-3)
    labels = cut.app.session.work.segmentation
    low, high = points.min(0), points.max(0)
    voxels = labels.grid.to_mm(np.argwhere(labels.labels > 0))
    np.testing.assert_allclose(low, voxels.min(0), atol=4)
    np.testing.assert_allclose(high, voxels.max(0), atol=4)


def test_the_range_is_grey_while_dragging_and_then_the_command_line_s_own(cut):
    from liverplan.app.session.assessing import assess

    view = cut.view("Axial")
    start = cut.knobs(view).middle
    stale = []
    cut.drag(
        view.canvas, start, (start[0] + 20, start[1]), each=lambda: stale.append(cut.app.live.stale)
    )
    assert all(stale)
    assert cut.app.result.verdict.property("stale") == "true"
    cut.settle()
    assert cut.app.result.verdict.property("stale") == "false"
    work = cut.app.session.work
    assert cut.app.live.findings == assess(work, Liver(segmentation=work.segmentation))
