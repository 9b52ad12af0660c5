"""Grids, balls and blocks that the tests of this room are made of."""

import numpy as np

from liverplan.segmentation import Segmentation
from liverplan.segmentation.blocks import Blocks
from liverplan.volume import Grid


def grid_of(shape, spacing=(2.0, 1.0, 1.0)):
    affine = np.eye(4)
    affine[:3, :3] = np.array([[0, 0, spacing[2]], [0, spacing[1], 0], [spacing[0], 0, 0]])
    return Grid(shape=shape, affine=affine)


def ball(shape, middle, radius, spacing=(1.0, 1.0, 1.0)):
    index = np.indices(shape) * np.array(spacing)[:, None, None, None]
    return np.linalg.norm(index - np.array(middle)[:, None, None, None], axis=0) < radius


def blocks_like(hu, spacing=(3.0, 3.0, 3.0)):
    return Blocks(hu=hu, factors=(1, 1, 1), start=(0, 0, 0), grid=grid_of(hu.shape, spacing))


def dice(a, b):
    return 2 * np.count_nonzero(a & b) / (np.count_nonzero(a) + np.count_nonzero(b))


def without(segmentation, gap):
    return Segmentation(
        grid=segmentation.grid, labels=np.where(gap, 0, segmentation.labels).astype(np.uint8)
    )
