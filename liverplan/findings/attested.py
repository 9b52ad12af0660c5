"""What people attest, each with its day, its person and how long it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from liverplan.findings.statement import Speak, Statement

FactState = Literal["holds", "needs judgement", "not attested", "not given"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactFinding:
    """One fact that the protocol asks for.

    Parameters
    ----------
    id : str
    label : Statement
        What it is.
    state : {"holds", "needs judgement", "not attested", "not given"}
        Whether it counts: "not attested" lacks a name or a day.
    value : bool, number, "unclear" or None
    unit, by, date, note, plan : str
        As they were given; the date is ISO.
    days_before_decision, valid_days : int or None
        Its age on the day of the decision, and how old it may be; None: it holds for good.
    of_plan : bool
        Whether it is attested of one plan only.
    """

    id: str
    label: Statement
    state: FactState
    value: bool | float | str | None = None
    unit: str = ""
    by: str = ""
    date: str = ""
    note: str = ""
    plan: str = ""
    days_before_decision: int | None = None
    valid_days: int | None = None
    of_plan: bool = False

    def to_json(self, speak: Speak) -> dict[str, Any]:
        """Return every field by its name; ``says`` is the statement that ``label`` speaks."""
        return {
            "id": self.id,
            "label": speak(self.label),
            "says": self.label.to_json(),
            "state": self.state,
            "value": self.value,
            "unit": self.unit,
            "by": self.by,
            "date": self.date,
            "note": self.note,
            "plan": self.plan,
            "days_before_decision": self.days_before_decision,
            "valid_days": self.valid_days,
            "of_plan": self.of_plan,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        values = {key: value for key, value in document.items() if key not in ("label", "says")}
        return cls(label=Statement.from_json(document["says"]), **values)
