"""Leave-one-out over what was tuned: would the other cases have chosen the same value?

For every tuned parameter and every case, the value is chosen that is best on all other cases; the
case left out tells what that choice is worth on a patient that it has not seen. Only the coarse
cut is repeated, against the experts' masks on its lattice.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from liverplan.errors import SegmentationError
from liverplan.segmentation.blocks import Blocks, blocks_of, with_thin_slices
from liverplan.segmentation.classical import costs, subcapsular, waists
from liverplan.segmentation.classical import liver as steps
from liverplan.segmentation.classical.density import Density, read_density
from liverplan.segmentation.classical.torso import Torso, around_liver, below_right_lung, find_torso
from liverplan.segmentation.denoise import diffused
from liverplan.segmentation.orientation import turned
from liverplan.volume import Volume

TUNED: tuple[tuple[Any, str, tuple[float, ...]], ...] = (
    (steps, "CORE_MM", (7.5, 9.0, 10.5)),
    (costs, "DRIFT_HU", (16.0, 22.0, 28.0)),
    (steps, "SPREADS", (2.2, 2.6, 3.0)),
    (steps, "EDGE_HU", (10.0, 14.0, 20.0)),
    (costs, "COST_PER_MM", (0.25, 0.35, 0.45)),
    (steps, "WAIST_MM", (3.5, 4.5, 5.5)),
    (costs, "ABOVE_PER_MM", (0.04, 0.08, 0.12)),
    (costs, "WALL_PER_MM", (0.1, 0.15, 0.2)),
    (waists, "NARROWEST_WAIST", (0.5, 0.55, 0.6)),
    (subcapsular, "LEAST_LIVER", (0.18, 0.22, 0.26)),
)
"""Where each tuned parameter is, and the values tried; the one in use is among them."""


@dataclass(frozen=True)
class Prepared:
    """A case up to the cut, which alone is repeated."""

    name: str
    blocks: Blocks
    torso: Torso
    denoised: np.ndarray
    under: np.ndarray
    density: Density
    truth: np.ndarray


def prepare(name: str, volume: Volume, liver: np.ndarray) -> Prepared:
    """Do once what no tuned parameter changes."""
    ct, count = with_thin_slices(turned(volume))
    share = turned(Volume(grid=volume.grid, hu=liver.astype(np.int16)))
    share = Volume(grid=ct.grid, hu=np.repeat(share.hu, count, axis=0))
    whole = blocks_of(ct, steps.COARSE_MM)
    blocks, torso = around_liver(whole, find_torso(whole))
    stop = [
        a + f * n for a, f, n in zip(blocks.start, blocks.factors, blocks.hu.shape, strict=True)
    ]
    stop = [min(a, n) for a, n in zip(stop, ct.grid.shape, strict=True)]
    denoised = diffused(blocks.hu, steps.SHOWN_HU, steps.DIFFUSION_STEPS)
    under = below_right_lung(torso, blocks.spacing_mm[0], 10, 60)
    return Prepared(
        name=name,
        blocks=blocks,
        torso=torso,
        denoised=denoised,
        under=under,
        density=read_density(denoised, under, blocks),
        truth=blocks_of(share, steps.COARSE_MM, blocks.start, tuple(stop)).hu >= 0.5,
    )


def score(case: Prepared) -> float:
    """Dice of the coarse cut."""
    given = case.blocks, case.denoised, case.torso, case.density
    try:
        mask, excluded, _ = steps.cut_liver(*given, case.under)
    except SegmentationError:
        return 0.0
    dear = costs.place_cost(case.blocks, case.torso, case.density) > 0.1
    mask = mask | subcapsular.subcapsular_lesions(*given, mask, excluded | dear)
    return float(2 * (mask & case.truth).sum() / (mask.sum() + case.truth.sum()))


@contextmanager
def changed(module: Any, name: str, value: float) -> Iterator[None]:
    """Set a parameter for a while."""
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)


def leave_one_out(cases: list[Prepared]) -> list[dict[str, Any]]:
    """For each parameter: what the other cases choose, and what the case left out makes of it."""
    now = np.array([score(case) for case in cases])
    rows: list[dict[str, Any]] = [
        {"parameter": "as shipped", **{c.name: float(d) for c, d in zip(cases, now, strict=True)}}
    ]
    for module, name, values in TUNED:
        table = np.empty((len(values), len(cases)))
        for n, value in enumerate(values):
            if value == getattr(module, name):
                table[n] = now
                continue
            with changed(module, name, value):
                table[n] = [score(case) for case in cases]
        rows.append(
            {"parameter": name, "shipped": getattr(module, name), **_left_out(table, values, now)}
        )
        print(rows[-1], file=sys.stderr)
    return rows


def _left_out(table: np.ndarray, values: tuple[float, ...], now: np.ndarray) -> dict[str, Any]:
    chosen, unseen = [], []
    for left in range(table.shape[1]):
        others = np.delete(table, left, axis=1).mean(axis=1)
        best = int(others.argmax())
        chosen.append(values[best])
        unseen.append(table[best, left])
    change = np.array(unseen) - now
    return {
        "chosen": "/".join(f"{v:g}" for v in chosen),
        "dice_unseen": float(np.mean(unseen)),
        "dice_shipped": float(now.mean()),
        "worst_change": float(change.min()),
        "greatest_swing": float(np.ptp(table, axis=0).max()),
    }
