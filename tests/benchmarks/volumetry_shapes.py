"""A lobed liver with vessels and four lesions, at any spacing; and its surroundings."""

from dataclasses import dataclass

import numpy as np

from liverplan.segmentation import Segmentation
from liverplan.volume import Grid

SPACING = (1.0, 0.75, 0.75)
SHAPE = (400, 512, 512)
_SIZE = 0.91  # brings the three lobes to about 1.5 L

# centre and radii (x, y, z), mm, from the middle of the grid
_LOBES = [
    ((-35, 2, 0), (72, 72, 76)),
    ((50, -20, 22), (70, 48, 42)),
    ((-20, 20, -30), (45, 45, 50)),
]
# a point (x, y) at z = 0, the slopes dx/dz and dy/dz, and the radius
_VESSELS = [(-60, 0, 0.2, 0.3, 4.0), (-20, 10, 0.3, -0.2, 5.0), (30, -15, -0.15, 0.25, 3.5)]
_LESIONS = [((-70, 10, 20), 18), ((-50, -15, -20), 14), ((-20, 25, 5), 11), ((-40, -10, 30), 9)]


def lobed_liver(spacing=SPACING, shape=SHAPE):
    """Segment an analytic liver on an axis-aligned grid, its middle at the origin."""
    spacing, shape = np.asarray(spacing, float), tuple(int(n) for n in shape)
    first = -(np.array(shape) - 1) / 2 * spacing
    z, y, x = (f + s * np.arange(n) for f, s, n in zip(first, spacing, shape, strict=True))
    labels = np.zeros(shape, np.uint8)
    for k in np.flatnonzero(np.abs(z) < 85 * _SIZE):
        labels[k] = _slice(x[None, :] / _SIZE, y[:, None] / _SIZE, z[k] / _SIZE)
    affine = np.eye(4)
    affine[:3, :3] = np.diag(spacing)[::-1]
    affine[:3, 3] = first[::-1]
    return Segmentation(grid=Grid(shape=shape, affine=affine), labels=labels)


def compact(spacing):
    """Return the same liver in the smallest grid that holds it with some room."""
    return lobed_liver(spacing, np.ceil(np.array([160, 150, 240]) / np.asarray(spacing)))


def _slice(x, y, z):
    inside = np.zeros(np.broadcast_shapes(x.shape, y.shape), bool)
    for centre, radii in _LOBES:
        inside |= _ball(x, y, z, centre, radii)
    for px, py, dx, dy, radius in _VESSELS:
        inside &= (x - px - dx * z) ** 2 + (y - py - dy * z) ** 2 > radius**2
    labels = inside.astype(np.uint8)
    for number, (centre, radius) in enumerate(_LESIONS, 2):
        labels[_ball(x, y, z, centre, (radius,) * 3) & inside] = number
    return labels


def _ball(x, y, z, centre, radii):
    terms = (((c - m) / r) ** 2 for c, m, r in zip((x, y, z), centre, radii, strict=True))
    return sum(terms) < 1


@dataclass(frozen=True)
class Row:
    """One line of the table; reached is None where there is no target."""

    item: int
    what: str
    value: float
    unit: str
    target: str = ""
    reached: bool | None = None


def directions(count, seed=0):
    """Unit vectors: random ones, the axes both ways, and those turned by a degree."""
    random = np.random.default_rng(seed).normal(size=(count, 3))
    axes = np.concatenate([np.eye(3), -np.eye(3)])
    turn = np.tan(np.radians(1.0))
    turned = [axes + turn * np.roll(axes, s, 1) * sign for s in (1, 2) for sign in (1, -1)]
    found = np.concatenate([random, axes, *turned])
    return found / np.linalg.norm(found, axis=1, keepdims=True)
