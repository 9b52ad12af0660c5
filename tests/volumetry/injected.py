"""Trials with known errors: a true liver, and what a mask and a plane with errors say of it.

The truth is a ball with a lesion, cut by the true plane. What is measured has its surfaces shifted
and its plane moved by draws from the model's own errors, voxelised somewhere on the lattice.
"""

import numpy as np

from liverplan.resection.cuts.plane import Plane
from liverplan.volumetry.uncertainty.error_model import ErrorModel, ErrorSource
from tests.volumetry.shapes import ellipsoid, ellipsoid_ml, segmented, spaced

SPREADS = ErrorModel(
    position=ErrorSource(name="cut position", sd=3.0, unit="mm", source="injected"),
    tilt=ErrorSource(name="cut tilt", sd=5.0, unit="degrees", source="injected"),
    liver=ErrorSource(name="liver boundary", sd=1.0, unit="mm", source="injected"),
    lesion=ErrorSource(name="lesion boundary", sd=1.0, unit="mm", source="injected"),
)
SPACING = (3.0, 2.5, 2.5)
SHAPE = (40, 48, 48)
RADIUS, LESION_RADIUS = 45.0, 12.0
LESION_AT = np.array([-22.0, 3.0, 8.0])


def fraction(centre, radius, lesion_radius, plane):
    """Closed form of the true remnant fraction."""
    parts = [
        (centre, radius, 1),
        (centre + LESION_AT, lesion_radius, -1),
    ]
    left = sum(
        sign * ellipsoid_ml(c, [r] * 3, plane.normal, plane.offset_mm) for c, r, sign in parts
    )
    whole = sum(sign * 4 / 3 * np.pi * r**3 / 1000 for _, r, sign in parts)
    return left / whole


def trial(seed):
    """One trial: the measured segmentation, the measured plane, the true fraction."""
    rng = np.random.default_rng(seed)
    centre = np.array([57.0, 57.0, 58.0]) + rng.uniform(-1.5, 1.5, 3)
    normal = np.array([1.0, *rng.uniform(-0.4, 0.4, 2)])
    true = Plane(point_mm=centre + rng.uniform(-3, 9) * normal, normal=normal)
    shift, *tilt, liver, lesion = rng.standard_normal(5)
    across = np.linalg.svd(true.normal[None])[2][1:]
    lean = np.radians(SPREADS.tilt.sd) * (np.array(tilt) @ across)
    pivot = centre - (true.normal @ centre - true.offset_mm) * true.normal
    seen = true.normal + np.tan(np.linalg.norm(lean)) / np.linalg.norm(lean) * lean
    plane = Plane(point_mm=pivot, normal=seen).shifted(shift * SPREADS.position.sd)
    affine = spaced(*SPACING)
    labels = ellipsoid(affine, SHAPE, centre, [RADIUS + liver * SPREADS.liver.sd] * 3).astype(
        np.uint8
    )
    drawn = LESION_RADIUS + lesion * SPREADS.lesion.sd
    labels[ellipsoid(affine, SHAPE, centre + LESION_AT, [drawn] * 3)] = 2
    truth = fraction(centre, RADIUS, LESION_RADIUS, true)
    return segmented(labels, affine), plane, truth
