"""The result bar and the result's panel without a window: what they say at each state."""

from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QWidget

from liverplan.app.kit import theme
from liverplan.app.session.verdict import fates_words, margins_words
from liverplan.app.session.work import Work
from liverplan.app.shell.result_bar import GAUGE_ENDS, Gauge, ResultBar
from liverplan.app.steps.result.facts import Facts
from liverplan.app.steps.result.facts_sheet import FactsSheet
from liverplan.app.steps.result.outputs import Outputs
from liverplan.app.steps.result.panel import (
    NO_SENSE,
    SIGNS,
    ResultPanel,
    doubt_words,
    fraction_rows,
    margin_rows,
    source_rows,
)
from liverplan.eligibility import Fact
from liverplan.resection import Parts, Sphere
from liverplan.segmentation import Provenance
from liverplan.segmentation.labels import LIVER
from liverplan.volumetry import Liver
from liverplan.words import in_english
from liverplan.words.numbers import NONE, ml, percent
from tests.app.desk import rows_of, shown

SEEN = Provenance(method="drawn", version="1", origin="given", accepted_by="R. Lind")


@pytest.fixture
def desk(whole_desk):
    whole_desk.start()
    return whole_desk


@pytest.fixture
def bar(desk):
    return ResultBar(desk.context.live)


@pytest.fixture
def panel(desk):
    return ResultPanel(desk.context, Outputs(desk.context), QWidget())


@pytest.fixture
def sheet(desk):
    made = FactsSheet(desk.context, Facts(desk.context))
    made.refresh()
    return made


def stand_behind(desk):
    """Let a person have drawn every mask."""
    masks = desk.session.work.segmentation
    known = dict.fromkeys((LIVER, *masks.lesion_labels), SEEN)
    desk.session.do(
        "drawn", replace(desk.session.work, segmentation=replace(masks, provenance=known))
    )


def found_by_machine(desk):
    masks = desk.session.work.segmentation
    machine = Provenance(method="net", version="1", origin="automatic")
    known = dict.fromkeys((LIVER, *masks.lesion_labels), machine)
    desk.session.do(
        "found", replace(desk.session.work, segmentation=replace(masks, provenance=known))
    )


def test_the_bar_says_what_the_number_waits_for(desk, bar):
    assert bar.verdict.text() == "No cut is planned yet."
    assert bar.number.text() == NONE
    assert bar.ml.whole.startswith("Functional liver ")
    record = desk.marked.record
    desk.session.replace_all(Work(record=record, volume=desk.marked.volume))
    bar.refresh()
    assert (bar.verdict.text(), bar.ml.whole) == ("No liver yet.", "")
    desk.session.replace_all(Work(record=record))
    bar.refresh()
    assert bar.verdict.text() == "Open a CT to begin."
    assert bar.gauge.fraction is bar.gauge.interval is None


def test_the_number_is_there_at_once_and_the_verdict_once_the_cut_rests(desk, bar, phantom):
    stand_behind(desk)
    desk.settle()
    desk.put(desk.plane(20))
    made = Liver(segmentation=phantom.segmentation).measure(desk.session.work.active_plan)
    share = made.remnant_ml / made.functional_ml
    rule = desk.context.live.rule
    assert bar.number.text() == f"{percent(share, rule.line)} %"
    assert bar.ml.whole == (
        f"{ml(made.remnant_ml)} mL stay, {ml(made.resected_ml)} mL are resected"
    )
    assert bar.verdict.text() == "Computing the range …"
    assert (bar.verdict.property("stale"), bar.gauge.stale) == ("true", True)
    desk.settle()
    assert (bar.verdict.property("stale"), bar.gauge.stale) == ("false", False)
    assert bar.gauge.fraction == share
    low, high = bar.gauge.interval
    assert low < share < high
    assert bar.gauge.line == rule.line
    assert bar.verdict.text() not in {"", "Computing the range …"}


def test_there_is_a_range_but_no_verdict_before_a_person_stands_behind_the_liver(desk, bar):
    found_by_machine(desk)
    desk.put(desk.plane(20))
    desk.settle()
    low, high = desk.context.live.findings.uncertainty.interval_95
    line = desk.context.live.rule.line
    assert bar.verdict.text() == (
        f"No verdict: liver mask not confirmed. "
        f"Range as carried out {percent(low, line)}-{percent(high, line)} %."
    )
    stand_behind(desk)
    desk.settle()
    assert "not confirmed" not in bar.verdict.text()


