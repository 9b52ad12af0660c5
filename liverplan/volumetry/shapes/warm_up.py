"""The kernels of cuts, compiled in the background while a person still looks at the case."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache

import numpy as np

from liverplan.resection.cuts.plane import Plane
from liverplan.resection.plan import Plan
from liverplan.volume import Grid
from liverplan.volumetry.shapes.blocks import BlockTree


@cache
def warm_up_cuts() -> Future[None]:
    """Start compiling in a thread, once; whoever measures a plan before waits for it."""
    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="liverplan-warm-up-cuts")
    future = pool.submit(_measure_once)
    pool.shutdown(wait=False)
    return future


def _measure_once() -> None:
    """Measure next to nothing, which compiles every kernel for the types that it gets."""
    tree = BlockTree.build(Grid(shape=(2, 2, 2), affine=np.eye(4)), np.ones((2, 2, 2), np.bool_))
    plane = Plane(point_mm=np.full(3, 0.5), normal=np.array([1.0, 0.0, 0.0]))
    rows = Plan(cuts=(plane,)).rows()
    tree.removed_ml(rows)
    tree.shares(np.zeros((1, 3), dtype=np.int32), rows)
