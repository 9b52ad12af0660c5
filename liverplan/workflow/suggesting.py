"""Plans worth a look: the best of each family at a margin, and remnant against margin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from liverplan import case
from liverplan.errors import CaseError, InputError, PlanError
from liverplan.resection import Cut, Parts, Plan, Plane, Wedge
from liverplan.volumetry import Liver, Suggestion, best_plane, front
from liverplan.volumetry.search.suggest import Suggested, Suggestions, enclosing_ball
from liverplan.volumetry.search.suggest import suggest as search
from liverplan.volumetry.shapes.plan_index import PlanIndex
from liverplan.words import in_english
from liverplan.workflow.progress import Progress, part, tell

FRONT_MARGINS_MM = tuple(float(mm) for mm in range(31))
"""Of planes, which take no time."""

FAMILY_MARGINS_MM = (0.0, 5.0, 10.0, 15.0, 20.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedPlans:
    """The best plane, the best plan of each family, and how remnants fall as the margin grows.

    ``families`` hold the suggestions at each of ``FAMILY_MARGINS_MM`` that any plan reaches,
    ``faults`` by family why `assess` would refuse one, e.g. for an island that it leaves, and
    ``options`` by family how `assess` is asked for it.
    """

    best: Suggestion
    front: tuple[Suggestion, ...]
    suggestions: Suggestions
    families: tuple[Suggestions, ...]
    faults: Mapping[str, tuple[str, ...]]
    options: Mapping[str, str]
    threshold_fraction: float

    def to_json(self) -> dict[str, Any]:
        """Return a plain document: mm, mL and fractions; the plane stands at the top."""
        return {
            "schema": "liverplan.suggestion/1",
            **_suggestion_json(self.best),
            "front": [_suggestion_json(point) for point in self.front],
            "threshold_fraction": self.threshold_fraction,
            "best": [
                {
                    **_suggested_json(plan),
                    "options": self.options[plan.family],
                    "faults": list(self.faults[plan.family]),
                }
                for plan in self.suggestions.best
            ],
            "family_fronts": self._fronts(),
            "sentence": in_english(self.suggestions.says),
            "caveat": in_english(self.suggestions.caveat),
        }

    def in_words(self) -> str:
        """Return the suggestion as lines, each plan with the option that `assess` takes it by."""
        rows = [
            " ".join([_line(plan, self.options[plan.family]), *self.faults[plan.family]])
            for plan in self.suggestions.best
        ]
        fronts = [_front_line(family, points) for family, points in self._fronts().items()]
        return "\n".join(
            [
                in_english(self.suggestions.says),
                *rows,
                "Remnant against margin:",
                *fronts,
                in_english(self.suggestions.caveat),
            ]
        )

    def _fronts(self) -> dict[str, list[dict[str, float]]]:
        """Return, for each family, what it leaves at each margin."""
        found: dict[str, list[dict[str, float]]] = {}
        for at in self.families:
            for plan in at.best:
                found.setdefault(plan.family, []).append(
                    {
                        "margin_mm": at.margin_mm,
                        "remnant_ml": plan.remnant_ml,
                        "remnant_fraction": plan.remnant_fraction,
                    }
                )
        return found


def suggest(
    folder: Path,
    margin_mm: float,
    *,
    keep_blood: bool = False,
    progress: Progress | None = None,
) -> SuggestedPlans:
    """Find plans that remove every metastasis with a margin and leave the most.

    ``keep_blood``: the most that keeps its inflow and its outflow.

    Raises
    ------
    CaseError, PlanError
        If the case has no masks or no metastases, or no plan does it; or blood is to be kept and no
        vessels are known.
    """
    if not 0 <= margin_mm <= 100:
        raise InputError(f"A margin of {margin_mm:g} mm is not between 0 and 100 mm.")
    state = case.open_case(folder).state
    if state.segmentation is None:
        raise CaseError(f"The case {folder} holds no masks yet, so no plan can be suggested.")
    if not state.segmentation.lesion_labels:
        raise PlanError("A cut can only be proposed for a liver with at least one lesion.")
    liver = Liver(segmentation=state.segmentation, maps=state.maps)
    index = liver.shapes
    threshold = state.record.rules.threshold_fraction
    tell(progress, 0.0, "Searching plans of every family")
    found = liver.suggest(margin_mm=margin_mm, threshold_fraction=threshold, keep_blood=keep_blood)
    tell(progress, 0.4, "Searching planes")
    best = best_plane(index.planes, margin_mm)  # without regard to vessels, as the front is
    plane_front = front(index.planes, FRONT_MARGINS_MM)
    families = _at_margins(index, FAMILY_MARGINS_MM, threshold, part(progress, 0.5, 1.0))
    return SuggestedPlans(
        best=best,
        front=plane_front,
        suggestions=found,
        faults={
            plan.family: tuple(in_english(fault.says) for fault in liver.faults(plan.plan))
            for plan in found.best
        },
        options={plan.family: _options(index, plan.plan, margin_mm) for plan in found.best},
        families=families,
        threshold_fraction=threshold,
    )


def _at_margins(
    index: PlanIndex,
    margins_mm: Sequence[float],
    threshold_fraction: float,
    progress: Progress | None,
) -> tuple[Suggestions, ...]:
    found = []
    for number, margin in enumerate(margins_mm):
        tell(progress, number / len(margins_mm), f"Searching at {margin:g} mm")
        with suppress(PlanError):  # nothing stays at that margin: the front ends before it
            at = search(
                index, margin_mm=margin, threshold_fraction=threshold_fraction, together=False
            )
            found.append(at)
    return tuple(found)


def _suggestion_json(suggestion: Suggestion) -> dict[str, Any]:
    return {
        "margin_mm": suggestion.margin_mm,
        "plane": {
            "point_mm": suggestion.plane.point_mm.tolist(),
            "normal": suggestion.plane.normal.tolist(),
        },
        "remnant_ml": suggestion.remnant_ml,
        "remnant_fraction": suggestion.remnant_fraction,
    }


def _suggested_json(plan: Suggested) -> dict[str, Any]:
    return {
        "family": plan.family,
        "plan": plan.plan.to_json(),
        "remnant_ml": plan.remnant_ml,
        "remnant_fraction": plan.remnant_fraction,
        "perfused_remnant_ml": plan.perfused_ml,
        "margin_mm": plan.margin_mm,
    }


def _line(plan: Suggested, options: str) -> str:
    share = f"{100 * plan.remnant_fraction:.1f} %"
    blood = ""
    if plan.perfused_ml is not None:
        counted = f"{100 * plan.counted_fraction:.1f} %"
        blood = f"of which {plan.perfused_ml:.1f} mL, {counted}, keep their blood, "
    return (
        f"{plan.family}: remnant {plan.remnant_ml:.1f} mL, {share} of the functional liver, {blood}"
        f"margin {plan.margin_mm:.1f} mm. {options}"
    )


def _options(index: PlanIndex, plan: Plan, margin_mm: float) -> str:
    """Return the options by which `assess` takes a plan."""
    return " ".join(_option(index, cut, margin_mm) for cut in plan.cuts)


def _option(index: PlanIndex, cut: Cut, margin_mm: float) -> str:
    match cut:
        case Plane():
            numbers = ",".join(f"{x:.3f}" for x in (*cut.point_mm, *cut.normal))
            return f"--plane {numbers}"
        case Parts():
            return f"--resection {','.join(cut.names)}"
        case Wedge():
            centres = [enclosing_ball(lesion, index)[0] for lesion in index.lesions]
            off = [float(np.linalg.norm(centre - cut.tip_mm)) for centre in centres]
            return f"--wedge {index.lesions[int(np.argmin(off))].label}:{margin_mm:g}"
        case _:
            raise PlanError("Only planes, wedges and segments are suggested.")


def _front_line(family: str, points: Sequence[dict[str, float]]) -> str:
    shares = [f"{100 * p['remnant_fraction']:.1f} % at {p['margin_mm']:g} mm" for p in points]
    return f"  {family}: {', '.join(shares)}"
