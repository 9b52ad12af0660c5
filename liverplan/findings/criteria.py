"""What a protocol says of one plan, criterion by criterion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from liverplan.findings.statement import Speak, Statement

State = Literal["met", "not met", "missing", "needs judgement"]
Eligibility = Literal["eligible", "not eligible", "undecided"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionFinding:
    """What is known of one criterion: its state, the value found, and what is said.

    ``source``, ``ambiguity`` and ``attested_by`` are evidence for the committee.
    """

    id: str
    state: State
    finding: Statement
    value: float | int | str | bool | None = None
    title: str = ""
    source: str = ""
    ambiguity: str = ""
    attested_by: str = ""

    def to_json(self, speak: Speak) -> dict[str, Any]:
        """Return every field by its name; ``says`` is the statement that ``finding`` speaks."""
        return {
            "id": self.id,
            "state": self.state,
            "finding": speak(self.finding),
            "says": self.finding.to_json(),
            "value": self.value,
            "title": self.title,
            "source": self.source,
            "ambiguity": self.ambiguity,
            "attested_by": self.attested_by,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(
            id=document["id"],
            state=document["state"],
            finding=Statement.from_json(document.get("says", document["finding"])),
            value=document.get("value"),
            title=document.get("title", ""),
            source=document.get("source", ""),
            ambiguity=document.get("ambiguity", ""),
            attested_by=document.get("attested_by", ""),
        )
