"""What stands beside the verdict, and every attested fact with its person and its days."""

from __future__ import annotations

from liverplan.findings import FactFinding, Findings, Statement
from liverplan.findings.beside import beside
from liverplan.report.request import ReportInput
from liverplan.report.tables import Table
from liverplan.words import Words, numbers


def beside_table(findings: Findings, words: Words) -> Table:
    """Return one line for each thing that is asked beside the number."""
    rows = tuple((words[_asks(line)], words.say(line)) for line in beside(findings))
    return Table(title=words["beside_title"], columns=(), rows=rows)


def _asks(line: Statement) -> str:
    """Return which question a line answers."""
    match line.key.partition(".")[2]:
        case "remnant" | "no_body" | "formula":
            return "asks_remnant"
        case "limit":
            return "asks_limit"
        case "liver" | "blood" | "albi":
            return "asks_liver"
        case "plan":
            return "asks_plan"
        case _:
            return "asks_ct"


def fact_table(request: ReportInput, words: Words) -> Table:
    """Return one row a fact; a hidden identity leaves out who, when and of which plan."""
    keys = (
        "fact_name",
        "answer",
        "attested_by",
        "attested_on",
        "age_days",
        "holds_days",
        "plan",
        "",
    )
    return Table(
        title=words["fact_list"],
        columns=tuple(words[key] if key else "" for key in keys),
        rows=tuple(
            _row(fact, words, hidden=request.identity == "hidden")
            for fact in request.findings.facts
        ),
        numeric=(4, 5),
    )


def _row(fact: FactFinding, words: Words, *, hidden: bool) -> tuple[str, ...]:
    age = fact.days_before_decision
    span = words["for_good"] if fact.valid_days is None else str(fact.valid_days)
    return (
        words.say(fact.label),
        _answer(fact, words),
        numbers.NONE if hidden else fact.by or numbers.NONE,
        numbers.NONE if hidden else fact.date or numbers.NONE,
        numbers.NONE if age is None else str(age),
        span,
        numbers.NONE if hidden else fact.plan or numbers.NONE,
        words[f"fact_{fact.state.replace(' ', '_')}"],
    )


def _answer(fact: FactFinding, words: Words) -> str:
    match fact.value:
        case None:
            return numbers.NONE
        case bool():
            return words.say(Statement.of("finding.yes" if fact.value else "finding.no"))
        case int() | float():
            return words.number(f"{fact.value:g} {fact.unit}".strip())
        case text:
            return text
