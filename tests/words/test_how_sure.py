"""How sure a remnant is, in words: which range is which, what would narrow it, and the context."""

import json
from dataclasses import replace

import pytest

from liverplan.findings import (
    Contribution,
    Fault,
    Findings,
    Interval,
    Narrowing,
    PublishedError,
    Statement,
)
from liverplan.findings.how_sure import how_sure, sources
from liverplan.words import in_english, words_of


def series(kind, median, operations, points, *, applies=None):
    return PublishedError(
        resected=kind, median_fraction=median, operations=operations, source="S 2013",
        remnant_fraction=points, applies=applies,
    )  # fmt: skip


def source(name, share, drawn):
    return Contribution(
        name=name, sd=1.0, unit="mm", fraction_sd=0.01, source="", share=share, share_as_drawn=drawn
    )


@pytest.fixture
def sure(findings):
    doubt = replace(
        findings.uncertainty,
        as_drawn=Interval(lower_95=0.40, upper_95=0.42, probability_above_threshold=1.0),
        narrowing=(
            Narrowing(remedy="liver_near_cut", half_width_now=0.041, half_width_then=0.019),
            Narrowing(remedy="lesions", half_width_now=0.041, half_width_then=0.040),
        ),
        contributions=(source("cut position", 0.9, 0.0), source("liver boundary", 0.1, 1.0)),
    )
    errors = (
        series("hemihepatectomy", 0.07, 29, 0.041),
        series("segmentectomy", 0.12, 17, 0.0706),
    )
    return replace(findings, uncertainty=doubt, published_errors=errors)


def test_the_first_line_is_of_the_range_that_the_verdict_uses_and_the_last_is_context(sure):
    carried_out, drawn, narrowing, context = map(in_english, how_sure(sure))
    assert carried_out == (
        "As carried out 38.6-43.8 %: the outlines, and where the cut comes to lie. The verdict "
        "uses this range. P(FLR > 30 %) > 99 %."
    )
    assert drawn == (
        "As drawn 40.0-42.0 %: the outlines alone, were the cut just where it is drawn. "
        "P(FLR > 30 %) > 99 %."
    )
    assert narrowing == (
        "Editing the liver near the cut would narrow the range as drawn from 4.1 to 1.9 points to "
        "either side."
    )
    assert context == (
        "For context, no part of these ranges: the volume resected differed from the volume "
        "predicted by a median of 7 % in 29 hemihepatectomies, 12 % in 17 segmentectomies "
        "(S 2013). Here that would be 4.1 to 7.1 points."
    )


def test_it_is_said_in_swedish_too(sure):
    lines = [words_of("sv").say(one) for one in how_sure(sure)]
    assert lines[0].startswith("Som utförd 38,6-43,8 %: ")
    assert lines[1].startswith("Som ritad 40,0-42,0 %: ")
    assert "från 4,1 till 1,9 procentenheter" in lines[2]
    assert "7 % vid 29 hemihepatektomier" in lines[3]


def test_only_operations_like_this_one_are_named_where_its_kind_is_known(sure):
    errors = (
        series("hemihepatectomy", 0.07, 29, 0.041, applies=True),
        series("segmentectomy", 0.12, 17, 0.0706, applies=False),
    )
    context = in_english(how_sure(replace(sure, published_errors=errors))[-1])
    assert "29 hemihepatectomies (S 2013). Here that would be 4.1 points." in context
    assert "segmentectomies" not in context


def test_each_source_says_its_part_of_both_ranges(sure):
    assert [in_english(one) for one in sources(sure)] == [
        "What makes it unsure, by its part of the variance: cut position 90 % (0 % as drawn), "
        "liver boundary 10 % (100 % as drawn)."
    ]


def test_what_an_older_version_measured_has_one_range_and_no_shares(findings):
    assert [one.key for one in how_sure(findings)] == ["sure.carried_out"]
    assert sources(findings) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"planes": ()},
        {"faults": (Fault(says=Statement.of("fault.no_cut")),)},
    ],
    ids=["no cut", "a plan without sense"],
)
def test_nothing_is_said_where_there_is_no_verdict(sure, changes):
    assert how_sure(replace(sure, **changes)) == sources(replace(sure, **changes)) == ()


def test_an_unknown_denominator_has_no_range(sure):
    unknown = replace(sure.remnant_fraction, deciding="of_estimated")
    assert how_sure(replace(sure, remnant_fraction=unknown)) == ()


def test_both_ranges_and_the_context_are_read_back_from_json(sure):
    document = json.loads(json.dumps(sure.to_json(in_english)))
    assert Findings.from_json(document).published_errors == sure.published_errors
    assert how_sure(Findings.from_json(document)) == how_sure(sure)