def test_a_plan_that_makes_no_sense_has_a_number_but_neither_verdict_nor_outputs(desk, bar, panel):
    desk.put(desk.plane(20))
    desk.settle()
    assert panel.report_button.isEnabled()
    assert panel.state() == desk.context.live.findings.eligibility
    desk.put(desk.plane(20), Sphere(centre_mm=desk.centre + 400, radius_mm=10))
    desk.settle()
    assert desk.context.live.faults
    assert bar.verdict.text() == "No verdict: the plan is refused, see step 4."
    assert bar.number.text() != NONE
    assert panel.next.text() == NO_SENSE
    assert panel.eligibility.text() == "Protocol: no verdict"
    assert panel.state() == ""
    assert not panel.report_button.isEnabled()
    assert not panel.export_button.isEnabled()


def test_parts_of_a_map_that_is_not_there_leave_no_number(desk, bar):
    desk.put(Parts(scheme="couinaud", names=("2",)))
    desk.settle()
    assert bar.number.text() == NONE
    assert desk.context.live.faults
    assert bar.gauge.fraction is None


def test_the_result_waits_for_the_liver_and_then_for_a_cut(desk, panel):
    assert panel.blocked() == "Needs a cut."
    desk.put(desk.plane(20))
    assert panel.blocked() == ""
    desk.session.replace_all(Work(record=desk.marked.record))
    assert panel.blocked() == "Needs the liver."


def test_every_criterion_is_listed_with_its_state_and_explained_at_a_click(desk, panel):
    desk.put(desk.plane(20))
    desk.settle()
    findings = desk.context.live.findings
    assert rows_of(panel.criteria) == [
        [one.title or one.id, SIGNS[one.state]] for one in findings.criteria
    ]
    assert panel.finding.text() == "Click a criterion for its finding."
    for number, one in enumerate(findings.criteria):
        panel.criteria.selectRow(number)
        assert panel.finding.text() == in_english(one.finding)
    assert panel.eligibility.text() == f"Protocol: {findings.eligibility}"
    assert panel.reasons.text().splitlines() == list(map(in_english, findings.reasons))
    assert panel.doubt.text() == doubt_words(findings)
    assert rows_of(panel.fractions) == [list(row) for row in fraction_rows(findings)]
    assert rows_of(panel.margins) == [list(row) for row in margin_rows(findings)]


@pytest.fixture(scope="module")
def findings(whole_desk):
    whole_desk.start()
    whole_desk.put(whole_desk.plane(20))
    whole_desk.settle()
    return whole_desk.context.live.findings


def test_the_deciding_denominator_is_named_and_a_missing_one_says_what_it_lacks(findings):
    rows = fraction_rows(findings)
    assert [name for name, _ in rows][:2] == ["liver \N{MINUS SIGN} tumour", "whole liver"]
    assert sum(words.endswith(", decides") for _, words in rows) == 1
    assert rows[2] == ("estimated liver", "height, weight?")
    other = replace(findings.remnant_fraction, deciding="of_liver")
    moved = fraction_rows(replace(findings, remnant_fraction=other))
    assert moved[1][1].endswith(" %, decides")


@pytest.mark.parametrize(
    ("margin_mm", "fate", "stays_fraction", "words"),
    [
        (8.0, "removed", 0, ("8.0 mm", "removed")),
        (8.0, "ablated", 0, ("8.0 mm", "ablated")),
        (8.0, "left", 1, ("8.0 mm", "left")),
        (-1.0, "left", 0.4, ("-1.0 mm", "left in part")),
        (-2.5, "cut through", 0.4, ("-2.5 mm", "cut through")),
        (None, "left", 1, (f"{NONE} mm", "left")),
    ],
)
def test_what_becomes_of_a_lesion_is_said(findings, margin_mm, fate, stays_fraction, words):
    lesion = findings.lesions[0]
    lesion = replace(
        lesion, margin_mm=margin_mm, fate=fate, stays_ml=stays_fraction * lesion.volume_ml
    )
    ((name, margin, side),) = margin_rows(replace(findings, lesions=(lesion,)))
    assert name == "M1"
    assert (margin, side) == words


