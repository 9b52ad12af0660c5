"""What a plan does to the vessels: the branches that it divides, and the tissue that they leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

VesselTree = Literal["portal", "hepatic"]
"""Portal branches feed tissue, hepatic veins drain it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveredBranch:
    """A branch of a vessel tree that a cut crosses inside the liver.

    Parameters
    ----------
    name : str
        Its way from the root, e.g. "1.2.1".
    radius_mm : float
        The vessel's radius where the cut crosses it first.
    feeds_ml, drains_ml : float
        What stays of the functional tissue beyond, and loses its inflow (a portal branch) or its
        outflow (a hepatic vein). What several lose is counted to the one next to the root, so that
        they add up.
    tree : str
        "portal" or "hepatic".
    point_mm : (x, y, z)
        Where the cut crosses it first, LPS mm.
    hangs_on : str
        The branch nearer to the root whose division costs this one its blood already; "": none.
    called : str
        What it is called by anatomy, e.g. "right_anterior_portal"; "" where that is not sure.
    """

    name: str
    radius_mm: float
    feeds_ml: float
    drains_ml: float
    tree: VesselTree
    point_mm: tuple[float, float, float]
    hangs_on: str = ""
    called: str = ""

    @property
    def lost_ml(self) -> float:
        """What loses its inflow or its outflow with it, mL."""
        return self.feeds_ml + self.drains_ml

    def to_json(self) -> dict[str, Any]:
        """Return every field by its name."""
        return {
            "name": self.name,
            "radius_mm": self.radius_mm,
            "feeds_ml": self.feeds_ml,
            "drains_ml": self.drains_ml,
            "tree": self.tree,
            "point_mm": list(self.point_mm),
            "hangs_on": self.hangs_on,
            "called": self.called,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        x, y, z = document["point_mm"]
        return cls(**{**document, "point_mm": (x, y, z)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Vessels:
    """What a plan does to the vessels that are known.

    Parameters
    ----------
    trees : tuple of str
        The trees that are known; where there is none, nothing is known of any branch.
    severed : tuple of SeveredBranch
        Every branch that a cut crosses, the costliest first.
    rootless : tuple of str
        Trees whose roots the plan takes out: they are no true roots, and nothing is told of them.
    without_inflow_ml, without_outflow_ml : float
        What stays of the functional tissue, and loses either.
    without_either_ml : float
        What loses one or both, each voxel once.
    """

    trees: tuple[VesselTree, ...] = ()
    severed: tuple[SeveredBranch, ...] = ()
    rootless: tuple[VesselTree, ...] = ()
    without_inflow_ml: float = 0.0
    without_outflow_ml: float = 0.0
    without_either_ml: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return every field by its name."""
        return {
            "trees": list(self.trees),
            "severed": [branch.to_json() for branch in self.severed],
            "rootless": list(self.rootless),
            "without_inflow_ml": self.without_inflow_ml,
            "without_outflow_ml": self.without_outflow_ml,
            "without_either_ml": self.without_either_ml,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote; older documents have none."""
        return cls(
            trees=tuple(document.get("trees", ())),
            severed=tuple(map(SeveredBranch.from_json, document.get("severed", ()))),
            rootless=tuple(document.get("rootless", ())),
            without_inflow_ml=document.get("without_inflow_ml", 0.0),
            without_outflow_ml=document.get("without_outflow_ml", 0.0),
            without_either_ml=document.get("without_either_ml", 0.0),
        )
