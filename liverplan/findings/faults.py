"""A plan that makes no sense on its liver, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from liverplan.findings.statement import Speak, Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One reason why a plan makes no sense, e.g. of key "fault.nothing_stays".

    Measuring answers in spite of faults; nothing that has one is eligible, or signed.
    """

    says: Statement

    @property
    def key(self) -> str:
        """Which reason it is."""
        return self.says.key

    def to_json(self, speak: Speak) -> dict[str, Any]:
        """Return its key, its sentence, and what that says, by which it is read back."""
        return {"key": self.key, "sentence": speak(self.says), "says": self.says.to_json()}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(says=Statement.from_json(document["says"]))
