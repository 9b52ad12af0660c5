"""RECIST 1.1 against the worked cases R1-R10, its tables and its properties."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liverplan.eligibility import recist
from liverplan.eligibility.recist import Measurement, Visit, formula_category, tenths
from liverplan.errors import InputError
from liverplan.words import in_english

SUM = st.integers(0, 3000)


def category(baseline, nadir, now):
    return formula_category(
        baseline_tenths=tenths(baseline), nadir_tenths=tenths(nadir), now_tenths=tenths(now)
    )


def visits(*sums_mm, **last):
    found = [Visit(targets={"1": tenths(mm)}) for mm in sums_mm[:-1]]
    return [*found, Visit(targets={"1": tenths(sums_mm[-1])}, **last)]


@pytest.mark.parametrize(
    ("case", "baseline", "nadir", "now", "expected"),
    [
        ("R1", 80, 80, 56.0, "PR"),
        ("R2", 80, 80, 56.1, "SD"),
        ("R3", 50, 20, 24, "PR"),
        ("R4", 50, 20, 25, "PD"),
        ("R5", 100, 50, 60, "PD"),
        ("R6", 165, 63, 65, "PR"),
        ("R7", 20, 20, 24, "SD"),
        ("R8", 25, 25, 30, "PD"),
        ("R10 response", 23.0, 23.0, 16.1, "PR"),
        ("R10 progression", 26.0, 26.0, 31.2, "PD"),
    ],
)
def test_worked_cases(case, baseline, nadir, now, expected):
    assert category(baseline, nadir, now) == expected, case


def test_worked_cases_as_visits_find_their_own_nadir():
    assert recist.assess(visits(50, 20, 24)).overall == "PR"
    assert recist.assess(visits(50, 20, 25)).overall == "PD"
    assert recist.assess(visits(165, 63, 65)).overall == "PR"


def test_r9_a_partial_response_continues_and_the_bare_formula_stands_beside_it():
    for seen in range(2, 7):
        response = recist.assess(visits(*[100, 70, 70, 80, 80, 80][:seen]))
        assert response.overall == "PR"
        assert response.formula == ("PR" if seen <= 3 else "SD")
    assert "by the bare formula SD, but the response continues" in in_english(response.finding)


def test_a_response_does_not_continue_beyond_progression():
    response = recist.assess(visits(100, 70, 90, 75))
    assert response.target == "SD"


def test_binary_floats_would_miss_the_limits_that_tenths_meet():
    assert not 16.1 <= 0.70 * 23.0
    assert not (31.2 - 26.0) / 26.0 >= 0.20
    assert not 16.4 - 11.4 >= 5
    assert tenths(16.4) - tenths(11.4) == 50


def test_what_was_gone_and_comes_back_is_progression():
    assert recist.assess(visits(30, 0, 0)).overall == "CR"
    assert recist.assess(visits(30, 0, 3)).overall == "PD"


def test_a_target_that_was_not_measured_leaves_only_progression_decidable():
    baseline = Visit(targets={"1": 300, "2": 200})
    assert recist.assess([baseline, Visit(targets={"1": 300, "2": None})]).overall == "NE"
    assert recist.assess([baseline, Visit(targets={"1": 650, "2": None})]).overall == "PD"


@pytest.mark.parametrize(
    ("target", "non_target", "new_lesion", "expected"),
    [
        ("CR", "none", False, "CR"),
        ("CR", "CR", False, "CR"),
        ("CR", "non-CR/non-PD", False, "PR"),
        ("CR", "NE", False, "PR"),
        ("PR", "non-CR/non-PD", False, "PR"),
        ("PR", "NE", False, "PR"),
        ("SD", "CR", False, "SD"),
        ("NE", "CR", False, "NE"),
        ("PD", "CR", False, "PD"),
        ("SD", "PD", False, "PD"),
        ("CR", "CR", True, "PD"),
    ],
)
def test_overall_response(target, non_target, new_lesion, expected):
    assert recist.overall_category(target, non_target, new_lesion=new_lesion) == expected


@pytest.mark.parametrize(
    ("non_target", "new_lesion", "expected"),
    [
        ("CR", False, "CR"),
        ("non-CR/non-PD", False, "non-CR/non-PD"),
        ("none", False, "NE"),
        ("PD", False, "PD"),
        ("CR", True, "PD"),
    ],
)
def test_without_targets_the_others_decide(non_target, new_lesion, expected):
    empty = Visit(targets={})
    last = Visit(targets={}, non_target=non_target, new_lesion=new_lesion)
    assert recist.assess([empty, last]).overall == expected


def test_at_most_two_targets_an_organ_and_five_in_all():
    liver = [Measurement(name=f"L{n}", long_axis_tenths=100 + n) for n in range(4)]
    bone = Measurement(name="B", long_axis_tenths=900, organ="bone", measurable=False)
    others = [
        Measurement(name=f"{organ}{n}", long_axis_tenths=200 + n, organ=organ)
        for organ in ("lung", "node", "skin")
        for n in range(3)
    ]
    assert [one.name for one in recist.select_targets([*liver, bone])] == ["L3", "L2"]
    chosen = recist.select_targets([*liver, bone, *others])
    assert len(chosen) == recist.TARGETS_IN_ALL
    assert bone not in chosen


def test_of_equal_lesions_the_first_named_is_the_target():
    equal = [Measurement(name=name, long_axis_tenths=150) for name in "abc"]
    assert [one.name for one in recist.select_targets(equal)] == ["a", "b"]


@pytest.mark.parametrize(
    ("long_axis", "slice_", "expected"),
    [(100, 50, True), (99, 50, False), (100, 10, True), (159, 80, False), (160, 80, True)],
)
def test_measurable_is_10_mm_or_twice_a_thick_slice(long_axis, slice_, expected):
    assert recist.is_measurable(long_axis, slice_tenths=slice_) is expected


def test_reader_noise_stands_beside_the_category():
    response = recist.assess(visits(80, 60))
    assert response.overall == "SD"
    assert response.noise == ("PR", "SD")
    assert "between readers it could be PR or SD" in in_english(response.finding)


def test_another_readers_sum_has_its_published_limits_of_one_lesion_and_of_several():
    one = recist.assess(visits(80, 60))
    assert one.readers_95_tenths == (round(600 * 0.779), round(600 * 1.254))
    assert "sum lies between 46.7 and 75.2 mm (95 %, PMID 26687017)" in in_english(one.finding)
    two = [Visit(targets={"1": 400, "2": 400}), Visit(targets={"1": 300, "2": 300})]
    assert recist.assess(two).readers_95_tenths == (round(600 * 0.808), round(600 * 1.195))
    assert recist.assess(visits(30, 0)).readers_95_tenths is None


def test_two_readers_can_make_a_progression():
    two = [
        Visit(targets={"1": 400, "2": 400}),
        Visit(targets={"1": 410, "2": 410}),
    ]
    assert recist.assess(two).noise == ("SD", "PD")


def test_nothing_left_to_measure_has_no_noise():
    assert recist.assess(visits(30, 0)).noise == ()


def test_more_than_two_targets_are_said_in_the_finding_and_a_small_one_is_refused():
    lengths = {"1": 100, "2": 300, "3": 200}
    seen = recist.assess([Visit(targets=lengths), Visit(targets=lengths)])
    finding = in_english(seen.finding)
    assert "3 targets in the liver where RECIST sums at most 2" in finding
    assert seen.refused == ()
    refused = recist.assess(visits(9.9, 20)).refused
    assert [in_english(one) for one in refused] == ["1 measures 9.9 mm, under 10 mm"]


def test_the_finding_says_new_lesion_and_sums():
    seen = recist.assess(visits(80, 56.0, new_lesion=True, non_target="NE"))
    finding = in_english(seen.finding)
    assert finding.startswith("RECIST 1.1: progressive disease (PD); sum 56.0 mm")
    assert "baseline 80.0 mm (-30.0 %)" in finding
    assert "a new lesion appeared" in finding
    assert "non-target lesions NE" in finding


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (visits(50), "it needs a baseline and at least one later visit"),
        ([Visit(targets={"1": None}), Visit(targets={"1": 1})], "not measured at baseline"),
        ([Visit(targets={"1": 5}), Visit(targets={"2": 5})], "every visit must name the same"),
        (
            [Visit(targets={"1": 5}, date=dt.date(2024, 1, 2)) for _ in range(2)],
            "the visits' dates must ascend",
        ),
    ],
)
def test_visits_that_cannot_be_compared_are_refused(seen, words):
    with pytest.raises(InputError) as refusal:
        recist.assess(seen)
    assert words in str(refusal.value)


@pytest.mark.parametrize("length", [float("nan"), float("inf"), -1, "long", 10_000])
def test_a_length_that_is_none_is_refused(length):
    with pytest.raises(InputError, match="A length must be"):
        tenths(length)


def test_negative_lengths_and_a_nadir_above_baseline_are_refused():
    with pytest.raises(InputError, match="negative length: 1"):
        Visit(targets={"1": -5})
    with pytest.raises(InputError, match="The nadir"):
        formula_category(baseline_tenths=10, nadir_tenths=11, now_tenths=5)


@given(length=st.integers(0, 9999))
def test_tenths_and_words_are_inverse(length):
    assert tenths(recist.mm(length)) == length
    assert tenths(length / 10) == length


@given(baseline=SUM, nadir=SUM, now=SUM)
def test_the_formula_is_the_definition_in_exact_fractions(baseline, nadir, now):
    nadir = min(baseline, nadir)
    found = formula_category(baseline_tenths=baseline, nadir_tenths=nadir, now_tenths=now)
    if found == "PD":
        assert now > nadir
        assert nadir == 0 or (now >= nadir * Fraction(6, 5) and now - nadir >= 50)
    elif found == "CR":
        assert now == 0
    else:
        assert (found == "PR") == (now <= baseline * Fraction(7, 10))


@given(baseline=SUM, nadir=SUM, now=SUM, more=SUM)
def test_a_larger_sum_is_never_a_better_response(baseline, nadir, now, more):
    order = ("CR", "PR", "SD", "PD")
    nadir = min(baseline, nadir)
    found = [
        formula_category(baseline_tenths=baseline, nadir_tenths=nadir, now_tenths=sum_)
        for sum_ in (now, now + more)
    ]
    assert order.index(found[0]) <= order.index(found[1])


@given(baseline=st.integers(100, 3000), now=st.integers(1, 3000))
def test_the_noise_always_holds_the_category_itself(baseline, now):
    seen = [Visit(targets={"1": baseline}), Visit(targets={"1": now})]
    response = recist.assess(seen)
    assert response.formula in response.noise


@pytest.mark.parametrize(("non_target", "said"), [("none", 0), ("CR", 0), ("NE", 1), ("PD", 1)])
def test_other_lesions_are_spoken_of_where_they_are_there_and_not_gone(non_target, said):
    seen = recist.assess(visits(80, 56.0, non_target=non_target))
    assert repr(seen.summary).count("recist.non_target") == said
