"""Whether the images are of these days and of this person: what a verdict rests on unseen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from liverplan.findings.statement import Speak, Statement

CheckState = Literal["agrees", "needs judgement", "not given"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One comparison of the CT with the patient's file, e.g. "ct_date" or "birth_date".

    Nobody is eligible while one needs judgement; what is not given is said.
    """

    id: str
    state: CheckState
    says: Statement

    def to_json(self, speak: Speak) -> dict[str, Any]:
        """Return its name, its state, its sentence, and what that says."""
        return {
            "id": self.id,
            "state": self.state,
            "finding": speak(self.says),
            "says": self.says.to_json(),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        says = Statement.from_json(document["says"])
        return cls(id=document["id"], state=document["state"], says=says)
