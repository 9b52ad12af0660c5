"""Which vessel lies under the mouse in the 3D view."""

from __future__ import annotations

import numpy as np

from liverplan.app.scene.renderer import Scene
from liverplan.volume import FloatArray

TOUCH_MM = 2.0
"""So near to the line of sight a point of a vessel's surface is under the mouse."""


def vessel_under(scene: Scene, x: float, y: float) -> FloatArray | None:
    """Return the (3,) LPS point, mm, of the foremost vessel at a pixel of the pane; None: none."""
    origin, sight = scene.ray(x, y)
    best, found = np.inf, None
    for actor in scene.vessels.values():
        if not actor.GetVisibility():
            continue
        points = scene.points_of(actor)
        along = (points - origin) @ sight
        aside = np.linalg.norm(points - origin - along[:, None] * sight, axis=1)
        along[aside > TOUCH_MM] = np.inf
        if len(along) and along.min() < best:
            best, found = float(along.min()), points[along.argmin()]
    return found
