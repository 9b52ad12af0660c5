"""The front door: a liver, and what any plan does to it.

Plans of planes only have the quickest and finest answer; any others are measured as shapes. Which,
is chosen here; each index is made when it is first needed and kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

from liverplan.errors import PlanError
from liverplan.findings import (
    CutFinding,
    Fate,
    Fault,
    Margin,
    Uncertainty,
    VesselDistance,
    Vessels,
    Volumes,
)
from liverplan.resection.anatomy.lesion_places import named_courses, vessel_distances
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.cuts import Cut, Parts
from liverplan.resection.plan import Plan
from liverplan.segmentation.labels import Segmentation
from liverplan.volumetry.fates import fates
from liverplan.volumetry.faults import plan_faults
from liverplan.volumetry.planes.index import VolumeIndex
from liverplan.volumetry.planes.remnant import lesion_margins, measure
from liverplan.volumetry.search.suggest import Suggestions, suggest
from liverplan.volumetry.shapes.margins import plan_margins
from liverplan.volumetry.shapes.plan_index import PlanIndex, measure_plan
from liverplan.volumetry.supply.keeping import Keeping
from liverplan.volumetry.supply.supply import UNSUPPLIED, Supply, known_trees
from liverplan.volumetry.uncertainty.boundary_offsets import BoundaryOffsets
from liverplan.volumetry.uncertainty.error_model import UNSEEN_VESSELS, ErrorModel, errors_for
from liverplan.volumetry.uncertainty.of_planes import estimate
from liverplan.volumetry.uncertainty.of_shapes import estimate_plan


@dataclass(frozen=True, kw_only=True, eq=False)
class Liver:
    """A segmentation and its maps, ready for plans of any kind.

    Parameters
    ----------
    segmentation : Segmentation
    maps : mapping of str to PartMap
        By scheme: what `Parts` of a plan refer to.
    """

    segmentation: Segmentation
    maps: Mapping[str, PartMap] = field(default_factory=dict)

    @cached_property
    def planes(self) -> VolumeIndex:
        """The index for plans of planes only."""
        if "shapes" in self.__dict__:
            return self.shapes.planes
        return VolumeIndex.build(self.segmentation)

    @cached_property
    def shapes(self) -> PlanIndex:
        """The index for plans of any cuts.

        Raises
        ------
        GridError
            If a map lies on another grid.
        """
        index = PlanIndex.build(self.segmentation, self.maps)
        return index.sharing(self.planes) if "planes" in self.__dict__ else index

    @cached_property
    def near_vessels(self) -> Mapping[int, tuple[VesselDistance, ...]]:
        """How far each metastasis, by label value, lies from the vessels that are named."""
        courses = named_courses(self.segmentation, self.maps)
        return {
            label: vessel_distances(self.segmentation, label, courses)
            for label in self.segmentation.lesion_labels
        }

    @cached_property
    def supply(self) -> Supply | None:
        """The vessel trees, ready for plans; None where no middle line is known. Takes seconds."""
        return Supply.of(self.shapes) if known_trees(self.maps) else None

    @property
    def ready(self) -> bool:
        """Whether any plan is measured at once: the vessel trees take seconds to make ready."""
        return "supply" in self.__dict__ or not known_trees(self.maps)

    def on(self, maps: Mapping[str, PartMap]) -> Self:
        """Return the same liver with other maps; what was made of its masks is kept."""
        other = type(self)(segmentation=self.segmentation, maps=dict(maps))
        if "planes" in self.__dict__:
            other.__dict__["planes"] = self.planes
        if "shapes" in self.__dict__:
            other.__dict__["shapes"] = self.shapes.on(maps)
        if "supply" in self.__dict__ and _same_trees(self.maps, maps):
            other.__dict__["supply"] = self.supply
        return other

    def known_as(self, segmentation: Segmentation) -> Self:
        """Return the liver of the same voxels, of which other things are known.

        Who accepted a mask changes no volume: nothing is made twice.
        """
        other = type(self)(segmentation=segmentation, maps=self.maps)
        if "planes" in self.__dict__:
            other.__dict__["planes"] = self.planes
        if "shapes" in self.__dict__:
            other.__dict__["shapes"] = self.shapes.known_as(segmentation)
        if "supply" in self.__dict__:
            other.__dict__["supply"] = self.supply
        return other

    @property
    def liver_ml(self) -> float:
        """The whole organ with its tumours, mL."""
        return self._index.liver_ml

    @property
    def functional_ml(self) -> float:
        """The liver without any tumour, mL."""
        return self._index.functional_ml

    def measure(self, plan: Plan, *, vessels: Vessels | None = None) -> Volumes:
        """Measure what stays and what goes; it answers in spite of any fault.

        Parameters
        ----------
        plan : Plan
        vessels : Vessels or None
            What `vessels` found for this very plan, where that is at hand.

        Raises
        ------
        PlanError
            If the plan names parts of a map that is not at hand.
        """
        if plan.is_flat:
            found = measure(self.planes, plan.planes)
        else:
            found = measure_plan(self.shapes, plan)
        severed = self.vessels(plan) if vessels is None else vessels
        if not severed.trees:
            return found
        left_ml = max(found.remnant_ml - severed.without_either_ml, 0.0)
        return replace(found, perfused_ml=left_ml)

    def vessels(self, plan: Plan) -> Vessels:
        """Tell which branches a plan divides, and what tissue loses its inflow or its outflow.

        Crossings of branches that the plan keeps do not count.

        Raises
        ------
        PlanError
            If the plan names parts of a map that is not at hand.
        """
        if self.supply is None:
            return Vessels(kept=Keeping.of(plan.kept, {}).branches)
        return self.supply.cost(self.shapes, plan)

    def removed_ml(self, cut: Cut, *, of: Plan) -> float:
        """Return what one cut of a plan takes by itself, mL: by the engine of its plan."""
        if of.is_flat:
            return self.planes.functional_ml - self.planes.remnant_ml_of(Plan(cuts=(cut,)).planes)
        return self.shapes.functional_ml - self.shapes.remnant_ml(Plan(cuts=(cut,)))

    def cuts(self, plan: Plan) -> tuple[CutFinding, ...]:
        """Return each cut as results name it, with what it takes by itself."""
        return tuple(cut.finding(self.removed_ml(cut, of=plan)) for cut in plan.cuts)

    def margins(self, plan: Plan) -> tuple[Margin, ...]:
        """Return how far the plan stays from each lesion, ascending by label."""
        if plan.is_flat:
            return lesion_margins(self.planes, plan.planes)
        return plan_margins(self.shapes, plan)

    def fates(self, plan: Plan, margins: tuple[Margin, ...]) -> tuple[Fate, ...]:
        """Return what becomes of each lesion, given the plan's margins to them."""
        cutting = plan.removing.not_ablating
        return fates(margins, margins if cutting is plan else self.margins(cutting))

    def faults(self, plan: Plan) -> tuple[Fault, ...]:
        """Return every reason why the plan makes no sense; none if it does."""
        return plan_faults(self.shapes, plan)

    def uncertainty(
        self, plan: Plan, *, threshold_fraction: float, denominator_ml: float | None = None
    ) -> Uncertainty:
        """Say how sure the remnant fraction is.

        Parameters
        ----------
        plan : Plan
        threshold_fraction : float
            The verdict is "remnant fraction strictly above this".
        denominator_ml : float, optional
            What the fraction is of; the functional liver, with its own uncertainty, if not given.

        Where tissue loses its inflow or its outflow, it is that of what is left without it; the
        border of that tissue is as unsure as a cut. Where vessels are known, others may be there
        that were not seen.
        """
        severed = self.vessels(plan)
        errors = self._errors(severed)
        if self.supply is not None and severed.without_either_ml > 0:
            lost = self.supply.unsupplied(self.shapes, plan)
            parts = Parts(scheme=UNSUPPLIED, names=lost.names)
            return estimate_plan(
                self.shapes.on({**self.maps, UNSUPPLIED: lost}),
                replace(plan, cuts=(*plan.cuts, parts)),
                threshold_fraction=threshold_fraction,
                denominator_ml=denominator_ml,
                errors=errors,
            )
        if plan.is_flat:
            return estimate(
                self.segmentation,
                plan.planes,
                threshold_fraction=threshold_fraction,
                denominator_ml=denominator_ml,
                index=self.planes,
                boundaries=BoundaryOffsets.build(self.segmentation, errors=errors),
            )
        return estimate_plan(
            self.shapes,
            plan,
            threshold_fraction=threshold_fraction,
            denominator_ml=denominator_ml,
            errors=errors,
        )

    def _errors(self, severed: Vessels) -> ErrorModel:
        """Return what is in doubt about a plan that severs these vessels."""
        errors = errors_for(self.segmentation, self.segmentation.lesion_labels)
        told = set(severed.trees) - set(severed.rootless)
        return replace(errors, vessels=UNSEEN_VESSELS) if told else errors

    def suggest(
        self,
        *,
        margin_mm: float,
        threshold_fraction: float,
        together: bool = True,
        keep_blood: bool = False,
    ) -> Suggestions:
        """Search each family of plans for the one that leaves most at a margin.

        ``keep_blood``: most of what keeps its inflow and its outflow. A plan that takes a tree's
        root out is none then: nothing is known of what it costs.

        Raises
        ------
        PlanError
            As `search.suggest.suggest`; or if blood is to be kept and no vessels are known.
        """
        if keep_blood and self.supply is None:
            raise PlanError(
                "Plans that keep inflow and outflow can be suggested once portal vein or hepatic "
                "veins are known."
            )
        return suggest(
            self.shapes,
            margin_mm=margin_mm,
            threshold_fraction=threshold_fraction,
            together=together,
            perfused_ml=self._perfused_ml if self.supply is not None else None,
            sought_ml=self._rooted_ml if keep_blood else None,
        )

    def _perfused_ml(self, plan: Plan) -> float:
        return self.measure(plan).counted_ml

    def _rooted_ml(self, plan: Plan) -> float:
        vessels = self.vessels(plan)
        return 0.0 if vessels.rootless else self.measure(plan, vessels=vessels).counted_ml

    @property
    def _index(self) -> VolumeIndex | PlanIndex:
        return self.shapes if "shapes" in self.__dict__ else self.planes


def _same_trees(maps: Mapping[str, PartMap], others: Mapping[str, PartMap]) -> bool:
    """Whether two sets of maps hold the very same trees."""
    one, other = known_trees(maps), known_trees(others)
    return one.keys() == other.keys() and all(one[tree] is other[tree] for tree in one)
