"""What a person says about one metastasis: a click, its axes, a box; and what is none of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from liverplan.errors import SegmentationError
from liverplan.volume import FloatArray

SHORTEST_MM, LONGEST_MM = 1.0, 300.0

Point = tuple[float, float, float]
Ends = tuple[Point, Point]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt for one metastasis: one of click, long axis and box, and more if there is more.

    Parameters
    ----------
    click_mm : (x, y, z) or None
        A point in it, LPS mm; best its middle.
    not_lesion_mm : tuple of (x, y, z)
        Points that are none of it: vessels, its neighbours.
    long_axis_mm, short_axis_mm : two (x, y, z) or None
        Ends of its long axis (RECIST), and of its short axis across it.
    box_mm : two (x, y, z) or None
        Two opposite corners of a box around it; both on one slice, or in three dimensions.

    Raises
    ------
    SegmentationError
        If it says nothing of where the metastasis is, or a long axis or box has no lesion's size.
    """

    click_mm: Point | None = None
    not_lesion_mm: tuple[Point, ...] = ()
    long_axis_mm: Ends | None = None
    short_axis_mm: Ends | None = None
    box_mm: Ends | None = None

    def __post_init__(self) -> None:
        if self.long_axis_mm is None and self.short_axis_mm is not None:
            raise SegmentationError("A short axis needs its long axis.")
        if self.click_mm is None and self.long_axis_mm is None and self.box_mm is None:
            raise SegmentationError("A prompt needs a click, a long axis or a box.")
        if not all(p.shape == (3,) and np.isfinite(p).all() for p in self.points.values()):
            raise SegmentationError("A point is three coordinates in millimetres.")
        size = self.size_mm
        if size is not None and not SHORTEST_MM <= size <= LONGEST_MM:
            what = "long axis" if self.long_axis_mm is not None else "box"
            raise SegmentationError(f"A {what} of {size:.0f} mm is no lesion's.")

    @classmethod
    def of_click(cls, point_mm: ArrayLike) -> Prompt:
        """Return the prompt of one click, a (3,) point, LPS mm."""
        return cls(click_mm=as_point(point_mm))

    @classmethod
    def of_axes(
        cls,
        long_mm: tuple[ArrayLike, ArrayLike],
        short_mm: tuple[ArrayLike, ArrayLike] | None = None,
    ) -> Prompt:
        """Return the prompt of axes that were drawn: ends, each a (3,) point, LPS mm."""
        return cls(
            long_axis_mm=as_ends(long_mm),
            short_axis_mm=None if short_mm is None else as_ends(short_mm),
        )

    @property
    def middle_mm(self) -> FloatArray:
        """(3,) LPS mm: where the metastasis surely is."""
        if self.click_mm is not None:
            return np.array(self.click_mm)
        ends = self.long_axis_mm or self.box_mm or ()
        return np.asarray(np.mean(np.array(ends), axis=0))

    @property
    def size_mm(self) -> float | None:
        """How long the metastasis is drawn; None where a click says nothing of it."""
        if self.long_axis_mm is not None:
            return float(np.linalg.norm(np.subtract(*self.long_axis_mm)))
        if self.box_mm is not None:
            return float(np.abs(np.subtract(*self.box_mm)).max())
        return None

    @property
    def axes_mm(self) -> FloatArray:
        """(n, 2, 3) LPS mm: the ends of the axes that were drawn."""
        drawn = [ends for ends in (self.long_axis_mm, self.short_axis_mm) if ends is not None]
        return np.array(drawn, dtype=float).reshape(-1, 2, 3)

    @property
    def points(self) -> dict[str, FloatArray]:
        """What was said, by name: (3,) points, LPS mm."""
        named: dict[str, tuple[Point, ...]] = {"not lesion": self.not_lesion_mm}
        if self.click_mm is not None:
            named["click"] = (self.click_mm,)
        ends = {
            "long axis": self.long_axis_mm,
            "short axis": self.short_axis_mm,
            "box": self.box_mm,
        }
        named |= {name: pair for name, pair in ends.items() if pair is not None}
        return {
            name if len(points) == 1 else f"{name} {number}": np.array(point, dtype=float)
            for name, points in named.items()
            for number, point in enumerate(points, 1)
        }


def as_point(point_mm: ArrayLike) -> Point:
    """Return a (3,) array as a point.

    Raises
    ------
    SegmentationError
        If it is not three coordinates.
    """
    point = np.asarray(point_mm, dtype=float).reshape(-1)
    if point.shape != (3,):
        raise SegmentationError("A point is three coordinates in millimetres.")
    x, y, z = point.tolist()
    return x, y, z


def as_ends(ends_mm: tuple[ArrayLike, ArrayLike]) -> Ends:
    """Return two (3,) arrays as two points."""
    first, second = map(as_point, ends_mm)
    return first, second
