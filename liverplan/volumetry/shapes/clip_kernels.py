"""What share of a voxel a plane cuts off, compiled: exact, for whatever shape a voxel has."""

from __future__ import annotations

from liverplan.compiled import compiled
from liverplan.volumetry.shapes.primitive_kernels import Array


@compiled(inline="always")
def _cube(d: float) -> float:
    d = max(d, 0.0)
    return d * d * d


@compiled(inline="always")
def _square(d: float) -> float:
    d = max(d, 0.0)
    return d * d


@compiled(inline="always")
def _flat_part(away: float, most: float, second: float, floor: float) -> float:
    """Share of a voxel beyond a plane that runs along one of its edges, or along a face."""
    if second < floor:
        return max(most / 2 - away, 0.0) / most
    d = (most + second) / 2 - away
    return float((_square(d) - _square(d - second)) / (2.0 * most * second))


@compiled()
def clip_block(value: Array, b: int, m: Array, f: Array, at: int, parts: Array) -> None:
    """Write the fractions of a block's voxels: where three uniform variables' sum is below -f.

    The share on the smaller side comes from the cubes of the corners that lie there; the other
    side is what is left of 1.
    """
    wa = abs(value[1, b] * m[0, 0] + value[2, b] * m[1, 0] + value[3, b] * m[2, 0])
    wb = abs(value[1, b] * m[0, 1] + value[2, b] * m[1, 1] + value[3, b] * m[2, 1])
    wc = abs(value[1, b] * m[0, 2] + value[2, b] * m[1, 2] + value[3, b] * m[2, 2])
    most, least, middle = max(wa, wb, wc), min(wa, wb, wc), (wa + wb + wc) / 2
    floor = 4e-5 * middle  # below it the cubes' difference would lose its digits
    scale = 0.0 if least < floor else 1.0 / (6.0 * wa * wb * wc)
    for c in range(8):
        away = abs(f[at + c])
        if least < floor:
            part = _flat_part(away, most, 2 * middle - most - least, floor)
        else:
            d = middle - away
            total = _cube(d) - _cube(d - wa) - _cube(d - wb) - _cube(d - wc)
            total += _cube(d - wa - wb) + _cube(d - wa - wc) + _cube(d - wb - wc)
            part = min(max(total * scale, 0.0), 1.0)
        parts[b, c] = 1.0 - part if f[at + c] < 0.0 else part
