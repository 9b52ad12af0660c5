"""Proportional hazards, restricted means, follow-up, centres, late entry: equal to R to 1e-6."""

import csv
import importlib.util
import math
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("lifelines", reason="lifelines is missing: pip install liverplan[test]")

from liverplan import endpoints as e
from liverplan.endpoints.progression import incidence_of

HERE = Path(__file__).parent
SETS = ("larynx", "leukaemia", "lung", "rossi")


def load_textbook():
    spec = importlib.util.spec_from_file_location("textbook", HERE / "textbook.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TABLES = load_textbook().textbook_sets()


def stored(name):
    with (HERE / "comparison_reference.csv").open(newline="") as file:
        return {
            (row["result"], row["name"], row["place"]): float(row["value"].replace("NA", "nan"))
            for row in csv.DictReader(file)
            if row["dataset"] == name
        }


def numbered(result, name, values):
    return {(result, name, str(n)): value for n, value in enumerate(values, 1)}


def of_arm(arm, own, late, until):
    """An arm's rows, as the R script prints them."""
    times, events = own
    curve = e.kaplan_meier(times, events)
    mean, at = e.restricted_mean(curve, until), e.survival_at(curve, until / 2)
    entered = e.kaplan_meier(times, events, entries=late)
    followed = e.kaplan_meier(times, 1 - events)
    places = [until * n / 5 for n in range(1, 5)]
    return {
        ("mean", arm, ""): mean.value,
        ("mean_error", arm, ""): mean.standard_error,
        ("at", arm, ""): at.value,
        ("at_error", arm, ""): at.standard_error,
        **numbered("at_risk", arm, map(curve.at_risk_at, places)),
        **numbered("follow_up", arm, (followed.median, *followed.median_95)),
        **numbered("late_survival", arm, entered.survival),
        **numbered("late_lower", arm, entered.lower),
        **numbered("late_at_risk", arm, map(entered.at_risk_at, entered.times)),
    }


def of_models(own, columns, late, centres):
    """The models' rows, as the R script prints them."""
    found = {}
    for kind, within in (
        ("", {}),
        ("centre_", {"strata": centres}),
        ("late_", {"entries": late}),
        ("late_centre_", {"entries": late, "strata": centres}),
    ):
        model = e.cox(*own, columns, **within)
        tested = e.proportional_hazards(*own, columns, **within)
        for term, test in zip(model.terms, tested.tests, strict=True):
            found[f"{kind}coefficient", term.name, ""] = term.coefficient
            found[f"{kind}error", term.name, ""] = term.standard_error
            found[f"{kind}zph", term.name, ""] = test.chi_square
            if not kind:
                found |= numbered("residual", term.name, np.sort(test.residuals))
        found[f"{kind}concordance", "", ""] = model.concordance
        found[f"{kind}zph", "GLOBAL", ""] = tested.chi_square
    return found


def ours(name):
    table = TABLES[name]
    own, arms = (table["time"].to_numpy(), table["event"].to_numpy()), table["arm"].to_numpy()
    numbers = np.arange(1, len(arms) + 1)
    late = np.where(numbers % 3 == 0, 0.3 * own[0], 0)
    centres = [str(number % 4) for number in numbers]
    until = min(own[0][arms == arm].max() for arm in set(arms))
    found = {}
    for arm in sorted(set(arms)):
        mine = arms == arm
        found |= of_arm(str(arm), (own[0][mine], own[1][mine]), late[mine], until)
    of_cause = incidence_of(own[0], own[1] * (1 + numbers % 2))
    found |= numbered("incidence", "", of_cause.incidence[0])
    found |= numbered("incidence_upper", "", of_cause.upper[0])
    test = e.log_rank(*own, list(arms), strata=centres)
    found["log_rank_centre", "", ""] = test.chi_square
    columns = {c: table[c].to_numpy() for c in table.columns if c not in ("time", "event", "arm")}
    return found | of_models(own, columns, late, centres)


@pytest.mark.parametrize("name", SETS)
def test_equal_to_the_stored_output_of_r(name):
    theirs, found = stored(name), ours(name)
    assert theirs.keys() == found.keys()
    for place, value in theirs.items():
        mine = math.nan if found[place] is None else found[place]
        assert mine == pytest.approx(value, rel=1e-6, abs=1e-6, nan_ok=True), place
