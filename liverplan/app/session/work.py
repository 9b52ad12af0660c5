"""The work on screen, as one frozen value: panels show it, verbs return the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from liverplan.app.kit.language import English, en
from liverplan.case import Record
from liverplan.case.contents import DEFAULT_MARGIN_MM
from liverplan.case.documents import Json
from liverplan.findings import Annotation, LesionState, SeriesSummary
from liverplan.findings.key_images import KeyImage
from liverplan.resection import Cut, Plan, Plane
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.kept import KeptVessel
from liverplan.segmentation import Segmentation
from liverplan.segmentation.labels import LIVER
from liverplan.volume import Volume
from liverplan.workflow.evaluate import lesion_state

FIRST_PLAN = "Plan A"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Work:
    """One patient's work as it stands.

    Parameters
    ----------
    volume, segmentation : Volume, Segmentation or None
        None until there is one. Who accepted a mask stands in the segmentation's provenance.
    record : Record
        What is known of the patient: series, headers, notes, protocol, facts, landmarks, visits.
    others : mapping of str to JSON
        Documents of the case that nobody here knows; they are kept as they are.
    biopsied : frozenset of int
        Label values of the lesions that were biopsied.
    plans : tuple of Plan
        Never empty; the first is named "Plan A", but in a case that left it without a name.
    plan, cut : int
        Which plan is active, and which of its cuts has the handles (-1: none).
    maps : mapping of str to PartMap
        Of the liver's parts, by scheme: Couinaud's segments, vessel territories.
    annotations : tuple of Annotation
        What was measured and written on the slices.
    key_images : tuple of KeyImage
        Pictures that were kept.
    margin_mm : float
        The margin that the user plans with.
    locked : bool
        Whether the cuts are protected from the mouse.
    """

    volume: Volume | None = None
    segmentation: Segmentation | None = None
    record: Record = field(default_factory=Record)
    others: Mapping[str, Json] = field(default_factory=lambda: MappingProxyType({}))
    biopsied: frozenset[int] = frozenset()
    plans: tuple[Plan, ...] = (Plan(name=FIRST_PLAN, cuts=()),)
    plan: int = 0
    cut: int = -1
    maps: Mapping[str, PartMap] = field(default_factory=lambda: MappingProxyType({}))
    annotations: tuple[Annotation, ...] = ()
    key_images: tuple[KeyImage, ...] = ()
    margin_mm: float = DEFAULT_MARGIN_MM
    locked: bool = False

    @property
    def series(self) -> SeriesSummary | None:
        """Which CT this is; None until there is one."""
        return self.record.series

    @property
    def liver_confirmed(self) -> bool:
        """Whether a person stands behind the liver mask."""
        return self.accepted(LIVER)

    def accepted(self, label: int) -> bool:
        """Whether a person accepted, edited or drew the mask with a label value."""
        made = self.segmentation.provenance.get(label) if self.segmentation else None
        return made is not None and made.accepted

    def lesion_state(self, label: int) -> LesionState:
        """How far a lesion has come: found by machine, confirmed, biopsied."""
        made = self.segmentation.provenance.get(label) if self.segmentation else None
        return lesion_state(made, biopsied=label in self.biopsied)

    @property
    def active_plan(self) -> Plan:
        """The plan on screen."""
        return self.plans[self.plan]

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """Cuts of the active plan."""
        return self.active_plan.cuts

    @property
    def active_cut(self) -> Cut | None:
        """The cut that has the handles."""
        return self.cuts[self.cut] if 0 <= self.cut < len(self.cuts) else None

    @property
    def active_plane(self) -> Plane | None:
        """The cut that has the handles, if it is a plane."""
        cut = self.active_cut
        return cut if isinstance(cut, Plane) else None

    def with_cuts(self, cuts: tuple[Cut, ...], cut: int | None = None) -> Work:
        """Return the work with other cuts in the active plan."""
        plans = list(self.plans)
        plans[self.plan] = replace(plans[self.plan], cuts=cuts)
        active = self.cut if cut is None else cut
        return replace(self, plans=tuple(plans), cut=min(active, len(cuts) - 1))

    def with_kept(self, kept: tuple[KeptVessel, ...]) -> Work:
        """Return the work with other vessels kept in the active plan."""
        plans = list(self.plans)
        plans[self.plan] = replace(self.active_plan, kept=kept)
        return replace(self, plans=tuple(plans))

    def with_cut(self, cut: Cut) -> Work:
        """Return the work with the active cut replaced."""
        cuts = list(self.cuts)
        cuts[self.cut] = cut
        return self.with_cuts(tuple(cuts))

    def with_added(self, *cuts: Cut) -> Work:
        """Return the work with more cuts, the last of which becomes the active one."""
        together = (*self.cuts, *cuts)
        return self.with_cuts(together, len(together) - 1)


def same_voxels(one: Segmentation | None, other: Segmentation | None) -> bool:
    """Whether only what is known of the masks differs, as when a person confirms one."""
    return one is not None and other is not None and one.labels is other.labels


def lesion_title(label: int) -> English:
    """Name of a lesion as the panels show it."""
    return en("Metastasis {number}", number=label - LIVER)


def plan_title(plan: Plan) -> str:
    """Name of a plan as the panels show it; a plan that has none keeps having none."""
    return plan.name or FIRST_PLAN


def next_plan_name(plans: tuple[Plan, ...]) -> str:
    """Plan A, Plan B, ...: the first letter that is free."""
    taken = {plan_title(plan) for plan in plans}
    letters = (chr(ord("A") + n) for n in range(26))
    return next(
        (f"Plan {c}" for c in letters if f"Plan {c}" not in taken), f"Plan {len(plans) + 1}"
    )
