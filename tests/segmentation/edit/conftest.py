"""A ball of liver with two lesions."""

import numpy as np
import pytest

from liverplan.segmentation import Segmentation
from liverplan.volume import Grid, Volume


@pytest.fixture
def case():
    """A ball of liver (radius 30 mm) with two lesions, at 2 x 1 x 1 mm."""
    affine = np.eye(4)
    affine[:3, :3] = np.array([[0, 0, 1.0], [0, 1.0, 0], [2.0, 0, 0]])
    grid = Grid(shape=(50, 100, 100), affine=affine)
    z, y, x = np.indices(grid.shape) * np.array([2.0, 1, 1])[:, None, None, None]
    away = np.sqrt((z - 50) ** 2 + (y - 50) ** 2 + (x - 50) ** 2)
    labels = (away < 30).astype(np.uint8)
    labels[np.sqrt((z - 50) ** 2 + (y - 50) ** 2 + (x - 40) ** 2) < 6] = 2
    labels[np.sqrt((z - 50) ** 2 + (y - 50) ** 2 + (x - 62) ** 2) < 5] = 3
    hu = np.where(away < 30, 110, -90).astype(np.int16)
    return Volume(grid=grid, hu=hu), Segmentation(grid=grid, labels=labels)
