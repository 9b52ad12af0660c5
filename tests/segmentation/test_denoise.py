"""Noise goes, edges stay, in millimetres."""

import numpy as np
import pytest

from liverplan.segmentation.denoise import blurred, diffused

ONE = (1.0, 1.0, 1.0)


def test_a_blur_is_as_wide_in_millimetres_along_every_axis():
    hu = np.zeros((21, 41, 81), np.float32)
    hu[10, 20, 40] = 100
    found = blurred(hu, (-200, 300), 2.0, (2.0, 1.0, 0.5))
    assert found[11, 20, 40] == pytest.approx(found[10, 22, 40], rel=0.05)
    assert found[10, 22, 40] == pytest.approx(found[10, 20, 44], rel=0.05)
    assert found.sum() == pytest.approx(100, rel=1e-3)


@pytest.mark.parametrize(
    "denoised",
    [
        lambda hu: blurred(hu, (-150.0, 250.0), 1.0, ONE),
        lambda hu: diffused(hu, (-150.0, 250.0), 5),
    ],
)
def test_densities_outside_the_window_count_as_its_ends(denoised):
    assert denoised(np.full((5, 5, 5), 3000, np.float32)) == pytest.approx(250)
    assert denoised(np.full((5, 5, 5), -1000, np.float32)) == pytest.approx(-150)


def test_diffusion_takes_the_noise_and_leaves_the_edge():
    side = np.indices((16, 24, 24))[2] < 12
    noise = np.random.default_rng(0).normal(0, 10, side.shape)
    hu = (np.where(side, 110, 20) + noise).astype(np.float32)
    found = diffused(hu, (-200, 300), 6)
    assert found[:, :, :9].std() < 0.7 * hu[:, :, :9].std()
    assert found[:, :, 11].mean() - found[:, :, 12].mean() > 0.7 * 90
