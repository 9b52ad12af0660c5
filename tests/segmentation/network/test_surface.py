"""What density says of the surface: muscle along the liver is none, and its own edge is its own."""

import numpy as np
import scipy

from liverplan.segmentation.network.surface import darkness

VOXEL_MM = 2.0
LIVER_HU, MUSCLE_HU, FAT_HU = 110.0, 70.0, -100.0


def scene(muscle_mm, liver_hu=LIVER_HU):
    """Liver, muscle of a thickness, fat, one behind the other along k; and where each lies."""
    depth = np.arange(40)[:, None, None] * VOXEL_MM * np.ones((1, 30, 30))
    muscle = (depth >= 40) & (depth < 40 + muscle_mm)
    liver = depth < 40
    hu = np.where(liver, liver_hu, np.where(muscle, MUSCLE_HU, FAT_HU))
    noise = np.random.default_rng(0).normal(0, 8, hu.shape)
    hu = scipy.ndimage.gaussian_filter(hu, 0.5) + noise
    own = depth < 30
    own_hu = np.full(hu.shape, liver_hu, np.float32)
    return darkness(hu.astype(np.float32), own_hu, own, VOXEL_MM), liver, muscle


def test_thick_muscle_speaks_against_liver():
    dark, liver, muscle = scene(muscle_mm=12)
    assert np.median(dark[muscle]) > 1
    assert np.percentile(dark[liver], 99) < 0.5


def test_an_edge_of_the_liver_to_fat_does_not():
    dark, liver, _ = scene(muscle_mm=0)
    assert dark[liver].max() < 0.5


def test_muscle_as_dense_as_a_fatty_liver_says_nothing():
    dark, _, muscle = scene(muscle_mm=12, liver_hu=72.0)
    assert np.median(dark[muscle]) == 0
