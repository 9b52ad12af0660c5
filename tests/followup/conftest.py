"""A phantom liver at two dates: moved, turned, its lesions renumbered, grown, vanished and new."""

import numpy as np
import pytest
from scipy.ndimage import map_coordinates
from scipy.spatial.transform import Rotation

from liverplan.phantom import make_phantom
from liverplan.segmentation import Segmentation
from liverplan.volume import Grid


@pytest.fixture(scope="session")
def earlier():
    whole = make_phantom(spacing_mm=(3.0, 2.5, 2.5), noise_hu=0, lesions=4).segmentation
    filled = np.argwhere(whole.liver)
    low, high = filled.min(axis=0) - 3, filled.max(axis=0) + 4
    labels = whole.labels[tuple(slice(a, b) for a, b in zip(low, high, strict=True))].copy()
    return Segmentation(grid=whole.grid.crop(low, high), labels=labels)


class Motion:
    """A turn about an axis and a shift: earlier LPS mm to later LPS mm."""

    def __init__(self, *, degrees, axis, shift_mm):
        axis = np.array(axis, float) / np.linalg.norm(axis)
        self.turn = Rotation.from_rotvec(np.deg2rad(degrees) * axis).as_matrix()
        self.shift_mm = np.array(shift_mm, float)

    def forward(self, points_mm):
        return points_mm @ self.turn.T + self.shift_mm

    def back(self, points_mm):
        return (points_mm - self.shift_mm) @ self.turn


def centre_mm(segmentation, label):
    return segmentation.grid.to_mm(np.argwhere(segmentation.lesion(label)).mean(axis=0))


def later_of(earlier, motion, growth, extra=()):
    """The moved liver on a lattice of its own.

    ``growth`` maps an earlier label to the factor of its diameter, in the order of the new
    labels; ``extra`` are new lesions as (centre in the earlier CT, radius mm).
    """
    corners = motion.forward(earlier.grid.corners_mm)
    low, high = corners.min(axis=0), corners.max(axis=0)
    affine = np.eye(4)
    affine[:3, :3] = np.diag((2.2, 2.2, 2.5))[:, ::-1]
    affine[:3, 3] = low
    shape = np.ceil((high - low) / (2.2, 2.2, 2.5)).astype(int)[::-1]
    grid = Grid(shape=tuple(int(n) for n in shape), affine=affine)
    source = motion.back(grid.to_mm(np.moveaxis(np.indices(grid.shape), 0, -1)))
    labels = sampled(earlier, earlier.liver, source).astype(np.uint8)
    for new, (old, factor) in enumerate(growth.items(), 2):
        middle = centre_mm(earlier, old)
        labels[sampled(earlier, earlier.lesion(old), middle + (source - middle) / factor)] = new
    for new, (middle, radius) in enumerate(extra, 2 + len(growth)):
        labels[np.linalg.norm(source - middle, axis=-1) < radius] = new
    return Segmentation(grid=grid, labels=labels)


def sampled(segmentation, mask, points_mm):
    index = np.moveaxis(segmentation.grid.to_index(points_mm), -1, 0)
    return map_coordinates(mask.astype(np.float32), index, order=1) > 0.5


@pytest.fixture(scope="session")
def tools():
    """(Motion, later_of, centre_mm) for the tests of this folder."""
    return Motion, later_of, centre_mm
