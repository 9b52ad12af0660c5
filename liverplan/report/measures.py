"""The tables of what was measured: denominators, volumes, metastases."""

from __future__ import annotations

from collections.abc import Iterator

from liverplan.eligibility.protocol import DENOMINATORS
from liverplan.findings import Denominator, Fate, Findings, LesionFinding
from liverplan.report.tables import Table
from liverplan.words import Words, numbers


def denominator_table(findings: Findings, words: Words) -> Table:
    """Return the remnant over each denominator; the deciding one is marked."""
    fractions = findings.remnant_fraction
    rows = []
    for key in DENOMINATORS:
        fraction = fractions.of(key)
        shown = words["not_known"]
        if fraction is not None:
            shown = f"{numbers.percent(fraction, findings.threshold_fraction)} %"
        mark = _mark(findings, key, words)
        rows.append((words[key], formula_of(findings, key, words), words.number(shown), mark))
    return Table(
        title=words["denominators"],
        columns=(words["denominator"], words["formula"], "FLR", ""),
        rows=tuple(rows),
        numeric=(2,),
        marked=DENOMINATORS.index(fractions.deciding),
    )


def _mark(findings: Findings, key: Denominator, words: Words) -> str:
    """Say which denominator decides, and which of the others would decide otherwise."""
    fractions, line = findings.remnant_fraction, findings.threshold_fraction
    if key == fractions.deciding:
        return words["decides"]
    if not findings.planned or key not in fractions.contradicting(line):
        return ""
    side = "above" if (fractions.of(key) or 0.0) > line else "not_above"
    return words(f"reads_{side}", threshold=words.number(numbers.threshold(line)))


def formula_of(findings: Findings, key: Denominator, words: Words) -> str:
    """Say what of the remnant is divided by what."""
    fractions = findings.remnant_fraction
    if key == "of_estimated" and fractions.estimated_liver_ml is None:
        return numbers.NONE
    estimate = words.number(numbers.ml(fractions.estimated_liver_ml or 0.0))
    formula = words(f"formula_{key}", name=fractions.formula, value=estimate)
    whole = findings.volumes.counted_ml == findings.volumes.remnant_ml
    return formula if whole else words("formula_counted", formula=formula)


def volume_table(findings: Findings, words: Words) -> Table:
    """Return the volumes and the smallest margins, each of metastases of one fate."""
    volumes = findings.volumes
    values = [
        ("liver", volumes.liver_ml),
        ("tumour", volumes.tumour_ml),
        ("functional", volumes.functional_ml),
        ("remnant", volumes.remnant_ml),
        ("resected", volumes.resected_ml),
    ]
    if volumes.ablated_ml > 0:
        values.append(("ablated", volumes.ablated_ml))
    if volumes.perfused_ml is not None and findings.planned:
        values.insert(4, ("divided.perfused", volumes.perfused_ml))
    rows = [(words[key], words.number(numbers.ml(value)), words["ml"]) for key, value in values]
    return Table(
        title=words["volumes"],
        columns=(words["volume"], "", ""),
        rows=(*rows, *_margins(findings, words)),
        numeric=(1,),
    )


def _margins(findings: Findings, words: Words) -> Iterator[tuple[str, str, str]]:
    """Yield the smallest margin of those cut through, those left and those that go."""
    kinds: dict[str, tuple[Fate, ...]] = {
        "margin_cut": ("cut through",),
        "margin": ("removed", "ablated"),
        "margin_left": ("left",),
    }
    for key, fates in kinds.items():
        found = [
            (lesion.margin_mm, f"M{lesion.label - 1}")
            for lesion in findings.lesions
            if lesion.fate in fates and lesion.margin_mm is not None
        ]
        if found and findings.planned:
            smallest, name = min(found)
            yield words(key, lesions=name), words.number(numbers.mm(smallest)), words["mm"]


def lesion_table(findings: Findings, words: Words) -> Table:
    """Return a row a metastasis: sizes, distance to the cut, fate, place, state."""
    return Table(
        title=words["lesions"],
        columns=(
            words["lesion"],
            f"{words['volume']}, mL",
            f"{words['long_axis']}, mm",
            f"{words['short_axis']}, mm",
            f"{words['lesion_margin']}, mm",
            words["fate_title"],
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
    fate = words[_fate_key(lesion)] if findings.planned else numbers.NONE
    state = words[f"lesion_{lesion.state.partition(' ')[0]}"]
    centre = numbers.NO_BREAK.join(words.number(numbers.mm(v)) for v in lesion.centroid_mm)
    return (f"M{lesion.label - 1}", *map(words.number, sizes), fate, centre, state)


def _fate_key(lesion: LesionFinding) -> str:
    key = f"fate_{lesion.fate.replace(' ', '_')}"
    return f"{key}_in_part" if lesion.fate == "left" and not lesion.left_wholly else key
