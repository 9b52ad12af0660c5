"""Pictures of the cuts other than planes, for `tests.app.gallery`."""

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from PySide6.QtCore import Qt

from liverplan.app.slices.cut_drags import slice_plane
from liverplan.resection import Plane, Sphere
from liverplan.resection.anatomy.named import SCHEME
from liverplan.resection.anatomy.territories import LUMEN, territory_maps
from tests.app import surgery
from tests.resection import trees


def cut_pictures(person, shot: Callable[[str], None]) -> None:
    """From a plan on: each kind in a plan of its own, which is taken back at the end."""
    app, before = person.app, person.app.session.work
    person.open_step(4)
    app.session.do("no cuts", before.with_cuts(()))
    person.settle()
    wedge(person, shot)
    curved(person, shot)
    joined(person, shot)
    branch(person, shot)
    segments(person, shot)
    vessel_segments(person, shot)
    severed(person, shot)
    suggestions(person, shot)
    refused(person, shot)
    app.session.do("as before", before)
    person.settle()


def wedge(person, shot):
    surgery.add_round_lesion(person, "wedge")
    person.settle()
    shot("wedge")
    person.press_button(surgery.adding(person).kinds["ablation"])
    person.press_button(surgery.adding(person).round.button)
    person.settle()
    shot("wedge_and_ablation")


