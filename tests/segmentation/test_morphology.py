"""Distances, openings and components, in millimetres."""

import numpy as np
import pytest

from liverplan.segmentation.morphology import (
    closed,
    distance_transform_mm,
    opened,
    signed_distance_mm,
)
from tests.segmentation.shapes import ball


def test_depths_are_in_millimetres():
    mask = ball((30, 60, 60), (30, 30, 30), 20, (2.0, 1.0, 1.0))
    assert distance_transform_mm(mask, (2.0, 1.0, 1.0)).max() == pytest.approx(20, abs=1)
    signed = signed_distance_mm(mask, (2.0, 1.0, 1.0))
    assert np.array_equal(signed > 0, mask)


def test_opening_takes_thin_things_and_closing_fills_thin_gaps():
    mask = np.zeros((30, 30, 30), bool)
    mask[5:25, 5:25, 5:25] = True
    thin = mask.copy()
    thin[14, 14, 25:29] = True
    assert np.count_nonzero(opened(thin, 3, (1.0, 1.0, 1.0))[:, :, 26:]) == 0
    gap = mask.copy()
    gap[:, 14, :] = False
    assert closed(gap, 3, (1.0, 1.0, 1.0))[14, 14, 14]
