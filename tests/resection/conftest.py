"""Livers whose volumes are known: a ball, and an ellipsoid with lesions."""

import numpy as np
import pytest

from liverplan.resection import Plan
from liverplan.resection.anatomy.couinaud import branch_voxels
from liverplan.segmentation.labels import Segmentation
from liverplan.volume import Grid
from liverplan.volumetry.faults import plan_faults
from liverplan.volumetry.shapes.plan_index import PlanIndex
from liverplan.words import in_english

BALL_MM = 60.0
BALL_CENTRE = np.array([0.13, -0.21, 0.17])  # off the lattice


def lattice(spacing, half_width):
    """A grid around the origin with axes k, j, i along z, y, x."""
    shape = tuple(int(np.ceil(2 * half_width / s)) for s in spacing)
    affine = np.zeros((4, 4))
    affine[[2, 1, 0], [0, 1, 2]] = spacing
    affine[:3, 3] = [-(n - 1) / 2 * s for n, s in zip(shape[::-1], spacing[::-1], strict=True)]
    affine[3, 3] = 1
    return Grid(shape=shape, affine=affine, frame_uid="1.2.3")


def ellipsoid_mask(grid, centre, radii):
    points = grid.to_mm(np.moveaxis(np.indices(grid.shape), 0, -1))
    return (((points - centre) / radii) ** 2).sum(axis=-1) <= 1


def segmented(spacing, lesions=(), radii=(BALL_MM,) * 3):
    grid = lattice(spacing, max(radii) + 5)
    liver = ellipsoid_mask(grid, BALL_CENTRE, radii)
    masks = [ellipsoid_mask(grid, np.array(c), (r, r, r)) for c, r in lesions]
    return Segmentation.from_masks(grid, liver, masks)


def sentences(index, *cuts):
    """What a plan's faults say."""
    return tuple(in_english(fault.says) for fault in plan_faults(index, Plan(cuts=cuts)))


def alone_ml(index, plan):
    """What each cut of a plan takes by itself."""
    plans = (Plan(cuts=(cut,)) for cut in plan.cuts)
    return [index.functional_ml - index.remnant_ml(one) for one in plans]


def branch_mask(segmentation, stops_mm):
    """Voxels along a branch's centreline, (N, 3) LPS points joined by straight lines."""
    mask = np.zeros(segmentation.grid.shape, dtype=np.bool_)
    mask[branch_voxels(segmentation.grid, stops_mm)] = True
    return mask


@pytest.fixture(scope="session")
def ball():
    """A ball of 60 mm at 1 mm slices."""
    return PlanIndex.build(segmented((1.0, 0.75, 0.75)))


@pytest.fixture(scope="session")
def small():
    """A coarse liver of 80 x 60 x 50 mm with two lesions, for brute force."""
    lesions = [((-35.2, 5.1, 3.3), 9.0), ((20.7, -12.3, -8.8), 6.0)]
    return PlanIndex.build(segmented((2.0, 1.6, 1.6), lesions, radii=(80.0, 60.0, 50.0)))


@pytest.fixture(scope="session")
def tiny():
    """The same liver in voxels of 5 x 4 x 4 mm, for many random plans."""
    lesions = [((-35.2, 5.1, 3.3), 9.0), ((20.7, -12.3, -8.8), 6.0)]
    return PlanIndex.build(segmented((5.0, 4.0, 4.0), lesions, radii=(80.0, 60.0, 50.0)))