def curved(person, shot):
    work = person.app.session.work
    person.app.session.do("no cuts", work.with_cuts(()))
    person.settle()
    person.press_button(surgery.adding(person).kinds["curved"])
    person.press_button(surgery.adding(person).curved.click_button)
    view, centre = person.view("Axial"), person.app.live.derived.centre_mm
    person.app.views.move_crosshair(centre)
    person.spin(0.05)
    person.click(view, person.pixel(view, centre))
    bend(person, view)
    person.settle()
    shot("curved_cut_bent")
    person.press_button(person.panel(4).cuts.map_button)
    person.settle()
    flat = person.panel(4).cuts.map
    corner = person.app.window.geometry().center()
    flat.move(corner.x() - flat.width() // 2, corner.y() - flat.height() // 2)
    person.spin(0.2)
    shot("cut_laid_flat")
    flat.close()
    person.press_button(surgery.adding(person).curved.contour_button)
    sagittal = person.view("Sagittal")
    for point in surgery.ring(person)[:5]:
        person.app.views.tool.points_mm.append(np.asarray(point))
    person.app.views.tool_used.emit()
    person.app.views.redraw(sagittal)
    shot("contour_half_drawn")
    person.key(Qt.Key.Key_Escape)


def bend(person, view):
    """Pull the line beside its middle, twice."""
    cut = person.app.session.work.active_cut
    handles = cut.handles_on(slice_plane(view.look))
    for handle in [h for h in handles if h.what == "bend"][:2]:
        start = np.array(view.look.lps_to_pixel(handle.at_mm))
        toward = np.array(view.look.lps_to_pixel(handle.at_mm + 14 * cut.axes[2]))
        person.drag(view.canvas, start, toward, steps=4)


def joined(person, shot):
    centre, session = person.app.live.derived.centre_mm, person.app.session
    planes = tuple(Plane(point_mm=centre, normal=n) for n in ((1, 0.3, 0), (-0.1, 1, 0)))
    session.do("two planes", session.work.with_cuts(planes, 1))
    person.settle()
    person.press_button(surgery.adding(person).kinds["plane"])
    person.press_button(surgery.adding(person).plane.join_button)
    person.settle()
    shot("planes_joined_in_a_v")


def branch(person, shot):
    """Cut the branch that was marked in the second step."""
    session, box = person.app.session, surgery.adding(person).vessels
    session.do("no cuts", session.work.with_cuts(()))
    person.settle()
    person.press_button(surgery.adding(person).kinds["vessels"])
    lumen, portal = session.work.maps["vessels"], session.work.maps["portal"]
    within = (lumen.labels == 1) & (portal.labels > 0)
    largest = int(np.bincount(portal.labels[within]).argmax())
    inside = np.argwhere(within & (portal.labels == largest))
    point = lumen.grid.to_mm(inside[len(inside) // 2])
    person.app.views.move_crosshair(point)
    person.spin(0.1)
    person.press_button(box.cut_button)
    person.click(person.view("Axial"), person.pixel(person.view("Axial"), point))
    person.settle()
    shot("vessel_branch_cut")
    person.app.views.disarm()


def segments(person, shot):
    box, session = surgery.adding(person).segments, person.app.session
    person.press_button(surgery.adding(person).kinds["segments"])
    person.press_button(box.landmarks_button)
    view = person.view("Axial")
    for number, point in enumerate(surgery.landmarks(person.app.live.derived.centre_mm).values()):
        person.app.views.move_crosshair(np.array(point))
        person.spin(0.02)
        person.click(view, person.pixel(view, point))
        if number == 5:
            shot("landmarks_being_clicked")
    person.wait(lambda: SCHEME in session.work.maps, what="the segments")
    session.do("no cuts", session.work.with_cuts(()))
    person.settle()
    box.names.setCurrentIndex(1)
    box.names.activated.emit(1)
    person.settle()
    shot("segments_taken")
    person.press_button(box.volumes_button)
    person.spin(0.3)
    shot("segment_volumes")
    for window in person.qt.topLevelWidgets():
        if type(window).__name__ == "SegmentVolumes":
            window.close()


def vessel_segments(person, shot):
    """Both trees marked where the sample's liver has them, and the segments that follow."""
    session, box = person.app.session, surgery.adding(person).segments
    lumen = trees.lumen(session.work.segmentation.grid)
    maps = {LUMEN: lumen, **territory_maps(session.work.segmentation, lumen)}
    session.do("both trees", replace(session.work.with_cuts(()), maps=MappingProxyType(maps)))
    person.press_button(surgery.adding(person).kinds["segments"])
    person.settle()
    shot("segments_wait_for_a_press")
    person.press_button(box.vessels_button)
    person.wait(lambda: SCHEME in session.work.maps, what="the segments")
    person.settle()
    shot("segments_from_the_vessels")


def severed(person, shot):
    """A branch that a cut crosses, said to be kept, and no longer crossed; both trees are there."""
    app, listed = person.app, person.panel(4).severed
    before = app.session.work
    middle = np.array(app.live.liver.supply.middle_mm("portal", "1.1"))
    for name, radius_mm, at in (
        ("vessel_severed", 16.0, middle),
        ("vessel_kept", 16.0, middle),
        ("vessel_kept_and_not_crossed", 9.0, surgery.off(middle, -30, -55, 0)),
    ):
        ball = Sphere(centre_mm=at, radius_mm=radius_mm)
        app.session.do("ball", app.session.work.with_cuts((ball,), 0))
        app.views.move_crosshair(middle)
        person.settle()
        if name == "vessel_kept":
            person.click_box(listed.ticks[0])
            person.settle()
        app.steps.area.ensureWidgetVisible(listed)
        person.spin(0.1)
        shot(name)
    app.session.do("as before", before)
    person.settle()


def suggestions(person, shot):
    person.press_button(person.panel(4).suggest_button)
    person.settle()
    person.app.steps.area.verticalScrollBar().setValue(0)
    shot("suggestions_by_family")


def refused(person, shot):
    work = person.app.session.work
    lesion = next(iter(person.app.live.derived.lesion_centres.values()))
    cut = Sphere(centre_mm=surgery.off(lesion, 12, 0, 0), radius_mm=18)
    person.app.session.do("through a lesion", work.with_cuts((cut,), 0))
    person.settle()
    person.app.steps.area.verticalScrollBar().setValue(0)
    shot("plan_refused")
