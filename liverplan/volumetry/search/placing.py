"""Cuts placed for a surgeon: round a lesion with a margin, or along a contour on the liver.

Of the ways that there are, each takes the one that costs least; the command line and the
application place them alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeGuard, assert_never, get_args

import numpy as np

from liverplan.anatomy import lesion_name
from liverplan.errors import PlanError
from liverplan.resection import Ablation, CurvedCut, Cut, FoldedCut, Plan, Plane, Sphere, Wedge
from liverplan.resection.cuts.contour import cut_through_contour
from liverplan.segmentation import Segmentation
from liverplan.volume import FloatArray
from liverplan.volumetry.planes.index import VolumeIndex
from liverplan.volumetry.planes.margin import LesionShape
from liverplan.volumetry.search.planes import sphere
from liverplan.volumetry.search.wedges import (
    WEDGE_HALF_ANGLE_DEG,
    best_cuts_round,
    enclosing_ball,
)
from liverplan.volumetry.shapes.plan_index import PlanIndex

RoundKind = Literal["plane", "wedge", "sphere", "ablation"]
"""What can be laid round a lesion."""

SEPARATING_NORMALS = 3000
"""Directions that are tried when one lesion is to be separated by a plane."""

SMALLEST_ML = 1e-6
_COARSE = (2, 4, 4)


def is_round_kind(word: object) -> TypeGuard[RoundKind]:
    """Whether a word names what can be laid round a lesion."""
    return word in get_args(RoundKind)


def cut_round(
    index: PlanIndex,
    label: int,
    margin_mm: float,
    *,
    kind: RoundKind,
    beside: tuple[Cut, ...] = (),
) -> Cut:
    """Return a cut that takes one lesion with a margin.

    Parameters
    ----------
    index : PlanIndex
    label : int
        The lesion's label value.
    margin_mm : float
        Between the lesion and the cut.
    kind : {"plane", "wedge", "sphere", "ablation"}
        A plane and a wedge take the direction that costs least, of many tried; a sphere and an
        ablation zone are the ball that holds the lesion, larger by the margin.
    beside : tuple of Cut
        What is cut as well: tissue that it takes costs a wedge nothing more.

    Raises
    ------
    PlanError
        If there is no lesion with that label, or no plane leaves anything.
    """
    lesion = lesion_of(index, label)
    centre, radius = enclosing_ball(lesion, index)
    reach = radius + margin_mm
    match kind:
        case "plane":
            plane = separating_plane(index.planes, label, margin_mm)
            return held_near(plane, liver_centre_mm(index.segmentation))
        case "wedge":
            return best_cuts_round(index, [lesion], margin_mm, beside=beside)[0]
        case "sphere":
            return Sphere(centre_mm=centre, radius_mm=reach)
        case "ablation":
            return Ablation(centre_mm=centre, radii_mm=np.full(3, reach), axes=np.eye(3))
        case _:
            assert_never(kind)


def wedge_along(index: PlanIndex, label: int, margin_mm: float, direction: FloatArray) -> Wedge:
    """Return the wedge from one lesion and its margin out along a (3,) direction, LPS.

    Raises
    ------
    PlanError
        If there is no lesion with that label, or the direction has no length.
    """
    centre, radius = enclosing_ball(lesion_of(index, label), index)
    return Wedge(
        tip_mm=centre,
        direction=direction,
        radius_mm=radius + margin_mm,
        half_angle_deg=WEDGE_HALF_ANGLE_DEG,
    )


def lesion_of(index: PlanIndex, label: int) -> LesionShape:
    """Return a lesion's shape.

    Raises
    ------
    PlanError
        If there is none with that label.
    """
    for lesion in index.lesions:
        if lesion.label == label:
            return lesion
    known = ", ".join(str(lesion.label) for lesion in index.lesions) or "none"
    raise PlanError(
        f"There is no metastasis with label {label} to cut round; labels of metastases: {known}."
    )


def separating_plane(index: VolumeIndex, label: int, margin_mm: float) -> Plane:
    """Return the plane that takes one lesion with a margin and leaves most, of many tried.

    Parameters
    ----------
    index : VolumeIndex
    label : int
        The lesion's label value.
    margin_mm : float
        Between the lesion and the plane.

    Raises
    ------
    PlanError
        If no plane leaves anything.
    """
    normals = sphere(SEPARATING_NORMALS)
    support = index.support_mm(normals)[:, index.lesion_labels.index(label)]
    offsets = support + margin_mm
    stays = index.remnant_ml(normals, offsets)
    best = int(np.argmax(stays))
    if stays[best] <= 0:
        raise PlanError(
            f"No plane takes {lesion_name(label)} with {margin_mm:g} mm and leaves any liver."
        )
    normal = normals[best]
    return Plane(point_mm=normal * offsets[best], normal=normal)


def held_near(plane: Plane, point_mm: FloatArray) -> Plane:
    """Return the same plane, held at its point nearest to a (3,) LPS point."""
    return Plane(point_mm=plane.nearest_mm(point_mm), normal=plane.normal)


def parting_cut(index: PlanIndex, points_mm: Sequence[FloatArray]) -> CurvedCut | FoldedCut:
    """Return the cut through a contour on the liver's surface that leaves the larger part.

    Parameters
    ----------
    index : PlanIndex
    points_mm : sequence of (3,) arrays
        LPS, in the order in which they were drawn; at least 4.

    Raises
    ------
    PlanError
        If the contour is too short. Whether the cut parts the liver, its faults say.
    """
    points = np.array(points_mm).reshape(-1, 3)
    cut = cut_through_contour(points, liver_centre_mm(index.segmentation))
    stays = index.remnant_ml(Plan(cuts=(cut,)))
    return cut.flipped() if stays < index.functional_ml / 2 else cut


def larger_part_stays(index: VolumeIndex, plane: Plane) -> Plane:
    """Return the plane, turned round if it would leave the smaller part of the liver."""
    stays = index.remnant_ml_of([plane])
    return plane if stays >= index.functional_ml / 2 else plane.flipped()


def misses_liver(index: PlanIndex, cut: Cut) -> bool:
    """Whether a cut takes nothing of the liver; or all of it, where it should part it in two.

    Raises
    ------
    PlanError
        If it names parts of a map that is not at hand.
    """
    stays = index.remnant_ml(Plan(cuts=(cut,)))
    return stays >= index.functional_ml - SMALLEST_ML or (cut.can_lie_flat and stays <= SMALLEST_ML)


def liver_centre_mm(segmentation: Segmentation) -> FloatArray:
    """(3,) LPS middle of a liver, lesions included; of the scan where there is none.

    Every second slice and every fourth row and column tell it.
    """
    k, j, i = _COARSE
    liver = np.argwhere(segmentation.labels[::k, ::j, ::i] > 0)
    middle = liver.mean(axis=0) * _COARSE if len(liver) else np.array(segmentation.grid.shape) / 2
    return segmentation.grid.to_mm(middle)
