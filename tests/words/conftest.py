"""Findings of one plan, for its verdict."""

import pytest

from liverplan.findings import (
    Findings,
    PlaneFinding,
    RemnantFraction,
    SeriesSummary,
    Uncertainty,
    Volumes,
)


@pytest.fixture(scope="session")
def findings():
    return Findings(
        series=SeriesSummary(uid="1.2.840.99", shape=(40, 50, 60), spacing_mm=(4.0, 3.0, 3.0)),
        volumes=Volumes(
            liver_ml=1489.44,
            tumour_ml=111.4,
            functional_ml=1378.04,
            remnant_ml=567.7,
            resected_ml=810.34,
        ),
        remnant_fraction=RemnantFraction(of_functional=0.412, of_liver=0.381),
        uncertainty=Uncertainty(interval_95=(0.386, 0.438), probability_above_threshold=0.9999),
        threshold_fraction=0.30,
        margin_mm=None,
        lesions=(),
        criteria=(),
        eligibility="undecided",
        planes=(PlaneFinding(point_mm=(0.0, 0.0, 0.0), normal=(1.0, 0.0, 0.0)),),
    )
