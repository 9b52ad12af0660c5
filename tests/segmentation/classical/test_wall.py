"""The wall of the trunk: ribs, and muscle as dense as a liver."""

import numpy as np

from liverplan.segmentation.classical.torso import Torso
from liverplan.segmentation.classical.wall import beyond_ribs_mm, in_muscle_mm
from tests.segmentation.shapes import blocks_like


def trunk(shape):
    """A round trunk of 300 mm: how far each pixel lies from its axis, mm."""
    j, i = np.indices(shape[1:]) * 3.0
    return np.hypot(j - 150, i - 150)


def test_the_muscle_of_the_wall_is_known_where_a_liver_as_dense_lies_behind_it():
    away = trunk((40, 101, 101))
    plane = np.where(away < 148, -100.0, -1000.0)
    muscle, liver = (away > 114) & (away < 132), np.zeros(away.shape, bool)
    plane[muscle] = 60
    liver[30:70, 8:50] = True
    liver &= away < 114
    plane[liver] = 60
    blocks = blocks_like(np.repeat(plane[None], 40, axis=0).astype(np.float32))
    torso = Torso(body=blocks.hu > -900, lungs=np.zeros(blocks.hu.shape, bool), middle=50.0)
    depth = in_muscle_mm(blocks, torso)[20]
    beside = (np.arange(101)[:, None] > 40) & (np.arange(101)[:, None] < 60)
    assert depth[liver & beside].max() < 5
    assert np.median(depth[muscle & (away > 122) & beside]) > 5


def test_what_lies_outside_the_ribs_is_beyond_them_between_the_ribs_too():
    away = trunk((40, 101, 101))
    hu = np.repeat(np.where(away < 148, 40.0, -1000.0)[None], 40, axis=0).astype(np.float32)
    ribs = (away > 117) & (away < 123)
    hu[::4, ribs] = 400  # every fourth slice
    torso = Torso(body=hu > -900, lungs=np.zeros(hu.shape, bool), middle=50.0)
    beyond = beyond_ribs_mm(blocks_like(hu), torso)
    inner = 120 - 3
    assert not beyond[:, away < inner - 3].any()
    outside = (away > 130) & (away < 145)
    assert np.abs(beyond[18, outside] - (away[outside] - inner)).max() < 3
    assert np.abs(beyond[20, outside] - (away[outside] - inner)).max() < 3
    assert not beyond[:, away > 148].any()
