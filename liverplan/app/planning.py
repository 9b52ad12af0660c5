"""Verbs of the fourth step: planes and plans."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject

from liverplan.app.desk import Desk
from liverplan.app.jobs import Progress
from liverplan.app.state import Plan, Work, lesion_title, next_plan_name
from liverplan.errors import PlanError
from liverplan.resection.cuts import Plane
from liverplan.volume import FloatArray
from liverplan.volumetry import Suggestion, VolumeIndex, best_plane
from liverplan.volumetry.search import sphere

MOST_PLANES = 6
DIRECTIONS = 3000
"""Normals that are tried when one lesion is to be separated."""


class Planning(QObject):
    """Adds, moves, names and compares planes and plans."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        desk.tools.clicked.connect(self._clicked)

    def _clicked(self, tool: str, point: FloatArray, _view: object) -> None:
        if tool == "plane":
            self.add_through(point)
        elif tool == "three points":
            self._third(point)

    def add_through(self, point: FloatArray) -> None:
        """Add a plane through a point of the liver; the larger part stays."""
        index = self.desk.live.index
        if index is None:
            self.desk.say("resection", "The liver is still being measured; click again.")
            return
        centre = self._centre()
        toward = centre - point
        if np.linalg.norm(toward) < 15:
            toward = self._away_from_lesions(point)
        toward[2] *= 0.3  # rather upright than flat: most transections run from front to back
        self._add("add plane", Plane(point_mm=point, normal=toward))

    def _third(self, point: FloatArray) -> None:
        points = self.desk.views.points_mm
        points.append(point)
        self.desk.views.redraw()
        if len(points) < 3:
            self.desk.say("resection", f"{len(points)} of 3 points; click the next.", "info")
            return
        first, second, third = (np.asarray(p) for p in points)
        self.desk.views.points_mm = []
        normal = np.cross(second - first, third - first)
        area = float(np.linalg.norm(normal))
        if area < 50:
            self.desk.say(
                "resection", "The three points lie on one line; click three that span a plane."
            )
            return
        centroid = (first + second + third) / 3
        self._add("add plane", self._larger_stays(Plane(point_mm=centroid, normal=normal / area)))

    def separate(self, label: int) -> None:
        """Add the plane that leaves most and takes one lesion with the margin."""
        index, margin = self.desk.live.index, self.desk.session.work.margin_mm
        if index is None:
            return

        def task(_report: Progress, _cancel: threading.Event) -> Plane:
            return separating_plane(index, label, margin)

        def then(plane: object) -> None:
            if isinstance(plane, Plane):
                self._add(f"separate {lesion_title(label)}", self._anchored(plane))

        self.desk.run("resection", f"Separating {lesion_title(label)}", task, then)

    def suggest(self) -> None:
        """Fill in the plane that takes all lesions with the margin and leaves most."""
        index, margin = self.desk.live.index, self.desk.session.work.margin_mm
        if index is None:
            return

        def task(_report: Progress, _cancel: threading.Event) -> Suggestion:
            return best_plane(index, margin)

        def then(best: object) -> None:
            if isinstance(best, Suggestion):
                work = self.desk.session.work
                plane = self._anchored(best.plane)
                self.desk.session.do("suggested plane", work.with_planes((plane,), 0))
                self.desk.say(
                    "resection",
                    f"The plane that leaves most with {margin:g} mm margin. It knows nothing of "
                    "vessels: check inflow and outflow.",
                    "info",
                )
                self._show(plane)

        self.desk.run("resection", "Searching", task, then)

    def set_margin(self, margin_mm: float) -> None:
        """Plan with another margin."""
        work = self.desk.session.work
        if margin_mm != work.margin_mm:
            self.desk.session.do("margin", replace(work, margin_mm=margin_mm))

    def delete_plane(self) -> None:
        """Take the active plane away."""
        work = self.desk.session.work
        if work.active_plane is None:
            return
        planes = tuple(p for n, p in enumerate(work.planes) if n != work.plane)
        self.desk.session.do("delete plane", work.with_planes(planes, len(planes) - 1))

    def flip(self) -> None:
        """Let the other side of the active plane stay."""
        work = self.desk.session.work
        if work.active_plane is not None:
            plane = work.active_plane
            other = Plane(point_mm=plane.point_mm, normal=-plane.normal)
            self.desk.session.do("swap sides", work.with_plane(other))

    def toggle_lock(self) -> None:
        """Protect the planes from the mouse, or give them back to it."""
        work = self.desk.session.work
        name = "unlock planes" if work.locked else "lock planes"
        self.desk.session.do(name, replace(work, locked=not work.locked))

    def add_plan(self) -> None:
        """Begin another plan as a copy of this one, to be changed and compared."""
        work = self.desk.session.work
        plan = Plan(name=next_plan_name(work.plans), planes=work.planes)
        after = replace(work, plans=(*work.plans, plan), plan=len(work.plans))
        self.desk.session.do(f"add {plan.name}", replace(after, plane=len(plan.planes) - 1))

    def delete_plan(self) -> None:
        """Delete the active plan; the last one is emptied instead."""
        work = self.desk.session.work
        name = work.plans[work.plan].name
        plans = tuple(p for n, p in enumerate(work.plans) if n != work.plan) or (Plan(name=name),)
        number = min(work.plan, len(plans) - 1)
        after = replace(work, plans=plans, plan=number, plane=len(plans[number].planes) - 1)
        self.desk.session.do(f"delete {name}", after)

    def rename_plan(self, name: str) -> None:
        """Give the active plan another name."""
        work = self.desk.session.work
        clean = name.strip()[:40]
        if not clean or clean == work.plans[work.plan].name:
            return
        if clean in {plan.name for plan in work.plans}:
            self.desk.say("resection", f"There is already a plan named {clean}.")
            return
        plans = list(work.plans)
        plans[work.plan] = replace(plans[work.plan], name=clean)
        self.desk.session.do("rename plan", replace(work, plans=tuple(plans)))

    def _add(self, name: str, plane: Plane) -> None:
        work = self.desk.session.work
        index = self.desk.live.index
        if len(work.planes) >= MOST_PLANES:
            self.desk.say("resection", f"A plan takes {MOST_PLANES} planes; delete one first.")
            return
        if index is not None and misses(index, plane):
            self.desk.say(
                "resection", "This plane misses the liver, so it was not added. Click on the liver."
            )
            return
        self.desk.say("resection", "")
        self.desk.tools.choose("")
        self.desk.session.do(name, with_added(work, plane))
        self._show(plane)

    def _show(self, plane: Plane) -> None:
        """Bring slices that cross the plane into view."""
        centre = self._centre()
        self.desk.views.move_crosshair(centre - plane.signed_distance_mm(centre) * plane.normal)

    def _anchored(self, plane: Plane) -> Plane:
        """Return the same plane, held at its point nearest to the liver's centre."""
        centre = self._centre()
        foot = centre - plane.signed_distance_mm(centre) * plane.normal
        return Plane(point_mm=foot, normal=plane.normal)

    def _larger_stays(self, plane: Plane) -> Plane:
        index = self.desk.live.index
        if index is None or index.remnant_ml_of([plane]) >= index.functional_ml / 2:
            return plane
        return Plane(point_mm=plane.point_mm, normal=-plane.normal)

    def _centre(self) -> FloatArray:
        segmentation = self.desk.session.work.segmentation
        if segmentation is None:
            return np.zeros(3)
        derived = self.desk.live.derived
        if derived is not None and derived.centre_mm is not None:
            return derived.centre_mm
        return segmentation.grid.to_mm(np.array(segmentation.grid.shape) / 2)

    def _away_from_lesions(self, point: FloatArray) -> FloatArray:
        derived = self.desk.live.derived
        middles = list(derived.lesion_centres.values()) if derived else []
        away = point - np.mean(middles, axis=0) if middles else np.array([1.0, 0.0, 0.0])
        return away if np.linalg.norm(away) > 1 else np.array([1.0, 0.0, 0.0])


def with_added(work: Work, plane: Plane) -> Work:
    """Return the work with one more plane, which becomes the active one."""
    return work.with_planes((*work.planes, plane), len(work.planes))


def misses(index: VolumeIndex, plane: Plane) -> bool:
    """Whether all of the liver lies on one side of a plane."""
    stays = index.remnant_ml_of([plane])
    return not 1e-6 < stays < index.functional_ml - 1e-6


def separating_plane(index: VolumeIndex, label: int, margin_mm: float) -> Plane:
    """Return the plane that takes one lesion with the margin and leaves most, of many tried.

    Raises
    ------
    PlanError
        If no plane leaves anything.
    """
    normals = sphere(DIRECTIONS)
    support = index.support_mm(normals)[:, index.lesion_labels.index(label)]
    offsets = support + margin_mm
    stays = index.remnant_ml(normals, offsets)
    best = int(np.argmax(stays))
    if stays[best] <= 0:
        raise PlanError(
            f"No plane takes {lesion_title(label)} with {margin_mm:g} mm and leaves any liver."
        )
    normal = normals[best]
    return Plane(point_mm=normal * offsets[best], normal=normal)
