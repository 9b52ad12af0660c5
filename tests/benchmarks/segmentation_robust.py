"""The same CT disturbed, and arrays that are no CT at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import scipy.ndimage as ndi

from liverplan.volume import Grid, Volume

Made = tuple[Volume, np.ndarray]
"""A CT and its true liver."""


def disturbed(volume: Volume, liver: np.ndarray) -> dict[str, Callable[[], Made]]:
    """The CT and its true liver: rotated, shifted, noisy, thick, flipped, cropped; when asked."""
    shift = [round(mm / s) for mm, s in zip((0, 14, -21), volume.grid.spacing_mm, strict=True)]
    bottom, top = (int(k) for k in np.flatnonzero(liver.any(axis=(1, 2)))[[0, -1]])
    margin, slices = round(25 / volume.grid.spacing_mm[0]), volume.grid.shape[0]
    return {
        "rotated 5 degrees": lambda: _rotated(volume, liver, 5.0),
        "rotated -10 degrees": lambda: _rotated(volume, liver, -10.0),
        "shifted 21 mm": lambda: _both(volume, liver, lambda a: np.roll(a, shift, (0, 1, 2))),
        "20 HU more noise": lambda: _noisy(volume, liver),
        "5 mm slices": lambda: _thick(volume, liver, 5.0),
        "flipped, told": lambda: _flipped(volume, liver),
        "cropped 25 mm under the dome": lambda: _cropped(volume, liver, 0, top - margin),
        "cropped 25 mm over the tip": lambda: _cropped(volume, liver, bottom + margin, slices),
    }


def nonsense() -> Iterator[tuple[str, Callable[[], Volume]]]:
    """Arrays that hold no liver, made when asked for."""
    rng = np.random.default_rng(0)
    shape = (60, 256, 256)
    yield "noise", lambda: _plain(rng.normal(0, 300, shape).astype(np.int16))
    yield "air", lambda: _plain(np.full(shape, -1000, np.int16))
    yield "water", lambda: _plain(np.zeros(shape, np.int16))
    yield "constant 100", lambda: _plain(np.full(shape, 100, np.int16))
    yield "not numbers", lambda: _plain(np.full(shape, np.nan, np.float32))
    yield "one slice", lambda: _plain(np.zeros((1, 256, 256), np.int16))
    yield "3000 slices", lambda: _plain(np.zeros((3000, 64, 64), np.int16))
    yield "a head", lambda: _cylinders([(0, 0, 80)], bone_mm=(70, 78))
    yield "two legs", lambda: _cylinders([(0, -95, 80), (0, 95, 80)], bone_mm=(0, 15))


def _plain(hu: np.ndarray) -> Volume:
    affine = np.eye(4)
    affine[:3, :3] = np.array([[0, 0, 1.5], [0, 1.5, 0], [3.0, 0, 0]])
    return Volume(grid=Grid(shape=hu.shape, affine=affine), hu=hu)


def _cylinders(middles: list[tuple[float, float, float]], bone_mm: tuple[float, float]) -> Volume:
    j, i = np.indices((256, 320)) * 1.5 - np.array([192.0, 240.0])[:, None, None]
    plane = np.full(j.shape, -1000.0)
    for y, x, radius in middles:
        away = np.hypot(j - y, i - x)
        plane[away < radius] = -90
        plane[away < radius - 8] = 45
        plane[(away >= bone_mm[0]) & (away < bone_mm[1])] = 900
    hu = np.repeat(plane[None], 80, axis=0)
    hu += np.random.default_rng(2).normal(0, 12, hu.shape)
    return _plain(hu.astype(np.int16))


def _both(volume: Volume, liver: np.ndarray, change: Callable) -> Made:
    return Volume(grid=volume.grid, hu=np.ascontiguousarray(change(volume.hu))), change(liver)


def _noisy(volume: Volume, liver: np.ndarray) -> Made:
    noise = np.random.default_rng(1).normal(0, 20, volume.hu.shape)
    return Volume(grid=volume.grid, hu=(volume.hu + noise).astype(np.int16)), liver


def _rotated(volume: Volume, liver: np.ndarray, degrees: float) -> Made:
    hu = ndi.rotate(volume.hu, degrees, axes=(1, 2), reshape=False, order=1, cval=-1000)
    turned = ndi.rotate(liver.astype(np.float32), degrees, axes=(1, 2), reshape=False, order=1)
    return Volume(grid=volume.grid, hu=hu), turned > 0.5


def _thick(volume: Volume, liver: np.ndarray, size_mm: float) -> Made:
    n = max(1, round(size_mm / volume.grid.spacing_mm[0]))
    count = volume.hu.shape[0] // n
    hu = volume.hu[: count * n].reshape(count, n, *volume.hu.shape[1:]).mean(axis=1)
    share = liver[: count * n].reshape(count, n, *liver.shape[1:]).mean(axis=1)
    affine = volume.grid.affine.copy()
    affine[:3, 3] = volume.grid.to_mm(((n - 1) / 2, 0, 0))
    affine[:3, 0] *= n
    grid = Grid(shape=hu.shape, affine=affine)
    return Volume(grid=grid, hu=hu.astype(np.int16)), share >= 0.5


def _flipped(volume: Volume, liver: np.ndarray) -> Made:
    affine = volume.grid.affine.copy()
    affine[:3, 3] += affine[:3, 0] * (volume.grid.shape[0] - 1)
    affine[:3, 0] *= -1
    grid = Grid(shape=volume.grid.shape, affine=affine)
    return Volume(grid=grid, hu=np.ascontiguousarray(volume.hu[::-1])), liver[::-1]


def _cropped(volume: Volume, liver: np.ndarray, first: int, last: int) -> Made:
    grid = volume.grid.crop((first, 0, 0), (last, *volume.grid.shape[1:]))
    return Volume(grid=grid, hu=np.ascontiguousarray(volume.hu[first:last])), liver[first:last]
