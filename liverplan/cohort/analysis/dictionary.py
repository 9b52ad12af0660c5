"""What each column of the trial's tables means: the analysis' data dictionary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from liverplan.cohort.analysis.sections import Grid
from liverplan.cohort.cells import Table, read_table
from liverplan.cohort.columns import allowed_in, column_of, meaning_of
from liverplan.endpoints.visits import C30, LMC21
from liverplan.words import Words, words_of

TABLES = (".csv", ".parquet")
HEADINGS = ("column", "meaning", "unit", "allowed", "missing")

ANSWERED = (
    (tuple(C30)[:28], "column.answers_q"),
    (tuple(C30)[28:], "column.answers_q"),
    (tuple(LMC21), "column.answers_lmc"),
)
"""Answers with the same choices, which one line of the dictionary is enough for."""


def dictionary_of(paths: Sequence[Path]) -> tuple[Grid, ...]:
    """Return, of each table that went in, its columns: meaning, unit, allowed and missing values.

    Answers of one questionnaire with the same choices are one line.
    """
    words = words_of("en")
    columns = tuple(words[f"dictionary.{name}"] for name in HEADINGS)
    return tuple(
        Grid(title=path.name, columns=columns, rows=tuple(_rows(read_table(path), words)))
        for path in paths
        if path.suffix in TABLES
    )


def _rows(table: Table, words: Words) -> Iterator[tuple[str, ...]]:
    told: set[str] = set()
    for name in table.columns:
        if name in told:
            continue
        group, said = next((one for one in ANSWERED if name in one[0]), ((name,), ""))
        names = [one for one in group if one in table.columns]
        told.update(names)
        first, last = names[0], names[-1]
        alone = first == last
        lacking = sum(not cell for one in names for cell in table.values_of(one))
        yield (
            first if alone else words("dictionary.span", first=first, last=last),
            meaning_of(first) if alone else words[said],
            column_of(first).unit,
            allowed_in(first),
            words("dictionary.lacking", lacking=lacking, cells=len(names) * len(table.rows)),
        )
