"""Another protocol's line and denominator hold everywhere at once, in the bar as in the verdict."""

import re
from types import SimpleNamespace

import pytest

from liverplan.app.session.verdict import verdict_words
from liverplan.app.steps.result.panel import doubt_words
from liverplan.eligibility import protocol_text
from liverplan.phantom import RECOMMENDED_NORMAL, RECOMMENDED_POINT_MM
from liverplan.resection.cuts.plane import Plane
from liverplan.words import in_english
from liverplan.words.numbers import NONE

CUT = Plane(point_mm=RECOMMENDED_POINT_MM, normal=RECOMMENDED_NORMAL)
COUNT = "at_least = 1\nat_most = 4"


OTHER = 'other_reading = { at_most = 4, words = "the registry" }'


@pytest.fixture
def planned(planner):
    planner.begin(CUT)
    yield planner
    planner.app.facts.facts.choose_protocol("breclim2")


def choose(person, folder, denominator, *, above=0.42, count=COUNT):
    """Hold the work against a protocol of our own."""
    text = protocol_text("breclim2")
    for old, new in (
        ('name = "breclim2"', 'name = "ours"'),
        ('denominator = "of_functional"', f'denominator = "{denominator}"'),
        ("above = 0.30", f"above = {above}"),
        (COUNT, count),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = folder / "ours.toml"
    path.write_text(text, "utf-8")
    person.app.facts.facts.choose_protocol(str(path))


@pytest.mark.parametrize("denominator", ["of_functional", "of_liver"])
def test_bar_list_and_verdict_name_the_same_number(planned, tmp_path, denominator):
    choose(planned, tmp_path, denominator)
    bar = planned.app.result
    assert bar.gauge.line == 0.42  # at once, not only when the range has been computed
    planned.settle()
    findings = planned.app.live.findings
    number = bar.number.text()
    assert bar.gauge.fraction == pytest.approx(findings.remnant_fraction.deciding_fraction)
    assert bar.verdict.text().startswith(f"FLR {number} (")
    assert "42 %" in bar.verdict.text()
    remnant, below = map(float, re.findall(r"[\d.]+", bar.formula.whole)[:2])
    assert 100 * remnant / below == pytest.approx(float(number.removesuffix(" %")), abs=0.06)
    planned.open_step(4)
    assert planned.panel(4).plans.table.item(0, 1).text() == number


def test_the_two_denominators_differ(planned, tmp_path):
    numbers = []
    for denominator in ("of_functional", "of_liver"):
        choose(planned, tmp_path, denominator)
        planned.settle()
        numbers.append(planned.app.result.number.text())
    assert numbers[0] != numbers[1]


def test_without_height_and_weight_the_estimated_liver_gives_no_number(planned, tmp_path):
    choose(planned, tmp_path, "of_estimated")
    planned.settle()
    bar = planned.app.result
    assert bar.number.text() == NONE
    assert bar.gauge.fraction is None
    assert bar.gauge.interval is None
    assert bar.verdict.text() == "No verdict: the deciding denominator is not known."
    assert bar.formula.whole == "remnant / estimated liver: height and weight are missing"
    findings = planned.app.live.findings
    assert doubt_words(findings) == ""
    assert "too close" not in " ".join(map(in_english, findings.notes))
    unconfirmed = SimpleNamespace(liver_confirmed=False)
    assert verdict_words(unconfirmed, planned.app.live) == bar.verdict.text()


@pytest.mark.parametrize("most", ["at_least = 1\nat_most = 2", "at_least = 1\nbelow = 3"])
def test_a_count_that_no_reading_takes_is_said_in_the_protocols_words(planned, tmp_path, most):
    planned.open_step(3)
    shown = planned.panel(3).rule
    assert not shown.isVisible()
    choose(planned, tmp_path, "of_functional", count=most)
    planned.settle()
    takes = "1 to 2" if "at_most" in most else "at least 1 and below 3"
    assert shown.text() == f"3 metastases: the protocol takes {takes}, so its count is not met."
    assert shown.isVisible()
    choose(planned, tmp_path, "of_functional", count=f"{most}\n{OTHER}")
    planned.settle()
    assert not shown.isVisible()
