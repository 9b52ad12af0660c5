"""Findings: the JSON contract, and nothing rounded on the way."""

import json
import math

import pytest

from liverplan.findings import (
    Contribution,
    CriterionFinding,
    Findings,
    LesionFinding,
    PlaneFinding,
    RemnantFraction,
    SeriesSummary,
    Uncertainty,
    Volumes,
)


def findings(**changes):
    values = {
        "series": SeriesSummary(uid="1.2.3", shape=(3, 4, 5), spacing_mm=(1.6, 0.57, 0.57)),
        "volumes": Volumes(
            liver_ml=1489.4, tumour_ml=111.4, functional_ml=1378.0, remnant_ml=620.1,
            resected_ml=757.9,
        ),
        "remnant_fraction": RemnantFraction(of_functional=0.45, of_liver=math.pi / 7),
        "uncertainty": Uncertainty(
            interval_95=(0.431, 0.468),
            probability_above_threshold=1.0,
            flip_mm=12.5,
            contributions=(
                Contribution(name="cut", sd=3.0, unit="mm", fraction_sd=0.01, source="assumption"),
            ),
        ),
        "threshold_fraction": 0.3,
        "margin_mm": 12.3,
        "lesions": (
            LesionFinding(
                label=2, volume_ml=84.4, long_axis_mm=61.2, short_axis_mm=55.0,
                centroid_mm=(0.1, 0.2, 0.3), margin_mm=12.3, in_remnant=False,
            ),
        ),
        "criteria": (CriterionFinding(id="flr", state="met", value=0.45, finding="FLR 45.0 %."),),
        "eligibility": "eligible",
        "planes": (PlaneFinding(point_mm=(1, 2, 3), normal=(0, 0, 1)),),
    }  # fmt: skip
    return Findings(**(values | changes))


CONTRACT = {
    "schema", "series", "volumes_ml", "remnant_fraction", "interval_95",
    "probability_above_threshold", "threshold_fraction", "margin_mm", "lesions", "criteria",
    "eligibility",
}  # fmt: skip


def test_the_document_holds_every_key_of_the_contract():
    document = findings().to_json()
    assert document.keys() >= CONTRACT
    assert set(document["volumes_ml"]) == {"liver", "tumour", "functional", "remnant", "resected"}
    assert set(document["lesions"][0]) >= {
        "label", "volume_ml", "long_axis_mm", "short_axis_mm", "centroid_mm", "margin_mm",
        "in_remnant",
    }  # fmt: skip
    assert document["remnant_fraction"].keys() >= {
        "of_functional", "of_liver", "of_estimated", "deciding",
    }  # fmt: skip


def test_findings_survive_the_way_through_json_to_the_last_digit():
    original = findings()
    assert Findings.from_json(json.loads(json.dumps(original.to_json()))) == original


def test_the_deciding_fraction_is_the_named_one():
    fraction = RemnantFraction(of_functional=0.31, of_liver=0.29, of_estimated=0.33)
    assert fraction.deciding_fraction == 0.31
    other = RemnantFraction(of_functional=0.31, of_liver=0.29, deciding="of_liver")
    assert other.deciding_fraction == 0.29


def test_a_document_of_another_schema_is_refused():
    document = findings().to_json() | {"schema": "liverplan.result/99"}
    with pytest.raises(ValueError, match=r"liverplan\.result/99"):
        Findings.from_json(document)
