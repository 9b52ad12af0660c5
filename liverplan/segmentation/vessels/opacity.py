"""What a phase tells of a vessel's tree: blood of one root is denser than that of the other.

Contrast reaches the portal vein before the hepatic veins, so that in most phases one tree is the
denser. How much is learned from a first parting, at like radius, since a thin vessel is diluted by
the tissue round it; where the trees do not differ, nothing is added to either's price.
"""

from __future__ import annotations

import numpy as np

from liverplan.segmentation.vessels.middle_line import Places
from liverplan.segmentation.vessels.web import Web
from liverplan.volume import FloatArray

RADII_MM = (1.0, 4.0)
"""Between these a vessel's density grows with the logarithm of its radius."""
WEIGHT, MOST = 0.5, 1.5
"""Price of a unit of log-likelihood, and a stretch's highest: its density alone does not decide."""
LEAST_HU, FITS, TUKEY = 1.0, 3, 2.0
FEWEST, SURE_SD = 4, 2.0
"""With fewer stretches in a tree, or a difference of fewer standard errors, nothing is told."""


def density_prices(web: Web, above_hu: FloatArray, tree: Places) -> FloatArray:
    """Price of each stretch in either tree, by how dense it is.

    Parameters
    ----------
    web : Web
    above_hu : (n,) array
        How much denser than the tissue near it each of the web's points is, HU.
    tree : (m,) int array
        Of each stretch, in the parting so far: 1 or 2; 0 for none.

    Returns
    -------
    (2, m) array
        Nothing for the tree that fits better.
    """
    counts = np.array([np.count_nonzero(tree == 1), np.count_nonzero(tree == 2)])
    if counts.min() < FEWEST:
        return np.zeros((2, len(tree)))
    found = np.array([np.median(above_hu[s.points]) for s in web.stretches])
    radius = np.array([np.median(web.radius_mm[s.points]) for s in web.stretches])
    side = np.where(tree == 1, 0.5, -0.5)
    by = np.stack([np.ones(len(tree)), np.log(np.clip(radius, *RADII_MM)), side], axis=1)
    known = tree > 0
    worth = np.where(known, np.sqrt([s.length_mm for s in web.stretches]), 0.0)
    weight = worth
    for _ in range(FITS):
        root = np.sqrt(weight)
        fit = np.linalg.lstsq(by * root[:, None], found * root, rcond=None)[0]
        off = found - by @ fit
        spread = max(1.4826 * float(np.median(np.abs(off[known]))), LEAST_HU)
        weight = worth / (1 + (off / (TUKEY * spread)) ** 2)
    if abs(fit[2]) < SURE_SD * spread * float(np.sqrt((1 / counts).sum())):
        return np.zeros((2, len(tree)))
    from_middle = found - by[:, :2] @ fit[:2]
    apart = np.stack([from_middle - fit[2] / 2, from_middle + fit[2] / 2])
    unlikely = apart**2 / (2 * spread**2)
    prices: FloatArray = np.minimum(WEIGHT * (unlikely - unlikely.min(axis=0)), MOST)
    return prices
