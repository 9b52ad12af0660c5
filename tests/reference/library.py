"""`VolumeIndex`, as scripts call it: quick and exact, on the torso and on a sheared lattice."""

import numpy as np

from liverplan.segmentation import Segmentation
from liverplan.volume import Grid
from liverplan.volumetry import VolumeIndex

SHEAR = np.array([[0.1, 0.0, 2.5], [0.3, 2.5, 0.2], [5.0, 0.4, 0.0]])
"""Columns k, j, i in LPS mm: neither square nor upright."""


def planes(middle, reach_mm):
    """(M, 3) unit normals and (M,) offsets: along the axes, a degree off them, and any way."""
    axes = [sign * row for row in np.eye(3) for sign in (1.0, -1.0)]
    tilt = np.radians(1.0)
    off = [np.roll((np.cos(tilt), np.sin(tilt) * s, 0.0), n) for n in range(3) for s in (1, -1)]
    any_way = np.random.default_rng(7).normal(size=(28, 3))
    normals = np.array([*axes, *off, *any_way])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    shifts = np.resize(np.linspace(-0.8, 0.8, 9) * reach_mm, len(normals))
    return normals, normals @ middle + shifts


def answers(affine, labels):
    """What a script gets of a labelled lattice."""
    grid = Grid(shape=labels.shape, affine=affine, frame_uid="1.2.3")
    index = VolumeIndex.build(Segmentation(grid=grid, labels=labels))
    inside = np.argwhere(labels > 0)
    points = inside @ affine[:3, :3].T + affine[:3, 3]
    middle = points.mean(axis=0)
    normals, offsets = planes(middle, float(np.linalg.norm(points - middle, axis=1).max()) / 2)
    many = np.resize(normals, (130, 3)), np.resize(offsets, 130)
    index.remnant_ml(*many)  # more than 64 at once wait for the compiled kernels, fewer do not
    return {
        "functional_ml": index.functional_ml,
        "liver_ml": index.liver_ml,
        "tumour_ml": index.tumour_ml,
        "quick_ml": index.remnant_ml(normals, offsets).tolist(),
        "exact_ml": index.remnant_ml(normals, offsets, exact=True).tolist(),
        "margin_mm": index.margin_mm(normals, offsets).tolist(),
    }


def rows(inputs):
    """Answers on the torso's lattice and, of the same labels, on a sheared one."""
    sheared = np.eye(4)
    sheared[:3, :3], sheared[:3, 3] = SHEAR, (-100.0, 20.0, -50.0)
    return {
        "on the lattice": answers(inputs.affine, inputs.labels),
        "on a sheared lattice": answers(sheared, inputs.labels),
    }
