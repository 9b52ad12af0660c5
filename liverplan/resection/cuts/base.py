"""What every kind of cut says of itself: its document, its motion, its handles and its drawing.

A kind is one file with one frozen dataclass, a `Shape` or a `Voxels`, and one word in the union
`liverplan.resection.cuts.Cut`. Its fields are its document; what follows from its geometry are its
methods. Words stand elsewhere (the app's `cut_words`, the report's table), by its ``kind``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from liverplan.errors import PlanError
from liverplan.findings import CutFinding, Statement
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.cuts.handle import Handle, SlicePlane, length
from liverplan.resection.cuts.net import Extent
from liverplan.resection.cuts.rigid import rotation_between
from liverplan.resection.primitives import Primitive
from liverplan.segmentation.labels import Segmentation
from liverplan.volume import FloatArray

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """One number of a cut that a person may type: mm, or degrees of an opening."""

    name: Literal["radius", "diameter", "opening"]
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FlatFrame:
    """A plane that a cut lies over, as it is seen from the side that stays.

    Parameters
    ----------
    points_mm : (U, V, 3) array
        LPS.
    normal : (3,) array
        Toward the tissue that stays.
    reach_mm : float
        The cut lies no farther from the plane, along its normal; 0: in it.
    """

    points_mm: FloatArray
    normal: FloatArray
    reach_mm: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BaseCut(ABC):
    """A cut of any kind, as a value: nothing changes it, its methods return others.

    Attributes
    ----------
    kind : str
        What it is called in plan files and results.
    ablates : bool
        Whether its tissue stays in place and works no more.
    can_lie_flat : bool
        Whether it lies over a `flat_frame`.
    note : Statement or None
        What must be said of how it is measured.
    """

    kind: ClassVar[str]
    ablates: ClassVar[bool] = False
    can_lie_flat: ClassVar[bool] = False
    note: ClassVar[Statement | None] = None

    @property
    def stays_in_place(self) -> bool:
        """Whether nobody takes its tissue out, nor a lesion in it: it only loses its vessels."""
        return False

    # Its document.

    def to_json(self) -> dict[str, Any]:
        """Return its kind and its fields, mm in LPS."""
        values = {field.name: _plain(getattr(self, field.name)) for field in fields(self)}
        return {"kind": self.kind, **values}

    @classmethod
    def from_json(cls, values: Mapping[str, Any], where: str) -> Self:
        """Read what `to_json` wrote; ``where`` begins a refusal, e.g. "Cut 2 of the plan".

        Raises
        ------
        PlanError
            If a field is missing, unknown or unusable.
        """
        given = {key: value for key, value in values.items() if key != "kind"}
        known = {f.name: f.default is MISSING for f in fields(cls)}
        faults = [f"lacks {name}" for name in sorted(known) if known[name] and name not in given]
        faults += [f"knows no {name}" for name in sorted(set(given) - set(known))]
        if faults:
            raise PlanError(f"{where}, a {cls.kind}, {' and '.join(faults)}.")
        try:
            return cls._of(given, where)
        except (TypeError, ValueError) as error:
            raise PlanError(f"{where}, a {cls.kind}, is unusable: {error}.") from error

    @classmethod
    def _of(cls, values: Mapping[str, Any], where: str) -> Self:
        del where
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})

    @abstractmethod
    def finding(self, removes_ml: float) -> CutFinding:
        """Return it as results name it; ``removes_ml``: what it would take by itself."""

    # Its motion.

    @abstractmethod
    def moved(self, by_mm: FloatArray) -> Self:
        """Return the cut elsewhere, by a (3,) vector, LPS mm."""

    @abstractmethod
    def turned(self, pivot_mm: FloatArray, rotation: FloatArray) -> Self:
        """Return the cut turned about a point, (3,) LPS mm, by a (3, 3) rotation."""

    def flipped(self) -> Self | None:
        """Return the cut that takes the other side; None for a kind that has no sides."""
        return None

    # Its sizes and handles.

    def sizes(self) -> tuple[Size, ...]:
        """Return the numbers that a person may type."""
        return ()

    def resized(self, number: int, value: float) -> Self:
        """Return the cut with another value for one of its `sizes`."""
        del number, value
        return self

    def handles(self) -> tuple[Handle, ...]:
        """Return its handles in space."""
        return ()

    def handles_on(self, on: SlicePlane) -> tuple[Handle, ...]:
        """Return its handles on a slice: each stands in it, none where the cut misses it."""
        del on
        return ()

    def handle_on_line(self, on: SlicePlane, point_mm: FloatArray) -> Handle:
        """Return what taking the cut by its line on a slice does, at a (3,) point of it, LPS mm."""
        del on
        return Handle(what="move", at_mm=point_mm, foot_mm=point_mm)

    def pulled(self, handle: Handle, to_mm: FloatArray) -> Self:
        """Return the cut when one of its handles is brought to a point, (3,) LPS mm."""
        match handle.what:
            case "move":
                way = to_mm - handle.at_mm
                along = handle.along
                return self.moved(way if along is None else (way @ along) * along)
            case "turn":
                before, after = handle.at_mm - handle.foot_mm, to_mm - handle.foot_mm
                rotation = rotation_between(before / length(before), after / length(after))
                return self._pulled_round(handle, rotation)
            case _:
                return self._pulled(handle, to_mm)

    def _pulled_round(self, handle: Handle, rotation: FloatArray) -> Self:
        return self.turned(handle.foot_mm, rotation)

    def _pulled(self, handle: Handle, to_mm: FloatArray) -> Self:
        """Resize, spread or bend."""
        del handle, to_mm
        return self

    # Its drawing.

    def nets_mm(self, extent: Extent) -> list[FloatArray]:
        """Return the cut as (U, V, 3) nets of LPS points; none where the liver itself shows it."""
        del extent
        return []

    def flat_frame(self, step_mm: float) -> FlatFrame | None:
        """Return points of a plane that the cut lies over; None if it cannot lie flat."""
        del step_mm
        return None

    def seen_from(self, near_mm: FloatArray) -> FloatArray | None:
        """(3,) LPS point of the cut to look at, of several the nearest to a point; None: none."""
        del near_mm
        return None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shape(BaseCut, ABC):
    """A cut that is a function in space: measured live, exact at the voxels that it crosses."""

    @abstractmethod
    def primitives(self) -> tuple[Primitive, ...]:
        """Functions that are all negative where the cut removes tissue."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Voxels(BaseCut, ABC):
    """A cut that takes whole voxels."""

    @property
    def needs_map(self) -> str | None:
        """The map, by scheme, that it refers to; None: none."""
        return None

    @abstractmethod
    def mask(self, segmentation: Segmentation, maps: Mapping[str, PartMap]) -> Mask:
        """(k, j, i) mask of the voxels that it takes.

        Raises
        ------
        PlanError
            If it refers to a map, by scheme, that is not at hand.
        """


def point_of(values: FloatArray) -> tuple[float, float, float]:
    """Return a (3,) array as a tuple."""
    x, y, z = (float(v) for v in values)
    return x, y, z


def _plain(value: Any) -> Any:  # noqa: ANN401 - any field of a cut
    match value:
        case np.ndarray():
            return value.tolist()
        case tuple():
            return list(value)
        case _:
            return value
