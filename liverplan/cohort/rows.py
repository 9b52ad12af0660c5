"""Findings as one row of a table: plain values, mL, mm and fractions, nothing rounded."""

from __future__ import annotations

from typing import Any

from liverplan.findings import Findings
from liverplan.words import fates, in_english, spoken

STATE = "_state"
"""Ending of the column that holds a criterion's state."""

OPEN = ("missing", "needs judgement")


def row_of(findings: Findings) -> dict[str, Any]:
    """Flatten findings; criteria become columns such as ``flr_state``."""
    volumes, remnant, doubt = findings.volumes, findings.remnant_fraction, findings.uncertainty
    planned, vessels = findings.planned, findings.vessels
    low, high = doubt.interval_95
    return {
        "fates": spoken(fates(findings), "en"),
        "eligibility": findings.eligibility,
        "plan_faults": " ".join(in_english(fault.says) for fault in findings.faults),
        "open_items": "; ".join(c.title for c in findings.criteria if c.state in OPEN),
        "remnant_fraction": remnant.deciding_fraction if planned else None,
        "interval_95_low": low if planned else None,
        "interval_95_high": high if planned else None,
        "probability_above_threshold": doubt.probability_above_threshold if planned else None,
        "threshold_fraction": findings.threshold_fraction,
        "flip_mm": doubt.flip_mm,
        "deciding": remnant.deciding,
        "of_functional": remnant.of_functional if planned else None,
        "of_liver": remnant.of_liver if planned else None,
        "of_estimated": remnant.of_estimated if planned else None,
        "by_volume_fraction": remnant.by_volume if planned else None,
        "formula": remnant.formula,
        **_beside(findings),
        "liver_ml": volumes.liver_ml,
        "tumour_ml": volumes.tumour_ml,
        "functional_ml": volumes.functional_ml,
        "remnant_ml": volumes.remnant_ml if planned else None,
        "perfused_remnant_ml": volumes.perfused_ml if planned else None,
        "kept_vessels": "; ".join(f"{one.tree} {one.name}" for one in vessels.counted_as_kept),
        "kept_by_word_ml": vessels.by_word_ml if planned and vessels.trees else None,
        "resected_ml": volumes.resected_ml if planned else None,
        "margin_mm": findings.margin_mm,
        "metastasis_count": len(findings.lesions),
        "longest_mm": max((lesion.long_axis_mm for lesion in findings.lesions), default=None),
        "series_uid": findings.series.uid,
        "study_date": findings.series.study_date,
        "protocol": findings.protocol,
        "software": findings.software,
        "notes": " ".join(map(in_english, findings.notes)),
        **{f"{c.id}{STATE}": c.state for c in findings.criteria},
    }


def _beside(findings: Findings) -> dict[str, Any]:
    """Return what surgeons read beside the remnant, and which checks of the CT are in doubt."""
    reserve = findings.reserve
    low, high = reserve.standardised_95 or (None, None)
    doubted = [check.id for check in findings.checks if check.state == "needs judgement"]
    return {
        "per_weight_fraction": reserve.per_weight_fraction,
        "per_surface_ml_m2": reserve.per_surface_ml_m2,
        "standardised_low": low,
        "standardised_high": high,
        "parenchyma": reserve.parenchyma or "",
        "albi_score": reserve.albi,
        "doubted_checks": "; ".join(doubted),
    }
