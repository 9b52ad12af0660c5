"""Plans as the command line asks for them: planes, names, plan files, wedges round metastases."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from liverplan.anatomy import lesion_name
from liverplan.errors import PlanError
from liverplan.resection import Cut, Plan, Plane, Sphere, Wedge
from liverplan.resection.anatomy.named import plan_of as named_plan
from liverplan.volumetry.planes.margin import LesionShape
from liverplan.volumetry.search.wedges import (
    WEDGE_HALF_ANGLE_DEG,
    best_cuts_round,
    enclosing_ball,
)
from liverplan.volumetry.shapes.plan_index import PlanIndex

LARGEST_MARGIN_MM = 100.0
_KEYS = frozenset({"schema", "name", "cuts"})
_AROUND_KEYS = frozenset({"kind", "around", "margin_mm", "direction"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """A wedge or a sphere round a metastasis, to be placed once there are masks.

    Parameters
    ----------
    kind : {"wedge", "sphere"}
    label : int
        The metastasis' label: 2 is the first.
    margin_mm : float
        Added to the ball that holds it.
    direction : tuple of three floats or None
        Of a wedge, toward the surface, LPS; None: the one that, beside all other cuts, costs the
        least tissue.
    """

    kind: Literal["wedge", "sphere"]
    label: int
    margin_mm: float
    direction: tuple[float, float, float] | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.margin_mm <= LARGEST_MARGIN_MM:
            raise PlanError(
                f"The margin of a {self.kind} must be between 0 and {LARGEST_MARGIN_MM:g} mm, "
                f"not {self.margin_mm:g}."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A plan that may hold cuts round metastases which are yet to be outlined."""

    name: str
    cuts: tuple[Cut | Around, ...]


def drafts_of(
    *,
    planes: Sequence[Sequence[float]] = (),
    resections: Sequence[str] = (),
    wedges: Sequence[tuple[int, float]] = (),
) -> tuple[Draft, ...]:
    """Read what was asked for.

    Parameters
    ----------
    planes : sequence of (px, py, pz, nx, ny, nz)
    resections : sequence of str
        Names of resections (see `liverplan.resection.anatomy.named`) or plan files (``.toml``).
    wedges : sequence of (label, margin in mm)

    Raises
    ------
    PlanError
        If one is no plane, no resection is called that, or a file is no plan.
    """
    drafts = [Draft(name="", cuts=planes_of(planes))] if planes else []
    drafts += [_named(words) for words in resections]
    for label, margin_mm in wedges:
        wedge = Around(kind="wedge", label=label, margin_mm=margin_mm)
        drafts.append(Draft(name=_around_name(wedge), cuts=(wedge,)))
    return tuple(drafts)


def planes_of(planes: Sequence[Sequence[float]]) -> tuple[Plane, ...]:
    """Read planes.

    Raises
    ------
    PlanError
        If one is no plane; its number is named.
    """
    found = []
    for number, values in enumerate(planes, 1):
        try:
            found.append(Plane(point_mm=np.array(values[:3]), normal=np.array(values[3:])))
        except PlanError as fault:
            raise PlanError(f"Plane {number}: {fault}") from fault
    return tuple(found)


def needs_masks(drafts: Sequence[Draft]) -> bool:
    """Whether any cut is yet to be placed round a metastasis."""
    return any(isinstance(cut, Around) for draft in drafts for cut in draft.cuts)


def placed(drafts: Sequence[Draft], index: PlanIndex | None) -> Plan:
    """Return the union of all drafts; ``index`` may be None if `needs_masks` is false.

    Raises
    ------
    PlanError
        If there is no metastasis with a label.
    """
    cuts = [cut for draft in drafts for cut in draft.cuts]
    whole: dict[int, Cut] = {}
    free: dict[int, Around] = {}
    for at, cut in enumerate(cuts):
        if not isinstance(cut, Around):
            whole[at] = cut
        elif index is None:
            raise PlanError("A cut round a metastasis needs the metastases' masks.")
        elif cut.direction is None and cut.kind == "wedge":
            free[at] = cut
        else:
            whole[at] = _placed(cut, index)
    if index is not None:
        _turn(free, whole, index)
    name = " and ".join(dict.fromkeys(draft.name for draft in drafts if draft.name))
    return Plan(cuts=tuple(whole[at] for at in range(len(cuts))), name=name)


