"""Plans as the command line asks for them: planes, names, plan files, cuts round metastases."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np

from liverplan import regular
from liverplan.anatomy import lesion_name
from liverplan.errors import PlanError
from liverplan.resection import Cut, Plan, Plane
from liverplan.resection.by_name import plan_of as named_plan
from liverplan.resection.kept import KeptVessel
from liverplan.resection.plan import KEYS as PLAN_KEYS
from liverplan.volume import FloatArray
from liverplan.volumetry.search.placing import (
    RoundKind,
    cut_round,
    is_round_kind,
    lesion_of,
    parting_cut,
    wedge_along,
)
from liverplan.volumetry.search.wedges import best_cuts_round
from liverplan.volumetry.shapes.plan_index import PlanIndex

LARGEST_MARGIN_MM = 100.0
_AROUND_KEYS = frozenset({"kind", "around", "margin_mm", "direction"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """A cut round a metastasis, to be placed once there are masks.

    Parameters
    ----------
    kind : {"plane", "wedge", "sphere", "ablation"}
    label : int
        The metastasis' label: 2 is the first.
    margin_mm : float
        Between the metastasis and the cut.
    direction : tuple of three floats or None
        Of a wedge, toward the surface, LPS; None: the one that, beside all other cuts, costs the
        least tissue.
    """

    kind: RoundKind
    label: int
    margin_mm: float
    direction: tuple[float, float, float] | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.margin_mm <= LARGEST_MARGIN_MM:
            raise PlanError(
                f"The margin of a {self.kind} must be between 0 and {LARGEST_MARGIN_MM:g} mm, "
                f"not {self.margin_mm:g}."
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contour:
    """A cut along a contour on the liver's surface, to be laid once there is a mask.

    Parameters
    ----------
    points_mm : (N, 3) array
        LPS, in the order in which they were drawn; at least 4.
    """

    points_mm: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A plan that may hold cuts which are yet to be placed, once liver and metastases are known."""

    name: str
    cuts: tuple[Cut | Around | Contour, ...]
    kept: tuple[KeptVessel, ...] = ()


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
    """Whether any cut is yet to be placed on the liver."""
    return any(isinstance(cut, Around | Contour) for draft in drafts for cut in draft.cuts)


def placed(drafts: Sequence[Draft], index: PlanIndex | None) -> Plan:
    """Return the union of all drafts; ``index`` may be None if `needs_masks` is false.

    Raises
    ------
    PlanError
        If there is no metastasis with a label.
    """
    cuts = [cut for draft in drafts for cut in draft.cuts]
    name = " and ".join(dict.fromkeys(draft.name for draft in drafts if draft.name))
    kept = tuple(one for draft in drafts for one in draft.kept)
    if index is None:
        lying = tuple(cut for cut in cuts if not isinstance(cut, Around | Contour))
        if len(lying) < len(cuts):
            raise PlanError("A cut round a metastasis needs the metastases' masks.")
        return Plan(cuts=lying, name=name, kept=kept)
    whole: dict[int, Cut] = {}
    free: dict[int, Around] = {}
    for at, cut in enumerate(cuts):
        match cut:
            case Around(kind="wedge", direction=None):
                free[at] = cut
            case Around() | Contour():
                whole[at] = _placed(cut, index)
            case _:
                whole[at] = cut
    _turn(free, whole, index)
    return Plan(cuts=tuple(whole[at] for at in range(len(cuts))), name=name, kept=kept)


def _named(words: str) -> Draft:
    if not words.lower().endswith(".toml"):
        plan = named_plan(words)
        return Draft(name=plan.name, cuts=plan.cuts)
    return _read(Path(words))


def _read(path: Path) -> Draft:
    """Read a plan file, of whose ``[[cuts]]`` some may be placed by ``around``."""
    try:
        document = regular.read_toml(path)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PlanError(f"The plan {path} cannot be read: {error}.") from error
    unknown = sorted(set(document) - PLAN_KEYS)
    if unknown:
        raise PlanError(f"The plan {path} has unknown keys: {', '.join(unknown)}.")
    rows = document.get("cuts", [])
    if not isinstance(rows, list) or not rows:
        raise PlanError(f"The plan {path} has no cuts.")
    later = {n: made for n, row in enumerate(rows, 1) if (made := _placed_later(row, n))}
    # Those that are placed already keep their numbers, by which a fault is named.
    plain = [{"kind": "sphere", "centre_mm": [0, 0, 0], "radius_mm": 1} if n in later else row
             for n, row in enumerate(rows, 1)]  # fmt: skip
    plan = Plan.from_json({**document, "cuts": plain})
    cuts = tuple(later.get(n, cut) for n, cut in enumerate(plan.cuts, 1))
    return Draft(name=plan.name or path.stem, cuts=cuts, kept=plan.kept)


def _placed_later(row: Any, number: int) -> Around | Contour | None:  # noqa: ANN401 - from a file
    """Read a cut that is placed once there are masks; None if the row says where it lies."""
    if not isinstance(row, Mapping):
        return None
    if row.get("kind") == "contour":
        return _contour(row, number)
    return _around(row, number) if "around" in row else None


def _contour(row: Mapping[str, Any], number: int) -> Contour:
    unknown = sorted(set(row) - {"kind", "points_mm"})
    if unknown:
        raise PlanError(f"Cut {number} of the plan, a contour, knows no {', '.join(unknown)}.")
    points = row.get("points_mm")
    if not isinstance(points, list) or len(points) < 4 or not all(map(_is_point, points)):
        raise PlanError(f"Cut {number} of the plan, a contour, lacks points_mm: 4 points or more.")
    return Contour(points_mm=np.array(points, dtype=np.float64))


def _around(row: Mapping[str, Any], number: int) -> Around:
    kind = row.get("kind")
    if not is_round_kind(kind):
        known = ", ".join(get_args(RoundKind))
        raise PlanError(f"Cut {number} of the plan: only one of {known} can lie around.")
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


def _placed(cut: Around | Contour, index: PlanIndex) -> Cut:
    if isinstance(cut, Contour):
        return parting_cut(index, list(cut.points_mm))
    if cut.kind == "wedge" and cut.direction is not None:
        return wedge_along(index, cut.label, cut.margin_mm, np.array(cut.direction))
    return cut_round(index, cut.label, cut.margin_mm, kind=cut.kind)


def _turn(free: Mapping[int, Around], whole: dict[int, Cut], index: PlanIndex) -> None:
    """Turn the wedges without a direction, beside all other cuts, until most tissue stays."""
    for margin_mm in dict.fromkeys(around.margin_mm for around in free.values()):
        places = [at for at, around in free.items() if around.margin_mm == margin_mm]
        lesions = [lesion_of(index, free[at].label) for at in places]
        beside = tuple(whole.values())
        wedges = best_cuts_round(index, lesions, margin_mm, beside=beside)
        whole.update(zip(places, wedges, strict=True))


def _around_name(around: Around) -> str:
    name = lesion_name(around.label).lower()
    return f"{around.kind} round {name} at {around.margin_mm:g} mm"
