"""Two veins that enter the cava side by side: one line, cut where the cava lies."""

import numpy as np
import pytest

from liverplan.segmentation.vessels.field import Field
from liverplan.segmentation.vessels.passing import cut_at_roots
from liverplan.segmentation.vessels.web import Web, stretch_of

COUNT = 41


def web_and_field(away_mm):
    """Return a straight line along i, a voxel a mm, so far from the cava as ways count."""
    at = np.stack([np.zeros(COUNT, np.int64), np.zeros(COUNT, np.int64), np.arange(COUNT)], axis=1)
    points, radius, snr = at[:, ::-1].astype(float), np.full(COUNT, 3.0), np.full(COUNT, 9.0)
    line = stretch_of(np.arange(COUNT), (0, COUNT - 1), points, radius, snr)
    shape = (1, 1, COUNT)
    web = Web(np.ones(shape, bool), at, points, radius, snr, (line,), ())
    field = Field(
        at=at,
        points_mm=points,
        number=np.arange(COUNT, dtype=np.int32).reshape(shape),
        snr=np.full(shape, 9.0, np.float32),
        depth_mm=np.full(shape, 3.0, np.float32),
        cost=np.stack([np.full(COUNT, np.inf), away_mm]),
        before=np.full((2, COUNT), -1),
    )
    return web, field


def test_a_line_that_passes_the_cava_is_two_veins_that_meet_there():
    web, field = web_and_field(np.abs(np.arange(COUNT) - 15.0) + 2)
    first, second = cut_at_roots(web, field).stretches
    assert first.ends == (0, 15)
    assert second.ends == (15, COUNT - 1)
    assert first.length_mm + second.length_mm == pytest.approx(COUNT - 1)


@pytest.mark.parametrize(
    "away_mm", [np.arange(COUNT) + 1.0, np.abs(np.arange(COUNT) - 3.0), np.full(COUNT, np.inf)]
)
def test_a_line_whose_end_is_nearest_to_the_root_stays_whole(away_mm):
    web, field = web_and_field(away_mm)
    assert cut_at_roots(web, field).stretches == web.stretches
