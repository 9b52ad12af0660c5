"""What branches of a vessel tree are called, how sure that is, and how it is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from liverplan.findings import Statement

SURE: Final = 0.5
"""A name of less confidence is a proposal: it is neither said nor built on."""

PORTAL: Final = (
    "portal_trunk",
    "right_portal",
    "right_anterior_portal",
    "right_posterior_portal",
    "left_portal",
    "umbilical_portion",
    "left_medial_portal",
    "left_lateral_portal",
)
HEPATIC: Final = (
    "cava",
    "right_hepatic",
    "middle_and_left_hepatic",
    "middle_hepatic",
    "left_hepatic",
)
TREE_NAMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"portal": PORTAL, "hepatic": HEPATIC}
)
"""What a branch can be called, by its tree; each is "vessel.…" among the words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VesselName:
    """What one branch is called.

    Parameters
    ----------
    key : str
        One of `TREE_NAMES`; empty where nothing speaks for any.
    stem : bool
        Whether it is where the name begins; else it hangs on such a branch.
    confidence : float
        0 to 1.
    reasons : tuple of Statement
        What makes it less than sure, or that a person named it.
    by : str
        The person who named it; "" where it was told from the tree.
    """

    key: str
    stem: bool = False
    confidence: float = 0.0
    reasons: tuple[Statement, ...] = ()
    by: str = ""

    @property
    def sure(self) -> bool:
        """Whether the name is to be said and built on."""
        return bool(self.key) and self.confidence >= SURE


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeNames:
    """The names of a tree's branches.

    Parameters
    ----------
    tree : {"portal", "hepatic"}
    names : mapping of str to VesselName
        By branch ("1.2.1").
    """

    tree: str
    names: Mapping[str, VesselName]

    def said(self, branch: str) -> Statement:
        """Return what to call a branch: "right anterior portal vein, branch 1.2.1.1".

        The stem of a name is said without its number; a branch whose name is not sure by its tree.
        """
        name = self.names.get(branch, VesselName(key=""))
        called = Statement.of(f"vessel.{name.key if name.sure else self.tree}")
        if name.sure and name.stem:
            return called
        return Statement.of("vessel.branch", vessel=called, branch=branch)

    def of(self, key: str) -> tuple[str, ...]:
        """Return the branches that are surely called so."""
        return tuple(branch for branch, name in self.names.items() if name.sure and name.key == key)
