"""What a plan implies, and what became of its secondary endpoints, as plain documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from statistics import NormalDist
from typing import Any

import numpy as np

from liverplan.endpoints.design.multiplicity import gatekeeping
from liverplan.endpoints.design.plan import Design, Secondary
from liverplan.endpoints.design.sequential import bounds
from liverplan.endpoints.design.simulate import Scenario, play
from liverplan.endpoints.design.size import sample_size
from liverplan.endpoints.design.stratified import log_rank_z

TRIALS = 2000
SEED = 20200101
PRIMARY_P = ("overall_survival.by_centre.log_rank.p", "overall_survival.log_rank.p")
"""The primary test is the one within centres, where patients have centres."""


def design_json(design: Design) -> dict[str, Any]:
    """Return the plan, its hash, its sample size by formula and by simulation, and its bounds."""
    planned = {name: value for name, value in asdict(design).items() if name != "sha256"}
    looks = bounds(design.looks, alpha=design.alpha, power=design.power)
    return {
        "sha256": design.sha256,
        "planned": planned,
        "sample_size": asdict(sample_size(design)) | {"method": "Schoenfeld 1983"},
        "simulated": _simulated(design),
        "interim": asdict(looks) | {"spending": "O'Brien-Fleming (Lan-DeMets 1983), two-sided"},
    }


def secondary_json(design: Design, document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every secondary endpoint's p value as estimated and as adjusted."""
    numbers = sorted({one.family for one in design.secondary})
    families = [[one for one in design.secondary if one.family == n] for n in numbers]
    values = [[p_at(document, one.p) for one in family] for family in families]
    tests = (p_at(document, path) for path in PRIMARY_P)
    primary = next((p for p in tests if p is not None), None)
    adjusted = gatekeeping(values, gate=1.0 if primary is None else primary)
    return [
        _one(endpoint, p, after, design.alpha)
        for family, ps, afters in zip(families, values, adjusted, strict=True)
        for endpoint, p, after in zip(family, ps, afters, strict=True)
    ]


def p_at(document: Mapping[str, Any], path: str) -> float | None:
    """Return the number at a dotted path of a document; None where none stands."""
    value: object = document
    for key in path.split("."):
        match value:
            case {**items} if key in items:
                value = items[key]
            case _:
                return None
    match value:
        case float() | int() as number:
            return float(number)
    return None


def _one(endpoint: Secondary, p: float | None, adjusted: float, alpha: float) -> dict[str, Any]:
    return {
        "name": endpoint.name,
        "family": endpoint.family,
        "p": p,
        "p_adjusted": adjusted,
        "found": adjusted <= alpha,
    }


def _simulated(design: Design) -> dict[str, Any]:
    critical = NormalDist().inv_cdf(1 - design.alpha / 2)
    shares, by_centre = {}, len(design.centres) > 1
    for name, ratio in (("power", design.hazard_ratio), ("type_one_error", 1.0)):
        trials = play(design, Scenario.proportional(ratio), trials=TRIALS, seed=SEED)
        z = log_rank_z(trials, by_centre=by_centre)
        shares[name] = float(np.mean(np.abs(z) > critical))
    test = "log-rank in strata by centre" if by_centre else "log-rank"
    return {"trials": TRIALS, "test": test, **shares}
