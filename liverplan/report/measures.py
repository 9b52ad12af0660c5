"""The tables of what was measured: denominators, volumes, metastases."""

from __future__ import annotations

from liverplan.eligibility.protocol import DENOMINATORS
from liverplan.findings import Denominator, Findings, LesionFinding
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
        mark = words["decides"] if key == fractions.deciding else ""
        rows.append((words[key], formula_of(findings, key, words), words.number(shown), mark))
    return Table(
        title=words["denominators"],
        columns=(words["denominator"], words["formula"], "FLR", ""),
        rows=tuple(rows),
        numeric=(2,),
        marked=DENOMINATORS.index(fractions.deciding),
    )


def formula_of(findings: Findings, key: Denominator, words: Words) -> str:
    """Say what the remnant is divided by."""
    fractions = findings.remnant_fraction
    if key == "of_estimated" and fractions.estimated_liver_ml is None:
        return numbers.NONE
    estimate = words.number(numbers.ml(fractions.estimated_liver_ml or 0.0))
    return words(f"formula_{key}", name=fractions.formula, value=estimate)


def volume_table(findings: Findings, words: Words) -> Table:
    """Return the volumes and the smallest margin."""
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
    rows = [(words[key], words.number(numbers.ml(value)), words["ml"]) for key, value in values]
    margin = words.number(numbers.mm(findings.margin_mm))
    return Table(
        title=words["volumes"],
        columns=(words["volume"], "", ""),
        rows=(*rows, (words["margin"], margin, words["mm"])),
        numeric=(1,),
    )


def lesion_table(findings: Findings, words: Words) -> Table:
    """Return a row a metastasis: sizes, distance to the cut, side, place, state."""
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
