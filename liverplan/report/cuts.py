"""The cuts of a plan and the liver's segments, in words and numbers."""

from __future__ import annotations

from collections.abc import Iterator

from liverplan.findings import CutFinding, Findings
from liverplan.report.tables import Table
from liverplan.resection.anatomy.named import split_fourth, usual_shares
from liverplan.words import Words, numbers

ROMAN = {
    "1": "I", "2": "II", "3": "III", "4": "IV", "4a": "IVa", "4b": "IVb", "5": "V", "6": "VI",
    "7": "VII", "8": "VIII",
}  # fmt: skip


def cut_table(findings: Findings, words: Words) -> Table:
    """Each cut by what it is, where it lies and what it would take by itself."""
    rows = tuple(
        (f"{number}. {cut_in_words(cut, words)}", words.number(numbers.ml(cut.removes_ml)))
        for number, cut in enumerate(findings.cuts, 1)
    )
    return Table(
        title=words["plan_cuts"],
        columns=(words["cut"], f"{words['alone']}, mL"),
        rows=rows,
        numeric=(1,),
    )


def cut_in_words(cut: CutFinding, words: Words) -> str:
    """Say one cut, e.g. "wedge, 22.5 mm round -88.0 / -15.0 / -47.0 mm"."""
    if cut.parts:
        named = plan_in_words(cut.name, words)
        listed = ", ".join(ROMAN.get(part, part) for part in cut.parts)
        kind = words.table.get(f"cut_{cut.scheme}", cut.scheme)
        return f"{named or kind} ({listed})"
    kind = words[f"cut_{cut.kind}"]
    if cut.centre_mm is None:
        return kind
    place = numbers.NO_BREAK.join(words.number(numbers.mm(value)) for value in cut.centre_mm)
    if cut.radius_mm is None:
        return words("cut_through", kind=kind, place=place)
    radius = words.number(numbers.mm(cut.radius_mm))
    return words("cut_round", kind=kind, place=place, radius=radius)


def plan_in_words(name: str, words: Words) -> str:
    """Return a plan's name, in the report's language if it is that of an operation."""
    return words.table.get(f"resection_{name.replace(' ', '_')}", name)


def segment_table(findings: Findings, words: Words) -> Table:
    """Each segment's volume and share, and what is published of shares, beside what is here."""
    rows = [
        (
            ROMAN.get(segment.name, segment.name),
            words.number(numbers.ml(segment.volume_ml)),
            words.number(f"{100 * segment.share_fraction:.1f}"),
            "",
            "",
        )
        for segment in findings.segments
    ]
    return Table(
        title=words["segments"],
        columns=(
            words["segment"],
            f"{words['volume']}, mL",
            f"{words['share']}, %",
            f"{words['usual']}, %",
            words["source"],
        ),
        rows=(*rows, *_groups(findings, words)),
        numeric=(1, 2, 3),
    )


def _groups(findings: Findings, words: Words) -> Iterator[tuple[str, ...]]:
    """Rows of what has a published share: hemilivers, sections, single segments."""
    volumes = {segment.name: segment.volume_ml for segment in findings.segments}
    shares = {segment.name: segment.share_fraction for segment in findings.segments}
    for usual in usual_shares():
        names = [name for name in split_fourth(usual.segments) if name in shares]
        if not names:
            continue
        share = sum(shares[name] for name in names)
        outside = not usual.low_fraction <= share <= usual.high_fraction
        span = f"{100 * usual.low_fraction:.0f}-{100 * usual.high_fraction:.0f}"
        yield (
            words.table.get(f"part_{usual.name.replace(' ', '_')}", usual.name),
            words.number(numbers.ml(sum(volumes[name] for name in names))),
            words.number(f"{100 * share:.1f}"),
            words("unusual", span=span) if outside else span,
            usual.source,
        )
