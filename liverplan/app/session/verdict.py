"""What the numbers on screen say, as sentences: the verdict, or what it waits for."""

from __future__ import annotations

from collections.abc import Sequence

from liverplan.app.kit.language import en, language, localised, tr
from liverplan.app.session.live import Live
from liverplan.app.session.telling import told
from liverplan.app.session.work import Work
from liverplan.findings import Findings, Margin, Vessels, Volumes
from liverplan.findings.how_sure import how_sure
from liverplan.segmentation.labels import LIVER
from liverplan.words import fates, other_readings, spoken, verdict, words_of
from liverplan.words.first_lines import STAYING, WORST_FIRST
from liverplan.words.numbers import ml, mm, percent


def volumes_words(work: Work, remnant: Volumes, vessels: Vessels) -> str:
    """Say how much stays, and what becomes of what does not: some may stay in place all the same.

    What works no more, as an ablated zone, is lost where it is. Where the figure rests on a
    surgeon's word that a branch is kept, that is said first.
    """
    said, count = _volumes_words(work, remnant), len(vessels.counted_as_kept)
    if not count:
        return said
    words = en("1 branch counted as kept; {volumes}")
    words = words if count == 1 else en("{count} branches counted as kept; {volumes}")
    return tr(words, count=count, volumes=said)


def _volumes_words(work: Work, remnant: Volumes) -> str:
    plan = work.active_plan
    stay, go = localised(ml(remnant.remnant_ml)), localised(ml(remnant.resected_ml))
    if remnant.perfused_ml is not None and remnant.counted_ml < remnant.remnant_ml:
        kept = localised(ml(remnant.counted_ml))
        return tr("{kept} of {stay} mL that stay keep their blood", kept=kept, stay=stay)
    if len(plan.removing.not_ablating.cuts) == len(plan.cuts):
        return tr("{stay} mL stay, {go} mL are resected", stay=stay, go=go)
    return tr("{stay} mL stay, {go} mL are lost", stay=stay, go=go)


def waiting_words(live: Live) -> str:
    """Say why there is no range: it is being computed, or the plan is refused."""
    if live.refused:
        return tr("No verdict: the plan is refused, see step 4.")
    return tr("Computing the range …")


def margins_words(margins: Sequence[Margin]) -> str:
    """Say at a glance what a surgeon asks of a plan's margins; it can follow the mouse."""
    return " ".join((*_left_words(margins), *_least_words(margins)))


def fates_words(findings: Findings, margins: Sequence[Margin]) -> str:
    """Say the same of a plan at rest, what becomes of each metastasis, and any other reading.

    A reading is another denominator by which the remnant lies on the other side of the limit.
    """
    stays = fates(findings, STAYING)
    goes = fates(findings, [fate for fate in WORST_FIRST if fate not in STAYING])
    once = (one for one in goes if one not in stays)  # that none is marked is said by both
    rest = spoken((*once, *other_readings(findings)), language())
    glance = [spoken(stays, language())] if stays else _left_words(margins)
    return " ".join(filter(None, (*glance, *_least_words(margins), rest)))


def _left_words(margins: Sequence[Margin]) -> list[str]:
    left = [f"M{one.label - LIVER}" for one in margins if one.in_remnant]
    words = {
        0: en("No metastasis left or cut through."),
        1: en("1 metastasis left or cut through: {names}."),
    }.get(len(left), en("{count} metastases left or cut through: {names}."))
    return [tr(words, count=len(left), names=", ".join(left))] if margins else []


def _least_words(margins: Sequence[Margin]) -> list[str]:
    taken = [one for one in margins if not one.in_remnant and one.margin_mm is not None]
    if not taken:
        return []
    least = min(taken, key=lambda one: one.margin_mm or 0.0)
    name, apart = f"M{least.label - LIVER}", localised(mm(least.margin_mm))
    return [tr("Smallest margin {mm} mm ({name}).", mm=apart, name=name)]


def how_sure_words(findings: Findings) -> str:
    """Say which range is which, what would narrow it, and the context: a line each."""
    return "\n".join(map(told, how_sure(findings)))


def verdict_words(work: Work, live: Live) -> str:
    """Return the verdict's sentence for the findings."""
    if live.findings is None:
        return ""
    known = live.findings.remnant_fraction.deciding_fraction is not None
    if known and not work.liver_confirmed:
        low, high = live.findings.uncertainty.interval_95
        line = live.findings.threshold_fraction
        between = tr(
            "Range as carried out {low}-{high} %.",
            low=localised(percent(low, line)),
            high=localised(percent(high, line)),
        )
        return f"{words_of(language())['verdict_unconfirmed']} {between}"
    return str(verdict(live.findings, language()))


def what_is_missing(work: Work, *, measuring: bool) -> str:
    """Say what the FLR waits for."""
    if work.volume is None:
        return tr("Open a CT to begin.")
    if work.segmentation is None:
        return tr("No liver yet.")
    if measuring:
        return tr("Measuring …")
    return tr("No cut is planned yet.")
