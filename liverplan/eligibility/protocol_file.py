"""Protocols from their files: checked whole, every fault named in one `ProtocolError`.

`breclim2.toml` beside this module is the example for any other protocol.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, assert_never, get_args

from liverplan.eligibility.protocol import (
    DENOMINATORS,
    Answer,
    Criterion,
    Doubt,
    FactQuestion,
    FactValue,
    Kind,
    Limits,
    Measure,
    OtherReading,
    Protocol,
    Role,
    fits,
)
from liverplan.eligibility.recist import Category
from liverplan.eligibility.strict import Table, parse_table, read_text, refuse_faults
from liverplan.errors import ProtocolError

SCHEMA = "liverplan.protocol/1"

KINDS: tuple[Kind, ...] = get_args(Kind)
ROLES: tuple[Role, ...] = get_args(Role)
MEASURES: tuple[Measure, ...] = get_args(Measure)
ANSWERS: tuple[Answer, ...] = get_args(Answer)
DOUBTS: tuple[Doubt, ...] = get_args(Doubt)
AIDS: tuple[Literal["response"], ...] = ("response",)
CATEGORIES: tuple[Category, ...] = get_args(Category)


def load_protocol(name_or_path: str | Path = "breclim2") -> Protocol:
    """Read a protocol that ships with liverplan, by name, or any protocol file.

    Raises
    ------
    ProtocolError
        One sentence with every fault: unknown keys, wrong types, unknown kinds, NaN.
    """
    return parse_protocol(protocol_text(name_or_path), name=str(_find(name_or_path)))


def protocol_text(name_or_path: str | Path) -> str:
    """Return the TOML of a protocol that ships with liverplan, or of any protocol file.

    Raises
    ------
    ProtocolError
        If there is none.
    """
    return read_text(_find(name_or_path), what="protocol")


def parse_protocol(text: str, *, name: str) -> Protocol:
    """Read a protocol from its TOML; ``name`` says in a refusal where that lies.

    Raises
    ------
    ProtocolError
        As `load_protocol`.
    """
    table = parse_table(text, what="protocol", name=name)
    protocol = _protocol(table)
    refuse_faults(table, what="protocol", name=name)
    return protocol


def shipped_protocols() -> tuple[str, ...]:
    """Names of the protocols that ship with liverplan."""
    return ("breclim2",)


def _find(name_or_path: str | Path) -> Path:
    shipped = Path(__file__).parent / f"{name_or_path}.toml"
    if str(name_or_path) in shipped_protocols():
        return shipped
    path = Path(name_or_path)
    if path.suffix != ".toml" and not path.exists():
        known = ", ".join(shipped_protocols())
        raise ProtocolError(
            f"There is no protocol {str(name_or_path)!r}: give the path of a .toml file or one "
            f"of {known}."
        )
    return path


def _protocol(table: Table) -> Protocol:
    table.choice("schema", (SCHEMA,))
    facts = {name: _fact(name, t) for name, t in table.table("facts").named_tables().items()}
    criteria = tuple(_criterion(t, facts) for t in table.tables("criteria"))
    protocol = Protocol(
        name=table.text("name"),
        title=table.text("title"),
        registry=table.text("registry", default=""),
        source=table.text("source"),
        facts=facts,
        criteria=criteria,
    )
    _whole(table, protocol)
    table.done()
    return protocol


def _whole(table: Table, protocol: Protocol) -> None:
    """Note what only the criteria together can lack."""
    ids = [c.id for c in protocol.criteria]
    for twice in sorted({i for i in ids if i and ids.count(i) > 1}):
        table.fault("criteria", f"has the id {twice!r} more than once")
    remnants = [c for c in protocol.criteria if c.measure == "remnant_fraction"]
    if len(remnants) != 1:
        table.fault("criteria", "must have exactly one with measure = 'remnant_fraction'")
    elif protocol.threshold <= 0 or protocol.threshold >= 1:
        table.fault(
            "criteria", "must hold the remnant above or at_least a fraction between 0 and 1"
        )
    asked = {name for c in protocol.criteria for name in c.asks}
    background = {name for name, fact in protocol.facts.items() if fact.background}
    for idle in sorted(set(protocol.facts) - asked - background):
        table.fault("facts", f"has {idle!r}, which no criterion requires")


def _fact(name: str, table: Table) -> FactQuestion:
    fact = FactQuestion(
        name=name,
        label=table.text("label"),
        question=table.text("question"),
        answer=table.choice("answer", ANSWERS),
        lowest=_whole_number(table, "lowest"),
        highest=_whole_number(table, "highest"),
        unit=table.text("unit", default=""),
        valid_days=_days(table, "valid_days"),
        of_plan=table.yes_no("of_plan", default=False),
        background=table.yes_no("background", default=False),
    )
    table.done()
    return fact


def _criterion(table: Table, facts: Mapping[str, FactQuestion]) -> Criterion:
    criterion = Criterion(
        id=table.text("id"),
        title=table.text("title"),
        role=table.choice("role", ROLES),
        kind=table.choice("kind", KINDS),
        text=table.text("text"),
        source=table.text("source"),
        ambiguity=table.text("ambiguity", default=""),
        measure=table.choice("measure", MEASURES) if table.has("measure") else None,
        limits=_limits(table),
        allowed=_allowed(table),
        denominator=table.choice("denominator", DENOMINATORS, default="of_functional"),
        requires=_requires(table.table("requires"), facts),
        considers=_requires(table.table("considers"), facts),
        aided_by=table.choice("aided_by", AIDS) if table.has("aided_by") else None,
        other_reading=_other_reading(table),
        settled_by=_settled_by(table.table("settled_by"), facts),
        images_valid_days=_days(table, "images_valid_days"),
        otherwise=table.text("otherwise", default=""),
    )
    _consistent(table, criterion)
    table.done()
    return criterion


def _consistent(table: Table, criterion: Criterion) -> None:
    """Note a criterion whose parts contradict each other."""
    computed = criterion.kind in ("computed", "both")
    if computed and criterion.measure is None:
        table.fault("measure", f"is missing, for the kind is {criterion.kind!r}")
    if not computed and criterion.measure is not None:
        table.fault("measure", "has no place in a criterion whose kind is 'attested'")
    if criterion.kind != "computed" and not criterion.requires:
        table.fault("requires", f"names no fact, for the kind is {criterion.kind!r}")
    if criterion.kind == "computed" and criterion.requires:
        table.fault("requires", "has no place in a criterion whose kind is 'computed'")
    if criterion.measure is not None:
        _requires_of(table, criterion, criterion.measure)


def _requires_of(table: Table, criterion: Criterion, measure: Measure) -> None:
    """Note what a measure is held against, where that is missing."""
    match measure:
        case "response":
            if not criterion.allowed:
                table.fault("allowed", "is missing, for the measure is 'response'")
        case "age_years" | "lesion_count" | "remnant_fraction":
            if criterion.limits.empty:
                table.fault("above", "or another limit (at_least, below, at_most) is missing")
        case _:
            assert_never(measure)


def _limits(table: Table) -> Limits:
    return Limits(
        above=table.number("above"),
        at_least=table.number("at_least"),
        below=table.number("below"),
        at_most=table.number("at_most"),
    )


def _other_reading(table: Table) -> OtherReading | None:
    if not table.has("other_reading"):
        return None
    inner = table.table("other_reading")
    reading = OtherReading(limits=_limits(inner), words=inner.text("words"))
    inner.done()
    return reading


def _allowed(table: Table) -> tuple[str, ...]:
    value = table.raw("allowed")
    if value is None:
        return ()
    if not isinstance(value, list) or not all(v in CATEGORIES for v in value):
        table.fault("allowed", f"must be a list of {', '.join(CATEGORIES)}, not {value!r}")
        return ()
    return tuple(value)


def _requires(table: Table, facts: Mapping[str, FactQuestion]) -> dict[str, tuple[FactValue, ...]]:
    found: dict[str, tuple[FactValue, ...]] = {}
    for name in table.values:
        value = table.raw(name)
        answers = tuple(value) if isinstance(value, list) else (value,)
        if name not in facts:
            table.fault(name, "is no fact of this protocol")
        elif not answers or not all(fits(facts[name], answer) for answer in answers):
            table.fault(name, f"must be answered by {facts[name].answer}, not {value!r}")
        else:
            found[name] = answers
    return found


def _settled_by(table: Table, facts: Mapping[str, FactQuestion]) -> dict[Doubt, str]:
    found: dict[Doubt, str] = {}
    for doubt in DOUBTS:
        if not table.has(doubt):
            continue
        name = table.text(doubt)
        if name not in facts or facts[name].answer != "yes or no":
            table.fault(doubt, f"must name a fact with the answer 'yes or no', not {name!r}")
        else:
            found[doubt] = name
    table.done()
    return found


def _whole_number(table: Table, key: str) -> int | None:
    value = table.number(key)
    if value is not None and value.denominator != 1:
        table.fault(key, "must be a whole number")
    return None if value is None else int(value)


def _days(table: Table, key: str) -> int | None:
    value = _whole_number(table, key)
    if value is not None and value < 0:
        table.fault(key, "must not be negative")
    return value
