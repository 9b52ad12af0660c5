"""Body and lungs, also where the picture cuts them off."""

import numpy as np
import pytest

from liverplan.errors import SegmentationError
from liverplan.segmentation.classical.torso import (
    Torso,
    around_liver,
    behind_left_mm,
    below_right_lung,
    diaphragm_excess_mm,
    find_body,
    find_lungs,
    find_torso,
    require_trunk,
)
from tests.segmentation.shapes import ball, blocks_like

MM = (3.0, 3.0, 3.0)


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


def person(shape=(40, 101, 101)):
    """A trunk of soft tissue in fat with a bony ring, in air."""
    away = trunk(shape)
    plane = np.where(away < 140, 40.0, -1000.0)
    plane[(away > 120) & (away < 140)] = -100
    plane[(away > 100) & (away < 106)] = 400
    return np.repeat(plane[None], shape[0], axis=0).astype(np.float32)


def test_a_trunk_is_found_with_its_middle():
    torso = find_torso(blocks_like(person()))
    assert torso.middle == pytest.approx(50, abs=1)
    assert torso.body[20, 50, 50]
    assert not torso.lungs.any()
    assert torso.right[0, 0].sum() == 50


def cleared(hu, low, high):
    hu[(hu > low) & (hu < high)] = 40
    return hu


@pytest.mark.parametrize(
    ("hu", "words"),
    [
        (np.full((20, 101, 101), -1000, np.float32), "all air or empty"),
        (person()[:, 25:76, 25:76][:, :, :45], "only 135 mm wide"),
        (cleared(person(), -150, -30), "no fat"),
        (cleared(person(), 180, 3000), "no bone"),
    ],
)
def test_what_is_no_trunk_is_refused_with_the_reason(hu, words):
    with pytest.raises(SegmentationError, match=words):
        find_torso(blocks_like(hu))


def test_noise_is_no_ct():
    noise = np.random.default_rng(0).uniform(-200, 300, (20, 101, 101)).astype(np.float32)
    with pytest.raises(SegmentationError, match="nothing in common, as in noise"):
        require_trunk(blocks_like(noise), np.ones(noise.shape, bool))


def test_a_table_under_the_patient_is_not_body():
    hu = person()
    hu[:, 98:, 20:80] = 100
    hu[:, 97] = -1000
    body = find_body(blocks_like(hu))
    assert not body[:, 98:].any()
    assert body[:, 50, 50].all()


@pytest.fixture
def breathing():
    """Lungs over a diaphragm at slice 20 on the right, and 24 on the left."""
    body = np.ones((40, 60, 60), bool)
    lungs = np.zeros(body.shape, bool)
    lungs[20:, 10:40, 5:25] = True
    lungs[24:, 10:40, 35:55] = True
    return Torso(body=body, lungs=lungs, middle=30.0)


def test_what_lies_under_the_right_lung_is_so_far_under_it(breathing):
    under = below_right_lung(breathing, 3.0, 10, 30)
    k, _, i = np.nonzero(under)
    assert (k.min(), k.max()) == (11, 16)
    assert (i.min(), i.max()) == (5, 24)


def test_without_a_right_lung_all_of_the_right_is_under_it(breathing):
    lungless = Torso(body=breathing.body, lungs=breathing.lungs & ~breathing.right, middle=30.0)
    assert np.array_equal(
        below_right_lung(lungless, 3.0, 10, 30),
        np.broadcast_to(lungless.right, lungless.body.shape),
    )


def test_the_diaphragm_is_the_lungs_base_and_between_them_their_mean(breathing):
    excess = diaphragm_excess_mm(breathing, MM)
    assert excess[19, 20, 10] == 0
    assert excess[25, 20, 10] == pytest.approx(15)
    assert excess[25, 20, 45] == pytest.approx(3)
    assert 3 < excess[25, 20, 30] < 15
    none = Torso(body=breathing.body, lungs=np.zeros_like(breathing.lungs), middle=30.0)
    assert not diaphragm_excess_mm(none, MM).any()


def test_only_the_left_back_is_behind_on_the_left(breathing):
    deep = behind_left_mm(breathing, MM)
    assert not deep[:, :, :34].any()
    assert not deep[:, :26].any()
    assert deep[0, 50, 58] == pytest.approx(min((50 - 0.45 * 59) * 3, 28 * 3 - 12))


def test_the_picture_is_cut_to_where_a_liver_can_lie(breathing):
    hu = np.zeros((200, 60, 60), np.float32)
    body, lungs = np.zeros(hu.shape, bool), np.zeros(hu.shape, bool)
    body[:, 5:55, 8:50] = True
    lungs[150:, 10:40, 10:25] = True
    blocks, torso = around_liver(blocks_like(hu), Torso(body=body, lungs=lungs, middle=30.0))
    assert blocks.start == (56, 5, 8)
    assert blocks.hu.shape == (108, 50, 42)
    assert torso.middle == 22
    assert torso.lungs[94].any()
    assert not torso.lungs[93].any()
