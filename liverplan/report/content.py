"""The report as headings, sentences and tables: one content for HTML and PDF."""

from __future__ import annotations

from dataclasses import dataclass

from liverplan import NOTICE, __version__
from liverplan.findings import Findings, Statement
from liverplan.findings.how_sure import how_sure
from liverplan.report.criteria import CriterionCard, card_of
from liverplan.report.cuts import cut_table, segment_table
from liverplan.report.evidence import evidence_tables, plan_table
from liverplan.report.facts import beside_table
from liverplan.report.kept import Kept, kept_pictures
from liverplan.report.measures import denominator_table, formula_of, lesion_table, volume_table
from liverplan.report.redaction import redacted
from liverplan.report.request import ReportInput
from liverplan.report.response import response_table
from liverplan.report.tables import Table
from liverplan.report.vessels import vessel_table
from liverplan.words import (
    Said,
    Verdict,
    Words,
    fates,
    numbers,
    other_readings,
    said,
    verdict,
    words_of,
)
from liverplan.words import spoken as sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """All that the report says, in its language, rounded."""

    words: Words
    title: str
    subtitle: str
    status: str
    notice: str
    fates: str
    verdict: Verdict
    readings: tuple[str, ...]
    flr: str
    sentences: tuple[str, ...]
    eligibility: str
    counts: str
    reasons: tuple[Said, ...]
    denominators: Table
    measures: tuple[Table, ...]
    criteria: tuple[CriterionCard, ...]
    notes: tuple[Said, ...]
    evidence: tuple[Table, ...]
    kept: tuple[Kept, ...]
    bar: dict[str, float]


def content_of(request: ReportInput) -> Content:
    """Say everything that a request holds, or all but who and when if identity is hidden."""
    said = _said(request)
    return redacted(said, request) if request.identity == "hidden" else said


def _said(request: ReportInput) -> Content:
    words, findings = words_of(request.language), request.findings
    spoken = verdict(findings, request.language)
    hidden = Said(text=words["deidentified"], language=request.language)
    faults = tuple(said(fault.says, request.language) for fault in findings.faults)
    notes = (hidden, *faults) if request.identity == "hidden" else faults
    return Content(
        words=words,
        title=words["title"],
        subtitle=_subtitle(request, words),
        status=words[request.status],
        notice=NOTICE,
        fates=sentences(fates(findings), request.language),
        verdict=spoken,
        readings=tuple(words.say(one) for one in other_readings(findings)) if spoken.number else (),
        flr=_flr(findings, words) if spoken.number else "",
        sentences=_sentences(findings, words) if spoken.number else (),
        eligibility=words[findings.eligibility.replace(" ", "_")],
        counts=_counts(findings, words),
        reasons=tuple(said(one, request.language) for one in findings.reasons),
        denominators=denominator_table(findings, words),
        measures=_measures(request, words),
        criteria=tuple(card_of(c, words, request.identity) for c in findings.criteria),
        notes=(*notes, *(said(note, request.language) for note in _notes(findings))),
        evidence=evidence_tables(request, words),
        kept=kept_pictures(request, words),
        bar=_bar(findings),
    )


def _notes(findings: Findings) -> tuple[Statement, ...]:
    """Return the notes but for those that stand above, beside what they are the reason of."""
    reasons = set(findings.reasons)
    told = {"note.lesion_cut", "note.lesion_left", "note.lesion_left_in_part"}
    return tuple(n for n in findings.notes if n not in reasons and n.key not in told)


def _subtitle(request: ReportInput, words: Words) -> str:
    series = request.findings.series
    parts = (
        [] if request.identity == "hidden" else [series.description, numbers.day(series.study_date)]
    )
    software = request.findings.software or f"liverplan {__version__}"
    protocol = request.findings.protocol
    parts += [f"{words['protocol']}: {protocol}" if protocol else "", software]
    return " · ".join(part for part in parts if part)


def _flr(findings: Findings, words: Words) -> str:
    fraction = findings.remnant_fraction.deciding_fraction or 0.0
    return words.number(numbers.percent(fraction, findings.threshold_fraction))


def _sentences(findings: Findings, words: Words) -> tuple[str, ...]:
    doubt, line = findings.uncertainty, words.number(numbers.threshold(findings.threshold_fraction))
    deciding = findings.remnant_fraction.deciding
    name = f"{words[deciding].lower()} ({formula_of(findings, deciding, words)})"
    flip = words["no_flip"]
    if doubt.flip_mm is not None:
        flip = words("flip", value=words.number(numbers.mm(abs(doubt.flip_mm))))
    return (
        words("decided_by", name=name, threshold=line),
        *map(words.say, how_sure(findings)),
        flip,
    )


def _counts(findings: Findings, words: Words) -> str:
    states = [criterion.state for criterion in findings.criteria]
    return words(
        "counts",
        met=states.count("met"),
        not_met=states.count("not met"),
        missing=states.count("missing"),
        judgement=states.count("needs judgement"),
    )


def _bar(findings: Findings) -> dict[str, float]:
    """Places on a line from 0 to 100, in percent, of both ranges, the number and the limit."""
    doubt = findings.uncertainty
    (low, high), drawn = doubt.interval_95, doubt.as_drawn or doubt.as_carried_out
    value = findings.remnant_fraction.deciding_fraction or 0.0
    places = {
        "low": low,
        "high": high,
        "drawn_low": drawn.lower_95,
        "drawn_high": drawn.upper_95,
        "value": value,
        "threshold": findings.threshold_fraction,
    }
    return {key: 100 * min(max(place, 0.0), 1.0) for key, place in places.items()}


def _measures(request: ReportInput, words: Words) -> tuple[Table, ...]:
    tables = [volume_table(request.findings, words), lesion_table(request.findings, words)]
    findings = request.findings
    if findings.cuts:
        tables.insert(1, cut_table(findings, words))
    if findings.vessels.trees and findings.planned:
        tables.insert(1, vessel_table(findings, words))
    if findings.checks:
        tables.insert(0, beside_table(findings, words))
    if findings.segments:
        tables.append(segment_table(findings, words))
    if request.plans:
        tables.append(plan_table(request, words))
    if request.visits:
        tables.append(response_table(request, words))
    return tuple(tables)
