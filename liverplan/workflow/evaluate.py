"""From labels and cuts to findings: measure, doubt, judge."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from liverplan import __version__
from liverplan.eligibility import Judgement, Measured, Patient, Protocol, judge
from liverplan.eligibility.images import Images
from liverplan.eligibility.recist import Response
from liverplan.errors import SegmentationError
from liverplan.findings import (
    Denominator,
    Eligibility,
    Fate,
    Fault,
    Findings,
    LesionFinding,
    LesionState,
    Margin,
    RemnantFraction,
    Reserve,
    SeriesSummary,
    Statement,
    Uncertainty,
    Vessels,
    Volumes,
)
from liverplan.resection import Plan
from liverplan.resection.anatomy.lesion_places import segments_of_lesion
from liverplan.segmentation import Provenance, Segmentation, axes_of
from liverplan.segmentation.boxes import voxels_of
from liverplan.segmentation.labels import LIVER
from liverplan.volumetry import Liver
from liverplan.volumetry.formulas import DEFAULT_FORMULA, estimated_liver_ml, volume_warnings
from liverplan.workflow.identity import images_of, measurement, plan_mark
from liverplan.workflow.measuring import notes_on, plane_findings, require_maps, segments_of
from liverplan.workflow.published import published_errors
from liverplan.workflow.reserve import reserve_of
from liverplan.workflow.supplied import supply_notes

MEASURABLE_MM = 10.0
"""RECIST 1.1: a lesion is measurable from this long axis on (Eur J Cancer 2009;45:228)."""


def evaluate(  # noqa: PLR0913 - one argument for each thing that a verdict rests on
    liver: Liver,
    plan: Plan,
    *,
    series: SeriesSummary,
    patient: Patient,
    protocol: Protocol,
    notes: Sequence[Statement] = (),
    response: Response | None = None,
    biopsied: Collection[int] = (),
    images: Images | None = None,
) -> Findings:
    """Measure one plan and hold it against a protocol.

    Parameters
    ----------
    liver : Liver
        Liver and metastases, and the maps that the plan's parts lie on.
    plan : Plan
        The cuts; what none of them removes stays. Without any, nothing is cut.
    series : SeriesSummary
        The CT they lie on.
    patient, protocol : Patient, Protocol
        What is attested, and what is asked.
    notes : sequence of Statement
        What the reader must be told about the masks.
    response : Response or None
        Between CTs, as a person confirmed it; None: as the patient's facts say.
    biopsied : collection of int
        Label values of the metastases that were biopsied.
    images : Images or None
        What the CT's headers say of its day and of whose it is; None: the series alone.

    Raises
    ------
    SegmentationError
        If there is no liver, or all of it is tumour.
    PlanError
        If the plan names parts of a map that is not at hand. Whatever else makes no sense stands
        among the findings' faults, and then the plan is not eligible.
    """
    _require_measurable(liver, plan)
    vessels = liver.vessels(plan) if plan.cuts else Vessels()
    volumes = liver.measure(plan, vessels=vessels)
    fraction = remnant_fraction(volumes, patient, protocol)
    faults = liver.faults(plan) if plan.cuts else ()
    uncertainty = _uncertainty(liver, plan, fraction, protocol, _deciding_ml(volumes, fraction))
    lesions, planned = _lesions(liver, plan, biopsied), bool(plan.cuts)
    measured = _measured(liver, volumes, fraction, uncertainty, lesions, planned=planned)
    mark, images = plan_mark(series, plan) if planned else "", images or images_of(series)
    measured = replace(measured, response=response, plan=mark, images=images)
    judgement = judge(protocol, patient, measured)
    reserve = reserve_of(volumes, fraction, uncertainty, patient, judgement.facts)
    cuts = liver.cuts(plan)
    warnings = _warnings(volumes, fraction, lesions, vessels, protocol, planned=planned)
    return Findings(
        series=series,
        volumes=volumes,
        remnant_fraction=fraction,
        uncertainty=uncertainty,
        threshold_fraction=protocol.threshold_fraction,
        margin_mm=_smallest_margin(lesions),
        lesions=lesions,
        criteria=judgement.criteria,
        eligibility=_eligibility(judgement, faults),
        planes=plane_findings(plan),
        plan=plan.name,
        cuts=cuts,
        segments=segments_of(liver),
        notes=(*notes, *warnings, *notes_on(liver, plan), *judgement.reasons),
        faults=faults,
        checks=judgement.checks,
        facts=judgement.facts,
        plan_mark=mark,
        reserve=reserve if planned else Reserve(),
        published_errors=published_errors(volumes, cuts) if planned else (),
        vessels=vessels,
        protocol=protocol.name,
        software=f"liverplan {__version__}",
        measurement=measurement(),
    )


def _require_measurable(liver: Liver, plan: Plan) -> None:
    if liver.liver_ml <= 0:
        raise SegmentationError("The liver mask is empty, so nothing can be measured.")
    if liver.functional_ml <= 0:
        raise SegmentationError(
            "All of the liver mask is metastasis: there is no functional liver."
        )
    require_maps(liver, plan)


def remnant_fraction(remnant: Volumes, patient: Patient, protocol: Protocol) -> RemnantFraction:
    """Return the remnant over each denominator; the estimate needs height and weight.

    Where vessels are known, what counts is the tissue that keeps its inflow and its outflow.
    """
    estimated = None
    if patient.height_cm is not None and patient.weight_kg is not None:
        estimated = estimated_liver_ml(height_cm=patient.height_cm, weight_kg=patient.weight_kg)
    counted_ml, known = remnant.counted_ml, remnant.perfused_ml
    deciding = protocol.remnant_criterion.denominator
    divisors: dict[Denominator, float | None] = {
        "of_functional": remnant.functional_ml,
        "of_liver": remnant.liver_ml,
        "of_estimated": estimated,
    }
    below = divisors[deciding]
    return RemnantFraction(
        of_functional=counted_ml / remnant.functional_ml,
        of_liver=counted_ml / remnant.liver_ml,
        of_estimated=None if estimated is None else counted_ml / estimated,
        deciding=deciding,
        formula="" if estimated is None else DEFAULT_FORMULA,
        estimated_liver_ml=estimated,
        by_volume=None if known is None or below is None else remnant.remnant_ml / below,
    )


def _uncertainty(
    liver: Liver,
    plan: Plan,
    fraction: RemnantFraction,
    protocol: Protocol,
    deciding_ml: float | None,
) -> Uncertainty:
    line = protocol.threshold_fraction
    found = liver.uncertainty(plan, threshold_fraction=line, denominator_ml=deciding_ml)
    return found.holding(fraction.deciding_fraction)


def _deciding_ml(remnant: Volumes, fraction: RemnantFraction) -> float | None:
    """Return the deciding denominator where it is a fixed number, None for the functional liver."""
    if fraction.deciding == "of_estimated":
        return fraction.estimated_liver_ml
    return remnant.liver_ml if fraction.deciding == "of_liver" else None


def _eligibility(judgement: Judgement, faults: Sequence[Fault]) -> Eligibility:
    """Return the verdict; a plan that makes no sense is never eligible."""
    if faults and judgement.eligibility == "eligible":
        return "undecided"
    return judgement.eligibility


def lesion_state(made: Provenance | None, *, biopsied: bool) -> LesionState:
    """How far a metastasis has come: found or given, confirmed by a person, biopsied."""
    if biopsied:
        return "biopsied"
    if made is not None and made.accepted:
        return "confirmed"
    return "given" if made is not None and made.origin == "given" else "found by machine"


def _lesions(liver: Liver, plan: Plan, biopsied: Collection[int]) -> tuple[LesionFinding, ...]:
    margins = liver.margins(plan)
    fates = liver.fates(plan, margins)
    return tuple(
        _lesion(liver, margin, fate, biopsied) for margin, fate in zip(margins, fates, strict=True)
    )


def _lesion(liver: Liver, margin: Margin, fate: Fate, biopsied: Collection[int]) -> LesionFinding:
    segmentation = liver.segmentation
    mask = segmentation.lesion(margin.label)
    axes = axes_of(mask, segmentation.grid)
    x, y, z = segmentation.grid.to_mm(voxels_of(mask).mean(axis=0))
    made = segmentation.provenance.get(margin.label)
    return LesionFinding(
        label=margin.label,
        volume_ml=segmentation.volume_ml(margin.label),
        long_axis_mm=axes.long_mm,
        short_axis_mm=axes.short_mm,
        centroid_mm=(float(x), float(y), float(z)),
        margin_mm=margin.margin_mm,
        in_remnant=margin.in_remnant,
        fate=fate,
        stays_ml=margin.stays_ml,
        state=lesion_state(made, biopsied=margin.label in biopsied),
        segments=segments_of_lesion(liver.maps, mask),
        vessels=liver.near_vessels[margin.label],
    )


def _unaccepted(segmentation: Segmentation) -> tuple[int, ...]:
    """Label values of the masks that no person stands behind."""
    labels = (LIVER, *segmentation.lesion_labels)
    made = {label: segmentation.provenance.get(label) for label in labels}
    return tuple(label for label, by in made.items() if by is None or not by.accepted)


def _measured(
    liver: Liver,
    remnant: Volumes,
    fraction: RemnantFraction,
    uncertainty: Uncertainty,
    lesions: Sequence[LesionFinding],
    *,
    planned: bool,
) -> Measured:
    known = fraction.deciding_fraction is not None
    return Measured(
        remnant_ml=remnant.counted_ml if planned else None,
        functional_ml=remnant.functional_ml,
        liver_ml=remnant.liver_ml,
        estimated_liver_ml=fraction.estimated_liver_ml,
        formula=fraction.formula,
        interval_95=uncertainty.interval_95 if planned and known else None,
        lesion_count=len(lesions) or None,
        lesion_lengths_mm=tuple(lesion.long_axis_mm for lesion in lesions),
        lesions_below_10_mm=sum(lesion.long_axis_mm < MEASURABLE_MM for lesion in lesions),
        lesions_in_remnant=sum(lesion.fate == "left" for lesion in lesions) if planned else 0,
        lesions_cut_through=sum(lesion.fate == "cut through" for lesion in lesions),
        unaccepted=_unaccepted(liver.segmentation),
    )


def _smallest_margin(lesions: Sequence[LesionFinding]) -> float | None:
    """Return the smallest margin of the lesions that are not left, negative if one is cut."""
    margins = [lesion.margin_mm for lesion in lesions if lesion.fate != "left"]
    return min((margin for margin in margins if margin is not None), default=None)


def _warnings(
    remnant: Volumes,
    fraction: RemnantFraction,
    lesions: Sequence[LesionFinding],
    vessels: Vessels,
    protocol: Protocol,
    *,
    planned: bool,
) -> list[Statement]:
    notes = list(
        volume_warnings(
            liver_ml=remnant.liver_ml,
            tumour_ml=remnant.tumour_ml,
            estimated_ml=fraction.estimated_liver_ml,
            remnant_ml=remnant.remnant_ml,
            resected_ml=remnant.resected_ml,
        )
    )
    notes += [said for lesion in lesions for said in lesion.place]
    for lesion in lesions if planned else ():
        number = lesion.label - LIVER
        if lesion.fate == "cut through":
            notes.append(Statement.of("note.lesion_cut", number=number))
        elif lesion.fate == "left":
            key = "note.lesion_left" if lesion.left_wholly else "note.lesion_left_in_part"
            notes.append(Statement.of(key, number=number, ml=lesion.stays_ml))
    notes.extend(supply_notes(remnant, fraction, vessels, protocol.threshold_fraction))
    return notes
