"""Which tree a vessel belongs to, by how dense the phase makes either."""

import numpy as np

from liverplan.segmentation.vessels.opacity import MOST, density_prices
from liverplan.segmentation.vessels.web import Stretch, Web

PER_STRETCH = 10


def web_of(radii_mm):
    """Return a web of straight stretches side by side, as thick as these radii."""
    count = len(radii_mm) * PER_STRETCH
    stretches = tuple(
        Stretch(
            points=np.arange(n * PER_STRETCH, (n + 1) * PER_STRETCH),
            ends=(n * PER_STRETCH, (n + 1) * PER_STRETCH - 1),
            length_mm=20.0,
            gap_mm=0.0,
            ways=np.eye(3)[:2],
            radii_mm=(radius, radius),
        )
        for n, radius in enumerate(radii_mm)
    )
    return Web(
        vessel=np.zeros((1, 1, 1), bool),
        at=np.zeros((count, 3), np.int64),
        points_mm=np.zeros((count, 3)),
        radius_mm=np.repeat(radii_mm, PER_STRETCH),
        snr=np.zeros(count),
        stretches=stretches,
        links=(),
    )


def densities(radii_mm, tree, portal_hu, hepatic_hu):
    """(n,) density of each point: thin vessels are diluted, and there is some noise."""
    whole = np.where(np.array(tree) == 1, portal_hu, hepatic_hu) * np.minimum(1, radii_mm / 3)
    return np.repeat(whole, PER_STRETCH) + np.random.default_rng(0).normal(
        0, 3, len(tree) * PER_STRETCH
    )


RADII = np.tile([1.5, 2.0, 2.5, 3.0], 6)
TRUE = np.repeat([1, 2], 12)


def test_a_stretch_in_the_wrong_tree_is_dear_there_and_thin_ones_are_held_to_thin_ones():
    given = TRUE.copy()
    given[[3, 20]] = 2, 1
    prices = density_prices(web_of(RADII), densities(RADII, TRUE, 70, 45), given)
    assert prices[1, 3] == MOST
    assert prices[0, 3] == 0
    assert prices[0, 20] > 0.5
    assert (prices.argmin(axis=0) + 1 == TRUE).mean() > 0.9


def test_trees_as_dense_as_each_other_cost_the_same():
    assert not density_prices(web_of(RADII), densities(RADII, TRUE, 60, 60), TRUE).any()


def test_too_few_stretches_tell_nothing():
    tree = np.where(np.arange(24) < 2, 1, 2)
    assert not density_prices(web_of(RADII), densities(RADII, tree, 70, 45), tree).any()
