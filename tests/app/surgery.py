"""What the tests of cuts and plans share: handles dragged, and what must be said at each step."""

import numpy as np

from liverplan.app.slices.cut_drags import slice_plane
from liverplan.resection import Plan
from liverplan.volumetry.shapes.plan_index import measure_plan
from liverplan.words.numbers import ml, percent


def off(point, x_mm, y_mm, z_mm):
    return point + np.array([x_mm, y_mm, z_mm])


def adding(person):
    return person.panel(4).adding


def add_round_lesion(person, kind):
    person.press_button(adding(person).kinds[kind])
    person.press_button(adding(person).round.button)
    person.settle()
    return person.app.session.work.active_cut


def checker(person, index):
    """What the panel, the list and the library say after each mouse step; the values seen."""
    seen = []

    def check():
        plan = person.app.session.work.active_plan
        expected = measure_plan(index, plan)
        assert person.app.live.remnant.remnant_ml == expected.remnant_ml
        share = f"{percent(expected.remnant_ml / expected.functional_ml, 0.30)} %"
        assert person.app.result.number.text() == share
        table, row = person.panel(4).plans.table, person.app.session.work.plan
        assert [table.item(row, c).text() for c in (1, 2)] == [share, ml(expected.remnant_ml)]
        rows = person.panel(4).cuts.table
        assert [rows.item(n, 1).text() for n in range(len(plan.cuts))] == [
            ml(index.functional_ml - index.remnant_ml(Plan(cuts=(cut,)))) for cut in plan.cuts
        ]
        seen.append(expected.remnant_ml)

    return check, seen


def handle_of(person, view, what):
    handles = person.app.session.work.active_cut.handles_on(slice_plane(view.look))
    return next(handle for handle in handles if handle.what == what)


def drag_handle(person, view, what, check, by=(22, 9)):
    start = view.look.lps_to_pixel(handle_of(person, view, what).at_mm)
    person.drag(view.canvas, start, (start[0] + by[0], start[1] + by[1]), steps=5, each=check)


def ring(person, size=1.0):
    """Eight points round the liver in one sagittal slice."""
    centre = person.app.live.derived.centre_mm
    angles = np.arange(8) * np.pi / 4
    around = np.stack([0 * angles, 60 * np.cos(angles), 70 * np.sin(angles)], axis=1)
    return list(centre + size * around)


def landmarks(centre):
    return {
        "cava": off(centre, 10, 35, 40),
        "right_vein": off(centre, -60, 0, 20),
        "middle_vein": off(centre, -10, -40, 20),
        "left_vein": off(centre, 40, -20, 30),
        "gallbladder_fossa": off(centre, -20, -40, -40),
        "portal_bifurcation": off(centre, 0, 15, -5),
        "right_portal": off(centre, -35, 10, -5),
        "left_portal": off(centre, 35, -5, 0),
        "umbilical_portion": off(centre, 35, -10, 0),
        "falciform": off(centre, 40, -60, 0),
    }
