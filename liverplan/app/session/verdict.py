"""What the numbers on screen say, as sentences: the verdict, or what it waits for."""

from __future__ import annotations

from liverplan.app.session.live import Live
from liverplan.app.session.work import Work
from liverplan.findings import Findings
from liverplan.findings.how_sure import how_sure
from liverplan.words import fates, in_english, other_readings, spoken, verdict, words_of
from liverplan.words.numbers import percent


def goes(work: Work) -> str:
    """Say what becomes of tissue that does not count: some may stay in place and work no more."""
    plan = work.active_plan
    all_taken = len(plan.removing.not_ablating.cuts) == len(plan.cuts)
    return "are resected" if all_taken else "are lost"


def waiting_words(live: Live) -> str:
    """Say why there is no range: it is being computed, or the plan is refused."""
    if live.refused:
        return "No verdict: the plan is refused, see step 4."
    return "Computing the range …"


def fates_words(findings: Findings) -> str:
    """Say what becomes of each metastasis, and whether another denominator reads otherwise."""
    return spoken((*fates(findings), *other_readings(findings)), "en")


def how_sure_words(findings: Findings) -> str:
    """Say which range is which, what would narrow it, and the context: a line each."""
    return "\n".join(map(in_english, how_sure(findings)))


def verdict_words(work: Work, live: Live) -> str:
    """Return the verdict's sentence for the findings."""
    if live.findings is None:
        return ""
    known = live.findings.remnant_fraction.deciding_fraction is not None
    if known and not work.liver_confirmed:
        low, high = live.findings.uncertainty.interval_95
        line = live.findings.threshold_fraction
        return (
            f"{words_of('en')['verdict_unconfirmed']} Range as carried out {percent(low, line)}"
            f"-{percent(high, line)} %."
        )
    return str(verdict(live.findings))


def what_is_missing(work: Work, *, measuring: bool) -> str:
    """Say what the FLR waits for."""
    if work.volume is None:
        return "Open a CT to begin."
    if work.segmentation is None:
        return "No liver yet."
    if measuring:
        return "Measuring …"
    return "No cut is planned yet."
