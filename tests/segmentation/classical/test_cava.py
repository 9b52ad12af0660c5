"""The cava is followed as a tube, and kept out of the liver beside it."""

import numpy as np
import pytest

from liverplan.segmentation.classical.cava import cava_cost, track_cava
from liverplan.segmentation.classical.spine import behind_spine_mm, find_spine, muscle_hu
from liverplan.segmentation.classical.torso import Torso
from tests.segmentation.shapes import blocks_like

SHAPE, MM = (30, 80, 100), 3.0
SPINE, CAVA = (60, 50), (46, 43)  # rows and columns


def scene(cava_hu=150.0):
    """A trunk with a vertebra, and a round cava of 10 mm that drifts to the left upward."""
    j, i = np.indices(SHAPE[1:])
    hu = np.full(SHAPE, 60, np.float32)
    hu[:, np.hypot(j - SPINE[0], i - SPINE[1]) * MM < 18] = 300
    truth = np.zeros(SHAPE, bool)
    for k in range(SHAPE[0]):
        truth[k] = np.hypot(j - CAVA[0], i - CAVA[1] - k / 10) * MM < 10
    hu[truth] = cava_hu
    torso = Torso(body=np.ones(SHAPE, bool), lungs=np.zeros(SHAPE, bool), middle=50.0)
    return blocks_like(hu), hu, torso, truth


def test_the_spine_is_found_on_every_slice():
    blocks, _, torso, _ = scene()
    assert np.abs(find_spine(blocks, torso) - SPINE).max() <= 1


def test_what_lies_behind_the_spines_front_and_beside_it_is_back():
    blocks, _, torso, _ = scene()
    back = behind_spine_mm(blocks, torso)
    assert back[5, SPINE[0], SPINE[1]] == pytest.approx(8, abs=3.1)
    assert back[5, 70, SPINE[1]] > back[5, 62, SPINE[1]]
    assert not back[5, 50].any()
    assert not back[5, 70, 80]
    assert muscle_hu(blocks, torso) == 60


def test_the_muscles_usual_density_is_taken_where_none_is_seen():
    blocks, _, torso, _ = scene()
    blocks.hu[:] = 300
    assert muscle_hu(blocks, torso) == 60


def test_the_cava_is_followed_along_its_way():
    blocks, hu, torso, _ = scene()
    tube = track_cava(blocks, hu, torso, range(3, 27), 100.0)
    assert np.abs(tube.rows - CAVA[0]).max() < 1.5
    assert np.abs(tube.columns - CAVA[1] - np.arange(3, 27) / 10).max() < 2
    assert tube.densities_hu == pytest.approx(150, abs=15)


def test_a_voxel_in_the_cava_costs_and_one_of_the_livers_density_or_far_from_it_does_not():
    blocks, hu, torso, truth = scene()
    tube = track_cava(blocks, hu, torso, range(3, 27), 100.0)
    hu = np.where(truth, 150, 100).astype(np.float32)
    price = cava_cost(tube, hu, np.full(SHAPE, 100, np.float32), blocks.spacing_mm)
    assert price[10][truth[10]].min() > 0.9
    assert price[10][~truth[10]].max() <= 1
    assert not price[10][tube.distance_mm(SHAPE, blocks.spacing_mm)[10] >= 16].any()
    assert not price[0].any()
