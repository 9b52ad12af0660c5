"""The plan of a trial: its file, its size, its interim bounds, its secondary endpoints."""

import hashlib
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from liverplan.endpoints.design import (
    Scenario,
    bounds,
    design_json,
    gatekeeping,
    hazard_ratios,
    holm,
    log_rank_z,
    play,
    read_design,
    sample_size,
    schoenfeld_events,
    secondary_json,
)
from liverplan.endpoints.design.sequential import crossing
from liverplan.errors import InputError

FILE = Path(__file__).with_name("design.toml")

# Reboussin, DeMets, Kim and Lan, Control Clin Trials 2000;21:190; two-sided 0.05, equal steps
PUBLISHED = {
    2: (2.9626, 1.9686),
    3: (3.7103, 2.5114, 1.9930),
    4: (4.3326, 2.9631, 2.3590, 2.0141),
    5: (4.8769, 3.3569, 2.6803, 2.2898, 2.0310),
}


@pytest.fixture(scope="module")
def design():
    return read_design(FILE)


@pytest.mark.parametrize(("ratio", "events"), [(0.50, 66), (0.60, 121), (0.65, 170)])
def test_events_are_schoenfelds(ratio, events):
    assert math.ceil(schoenfeld_events(ratio, alpha=0.05, power=0.8)) == events


def test_unequal_arms_need_more_events_by_the_product_of_their_shares():
    even, uneven = (
        schoenfeld_events(0.6, alpha=0.05, power=0.8, allocation=allocation)
        for allocation in (1.0, 2.0)
    )
    assert uneven / even == pytest.approx((1 / 4) / (2 / 9))


@pytest.mark.parametrize("looks", PUBLISHED)
def test_bounds_are_the_published(looks):
    found = bounds([(n + 1) / looks for n in range(looks)])
    assert found.z == pytest.approx(PUBLISHED[looks], abs=2e-4)
    assert found.spent[-1] == pytest.approx(0.05)


def test_bounds_are_those_of_another_program():
    # SeqBounds.jl's manual: one-sided 0.05
    found = bounds([0.25, 0.5, 0.75, 1.0], alpha=0.10)
    assert found.z == pytest.approx((3.74955, 2.53993, 2.01604, 1.72014), abs=2e-4)


def test_patients_are_within_five_percent_of_lachin_and_foulkes(design):
    # The manual of R's gsSurv (nSurv): 88.7 events of 227.6 patients
    plan = replace(
        design,
        hazard_ratio=0.5,
        reference_median_months=20.0,
        accrual_months=20.0,
        follow_up_months=10.0,
        drop_out_per_year=0.0,
        power=0.9,
    )
    found = sample_size(plan)
    assert found.events_needed == pytest.approx(88.7, rel=0.05)
    assert found.patients_needed == pytest.approx(227.6, rel=0.05)


def test_bounds_spend_alpha_and_keep_power():
    found = bounds([0.5, 0.75, 1.0], power=0.9)
    assert 2 * sum(crossing(found.information, found.z)) == pytest.approx(0.05, abs=1e-9)
    assert found.power[-1] == pytest.approx(0.9)
    assert 1 < found.inflation < 1.05


def test_one_look_is_the_ordinary_test():
    found = bounds([1.0])
    assert found.z[0] == pytest.approx(1.959964, abs=1e-6)
    assert found.inflation == pytest.approx(1, abs=1e-5)


def test_a_look_at_almost_nothing_cannot_stop_the_trial():
    found = bounds([0.01, 1.0])
    assert found.z[0] == 9.0
    assert found.z[1] == pytest.approx(1.959964, abs=1e-4)


def test_holm_steps_from_the_smallest_p_on():
    # 4 x 0.005, 3 x 0.01, 2 x 0.03, and the last no smaller than the one before it
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))


def test_a_family_waits_for_the_one_before_it():
    first, second = gatekeeping([[0.01, 0.04], [0.001]], gate=0.002)
    assert first == pytest.approx((0.02, 0.04))
    assert second == pytest.approx((0.04,))
    assert gatekeeping([[None], [0.001]]) == ((1.0,), (1.0,))


def test_played_trials_have_the_events_and_power_of_the_formula(design):
    size = sample_size(design)
    trials = play(design, Scenario.proportional(0.65), trials=3000, seed=3)
    assert trials.event.sum(axis=1).mean() == pytest.approx(size.events_expected, rel=0.01)
    power = np.mean(np.abs(log_rank_z(trials, by_centre=False)) > 1.96)
    assert power == pytest.approx(size.power, abs=0.03)


