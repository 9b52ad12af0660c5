"""Plans: several cuts at once. What is removed is their union; what no cut removes stays."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from liverplan.errors import PlanError
from liverplan.resection.cuts.ablation import Ablation
from liverplan.resection.cuts.curved import Surface
from liverplan.resection.cuts.folded import FALLBACK, Sheet
from liverplan.resection.cuts.parts import Parts
from liverplan.resection.cuts.plane import Plane, plane_primitive
from liverplan.resection.cuts.sphere import Sphere
from liverplan.resection.cuts.v_cut import Cleft
from liverplan.resection.cuts.wedge import Wedge
from liverplan.resection.primitives import Primitive, Rows, rows

SCHEMA: Final = "liverplan.plan/1"

TERRITORIES: Final = frozenset({"portal", "hepatic"})
"""Maps of what vessels feed and drain: their parts are lost, but nobody takes them out."""


Cut = Plane | Sphere | Wedge | Cleft | Ablation | Surface | Sheet | Parts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """Cuts made together.

    Parameters
    ----------
    cuts : tuple of Cut
        In any order: it changes nothing.
    name : str
        For people, e.g. "right hemihepatectomy and a wedge in 3".
    """

    cuts: tuple[Cut, ...]
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "cuts", tuple(self.cuts))

    @property
    def parts(self) -> tuple[Parts | Sheet, ...]:
        """The cuts that take whole voxels: parts of a map, and sheets that fold."""
        return tuple(cut for cut in self.cuts if isinstance(cut, Parts | Sheet))

    @property
    def shapes(self) -> tuple[Cut, ...]:
        """The cuts that are measured live, as functions in space."""
        return tuple(cut for cut in self.cuts if not isinstance(cut, Parts | Sheet))

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be said of how the plan is measured."""
        return (FALLBACK,) if any(isinstance(cut, Sheet) for cut in self.cuts) else ()

    def rows(self) -> Rows:
        """Return the shapes, ready to be measured."""
        return rows([_primitives(cut) for cut in self.shapes])

    @property
    def removing(self) -> Plan:
        """The plan without lost territories: their tissue and its lesions stay in place."""
        kept = [c for c in self.cuts if not (isinstance(c, Parts) and c.scheme in TERRITORIES)]
        return self if len(kept) == len(self.cuts) else Plan(cuts=tuple(kept), name=self.name)

    def without(self, kind: type) -> Plan:
        """Return the plan without its cuts of one kind."""
        kept = tuple(cut for cut in self.cuts if not isinstance(cut, kind))
        return Plan(cuts=kept, name=self.name)

    def to_json(self) -> dict[str, Any]:
        """Return the ``liverplan.plan/1`` document: mm, LPS."""
        return {
            "schema": SCHEMA,
            "name": self.name,
            "cuts": [_cut_json(cut) for cut in self.cuts],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Plan:
        """Read what `to_json` wrote, or what a plan file holds.

        Raises
        ------
        PlanError
            If the document is of another schema, or a cut in it is unknown or incomplete.
        """
        schema = document.get("schema", SCHEMA)
        if schema != SCHEMA:
            raise PlanError(f"The plan's schema is {schema!r}, and {SCHEMA!r} can be read.")
        cuts = document.get("cuts", [])
        if not isinstance(cuts, Sequence) or isinstance(cuts, str):
            raise PlanError("The plan's cuts are not a list.")
        return cls(
            cuts=tuple(_read_cut(cut, number) for number, cut in enumerate(cuts, 1)),
            name=str(document.get("name", "")),
        )


def read_plan(path: Path) -> Plan:
    """Read a plan from a TOML file: ``name``, and a table ``[[cuts]]`` for each cut.

    Raises
    ------
    PlanError
        If the file cannot be read or is no plan.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PlanError(f"The plan {path} cannot be read: {error}.") from error
    unknown = sorted(set(document) - {"schema", "name", "cuts"})
    if unknown:
        raise PlanError(f"The plan {path} has unknown keys: {', '.join(unknown)}.")
    return Plan.from_json(document)


def _primitives(cut: Cut) -> tuple[Primitive, ...]:
    if isinstance(cut, Plane):
        return (plane_primitive(cut),)
    if isinstance(cut, Parts | Sheet):
        raise PlanError("This cut takes whole voxels: it has no function in space.")
    return cut.primitives()


_FIELDS: Final[dict[str, tuple[Callable[..., Cut], tuple[str, ...]]]] = {
    "plane": (Plane, ("point_mm", "normal")),
    "sphere": (Sphere, ("centre_mm", "radius_mm")),
    "wedge": (Wedge, ("tip_mm", "direction", "radius_mm", "half_angle_deg")),
    "ablation": (Ablation, ("centre_mm", "radii_mm", "axes")),
    "surface": (Surface, ("origin_mm", "axes", "step_mm", "heights_mm")),
    "sheet": (Sheet, ("control_mm", "stays_toward")),
    "parts": (Parts, ("scheme", "names")),
}


def _cut_json(cut: Cut) -> dict[str, Any]:
    if isinstance(cut, Cleft):
        return {"kind": "cleft", "planes": [_cut_json(plane) for plane in cut.planes]}
    kind = next(k for k, (made, _) in _FIELDS.items() if isinstance(cut, made))  # type: ignore[arg-type]
    values = {name: getattr(cut, name) for name in _FIELDS[kind][1]}
    return {"kind": kind, **{name: _plain(value) for name, value in values.items()}}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any field of a cut
    if isinstance(value, np.ndarray):
        return value.tolist()
    return list(value) if isinstance(value, tuple) else value


def _read_cut(document: Mapping[str, Any], number: int) -> Cut:
    if not isinstance(document, Mapping):
        raise PlanError(f"Cut {number} of the plan is no table of values.")
    given = {key: value for key, value in document.items() if key != "kind"}
    kind = document.get("kind")
    if kind == "cleft" and set(given) == {"planes"}:
        return Cleft(planes=tuple(_read_cut(plane, number) for plane in given["planes"]))  # type: ignore[misc]
    if kind not in _FIELDS:
        known = ", ".join(sorted([*_FIELDS, "cleft"]))
        raise PlanError(f"Cut {number} of the plan is a {kind!r}; known are {known}.")
    make, names = _FIELDS[kind]
    unknown, missing = sorted(set(given) - set(names)), sorted(set(names) - set(given))
    missing = [name for name in missing if name != "half_angle_deg"]
    if unknown or missing:
        faults = [f"lacks {name}" for name in missing] + [f"knows no {name}" for name in unknown]
        raise PlanError(f"Cut {number} of the plan, a {kind}, {' and '.join(faults)}.")
    try:
        return make(**{key: tuple(v) if isinstance(v, list) else v for key, v in given.items()})
    except (TypeError, ValueError) as error:
        raise PlanError(f"Cut {number} of the plan, a {kind}, is unusable: {error}.") from error
