"""How long a correction takes on a large series: 512 x 512 x 400 voxels."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from liverplan.segmentation import Brush, Segmentation, apply_contours, click, paint
from liverplan.volume import Grid, Volume

SHAPE = (400, 512, 512)
SPACING_MM = (1.0, 0.7, 0.7)


def edit_times() -> list[dict[str, Any]]:
    """Wall and CPU time of every correction; the second of two runs, all being compiled."""
    volume, segmentation, true = _large()
    grid = volume.grid
    point = grid.to_mm((200, 260, 312))
    stroke = np.array([grid.to_mm((200, 260, 290 + n)) for n in range(40)])
    drawn = {k: true[k] for k in range(112, 289, 25)}
    ways: dict[str, Callable[[], Segmentation]] = {
        "click": lambda: click(volume, segmentation, point, "inside"),
        "first contour": lambda: apply_contours(segmentation, {200: true[200]}),
        "8 contours": lambda: apply_contours(segmentation, drawn),
        "brush": lambda: paint(segmentation, Brush(radius_mm=8.0), stroke),
        "eraser": lambda: paint(segmentation, Brush(radius_mm=8.0, kind="eraser"), stroke),
        "brush with limits": lambda: paint(
            segmentation, Brush(radius_mm=8.0, limits_hu=(50, 200)), stroke, volume
        ),
    }
    rows = []
    for name, edit in ways.items():
        edit()
        wall, cpu = time.perf_counter(), time.process_time()
        edit()
        rows.append(
            {
                "edit": name,
                "seconds": time.perf_counter() - wall,
                "cpu_seconds": time.process_time() - cpu,
            }
        )
    return rows


def _large() -> tuple[Volume, Segmentation, np.ndarray]:
    """A CT with an ellipsoid for a liver, and a mask of it that left its side out."""
    affine = np.eye(4)
    affine[:3, :3] = np.fliplr(np.diag(SPACING_MM[::-1]))
    k, j, i = np.ogrid[: SHAPE[0], : SHAPE[1], : SHAPE[2]]
    height = ((k - 200) / 90) ** 2 + ((j - 260) / 110) ** 2
    true = (height + ((i - 210) / 120) ** 2 < 1) | (height + ((i - 180) / 120) ** 2 < 1)
    grid = Grid(shape=SHAPE, affine=affine)
    hu = np.where(true, np.int16(110), np.int16(-90))
    mask = true & (height + ((i - 180) / 120) ** 2 < 1)
    return Volume(grid=grid, hu=hu), Segmentation.from_masks(grid, mask), true
