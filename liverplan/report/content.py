"""The report as headings, sentences and tables: one content for HTML and PDF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from liverplan import NOTICE, __version__
from liverplan.eligibility import title_said
from liverplan.findings import CriterionFinding, Findings, LesionFinding, Statement
from liverplan.report.cuts import cut_table, segment_table
from liverplan.report.evidence import evidence_tables, plan_table
from liverplan.report.redaction import redacted
from liverplan.report.request import ReportInput
from liverplan.report.response import response_table
from liverplan.report.tables import Table
from liverplan.words import Said, Verdict, Words, numbers, said, verdict, words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionCard:
    """One criterion: its state as word and as key, the finding, and the evidence behind it."""

    title: Said
    state: str
    state_key: str
    finding: Said
    evidence: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """All that the report says, in its language, rounded."""

    words: Words
    title: str
    subtitle: str
    status: str
    notice: str
    verdict: Verdict
    flr: str
    sentences: tuple[str, ...]
    eligibility: str
    counts: str
    denominators: Table
    measures: tuple[Table, ...]
    criteria: tuple[CriterionCard, ...]
    notes: tuple[Said, ...]
    evidence: tuple[Table, ...]
    bar: dict[str, float]


def content_of(request: ReportInput) -> Content:
    """Say everything that a request holds, or all but who and when if identity is hidden."""
    said = _said(request)
    return redacted(said, request) if request.identity == "hidden" else said


def _said(request: ReportInput) -> Content:
    words, findings = words_of(request.language), request.findings
    spoken = verdict(findings, request.language)
    hidden = Said(text=words["deidentified"], language=request.language)
    notes = (hidden,) if request.identity == "hidden" else ()
    return Content(
        words=words,
        title=words["title"],
        subtitle=_subtitle(request, words),
        status=words[request.status],
        notice=NOTICE,
        verdict=spoken,
        flr=_flr(findings, words) if spoken.number else "",
        sentences=_sentences(findings, words) if spoken.number else (),
        eligibility=words[findings.eligibility.replace(" ", "_")],
        counts=_counts(findings, words),
        denominators=_denominators(findings, words),
        measures=_measures(request, words),
        criteria=tuple(_card(c, words, request.identity) for c in findings.criteria),
        notes=(*notes, *(said(note, request.language) for note in findings.notes)),
        evidence=evidence_tables(request, words),
        bar=_bar(findings),
    )


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
    name = f"{words[deciding].lower()} ({_formula(findings, deciding, words)})"
    share = words.number(numbers.share(doubt.probability_above_threshold))
    flip = words["no_flip"]
    if doubt.flip_mm is not None:
        flip = words("flip", value=words.number(numbers.mm(abs(doubt.flip_mm))))
    return (
        words("decided_by", name=name, threshold=line),
        words("probability", value=share, threshold=line),
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


def _denominators(findings: Findings, words: Words) -> Table:
    fractions = findings.remnant_fraction
    rows = []
    for key in ("of_functional", "of_liver", "of_estimated"):
        fraction = getattr(fractions, key)
        shown = words["not_known"]
        if fraction is not None:
            shown = f"{numbers.percent(fraction, findings.threshold_fraction)} %"
        mark = words["decides"] if key == fractions.deciding else ""
        rows.append((words[key], _formula(findings, key, words), words.number(shown), mark))
    return Table(
        title=words["denominators"],
        columns=(words["denominator"], words["formula"], "FLR", ""),
        rows=tuple(rows),
        numeric=(2,),
        marked=("of_functional", "of_liver", "of_estimated").index(fractions.deciding),
    )


def _formula(findings: Findings, key: str, words: Words) -> str:
    fractions = findings.remnant_fraction
    if key == "of_estimated" and fractions.estimated_liver_ml is None:
        return numbers.NONE
    estimate = words.number(numbers.ml(fractions.estimated_liver_ml or 0.0))
    return words(f"formula_{key}", name=fractions.formula, value=estimate)


def _measures(request: ReportInput, words: Words) -> tuple[Table, ...]:
    tables = [_volumes(request.findings, words), _lesions(request.findings, words)]
    findings = request.findings
    if findings.cuts:
        tables.insert(1, cut_table(findings, words))
    if findings.segments:
        tables.append(segment_table(findings, words))
    if request.plans:
        tables.append(plan_table(request, words))
    if request.visits:
        tables.append(response_table(request, words))
    return tuple(tables)


def _volumes(findings: Findings, words: Words) -> Table:
    values: list[tuple[str, ...]] = [
        (words[key], words.number(numbers.ml(getattr(findings.volumes, f"{key}_ml"))), words["ml"])
        for key in ("liver", "tumour", "functional", "remnant", "resected", "ablated")
        if key != "ablated" or findings.volumes.ablated_ml > 0
    ]
    margin = words.number(numbers.mm(findings.margin_mm))
    return Table(
        title=words["volumes"],
        columns=(words["volume"], "", ""),
        rows=(*values, (words["margin"], margin, words["mm"])),
        numeric=(1,),
    )


def _lesions(findings: Findings, words: Words) -> Table:
    return Table(
        title=words["lesions"],
        columns=(
            words["lesion"],
            f"{words['volume']}, mL",
            f"{words['long_axis']}, mm",
            f"{words['short_axis']}, mm",
            f"{words['lesion_margin']}, mm",
            words["side"],
            f"{words['centre']}, mm",
            words["state"],
        ),
        rows=tuple(_lesion_row(lesion, findings, words) for lesion in findings.lesions),
        numeric=(1, 2, 3, 4),
        empty=words["no_lesions"],
    )


def _lesion_row(lesion: LesionFinding, findings: Findings, words: Words) -> tuple[str, ...]:
    sizes = (
        numbers.ml(lesion.volume_ml),
        numbers.mm(lesion.long_axis_mm),
        numbers.mm(lesion.short_axis_mm),
        numbers.mm(lesion.margin_mm),
    )
    side = words["stays" if lesion.in_remnant else "goes"] if findings.planned else numbers.NONE
    state = words[f"lesion_{lesion.state.partition(' ')[0]}"]
    centre = numbers.NO_BREAK.join(words.number(numbers.mm(v)) for v in lesion.centroid_mm)
    return (f"M{lesion.label - 1}", *map(words.number, sizes), side, centre, state)


def _card(criterion: CriterionFinding, words: Words, identity: str) -> CriterionCard:
    attested = "" if identity == "hidden" else criterion.attested_by
    value: Any = criterion.value if not isinstance(criterion.value, float) else None
    evidence = (
        (words["value"], "" if value is None else str(value)),
        (words["source"], criterion.source),
        (words["ambiguity"], criterion.ambiguity),
        (words["attested_by"], attested),
    )
    return CriterionCard(
        title=said(_title(criterion), words["language"]),
        state=words[f"state_{criterion.state.replace(' ', '_')}"],
        state_key=criterion.state.replace(" ", "-"),
        finding=said(criterion.finding, words["language"]),
        evidence=tuple((name, text) for name, text in evidence if text),
    )


def _title(criterion: CriterionFinding) -> Statement:
    """Return the protocol's title; of a document without one, the criterion's short name."""
    return title_said(criterion.id, criterion.title or criterion.id.replace("_", " "))


def _bar(findings: Findings) -> dict[str, float]:
    """Places on a line from 0 to 100, in percent, for the drawn interval."""
    low, high = findings.uncertainty.interval_95
    value = findings.remnant_fraction.deciding_fraction or 0.0
    places = {"low": low, "high": high, "value": value, "threshold": findings.threshold_fraction}
    return {key: 100 * min(max(place, 0.0), 1.0) for key, place in places.items()}
