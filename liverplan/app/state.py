"""The work on screen, as one frozen value: panels show it, verbs return the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from liverplan.anatomy import lesion_name
from liverplan.findings import LesionState, SeriesSummary
from liverplan.resection.cuts import Plane
from liverplan.segmentation import Segmentation
from liverplan.segmentation.labels import LIVER
from liverplan.volume import Volume

DEFAULT_MARGIN_MM = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One way to cut: a name and its planes; what lies on the staying side of all stays."""

    name: str
    planes: tuple[Plane, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Work:
    """One patient's work as it stands.

    Parameters
    ----------
    volume, segmentation : Volume, Segmentation or None
        None until there is one. Who accepted a mask stands in the segmentation's provenance.
    series : SeriesSummary or None
        Which CT this is.
    documents : mapping
        What a case keeps beside images and planes, as `liverplan.workflow` names it: series,
        headers, notes, protocol, patient.
    biopsied : frozenset of int
        Label values of the lesions that were biopsied.
    plans : tuple of Plan
        Never empty; the first is named "Plan A".
    plan, plane : int
        Which plan is active, and which of its planes has the handles (-1: none).
    margin_mm : float
        The margin that the user plans with.
    locked : bool
        Whether the planes are protected from the mouse.
    """

    volume: Volume | None = None
    segmentation: Segmentation | None = None
    series: SeriesSummary | None = None
    documents: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    biopsied: frozenset[int] = frozenset()
    plans: tuple[Plan, ...] = (Plan(name="Plan A"),)
    plan: int = 0
    plane: int = -1
    margin_mm: float = DEFAULT_MARGIN_MM
    locked: bool = False

    @property
    def liver_confirmed(self) -> bool:
        """Whether a person stands behind the liver mask."""
        return self.accepted(LIVER)

    def accepted(self, label: int) -> bool:
        """Whether a person accepted, edited or drew the mask with a label value."""
        made = self.segmentation.provenance.get(label) if self.segmentation else None
        return made is not None and (made.quality != "automatic" or bool(made.accepted_by))

    def lesion_state(self, label: int) -> LesionState:
        """How far a lesion has come: found by machine, confirmed, biopsied."""
        if label in self.biopsied:
            return "biopsied"
        return "confirmed" if self.accepted(label) else "found by machine"

    @property
    def planes(self) -> tuple[Plane, ...]:
        """Planes of the active plan."""
        return self.plans[self.plan].planes

    @property
    def active_plane(self) -> Plane | None:
        """The plane that has the handles."""
        return self.planes[self.plane] if 0 <= self.plane < len(self.planes) else None

    def with_planes(self, planes: tuple[Plane, ...], plane: int | None = None) -> Work:
        """Return the work with other planes in the active plan."""
        plans = list(self.plans)
        plans[self.plan] = replace(plans[self.plan], planes=planes)
        active = self.plane if plane is None else plane
        return replace(self, plans=tuple(plans), plane=min(active, len(planes) - 1))

    def with_plane(self, plane: Plane) -> Work:
        """Return the work with the active plane replaced."""
        planes = list(self.planes)
        planes[self.plane] = plane
        return self.with_planes(tuple(planes))


def lesion_title(label: int) -> str:
    """Name of a lesion as the panels show it."""
    return lesion_name(label)


def next_plan_name(plans: tuple[Plan, ...]) -> str:
    """Plan A, Plan B, ...: the first letter that is free."""
    taken = {plan.name for plan in plans}
    letters = (chr(ord("A") + n) for n in range(26))
    return next(
        (f"Plan {c}" for c in letters if f"Plan {c}" not in taken), f"Plan {len(plans) + 1}"
    )
