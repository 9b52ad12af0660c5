"""The minimum cut keeps what it should and irons out the rest."""

import numpy as np
import pytest

from liverplan.segmentation.maxflow import min_cut
from tests.segmentation.shapes import ball


def test_the_cut_keeps_a_ball_and_irons_out_specks():
    truth = ball((40, 40, 40), (20, 20, 20), 12)
    noisy = truth ^ (np.random.default_rng(0).random(truth.shape) < 0.1)
    found = min_cut(np.where(noisy, -1.0, 1.0), 1.0, (1.0, 1.0, 1.0)) > 0.5
    assert 2 * (found & truth).sum() / (found.sum() + truth.sum()) > 0.98


@pytest.mark.parametrize(("radius", "stays"), [(4, False), (10, True)])
def test_the_cut_drops_a_ball_whose_surface_costs_more_than_its_volume_gives(radius, stays):
    cost = np.where(ball((32, 32, 32), (16, 16, 16), radius), -0.5, 0.5)
    assert (min_cut(cost, 1.0, (1.0, 1.0, 1.0), iterations=600) > 0.5).any() == stays


def test_the_least_energy_is_no_larger_than_that_of_any_ball():
    """The energy of the binary mask against balls of every radius around the middle."""
    shape, middle = (24, 24, 24), (12, 12, 12)
    cost = np.where(ball(shape, middle, 8), -1.0, 1.0)

    def energy(mask):
        steps = [np.count_nonzero(np.diff(mask.astype(int), axis=axis)) for axis in range(3)]
        return float(cost[mask].sum()) + sum(steps)

    found = energy(min_cut(cost, 1.0, (1.0, 1.0, 1.0), iterations=600) > 0.5)
    assert found <= min(energy(ball(shape, middle, r)) for r in range(1, 12)) * 0.98


def test_a_border_goes_where_its_price_is_low():
    cost = np.zeros((8, 20, 20))
    cost[:, :, 0], cost[:, :, -1] = -5, 5
    edge = np.ones(cost.shape)
    edge[:, :, 13] = 0.05
    found = min_cut(cost, edge, (1.0, 1.0, 1.0), iterations=3000, tolerance=0) > 0.5
    assert found[4, 10, 12]
    assert not found[4, 10, 15]


def test_lengths_are_millimetres():
    """Voxels stretched along an axis, and a price for each mm of border: the same ball."""
    thin = ball((24, 24, 24), (12, 12, 12), 8)
    flat = ball((8, 24, 24), (12, 12, 12), 8, (3.0, 1.0, 1.0))
    for mask, spacing in ((thin, (1.0, 1.0, 1.0)), (flat, (3.0, 1.0, 1.0))):
        found = min_cut(np.where(mask, -0.6, 0.6), 1.0, spacing, iterations=600) > 0.5
        assert (found & mask).sum() > 0.9 * mask.sum()
        assert (found & ~mask).sum() < 0.03 * mask.sum()
