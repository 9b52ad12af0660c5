"""Stretches cut where they pass a root: two veins that meet at the cava make one line there.

A tree begins where stretches meet. Where two veins enter the cava side by side, their middle lines
join beside its wall without a fork, and neither could begin at the place where it enters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from liverplan.segmentation.vessels.field import Field
from liverplan.segmentation.vessels.web import Stretch, Web, length_of, stretch_of
from liverplan.volume import FloatArray

LEAST_MM, NEARER_MM = 5.0, 2.0
"""What is left on either side is so long; and the root so much nearer than from either end."""


def cut_at_roots(web: Web, field: Field) -> Web:
    """Cut each stretch where it comes nearest to a root, as ways count, but for its ends."""
    numbers = field.number[tuple(web.at.T)]
    away = np.where(numbers >= 0, field.cost[:, numbers], np.inf)
    stretches = tuple(part for stretch in web.stretches for part in _cut(stretch, web, away))
    return replace(web, stretches=stretches)


def _cut(stretch: Stretch, web: Web, away: FloatArray) -> Iterator[Stretch]:
    points = stretch.points
    for cost in away[:, points]:
        if not np.isfinite(cost).all():
            continue
        nearest = int(cost.argmin())
        sides = points[: nearest + 1], points[nearest:]
        long = min(length_of(web.points_mm[side]) for side in sides) >= LEAST_MM
        if long and min(cost[0], cost[-1]) - cost[nearest] >= NEARER_MM:
            meeting = int(points[nearest])
            ends = (stretch.ends[0], meeting), (meeting, stretch.ends[1])
            for side, own in zip(sides, ends, strict=True):
                made = stretch_of(side, own, web.points_mm, web.radius_mm, web.snr)
                yield from _cut(made, web, away)
            return
    yield stretch