@pytest.mark.parametrize(
    ("flip_mm", "ending"),
    [(None, " points."), (4.2, "\nA shift of 4.2 mm would change the verdict.")],
)
def test_the_doubt_says_what_shift_would_change_it(findings, flip_mm, ending):
    unsure = replace(findings.uncertainty, flip_mm=flip_mm)
    words = doubt_words(replace(findings, uncertainty=unsure))
    first, second, *_ = words.split("\n")
    assert first.startswith("As carried out ")
    assert "The verdict uses this range. P(FLR > 30 %) = " in first
    assert second.startswith("As drawn ")
    assert words.endswith(ending)


def test_each_source_of_doubt_has_its_part_of_both_ranges(findings):
    parts = {name: (carried_out, drawn) for name, carried_out, drawn in source_rows(findings)}
    assert parts["cut position"][1] == "0"
    assert sum(one.share for one in findings.uncertainty.contributions) == pytest.approx(1)
    older = [replace(one, share=None) for one in findings.uncertainty.contributions]
    unsure = replace(findings.uncertainty, contributions=tuple(older))
    assert source_rows(replace(findings, uncertainty=unsure)) == []


def test_no_doubt_is_said_where_no_fraction_decides(findings):
    unknown = replace(findings.remnant_fraction, deciding="of_estimated")
    assert unknown.deciding_fraction is None
    assert doubt_words(replace(findings, remnant_fraction=unknown)) == ""


def drawn(gauge):
    gauge.resize(356, 72)
    picture = QPixmap(gauge.size())
    picture.fill(QColor(0, 0, 0))
    gauge.render(picture)
    return picture.toImage()


@pytest.mark.parametrize(
    ("fraction", "interval", "end"),
    [
        (None, None, GAUGE_ENDS[0]),
        (0.4, (0.3, 0.5), GAUGE_ENDS[0]),
        (0.4, (0.3, 0.59), GAUGE_ENDS[1]),
        (0.8, None, GAUGE_ENDS[1]),
    ],
)
def test_the_gauge_is_as_long_as_its_largest_number_needs(fraction, interval, end):
    gauge = Gauge()
    gauge.fraction, gauge.interval = fraction, interval
    picture = drawn(gauge)
    y = gauge.height() // 2 - 2
    right = picture.pixelColor(round(28 + 300 * 0.98), y)
    assert right.lightness() > 40, "the axis reaches to its end"
    if fraction is not None:
        at = picture.pixelColor(round(28 + 300 * fraction / end), y)
        assert at.getRgb()[:3] == (255, 255, 255)


def test_the_gauge_shows_the_range_as_drawn_below_that_as_carried_out():
    gauge = Gauge()
    gauge.fraction, gauge.interval, gauge.drawn = 0.4, (0.25, 0.55), (0.399, 0.401)
    picture = drawn(gauge)

    def blue(fraction, y):
        x = round(28 + 300 * fraction / GAUGE_ENDS[0])
        return picture.pixelColor(x, y).getRgb()[:3] == theme.REMNANT

    on_the_line, below_it = 34, 34 + 10
    assert [blue(at, on_the_line) for at in (0.2, 0.27, 0.53, 0.58)] == [False, True, True, False]
    assert [blue(at, below_it) for at in (0.27, 0.4, 0.53)] == [False, True, False]


def test_a_stale_gauge_has_a_grey_dot():
    gauge = Gauge()
    gauge.fraction, gauge.stale = 0.4, True
    at = drawn(gauge).pixelColor(round(28 + 300 * 0.4 / GAUGE_ENDS[0]), 34)
    assert at.name() == theme.palette().faint


def answer(row, words):
    at = row.answer.findText(words)
    assert at >= 0
    row.answer.setCurrentIndex(at)
    row.answer.activated.emit(at)


