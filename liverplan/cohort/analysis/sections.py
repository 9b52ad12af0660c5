"""From a document of results to sections of tables: generic, so that no part can be left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_IN_A_CELL = 4
"""Longer lists of numbers are curves: they are drawn, and their points are in the document."""

SAYS = "says"
"""What sentences say, beside them, for programs."""

PLAIN = {"schema", "unit", "notes", SAYS, "provenance"}
"""Parts of a document with a place of their own in the report."""


class Named(str):
    """A key that is a name of the trial's own, an arm or a centre: a heading as it is."""

    __slots__ = ()


NAMES = {
    "cox": "Cox model",
    "p": "p",
    "flr": "FLR",
    "hazard_ratio_95": "95 % limits",
    "three_years": "Survival at 3 years",
    "three_years_95": "Survival at 3 years, 95 % limits",
    "rmst": "Restricted mean survival",
    "by_centre": "Stratified by centre",
    "at_risk": "Numbers at risk",
    "three_years_difference": "Difference of survival at 3 years",
    "follow_up": "Follow-up (reverse Kaplan-Meier)",
    "follow_up_median": "Median follow-up",
    "follow_up_median_95": "Follow-up 95 % limits",
    "isgls": "Liver failure (ISGLS)",
    "consort": "CONSORT",
    "progression_by_rule": "Progression by the rule",
    "secondary": "Secondary endpoints",
    "progression_free_survival": "Progression-free survival",
    "sha256": "SHA-256",
    "p_adjusted": "p adjusted",
    "type_one_error": "Type I error",
    "log_rank": "Log-rank test",
    "nominal_p": "Nominal p",
    "z": "z",
    "clavien_dindo": "Clavien-Dindo",
    "months_lived": "Restricted mean (months)",
    "months_lived_95": "Restricted mean, 95 % limits",
    "log_rank_by_cause": "Log-rank test of each cause alone",
    "log_rank_p": "Log-rank p",
    "spent": "Alpha spent",
    "c_index": "c-index",
    "lower_95": "Lower 95 % limit",
    "upper_95": "Upper 95 % limit",
    "lost": "Lost to follow-up",
    "found": "Shown",
    "mortality_90_days": "Mortality within 90 days",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table as it is read: headings (none for pairs of name and value), rows of text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of the results; ``key`` is the document's."""

    key: str
    title: str
    tables: tuple[Grid, ...]
    remarks: tuple[str, ...] = ()


def sections_of(document: Mapping[str, Any]) -> tuple[Section, ...]:
    """Return a section for each part of the document that holds tables or remarks."""
    parts = {key: value for key, value in document.items() if key not in PLAIN}
    loose = {key: value for key, value in parts.items() if _is_cell(value)}
    nested = {key: value for key, value in parts.items() if key not in loose}
    found = [section_of(titled(key), value, key=key) for key, value in nested.items()]
    first = [section_of("In short", loose)] if loose else []
    return tuple(one for one in (*first, *found) if one.tables or one.remarks)


def section_of(title: str, value: Any, *, key: str = "") -> Section:  # noqa: ANN401 - any part of a document
    """Return one part's tables, however deep they lie, and the sentences among them."""
    tables = tuple(_tables("", value))
    return Section(
        key=key, title=title, tables=tables, remarks=tuple(dict.fromkeys(_remarks(value)))
    )


def titled(key: str) -> str:
    """Return a key as a heading: ``log_rank`` is "Log rank"."""
    if isinstance(key, Named):
        return str(key)
    if key in NAMES:
        return NAMES[key]
    text = key.replace("_95", " 95 % limits").replace("_", " ").strip()
    return text[:1].upper() + text[1:]


def shown(value: Any, key: str = "") -> str:  # noqa: ANN401 - any cell
    """Return a cell as text: four figures, p never 0, what is not estimable said."""
    match value:
        case None:
            return "not reached" if "median" in key else "not estimable"
        case bool():
            return "yes" if value else "no"
        case float():
            return _number(value, key)
        case [None, None]:
            return shown(None, key)
        case list() | tuple():
            between = " to " if len(value) == 2 and not _are_texts(value) else ", "
            within = key if "median" in key else ""
            return between.join(shown(item, within) for item in value)
        case _:
            return str(value)


def _number(value: float, key: str) -> str:
    if key in ("p", "p_adjusted") or key.endswith("_p"):
        return "< 0.0001" if value < 0.0001 else f"{value:.4f}"
    return f"{value:.4g}" if abs(value) < 10000 else f"{value:.0f}"


def _is_cell(value: Any) -> bool:  # noqa: ANN401 - any value
    match value:
        case Mapping():
            return False
        case list() | tuple():
            short = len(value) <= MOST_IN_A_CELL
            numbers = short and bool(value) and all(_is_number(item) for item in value)
            return numbers or _is_names(value)
        case _:
            return True


def _is_number(value: Any) -> bool:  # noqa: ANN401 - any value
    return value is None or isinstance(value, int | float)


def _is_names(value: Any) -> bool:  # noqa: ANN401 - any value
    """Whether a value is a list of names, such as the centres': what ends in a stop is said."""
    return _are_texts(value) and not any(item.endswith(".") for item in value)


def _is_sentences(value: Any) -> bool:  # noqa: ANN401 - any value
    return _are_texts(value) and not _is_names(value)


def _are_texts(value: Any) -> bool:  # noqa: ANN401 - any value
    listed = isinstance(value, list | tuple) and bool(value)
    return listed and all(isinstance(item, str) for item in value)


def _tables(path: str, value: Any) -> Iterator[Grid]:  # noqa: ANN401 - any part of a document
    match value:
        case Mapping():
            value = {key: item for key, item in value.items() if key != SAYS}
            cells = {key: item for key, item in value.items() if _is_cell(item)}
            if cells:
                rows = tuple((titled(key), shown(item, key)) for key, item in cells.items())
                yield Grid(title=path, columns=(), rows=rows)
            for key, item in value.items():
                if key not in cells:
                    yield from _tables(_under(path, titled(key)), item)
        case list() | tuple() if value and all(isinstance(row, Mapping) for row in value):
            yield from _list_of_rows(path, value)


def _list_of_rows(path: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[Grid]:
    """Yield the rows' own cells as one table, then what each holds below itself, joined."""
    keys = tuple(dict.fromkeys(key for row in rows for key in row if _is_cell(row[key])))
    if keys:
        text = tuple(tuple(shown(row.get(key, ""), key) for key in keys) for row in rows)
        yield Grid(title=path, columns=tuple(map(titled, keys)), rows=text)
    below = dict.fromkeys(key for row in rows for key in row if key not in keys)
    for key in below:
        inner = [(row, row[key]) for row in rows if key in row and not _is_cell(row[key])]
        lists = [item for _, item in inner if isinstance(item, list | tuple)]
        joined = [_named(row, one) for row, many in inner for one in _mappings(many)]
        if lists and joined:
            yield from _list_of_rows(_under(path, titled(key)), joined)
        elif joined:
            yield from _tables(_under(path, titled(key)), joined)


def _named(row: Mapping[str, Any], one: Mapping[str, Any]) -> Mapping[str, Any]:
    """Put what names a row before what lies below it."""
    names = {key: value for key, value in row.items() if isinstance(value, str)}
    return {**names, **one}


def _mappings(value: Any) -> list[Mapping[str, Any]]:  # noqa: ANN401 - any value
    many = value if isinstance(value, list | tuple) else [value]
    return [item for item in many if isinstance(item, Mapping)]


def _remarks(value: Any) -> Iterator[str]:  # noqa: ANN401 - any part of a document
    match value:
        case Mapping():
            for key, item in value.items():
                if key != SAYS:
                    yield from _remarks(item)
        case list() | tuple() if _is_sentences(value):
            yield from value
        case list() | tuple():
            for item in value:
                yield from _remarks(item)


def _under(path: str, title: str) -> str:
    return f"{path}: {title}" if path else title
