"""What a person measured, or wrote, on the slices, at points of the patient.

Lengths and angles follow from the points; densities are those of the voxels that were shown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

from liverplan.errors import InputError

SCHEMA: Final = "liverplan.annotations/1"

Kind = Literal["ruler", "angle", "region", "arrow"]
View = Literal["Axial", "Coronal", "Sagittal", "Oblique"]
Projection = Literal["maximum", "minimum", "average"]
Point = tuple[float, float, float]
"""LPS mm."""

POINTS: Mapping[Kind, int] = {"ruler": 2, "angle": 3, "region": 2, "arrow": 2}
"""How many points each kind has."""

LONGEST_TEXT = 200
"""Characters of what stands beside an arrow: it must fit on a picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slab:
    """Several slices shown as one.

    Parameters
    ----------
    projection : {"maximum", "minimum", "average"}
        What is shown of the voxels that lie behind each other.
    thickness_mm : float
        Of all its slices together.
    """

    projection: Projection
    thickness_mm: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.thickness_mm) and self.thickness_mm > 0):
            raise InputError("A slab's thickness must be above 0 mm.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Densities:
    """What the voxels in a region are: mean and standard deviation, HU, and how many there are."""

    mean_hu: float
    sd_hu: float
    voxels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """One measurement or one text.

    Parameters
    ----------
    kind : {"ruler", "angle", "region", "arrow"}
    view : {"Axial", "Coronal", "Sagittal", "Oblique"}
        On which kind of slice it was drawn; all its points lie in that slice.
    points_mm : tuple of points
        LPS mm. Ruler: its ends. Angle: an end, the corner, the other end. Region: the middle and a
        point of the rim. Arrow: its tip and where its text stands.
    text : str
        What a person wrote beside it.
    densities : Densities or None
        Of a region; None where no voxel lies in it, and for every other kind.
    slab : Slab or None
        What was shown, where that was more than one slice: a region's densities are of that.

    Raises
    ------
    InputError
        If the points are not as many as the kind has, or not finite, or the text is too long.
    """

    kind: Kind
    view: View
    points_mm: tuple[Point, ...]
    text: str = ""
    densities: Densities | None = None
    slab: Slab | None = None

    def __post_init__(self) -> None:
        if len(self.points_mm) != POINTS[self.kind]:
            raise InputError(f"A {self.kind} has {POINTS[self.kind]} points.")
        if not all(math.isfinite(mm) for point in self.points_mm for mm in point):
            raise InputError(f"A {self.kind} has a point that is nowhere.")
        if len(self.text) > LONGEST_TEXT:
            raise InputError(f"A text on a slice has at most {LONGEST_TEXT} characters.")

    @property
    def length_mm(self) -> float:
        """Between the first two points: a ruler's length, a region's radius."""
        return math.dist(self.points_mm[0], self.points_mm[1])

    @property
    def angle_deg(self) -> float:
        """At an angle's corner, 0 to 180; 0 where an arm has no length."""
        end, corner, other = self.points_mm
        one = [a - b for a, b in zip(end, corner, strict=True)]
        two = [a - b for a, b in zip(other, corner, strict=True)]
        both = math.hypot(*one) * math.hypot(*two)
        if both == 0:
            return 0.0
        cosine = sum(a * b for a, b in zip(one, two, strict=True)) / both
        return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))

    @property
    def area_mm2(self) -> float:
        """A region's."""
        return math.pi * self.length_mm**2

    def to_json(self) -> dict[str, Any]:
        """Return every field by its name."""
        densities, slab = self.densities, self.slab
        return {
            "kind": self.kind,
            "view": self.view,
            "points_mm": [list(point) for point in self.points_mm],
            "text": self.text,
            "densities": densities
            and {
                "mean_hu": densities.mean_hu,
                "sd_hu": densities.sd_hu,
                "voxels": densities.voxels,
            },
            "slab": slab and {"projection": slab.projection, "thickness_mm": slab.thickness_mm},
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        densities, slab = document["densities"], document["slab"]
        return cls(
            kind=document["kind"],
            view=document["view"],
            points_mm=tuple((float(x), float(y), float(z)) for x, y, z in document["points_mm"]),
            text=document["text"],
            densities=None if densities is None else Densities(**densities),
            slab=None if slab is None else Slab(**slab),
        )


def annotations_json(annotations: Sequence[Annotation]) -> dict[str, Any]:
    """Return the ``liverplan.annotations/1`` document."""
    return {"schema": SCHEMA, "annotations": [one.to_json() for one in annotations]}


def read_annotations(document: Mapping[str, Any]) -> tuple[Annotation, ...]:
    """Read what `annotations_json` wrote."""
    return tuple(map(Annotation.from_json, document["annotations"]))
