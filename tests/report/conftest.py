"""A small liver with one metastasis and one cut, and findings to report."""

from datetime import UTC, datetime

import numpy as np
import pytest

from liverplan.findings import (
    Contribution,
    CriterionFinding,
    Findings,
    Interval,
    LesionFinding,
    Narrowing,
    PlaneFinding,
    PublishedError,
    RemnantFraction,
    SeriesSummary,
    Uncertainty,
    Volumes,
    told,
)
from liverplan.report import ReportInput
from liverplan.resection import Plan, Plane
from liverplan.segmentation import Provenance, Segmentation
from liverplan.volume import Grid, Volume


@pytest.fixture(scope="session")
def findings():
    return Findings(
        series=SeriesSummary(
            uid="1.2.840.99", shape=(40, 50, 60), spacing_mm=(4.0, 3.0, 3.0),
            description="Portal venous", study_date="2021-03-04",
        ),
        volumes=Volumes(
            liver_ml=1489.44, tumour_ml=111.4, functional_ml=1378.04,
            remnant_ml=567.7, resected_ml=810.34,
        ),
        remnant_fraction=RemnantFraction(
            of_functional=0.412, of_liver=0.381, of_estimated=0.30007,
            formula="Vauthey 2002", estimated_liver_ml=1475.5,
        ),
        uncertainty=Uncertainty(
            interval_95=(0.386, 0.438), probability_above_threshold=0.9999, flip_mm=-8.31,
            contributions=(
                Contribution(
                    name="cut", sd=3.0, unit="mm", fraction_sd=0.012, source="S1",
                    share=0.85, share_as_drawn=0.0,
                ),
            ),
            as_drawn=Interval(lower_95=0.402, upper_95=0.422, probability_above_threshold=1.0),
            narrowing=(
                Narrowing(remedy="liver_near_cut", half_width_now=0.0101, half_width_then=0.004),
            ),
        ),
        threshold_fraction=0.30,
        margin_mm=12.34,
        lesions=(
            LesionFinding(
                label=2, volume_ml=14.14, long_axis_mm=30.26, short_axis_mm=28.0,
                centroid_mm=(1.0, 2.0, 3.0), margin_mm=12.34, in_remnant=False,
                fate="removed", stays_ml=0.0,
            ),
        ),
        criteria=(
            CriterionFinding(
                id="consent", state="missing", finding=told("No consent is attested."),
                title="Signed consent", source="NCT04079049", ambiguity="Before measuring?",
            ),
            CriterionFinding(
                id="ecog", state="met", finding=told("ECOG 1."), value=1, attested_by="Dr Bo Ek"
            ),
            CriterionFinding(id="age", state="not met", finding=told("17 years.")),
            CriterionFinding(
                id="flr", state="needs judgement", finding=told("Too close."), value=0.3
            ),
        ),
        eligibility="not eligible",
        planes=(PlaneFinding(point_mm=(0.0, 0.0, 0.0), normal=(1.0, 0.0, 0.0)),),
        notes=(told("Nobody has confirmed the liver mask."),),
        protocol="BreCLIM-2",
        software="liverplan 9.9",
        published_errors=(
            PublishedError(
                resected="hemihepatectomy", median_fraction=0.07, operations=29,
                source="Ariizumi", remnant_fraction=0.0412, applies=True,
            ),
        ),
    )  # fmt: skip


@pytest.fixture(scope="session")
def liver():
    """(volume, segmentation, middle): an ellipsoid of 80 x 60 x 60 mm half axes, one metastasis."""
    affine = np.array([[0, 0, 3.0, -88.5], [0, 3.0, 0, -73.5], [4.0, 0, 0, -78], [0, 0, 0, 1.0]])
    grid = Grid(shape=(40, 50, 60), affine=affine)
    points = grid.to_mm(np.moveaxis(np.indices(grid.shape), 0, -1))
    inside = ((points / (80, 60, 60)) ** 2).sum(axis=-1) < 1
    lesion = np.linalg.norm(points - (-30, 0, 0), axis=-1) < 15
    provenance = {
        1: Provenance(method="threshold", version="1", origin="automatic"),
        2: Provenance(
            method="click", version="1", origin="clicks", edits=1, accepted_by="Dr Bo Ek"
        ),
    }
    segmentation = Segmentation.from_masks(grid, inside, [lesion], provenance)
    hu = np.where(inside, 110, -50).astype(np.int16)
    return Volume(grid=grid, hu=hu), segmentation


@pytest.fixture(scope="session")
def request_(liver, findings):
    volume, segmentation = liver
    return ReportInput(
        volume=volume,
        segmentation=segmentation,
        plan=Plan(cuts=(Plane(point_mm=(0, 0, 0), normal=(1, 0, 0)),)),
        findings=findings,
        patient={"birth_date": "1970-01-02"},
        hashes={"state": "ab" * 32},
        created=datetime(2026, 11, 22, 18, 0, 0, 123, tzinfo=UTC),
    )
