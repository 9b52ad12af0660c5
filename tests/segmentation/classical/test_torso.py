"""Body and lungs, also where the picture cuts them off."""

import numpy as np
import pytest

from liverplan.segmentation.classical.torso import Torso, find_body, find_lungs
from liverplan.segmentation.classical.wall import in_muscle_mm
from tests.segmentation.shapes import ball, blocks_like


def trunk(shape, cut_columns=0):
    """A round trunk of 300 mm, with what lies how far from its axis, mm."""
    j, i = np.indices(shape[1:]) * 3.0
    away = np.hypot(j - 150, i - 150)
    return away[:, cut_columns:]


def test_a_lung_is_found_though_the_picture_cuts_the_trunks_side_off():
    away = trunk((40, 101, 101), cut_columns=9)
    plane = np.where(away < 145, 40.0, -1000.0)
    plane[away < 125] = -800
    body = find_body(blocks_like(np.repeat(plane[None], 40, axis=0).astype(np.float32)))
    assert body[:, away < 120].all()


@pytest.mark.parametrize(("radius_mm", "found"), [(60, True), (30, False)])
def test_lungs_under_a_neck_are_found_and_gas_in_the_bowel_is_not(radius_mm, found):
    hu = np.full((80, 101, 101), 40, np.float32)
    air = ball(hu.shape, (120, 150, 150), radius_mm, (3.0, 3.0, 3.0))
    hu[air] = -800
    lungs = find_lungs(blocks_like(hu), np.ones(hu.shape, bool))
    assert lungs[air].mean() == pytest.approx(float(found), abs=0.05)


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
