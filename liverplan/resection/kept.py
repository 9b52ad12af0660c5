"""Vessel branches that a surgeon leaves whole, though a cut as it is drawn runs across them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, get_args

from liverplan.errors import PlanError
from liverplan.findings import VesselTree

WHICH = ("", *get_args(VesselTree))

_KEYS = frozenset({"point_mm", "tree"})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptVessel:
    """A branch that is dissected free and kept, and with it all that comes before it.

    A vein that runs outside the liver to the hilum is crossed by a plane beside it and by no knife.

    Parameters
    ----------
    point_mm : (x, y, z)
        LPS; the nearest branch is meant, whatever vessels are found later.
    tree : str
        "portal" or "hepatic"; "": whichever is nearer.
    """

    point_mm: tuple[float, float, float]
    tree: VesselTree | Literal[""] = ""

    def __post_init__(self) -> None:
        if len(self.point_mm) != 3 or not all(map(math.isfinite, self.point_mm)):
            raise PlanError("A kept vessel is told by a point: three numbers, LPS mm.")
        if self.tree not in WHICH:
            raise PlanError(
                f"A kept vessel's tree is portal or hepatic, or not told; not {self.tree!r}."
            )

    @classmethod
    def of(cls, point_mm: Sequence[float], tree: str = "") -> Self:
        """Make one of numbers and a word that a person wrote.

        Raises
        ------
        PlanError
            If they are no point or no tree.
        """
        return cls(point_mm=tuple(map(float, point_mm)), tree=tree)  # type: ignore[arg-type]

    def to_json(self) -> dict[str, Any]:
        """Return every field by its name."""
        return {"point_mm": list(self.point_mm), "tree": self.tree}

    @classmethod
    def from_json(cls, document: Mapping[str, Any], where: str) -> Self:
        """Read what `to_json` wrote, or a plan file's table.

        Raises
        ------
        PlanError
            If it is no kept vessel; ``where`` names it.
        """
        point = document.get("point_mm") if isinstance(document, Mapping) else None
        if not isinstance(point, list | tuple) or not all(map(_is_number, point)):
            raise PlanError(f"{where} lacks point_mm: three numbers, LPS mm.")
        unknown = sorted(set(document) - _KEYS)
        if unknown:
            raise PlanError(f"{where} knows no {', '.join(unknown)}.")
        tree = document.get("tree", "")
        try:
            return cls.of(point, tree)
        except PlanError as fault:
            raise PlanError(f"{where}: {fault}") from fault


def _is_number(value: Any) -> bool:  # noqa: ANN401 - whatever the file holds
    return isinstance(value, int | float) and not isinstance(value, bool)