def test_estimates_of_many_trials_are_those_of_one(design):
    pytest.importorskip("lifelines", reason="lifelines is missing: pip install liverplan[test]")
    from liverplan.endpoints import cox, log_rank

    trials = play(
        design, Scenario(early_ratio=1, late_ratio=0.4, change_months=9), trials=3, seed=1
    )
    ratios, errors = hazard_ratios(trials, by_centre=False)
    for n, z in enumerate(log_rank_z(trials, by_centre=False)):
        data = trials.months[n], trials.event[n]
        (term,) = cox(*data, {"treated": trials.treated[n].astype(float)}).terms
        assert (ratios[n], errors[n]) == pytest.approx((term.coefficient, term.standard_error))
        arms = np.where(trials.treated[n], "b", "a").tolist()
        assert z**2 == pytest.approx(log_rank(*data, arms).chi_square)


def test_strata_are_apart(design):
    played = play(design, Scenario.proportional(0.65), trials=2, seed=5)
    later = replace(played, months=played.months + 1000.0 * played.centre)
    assert log_rank_z(later) == pytest.approx(log_rank_z(played))
    assert not np.allclose(log_rank_z(later, by_centre=False), log_rank_z(played))


def test_an_interim_sees_its_share_of_the_events(design):
    played = play(design, Scenario.proportional(0.65), trials=5, seed=2)
    half = played.seen_at(0.5)
    assert np.array_equal(half.event.sum(axis=1), np.ceil(0.5 * played.event.sum(axis=1)))
    assert (half.months <= played.months).all()
    assert np.array_equal(played.seen_at(1.0).event, played.event)


def test_the_document_holds_the_files_hash(design):
    document = design_json(design)
    assert document["sha256"] == hashlib.sha256(FILE.read_bytes()).hexdigest()
    assert document["sample_size"]["events_needed"] == 170
    assert document["simulated"]["type_one_error"] == pytest.approx(0.05, abs=0.02)
    assert document["planned"]["centres"][0] == "North"


def test_what_could_not_be_estimated_closes_the_gate(design):
    document = {
        "overall_survival": {"log_rank": {"p": 0.01}},
        "progression_free_survival": {"log_rank": {"p": 0.002}},
    }
    free, three_years = secondary_json(design, document)
    assert (free["p"], free["p_adjusted"], free["found"]) == (0.002, 0.01, True)
    assert (three_years["p"], three_years["p_adjusted"], three_years["found"]) == (None, 1.0, False)
    assert not secondary_json(design, {})[0]["found"]


def test_power_falls_with_fewer_patients(design):
    assert sample_size(replace(design, patients=100)).power < sample_size(design).power


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("alpha = 0.05", "alpha = 1.5", "primary.alpha must be a number over 0 and under 1"),
        ("alpha = 0.05", "", "primary.alpha is missing"),
        ("alpha = 0.05", "alpha = true", "primary.alpha must be a number"),
        ("hazard_ratio = 0.65", "hazard_ratio = 1.0", "primary.hazard_ratio is 1"),
        ("0.02", "-0.02", "enrolment.drop_out_per_year is negative"),
        ("[0.5, 0.75, 1.0]", "[0.75, 0.5, 1.0]", "interim.information must rise"),
        ("[0.5, 0.75, 1.0]", "[0.5, 0.75]", "interim.information must rise"),
        ('"South", "East"', '"North", "East"', "centres must be a list of different names"),
        ('reference = "oncology"', "reference = 3", "arms.reference must be a name"),
        ("power = 0.80", "powre = 0.80", "the key 'primary.powre' is not known"),
        ("family = 1", 'family = "1"', "each of secondary has exactly name, family, p"),
        ("trial-design/1", "trial-design/9", "its schema is not"),
        ("[arms]", "[arms", "is no TOML file"),
    ],
)
def test_faults_of_the_file_are_named(tmp_path, old, new, words):
    path = tmp_path / "design.toml"
    path.write_text(FILE.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(InputError) as refusal:
        read_design(path)
    assert words in str(refusal.value)
    assert str(path) in str(refusal.value)


def test_an_absent_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_design(tmp_path / "none.toml")