def _named(words: str) -> Draft:
    if not words.lower().endswith(".toml"):
        plan = named_plan(words)
        return Draft(name=plan.name, cuts=plan.cuts)
    return _read(Path(words))


def _read(path: Path) -> Draft:
    """Read a plan file: ``name`` and ``[[cuts]]``, of which some may be placed by ``around``."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PlanError(f"The plan {path} cannot be read: {error}.") from error
    unknown = sorted(set(document) - _KEYS)
    if unknown:
        raise PlanError(f"The plan {path} has unknown keys: {', '.join(unknown)}.")
    rows = document.get("cuts", [])
    if not isinstance(rows, list) or not rows:
        raise PlanError(f"The plan {path} has no cuts.")
    around = {n: _around(row, n) for n, row in enumerate(rows, 1) if _is_around(row)}
    # Those that are placed already keep their numbers, by which a fault is named.
    plain = [{"kind": "sphere", "centre_mm": [0, 0, 0], "radius_mm": 1} if n in around else row
             for n, row in enumerate(rows, 1)]  # fmt: skip
    plan = Plan.from_json({**document, "cuts": plain})
    cuts = tuple(around.get(n, cut) for n, cut in enumerate(plan.cuts, 1))
    return Draft(name=plan.name or path.stem, cuts=cuts)


def _is_around(row: Any) -> bool:  # noqa: ANN401 - whatever the file holds
    return isinstance(row, Mapping) and "around" in row


def _around(row: Mapping[str, Any], number: int) -> Around:
    kind = row.get("kind")
    if kind not in {"wedge", "sphere"}:
        raise PlanError(f"Cut {number} of the plan: only a wedge or a sphere can lie around.")
    unknown = sorted(set(row) - _AROUND_KEYS)
    if unknown:
        raise PlanError(f"Cut {number} of the plan, a {kind}, knows no {', '.join(unknown)}.")
    label, margin, way = row["around"], row.get("margin_mm"), row.get("direction")
    if not isinstance(label, int) or isinstance(label, bool):
        raise PlanError(f"Cut {number} of the plan: around is a metastasis' label, such as 2.")
    if not isinstance(margin, int | float) or isinstance(margin, bool):
        raise PlanError(f"Cut {number} of the plan, a {kind}, lacks margin_mm.")
    if way is not None and not _is_point(way):
        raise PlanError(f"Cut {number} of the plan: direction is not three numbers.")
    direction = None if way is None else (float(way[0]), float(way[1]), float(way[2]))
    return Around(kind=kind, label=label, margin_mm=float(margin), direction=direction)


def _is_point(value: Any) -> bool:  # noqa: ANN401 - whatever the file holds
    numbers = isinstance(value, list) and all(isinstance(v, int | float) for v in value)
    return numbers and len(value) == 3


def _placed(around: Around, index: PlanIndex) -> Cut:
    centre, radius = enclosing_ball(_lesion(around, index), index)
    if around.kind == "sphere":
        return Sphere(centre_mm=centre, radius_mm=radius + around.margin_mm)
    return Wedge(
        tip_mm=centre,
        direction=np.array(around.direction),
        radius_mm=radius + around.margin_mm,
        half_angle_deg=WEDGE_HALF_ANGLE_DEG,
    )


def _turn(free: Mapping[int, Around], whole: dict[int, Cut], index: PlanIndex) -> None:
    """Turn the wedges without a direction, beside all other cuts, until most tissue stays."""
    for margin_mm in dict.fromkeys(around.margin_mm for around in free.values()):
        places = [at for at, around in free.items() if around.margin_mm == margin_mm]
        lesions = [_lesion(free[at], index) for at in places]
        beside = tuple(whole.values())
        wedges = best_cuts_round(index, lesions, margin_mm, beside=beside)
        whole.update(zip(places, wedges, strict=True))


def _lesion(around: Around, index: PlanIndex) -> LesionShape:
    for lesion in index.lesions:
        if lesion.label == around.label:
            return lesion
    known = ", ".join(str(lesion.label) for lesion in index.lesions) or "none"
    raise PlanError(
        f"There is no metastasis with label {around.label} to lay a {around.kind} round; labels of "
        f"metastases: {known}."
    )


def _around_name(around: Around) -> str:
    name = lesion_name(around.label).lower()
    return f"{around.kind} round {name} at {around.margin_mm:g} mm"
