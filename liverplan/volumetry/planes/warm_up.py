"""The kernels, compiled once in the background.

Nobody waits for a compiler while they drag a plane: until a kernel is ready, a small request takes
the numpy path, which is exact and some hundred times slower; a large one waits. Machine code is
kept on disk by numba where a cache folder can be written, and made anew where none can.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np

from liverplan.compiled import compiled
from liverplan.volumetry.planes import kernels

SMALL = 64
"""Up to so many planes are answered by numpy rather than wait for the compiler."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernels:
    """The compiled twins of the functions in `liverplan.volumetry.planes.kernels`."""

    moment_sums: Callable[..., None]
    run_lengths: Callable[..., None]


@cache
def warm_up() -> Future[Kernels | None]:
    """Start compiling in a thread, once; the future holds None where numba cannot compile."""
    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="liverplan-warm-up")
    future = pool.submit(_compile_all)
    pool.shutdown(wait=False)
    return future


def kernels_for(planes: int) -> Kernels | None:
    """Return the kernels if they are ready or worth waiting for; None to take the numpy path."""
    future = warm_up()
    if planes <= SMALL and not future.done():
        return None
    return future.result()


def wait() -> None:
    """Wait until the kernels are ready: what is kept must not depend on when it was asked for."""
    warm_up().result()


def _compile_all() -> Kernels | None:
    """Compile with a cache on disk; without it where that fails, as in a read-only install."""
    for on_disk in (True, False):
        try:
            made = _compiled(on_disk=on_disk)
            _run_once(made)
        except Exception:  # noqa: BLE001 - the numpy path gives the same answers without numba
            _log.debug("numba failed, with cache: %s", on_disk, exc_info=True)
        else:
            return made
    _log.warning("numba could not compile; volumes are computed by numpy, which takes longer")
    return None


def _compiled(*, on_disk: bool) -> Kernels:
    fast = {"reassoc", "nsz", "contract", "arcp"}
    jit = compiled(fastmath=fast, error_model="python", on_disk=on_disk)
    return Kernels(
        moment_sums=jit(kernels.moment_sums),
        run_lengths=jit(kernels.run_lengths),
    )


def _run_once(made: Kernels) -> None:
    """Call each kernel on next to nothing, which compiles it for the types that it gets."""
    one = np.ones(1)
    nodes = np.zeros((1, 10, kernels.WIDTH), np.float32)
    blocks = np.zeros((1, 4, kernels.WIDTH), np.float32)
    slopes = np.ones((1, 1, 3))
    made.moment_sums(nodes, np.array([0, 1]), blocks, slopes[0], one, one, np.empty(1))
    made.run_lengths(slopes[0], one, 0, slopes, one[None], np.empty(1))
