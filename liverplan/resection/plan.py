"""Plans: several cuts at once. What is removed is their union; what no cut removes stays."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from liverplan import regular
from liverplan.errors import PlanError
from liverplan.findings import Statement
from liverplan.resection.cuts import KINDS, Cut, Plane, Shape, Voxels
from liverplan.resection.kept import KeptVessel
from liverplan.resection.primitives import Rows, rows

SCHEMA: Final = "liverplan.plan/1"
KEYS: Final = frozenset({"schema", "name", "cuts", "kept_vessels"})
"""All that a plan file may hold."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """Cuts made together.

    Parameters
    ----------
    cuts : tuple of Cut
        In any order: it changes nothing.
    name : str
        For people, e.g. "right hemihepatectomy and a wedge in 3".
    kept : tuple of KeptVessel
        Branches that count as whole, whatever crosses them; on volumes and margins they have no
        bearing.
    """

    cuts: tuple[Cut, ...]
    name: str = ""
    kept: tuple[KeptVessel, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "cuts", tuple(self.cuts))
        object.__setattr__(self, "kept", tuple(self.kept))

    @property
    def planes(self) -> tuple[Plane, ...]:
        """The flat cuts."""
        return tuple(cut for cut in self.cuts if isinstance(cut, Plane))

    @property
    def is_flat(self) -> bool:
        """Whether all cuts are planes (or there is none): these have the quickest answer."""
        return len(self.planes) == len(self.cuts)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The cuts that are measured live, as functions in space."""
        return tuple(cut for cut in self.cuts if isinstance(cut, Shape))

    @property
    def voxels(self) -> tuple[Voxels, ...]:
        """The cuts that take whole voxels: parts of a map, and surfaces that fold."""
        return tuple(cut for cut in self.cuts if isinstance(cut, Voxels))

    @property
    def notes(self) -> tuple[Statement, ...]:
        """What must be said of how the plan is measured."""
        return tuple(dict.fromkeys(cut.note for cut in self.cuts if cut.note))

    @property
    def removing(self) -> Plan:
        """The plan without lost territories: their tissue and its lesions stay in place."""
        return self._only([cut for cut in self.cuts if not cut.stays_in_place])

    @property
    def not_ablating(self) -> Plan:
        """The plan without its ablation zones."""
        return self._only([cut for cut in self.cuts if not cut.ablates])

    def rows(self) -> Rows:
        """Return the shapes, ready to be measured."""
        return rows([cut.primitives() for cut in self.shapes])

    def _only(self, cuts: Sequence[Cut]) -> Plan:
        return self if len(cuts) == len(self.cuts) else replace(self, cuts=tuple(cuts))

    def to_json(self) -> dict[str, Any]:
        """Return the ``liverplan.plan/1`` document: mm, LPS."""
        return {
            "schema": SCHEMA,
            "name": self.name,
            "cuts": [cut.to_json() for cut in self.cuts],
            **({"kept_vessels": [one.to_json() for one in self.kept]} if self.kept else {}),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Plan:
        """Read what `to_json` wrote, or what a plan file holds.

        Raises
        ------
        PlanError
            If the document is of another schema, or a cut or a kept vessel in it is unknown or
            incomplete.
        """
        schema = document.get("schema", SCHEMA)
        if schema != SCHEMA:
            raise PlanError(f"The plan's schema is {schema!r}, and {SCHEMA!r} can be read.")
        cuts, kept = document.get("cuts", []), document.get("kept_vessels", [])
        if not isinstance(cuts, Sequence) or isinstance(cuts, str):
            raise PlanError("The plan's cuts are not a list.")
        if not isinstance(kept, Sequence) or isinstance(kept, str):
            raise PlanError("The plan's kept vessels are not a list.")
        return cls(
            cuts=tuple(_read_cut(cut, number) for number, cut in enumerate(cuts, 1)),
            name=str(document.get("name", "")),
            kept=tuple(
                KeptVessel.from_json(one, f"Kept vessel {number} of the plan")
                for number, one in enumerate(kept, 1)
            ),
        )


def read_plan(path: Path) -> Plan:
    """Read a plan from a TOML file: ``name``, and a table ``[[cuts]]`` for each cut.

    Vessels that are kept are tables ``[[kept_vessels]]``.

    Raises
    ------
    PlanError
        If the file cannot be read or is no plan.
    """
    try:
        document = regular.read_toml(path)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PlanError(f"The plan {path} cannot be read: {error}.") from error
    unknown = sorted(set(document) - KEYS)
    if unknown:
        raise PlanError(f"The plan {path} has unknown keys: {', '.join(unknown)}.")
    return Plan.from_json(document)


def _read_cut(document: Mapping[str, Any], number: int) -> Cut:
    if not isinstance(document, Mapping):
        raise PlanError(f"Cut {number} of the plan is no table of values.")
    kind = document.get("kind")
    if kind not in KINDS:
        known = ", ".join(sorted(KINDS))
        raise PlanError(f"Cut {number} of the plan is a {kind!r}; known are {known}.")
    return KINDS[kind].from_json(document, f"Cut {number} of the plan")
