"""The protocol's criteria as a report shows them."""

from __future__ import annotations

from dataclasses import dataclass

from liverplan.eligibility import title_said
from liverplan.findings import CriterionFinding, Statement, told
from liverplan.words import Said, Words, said


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionCard:
    """One criterion: its state as word and as key, the finding, and the evidence behind it."""

    title: Said
    state: str
    state_key: str
    finding: Said
    evidence: tuple[tuple[str, Said], ...]


def card_of(criterion: CriterionFinding, words: Words, identity: str) -> CriterionCard:
    """Say one criterion; a hidden identity leaves out who attests it."""
    attested = "" if identity == "hidden" else criterion.attested_by
    evidence = (
        (words["value"], told(_value(criterion))),
        (words["source"], told(criterion.source)),
        (words["ambiguity"], _ambiguity(criterion)),
        (words["attested_by"], told(attested)),
    )
    spoken = [(name, said(text, words["language"])) for name, text in evidence]
    return CriterionCard(
        title=said(_title(criterion), words["language"]),
        state=words[f"state_{criterion.state.replace(' ', '_')}"],
        state_key=criterion.state.replace(" ", "-"),
        finding=said(criterion.finding, words["language"]),
        evidence=tuple((name, text) for name, text in spoken if text.text),
    )


def _value(criterion: CriterionFinding) -> str:
    """Return the value found; a fraction stands in the finding, rounded."""
    match criterion.value:
        case None | float():
            return ""
        case value:
            return str(value)


def _ambiguity(criterion: CriterionFinding) -> Statement:
    return Statement.of(f"left_open.{criterion.id}", written=criterion.ambiguity)


def _title(criterion: CriterionFinding) -> Statement:
    """Return the protocol's title; of a document without one, the criterion's short name."""
    return title_said(criterion.id, criterion.title or criterion.id.replace("_", " "))