def test_an_answer_carries_name_and_day_of_who_attests_and_takes_none_over(desk, sheet):
    name = next(iter(sheet.rows))
    row = sheet.rows[name]
    sheet.attester.line.setText("R. Lind")
    sheet.day.line.setText("2024-03-08")
    answer(row, row.answer.itemText(1))
    fact = sheet.facts.patient.facts[name]
    assert (fact.by, fact.date) == ("R. Lind", date(2024, 3, 8))
    sheet.attester.line.setText("S. Berg")
    answer(row, row.answer.itemText(2))
    assert sheet.facts.patient.facts[name].by == "R. Lind"
    answer(row, NONE)
    assert name not in sheet.facts.patient.facts
    assert desk.undone() == f"fact: {name.replace('_', ' ')}"
    assert row.answer.currentText() == row.answer.itemText(2)
    assert row.by.line.text() == "R. Lind"


def test_a_day_that_is_none_leaves_name_and_day_out(sheet):
    name = next(iter(sheet.rows))
    sheet.attester.line.setText("R. Lind")
    sheet.day.line.setText("yesterday")
    answer(sheet.rows[name], "unclear")
    assert sheet.facts.patient.facts[name] == Fact(value="unclear")


@pytest.mark.parametrize(("words", "kept"), [("female", "female"), ("male", "male"), (NONE, None)])
def test_the_sex_is_a_step_of_its_own(sheet, words, kept):
    at = sheet.sex.findText(words, Qt.MatchFlag.MatchExactly)
    sheet.sex.activated.emit(sheet.sex.findText("female", Qt.MatchFlag.MatchExactly))
    sheet.sex.activated.emit(at)
    assert sheet.facts.patient.sex == kept
    assert sheet.sex.currentText() == words


def test_each_fact_shows_the_states_of_the_criteria_that_ask_for_it(desk, sheet):
    desk.put(desk.plane(20))
    desk.settle()
    results = {one.id: one for one in desk.context.live.findings.criteria}
    for name, row in sheet.rows.items():
        asking = [c.id for c in sheet.facts.protocol.criteria if name in c.asks]
        words = [f"{results[one].title or one}: {results[one].state}" for one in asking]
        assert row.state.text() == "; ".join(words)
    assert any(row.state.text() for row in sheet.rows.values())
    assert not shown(sheet.visits)


@pytest.mark.parametrize("width", range(500, 1300, 37))
def test_fates_that_have_no_room_end_between_words_and_are_whole_in_the_tooltip(bar, width):
    """Cut within a word, a margin of 10.0 mm could be read as 1 mm."""
    words = "Stays behind: M1 (wholly, 49.5 mm from the cut). Removed: M2 (margin 10.0 mm)."
    bar.show()
    bar.resize(1600, 84)
    bar.fates.setText(words)
    assert bar.fates.text() == words
    bar.resize(width, 84)
    shown = bar.fates.text()
    if shown != words:
        assert shown.endswith(" …")
        assert set(shown.removesuffix(" …").split()) <= set(words.split())
    assert bar.fates.fontMetrics().horizontalAdvance(shown) <= bar.fates.width()
    assert bar.fates.toolTip() == words
    bar.resize(1600, 84)
    assert bar.fates.text() == words


def test_one_line_says_what_is_left_the_smallest_margin_and_which_range(desk, bar):
    live = desk.context.live
    bar.resize(3000, 84)
    bar.show()
    across = [centre[0] for centre in live.derived.lesion_centres.values()]
    desk.put(desk.plane((min(across) + max(across)) / 2 - desk.centre[0]))  # through them
    left = [f"M{one.label - LIVER}" for one in live.margins if one.in_remnant]
    assert len(left) > 1
    words = f"{len(left)} metastases left or cut through: {', '.join(left)}."
    assert bar.fates.toolTip() == words  # at once, while the range is still computed
    desk.put(desk.plane(20))
    least = min(one.margin_mm for one in live.margins)
    first = bar.fates.toolTip()
    assert first.startswith(f"No metastasis left or cut through. Smallest margin {least:.1f} mm (M")
    desk.settle()
    assert bar.fates.toolTip().startswith(f"{first} Removed: ")
    assert " as carried out)." in bar.verdict.text(), "the range that decides, right below"
    findings = live.findings
    stays = replace(findings, lesions=tuple(replace(one, fate="left") for one in findings.lesions))
    once = fates_words(stays, live.margins)
    assert once.startswith("Stays behind: M1")
    assert "left or cut through" not in once
    assert fates_words(replace(findings, lesions=()), ()) == "No metastasis is marked."
    assert margins_words(()) == ""
