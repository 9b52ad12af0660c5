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
