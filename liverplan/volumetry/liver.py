"""The front door: a liver, and what any plan does to it.

Plans of planes only have the quickest and finest answer; any others are measured as shapes. Which,
is chosen here; each index is made when it is first needed and kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

from liverplan.findings import CutFinding, Fate, Fault, Margin, Uncertainty, Volumes
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.cuts import Cut
from liverplan.resection.plan import Plan
from liverplan.segmentation.labels import Segmentation
from liverplan.volumetry.fates import fates
from liverplan.volumetry.faults import plan_faults
from liverplan.volumetry.planes.index import VolumeIndex
from liverplan.volumetry.planes.remnant import lesion_margins, measure
from liverplan.volumetry.search.suggest import Suggestions, suggest
from liverplan.volumetry.shapes.margins import plan_margins
from liverplan.volumetry.shapes.plan_index import PlanIndex, measure_plan
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

    def on(self, maps: Mapping[str, PartMap]) -> Self:
        """Return the same liver with other maps; what was made of its masks is kept."""
        other = type(self)(segmentation=self.segmentation, maps=dict(maps))
        if "planes" in self.__dict__:
            other.__dict__["planes"] = self.planes
        if "shapes" in self.__dict__:
            other.__dict__["shapes"] = self.shapes.on(maps)
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
        return other

    @property
    def liver_ml(self) -> float:
        """The whole organ with its tumours, mL."""
        return self._index.liver_ml

    @property
    def functional_ml(self) -> float:
        """The liver without any tumour, mL."""
        return self._index.functional_ml

    def measure(self, plan: Plan) -> Volumes:
        """Measure what stays and what goes; it answers in spite of any fault.

        Raises
        ------
        PlanError
            If the plan names parts of a map that is not at hand.
        """
        if plan.is_flat:
            return measure(self.planes, plan.planes)
        return measure_plan(self.shapes, plan)

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
        """
        if plan.is_flat:
            return estimate(
                self.segmentation,
                plan.planes,
                threshold_fraction=threshold_fraction,
                denominator_ml=denominator_ml,
                index=self.planes,
            )
        return estimate_plan(
            self.shapes, plan, threshold_fraction=threshold_fraction, denominator_ml=denominator_ml
        )

    def suggest(
        self, *, margin_mm: float, threshold_fraction: float, together: bool = True
    ) -> Suggestions:
        """Search each family of plans for the one that leaves most at a margin."""
        return suggest(
            self.shapes,
            margin_mm=margin_mm,
            threshold_fraction=threshold_fraction,
            together=together,
        )

    @property
    def _index(self) -> VolumeIndex | PlanIndex:
        return self.shapes if "shapes" in self.__dict__ else self.planes
