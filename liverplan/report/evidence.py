"""The tables of a report that say how it came about and who stands behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from liverplan import __version__
from liverplan.findings import Findings
from liverplan.findings.how_sure import source_name
from liverplan.report.cuts import plan_in_words
from liverplan.report.facts import fact_table
from liverplan.report.request import ReportInput, SignatureRow
from liverplan.report.tables import Table
from liverplan.words import Words, fates, numbers, spoken, verdict
from liverplan.words.first_lines import STAYING


def evidence_tables(request: ReportInput, words: Words) -> tuple[Table, ...]:
    """Uncertainty, signatures, masks, cuts, facts, audit trail and hashes: those that exist."""
    tables = [
        _contributions(request.findings, words),
        fact_table(request, words),
        _signatures(request, words),
        _made(request, words),
        _pairs(words["masks"], _masks(request, words)),
        _pairs(words["cuts"], _cuts(request.findings, words)),
        _audit(request, words),
        _pairs(words["hashes"], request.hashes.items()),
    ]
    if request.identity == "shown":
        facts = ((name.replace("_", " "), str(value)) for name, value in request.patient.items())
        tables.insert(5, _pairs(words["patient"], facts))
    return tuple(table for table in tables if table.rows or table.empty)


def plan_table(request: ReportInput, words: Words) -> Table:
    """Compare plans: this one first."""
    own = request.findings
    rows = [_plan_row(plan_in_words(own.plan, words) or words["this_plan"], own, words)]
    for plan in request.plans:
        name = plan_in_words(plan.name, words)
        if plan.findings is None:
            rows.append((name, *[numbers.NONE] * 4, plan.refusal))
        else:
            rows.append(_plan_row(name, plan.findings, words))
    return Table(
        title=words["plans"],
        columns=(
            words["plan"],
            "FLR, %",
            words["interval"],
            f"{words['remnant']}, mL",
            f"{words['margin']}, mm",
            "",
        ),
        rows=tuple(rows),
        numeric=(1, 2, 3, 4),
        marked=0,
    )


def _plan_row(name: str, findings: Findings, words: Words) -> tuple[str, ...]:
    line = findings.threshold_fraction
    fraction = findings.remnant_fraction.deciding_fraction
    low, high = findings.uncertainty.interval_95
    cells = (
        numbers.NONE if fraction is None else numbers.percent(fraction, line),
        f"{numbers.percent(low, line)}-{numbers.percent(high, line)}",
        numbers.ml(findings.volumes.remnant_ml),
        numbers.mm(findings.margin_mm),
    )
    reason = verdict(findings, words["language"]).reason
    leaves = spoken(fates(findings, STAYING), words["language"])
    return (name, *map(words.number, cells), f"{leaves} {reason}".strip())


def _contributions(findings: Findings, words: Words) -> Table:
    rows = (
        (
            words.say(source_name(c)),
            words.number(f"{c.sd:.3g} {c.unit}"),
            words.number(f"{100 * c.fraction_sd:.2f}"),
            _part(c.share),
            _part(c.share_as_drawn),
            c.source,
        )
        for c in findings.uncertainty.contributions
    )
    effect = f"{words['effect']}, {words['points']}"
    return Table(
        title=words["uncertainty"],
        columns=(
            words["contribution"],
            words["sd"],
            effect,
            words["share_carried_out"],
            words["share_drawn"],
            words["source"],
        ),
        rows=tuple(rows),
        numeric=(1, 2, 3, 4),
    )


def _part(share: float | None) -> str:
    return numbers.NONE if share is None else numbers.share(share)


def _signatures(request: ReportInput, words: Words) -> Table:
    hidden = request.identity == "hidden"
    rows = (
        (
            numbers.NONE if hidden else s.name,
            s.role,
            s.meaning,
            numbers.NONE if hidden else numbers.moment(s.when),
            numbers.NONE if hidden else s.reason,  # free text can name anybody
            _validity(s, words),
        )
        for s in request.signatures
    )
    keys = ("signer", "role", "meaning", "when", "reason", "validity")
    return Table(
        title=words["signatures"],
        columns=tuple(words[key] for key in keys),
        rows=tuple(rows),
        empty=words["no_signatures"],
    )


def _validity(signature: SignatureRow, words: Words) -> str:
    """Say whether a signature holds; a vote that its voter changed is nobody's fault."""
    if signature.superseded_by:
        return words("superseded", vote=signature.superseded_by)
    if signature.void_because:
        return words("void", why=signature.void_because)
    return words["valid"]


def _made(request: ReportInput, words: Words) -> Table:
    findings, series = request.findings, request.findings.series
    rows = [
        (words["voxels"], f" {numbers.TIMES} ".join(str(n) for n in series.shape)),
        (words["spacing"], _spacing(series.spacing_mm, words)),
        (words["protocol"], findings.protocol),
        (words["software"], findings.software or f"liverplan {__version__}"),
    ]
    if request.identity == "shown":
        rows[:0] = [
            (words["series"], f"{series.description} {series.uid}".strip()),
            (words["study_date"], numbers.day(series.study_date)),
        ]
        rows.append((words["created"], f"{request.created:%Y-%m-%d %H:%M} UTC"))
    return _pairs(words["made"], rows)


def _spacing(spacing_mm: Sequence[float], words: Words) -> str:
    return words.number(f" {numbers.TIMES} ".join(f"{s:.4g}" for s in spacing_mm)) + " mm"


def _masks(request: ReportInput, words: Words) -> Iterable[tuple[str, str]]:
    for label, made in sorted(request.segmentation.provenance.items()):
        name = words["mask_liver"] if label == 1 else f"M{label - 1}"
        accepted = words["not_accepted"]
        if made.accepted_by:
            who = numbers.NONE if request.identity == "hidden" else made.accepted_by
            accepted = words("accepted", name=who)
        how = words[f"origin_{made.origin}"]
        if made.edits:
            how = f"{how}, {words['edited']}"
        method = f"{made.method} {made.version}"
        if digest := made.network.get("sha256"):
            method = f"{method} (SHA-256 {digest[:12]})"
        yield name, f"{method}, {how}, {accepted}"


def _cuts(findings: Findings, words: Words) -> Iterable[tuple[str, str]]:
    for number, plane in enumerate(findings.planes, 1):
        point = " / ".join(words.number(numbers.mm(value)) for value in plane.point_mm)
        normal = " / ".join(words.number(f"{value:.4f}") for value in plane.normal)
        yield str(number), f"{point} mm; {normal}"


def _audit(request: ReportInput, words: Words) -> Table:
    hidden = request.identity == "hidden"
    rows = (
        (
            numbers.NONE if hidden else numbers.moment(row.when),
            words[row.kind] if hidden else f"{row.who} ({words[row.kind]})",
            row.what,
            numbers.NONE if hidden else row.why,
        )
        for row in request.audit
    )
    return Table(
        title=words["audit"],
        columns=tuple(words[key] for key in ("when", "who", "what", "reason")),
        rows=tuple(rows),
    )


def _pairs(title: str, rows: Iterable[tuple[str, str]]) -> Table:
    return Table(title=title, columns=(), rows=tuple(row for row in rows if row[1]))
