"""The trial's endpoints over a cohort: survival, its predictors, and quality of life.

Curves, log-rank tests, Cox, Firth's and mixed models are fitted here, since interims need late
entry, strata and likelihoods without a top, and what is missing is imputed as fits them. They equal
R's: tests/endpoints, and ``python -m tests.benchmarks.endpoints_peer`` and ``endpoints_models`` for
what was compared how closely. Times are in whatever unit the caller uses and come back in it. The
protocol's public text names neither the time origin nor the rule for progression nor the
questionnaire: `overall_survival` and `progression_free_survival` take dates and say what they
assume, `score_qlq_c30` scores the QLQ-C30, and `NEEDS` lists what each result asks of the cohort's
table.
"""

from collections.abc import Mapping
from types import MappingProxyType

from liverplan.endpoints.comparison import Comparison, Ratios, compare
from liverplan.endpoints.curves import Curve, kaplan_meier, risk_months
from liverplan.endpoints.drawn import survival_figure
from liverplan.endpoints.factors import predict_survival, read_factors
from liverplan.endpoints.followup import (
    DAYS_PER_MONTH,
    FollowUp,
    overall_survival,
    progression_free_survival,
)
from liverplan.endpoints.hazards import HazardTest, ProportionalHazards
from liverplan.endpoints.imputation import Pooled, imputed, pool
from liverplan.endpoints.lmc21 import score_qlq_lmc21
from liverplan.endpoints.mixed import mixed_model
from liverplan.endpoints.models import (
    Cox,
    Term,
    cox,
    events_needed,
    predictive_factors,
    proportional_hazards,
)
from liverplan.endpoints.outcomes import Outcome, read_outcomes
from liverplan.endpoints.over_time import deterioration, quality_over_time
from liverplan.endpoints.prediction import Concordance, concordance, predicted_survival
from liverplan.endpoints.quality_of_life import QLQ_C30, Scale, score_qlq_c30
from liverplan.endpoints.ranks import LogRank, log_rank
from liverplan.endpoints.restricted import (
    AtTime,
    Difference,
    Estimate,
    means_until,
    restricted_mean,
    survival_at,
    survivals_at,
)
from liverplan.endpoints.safety import Safety, exact_limits, read_safety, safety_by_arm
from liverplan.endpoints.trial import TrialEndpoints, trial_endpoints
from liverplan.endpoints.visits import Visit, read_visits

NEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "overall survival": ("origin_date", "death_date or last_seen_date", "arm"),
        "three-year survival": ("origin_date", "death_date or last_seen_date", "arm"),
        "median survival": ("origin_date", "death_date or last_seen_date", "arm"),
        "progression-free survival": (
            "origin_date",
            "progression_date",
            "death_date",
            "last_assessed_date",
            "arm",
        ),
        "quality of life": ("visit_date", "30 items of the QLQ-C30, 1-4 and 1-7", "arm"),
        "tests and hazard ratios within centres": ("overall survival", "centre"),
        "late entry": ("origin_date", "entry_date"),
        "follow-up": ("origin_date", "last_seen_date"),
        "progression by the design's rule": ("progression-free survival", "assessments", "design"),
        "safety": ("arm", "clavien_dindo", "isgls_grade", "liver_resection_date"),
        "populations": ("everybody assessed", "treated_arm", "crossover_date", "deviation"),
        "predictive factors": ("overall survival", "remnant_fraction", "metastasis_count", "age"),
    }
)
"""What must be known of every patient for each result."""

__all__ = [
    "DAYS_PER_MONTH",
    "NEEDS",
    "QLQ_C30",
    "AtTime",
    "Comparison",
    "Concordance",
    "Cox",
    "Curve",
    "Difference",
    "Estimate",
    "FollowUp",
    "HazardTest",
    "LogRank",
    "Outcome",
    "Pooled",
    "ProportionalHazards",
    "Ratios",
    "Safety",
    "Scale",
    "Term",
    "TrialEndpoints",
    "Visit",
    "compare",
    "concordance",
    "cox",
    "deterioration",
    "events_needed",
    "exact_limits",
    "imputed",
    "kaplan_meier",
    "log_rank",
    "means_until",
    "mixed_model",
    "overall_survival",
    "pool",
    "predict_survival",
    "predicted_survival",
    "predictive_factors",
    "progression_free_survival",
    "proportional_hazards",
    "quality_over_time",
    "read_factors",
    "read_outcomes",
    "read_safety",
    "read_visits",
    "restricted_mean",
    "risk_months",
    "safety_by_arm",
    "score_qlq_c30",
    "score_qlq_lmc21",
    "survival_at",
    "survival_figure",
    "survivals_at",
    "trial_endpoints",
]
