"""Points of the liver that a person clicks, from which its segments follow."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from liverplan import regular
from liverplan.errors import PlanError
from liverplan.volume import FloatArray, read_only

SCHEMA: Final = "liverplan.landmarks/1"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Landmarks:
    """Clicked points, LPS mm.

    Parameters
    ----------
    cava : the inferior vena cava where the hepatic veins join it
    right_vein, middle_vein, left_vein : a distal point on each hepatic vein
    gallbladder_fossa : the fossa's bed
    portal_bifurcation : where the portal vein divides
    right_portal, left_portal : where the right and the left portal branch divide
    umbilical_portion : the left portal vein in the umbilical fissure
    falciform : where the falciform ligament reaches the liver's front

    Raises
    ------
    PlanError
        If a point is not three numbers, or the hepatic veins do not lie from right to left.
    """

    cava: FloatArray
    right_vein: FloatArray
    middle_vein: FloatArray
    left_vein: FloatArray
    gallbladder_fossa: FloatArray
    portal_bifurcation: FloatArray
    right_portal: FloatArray
    left_portal: FloatArray
    umbilical_portion: FloatArray
    falciform: FloatArray

    def __post_init__(self) -> None:
        faults = []
        for item in fields(self):
            try:
                point = np.array(getattr(self, item.name), dtype=np.float64).reshape(-1)
            except (TypeError, ValueError):
                point = np.empty(0)
            if point.shape != (3,) or not np.isfinite(point).all():
                faults.append(item.name)
                continue
            read_only(point)
            object.__setattr__(self, item.name, point)
        if faults:
            raise PlanError(f"These landmarks are not three numbers: {', '.join(faults)}.")
        if not self.right_vein[0] < self.middle_vein[0] < self.left_vein[0]:
            raise PlanError(
                "The hepatic veins do not lie from right to left as right, middle, left; "
                "check the landmarks."
            )

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return what has to be clicked, in the order of the class."""
        return tuple(item.name for item in fields(cls))

    def to_json(self) -> dict[str, Any]:
        """Return the ``liverplan.landmarks/1`` document: mm, LPS."""
        points = {name: getattr(self, name).tolist() for name in self.names()}
        return {"schema": SCHEMA, "points_mm": points}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote, or what a landmarks file holds.

        Raises
        ------
        PlanError
            If the document is of another schema, or points are missing, unknown or unusable.
        """
        if not isinstance(document, Mapping):
            raise PlanError("The landmarks are no table of values.")
        schema = document.get("schema", SCHEMA)
        if schema != SCHEMA:
            raise PlanError(f"The landmarks' schema is {schema!r}, and {SCHEMA!r} can be read.")
        points = document.get("points_mm")
        if not isinstance(points, Mapping):
            raise PlanError("The landmarks have no table points_mm with a point for each name.")
        missing = [name for name in cls.names() if name not in points]
        unknown = [str(name) for name in points if name not in cls.names()]
        if missing or unknown:
            faults = [f"{', '.join(missing)} missing"] if missing else []
            faults += [f"{', '.join(unknown)} unknown"] if unknown else []
            raise PlanError(f"The landmarks are not the ten that are needed: {'; '.join(faults)}.")
        return cls(**points)


def read_landmarks(path: Path) -> Landmarks:
    """Read landmarks from a TOML file: a table ``[points_mm]`` with ``name = [x, y, z]``, LPS.

    Raises
    ------
    PlanError
        If the file cannot be read or does not hold the landmarks.
    """
    try:
        document = regular.read_toml(path)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PlanError(f"The landmarks {path} cannot be read: {error}.") from error
    unknown = sorted(set(document) - {"schema", "points_mm"})
    if unknown:
        raise PlanError(f"The landmarks {path} have unknown keys: {', '.join(unknown)}.")
    return Landmarks.from_json(document)
