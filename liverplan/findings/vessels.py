"""What a plan does to the vessels: the branches that it divides, and the tissue that they leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

VesselTree = Literal["portal", "hepatic"]
"""Portal branches feed tissue, hepatic veins drain it."""

Standing = Literal["kept", "not crossed", "not found"]
"""Of a branch that a surgeon keeps: cuts cross it or what feeds it, none does, none lies there."""


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
    stem : bool
        Whether it is what is called so; else it comes from that.
    called_by : str
        The person who called it so; "" where it was told from the tree.
    """

    name: str
    radius_mm: float
    feeds_ml: float
    drains_ml: float
    tree: VesselTree
    point_mm: tuple[float, float, float]
    hangs_on: str = ""
    called: str = ""
    stem: bool = True
    called_by: str = ""

    @property
    def lost_ml(self) -> float:
        """What loses its inflow or its outflow with it, mL."""
        return self.feeds_ml + self.drains_ml

    def to_json(self) -> dict[str, Any]:
        """Return every field by its name."""
        return {**asdict(self), "point_mm": list(self.point_mm)}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(**_placed(document))


@dataclass(frozen=True, slots=True, kw_only=True)
class SparedCrossing:
    """Where a cut as it is drawn crosses a branch that the surgeon leaves whole.

    Parameters
    ----------
    name, radius_mm, tree, point_mm, called, stem, called_by
        As of a `SeveredBranch`.
    for_branch : str
        The kept branch, by name, of which this one is part or which it feeds.
    """

    name: str
    radius_mm: float
    tree: VesselTree
    point_mm: tuple[float, float, float]
    for_branch: str
    called: str = ""
    stem: bool = True
    called_by: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return every field by its name."""
        return {**asdict(self), "point_mm": list(self.point_mm)}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(**_placed(document))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBranch:
    """A branch that the surgeon says is left whole, with all that feeds it from the root.

    Parameters
    ----------
    name : str
        Its way from the root; "" where no known vessel lies at the point.
    tree : str
        "portal" or "hepatic"; "" where that is not known.
    point_mm : (x, y, z)
        By which the surgeon named it, LPS mm.
    away_mm : float or None
        From the point to the nearest vessel's wall; None where no vessel is known.
    standing : {"kept", "not crossed", "not found"}
    feeds_ml, drains_ml : float
        What stays of the functional tissue and keeps its inflow or its outflow by the surgeon's
        word alone. What several keep is counted to the one next to the tissue.
    called, stem, called_by
        As of a `SeveredBranch`.
    """

    name: str
    tree: VesselTree | Literal[""]
    point_mm: tuple[float, float, float]
    away_mm: float | None = None
    standing: Standing = "not found"
    feeds_ml: float = 0.0
    drains_ml: float = 0.0
    called: str = ""
    stem: bool = True
    called_by: str = ""

    @property
    def kept_ml(self) -> float:
        """What has its inflow or its outflow by the surgeon's word, mL."""
        return self.feeds_ml + self.drains_ml

    def to_json(self) -> dict[str, Any]:
        """Return every field by its name."""
        return {**asdict(self), "point_mm": list(self.point_mm)}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(**_placed(document))


def _placed(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields as JSON holds them with their point as a tuple."""
    x, y, z = document["point_mm"]
    return {**document, "point_mm": (x, y, z)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vessels:
    """What a plan does to the vessels that are known.

    Parameters
    ----------
    trees : tuple of str
        The trees that are known; where there is none, nothing is known of any branch.
    severed : tuple of SeveredBranch
        Every branch that a cut crosses and nobody keeps, the costliest first.
    rootless : tuple of str
        Trees whose roots the plan takes out: they are no true roots, and nothing is told of them.
    without_inflow_ml, without_outflow_ml : float
        What stays of the functional tissue, and loses either.
    without_either_ml : float
        What loses one or both, each voxel once.
    kept : tuple of KeptBranch
        The branches that the surgeon keeps, as the plan names them, each once.
    spared : tuple of SparedCrossing
        Where a cut as drawn crosses them or what feeds them.
    by_word_ml : float
        What of the remnant keeps its blood by the surgeon's word alone, each voxel once.
    """

    trees: tuple[VesselTree, ...] = ()
    severed: tuple[SeveredBranch, ...] = ()
    rootless: tuple[VesselTree, ...] = ()
    without_inflow_ml: float = 0.0
    without_outflow_ml: float = 0.0
    without_either_ml: float = 0.0
    kept: tuple[KeptBranch, ...] = ()
    spared: tuple[SparedCrossing, ...] = ()
    by_word_ml: float = 0.0

    @property
    def counted_as_kept(self) -> tuple[KeptBranch, ...]:
        """The kept branches on which the figure rests."""
        return tuple(one for one in self.kept if one.standing == "kept")

    @property
    def along_whole_ml(self) -> tuple[float, float]:
        """What loses inflow, and outflow, along branches that no cut crosses: they go whole."""
        inflow = self.without_inflow_ml - sum(one.feeds_ml for one in self.severed)
        outflow = self.without_outflow_ml - sum(one.drains_ml for one in self.severed)
        return max(inflow, 0.0), max(outflow, 0.0)

    def to_json(self) -> dict[str, Any]:
        """Return every field by its name."""
        return {
            "trees": list(self.trees),
            "severed": [branch.to_json() for branch in self.severed],
            "rootless": list(self.rootless),
            "without_inflow_ml": self.without_inflow_ml,
            "without_outflow_ml": self.without_outflow_ml,
            "without_either_ml": self.without_either_ml,
            "kept": [branch.to_json() for branch in self.kept],
            "spared": [crossing.to_json() for crossing in self.spared],
            "by_word_ml": self.by_word_ml,
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
            kept=tuple(map(KeptBranch.from_json, document.get("kept", ()))),
            spared=tuple(map(SparedCrossing.from_json, document.get("spared", ()))),
            by_word_ml=document.get("by_word_ml", 0.0),
        )
