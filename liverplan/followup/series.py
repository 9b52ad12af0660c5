"""A patient's visits in order, each confirmed by name, and the response that follows from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from liverplan.eligibility.recist import Response, Visit, assess
from liverplan.errors import InputError
from liverplan.findings import Statement
from liverplan.followup.visits import FollowedVisit

SCHEMA: Final = "liverplan.visits/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedVisit:
    """One visit, and the person who confirmed which lesion is which."""

    followed: FollowedVisit
    confirmed_by: str

    def to_json(self) -> dict[str, Any]:
        """Return a plain document: tenths of mm, label values, an ISO date."""
        visit = self.followed.visit
        return {
            "date": None if visit.date is None else visit.date.isoformat(),
            "targets": dict(visit.targets),
            "non_target": visit.non_target,
            "new_lesion": visit.new_lesion,
            "labels": {name: list(labels) for name, labels in self.followed.labels.items()},
            "others": list(self.followed.others),
            "confirmed_by": self.confirmed_by,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        day = document["date"]
        visit = Visit(
            targets=document["targets"],
            non_target=document["non_target"],
            new_lesion=document["new_lesion"],
            date=None if day is None else dt.date.fromisoformat(day),
        )
        labels = {name: tuple(found) for name, found in document["labels"].items()}
        followed = FollowedVisit(visit=visit, labels=labels, others=tuple(document["others"]))
        return cls(followed=followed, confirmed_by=document["confirmed_by"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """Every visit up to a CT, the baseline first; empty if it was never compared."""

    confirmed: tuple[ConfirmedVisit, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.confirmed)

    @property
    def visits(self) -> tuple[Visit, ...]:
        """Lengths at each visit, as RECIST reads them."""
        return tuple(one.followed.visit for one in self.confirmed)

    @property
    def response(self) -> Response | None:
        """Response at the last visit; None if nothing was ever compared.

        Raises
        ------
        InputError
            If the visits do not follow each other.
        """
        return assess(self.visits) if self.confirmed else None

    @property
    def targets(self) -> tuple[int, ...] | None:
        """Label values of the targets in the last CT; None until a comparison has chosen them."""
        if not self.confirmed:
            return None
        return tuple(label for found in self._labels.values() for label in found)

    @property
    def lost(self) -> tuple[str, ...]:
        """Names of the targets that had vanished by the last visit."""
        return tuple(name for name, found in self._labels.items() if not found)

    def outdated(self, tenths: Mapping[int, int]) -> tuple[Statement, ...]:
        """Say which targets measure otherwise now than when they were compared.

        Parameters
        ----------
        tenths : mapping of int to int
            Long axis of every lesion by label value, whole tenths of mm.
        """
        return tuple(self._changed(tenths))

    def to_json(self) -> dict[str, Any]:
        """Return the ``liverplan.visits/1`` document."""
        return {"schema": SCHEMA, "visits": [one.to_json() for one in self.confirmed]}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote.

        Raises
        ------
        InputError
            If it is of another schema.
        """
        if document.get("schema") != SCHEMA:
            raise InputError(
                f"The case's visits are of the schema {document.get('schema')!r}, and {SCHEMA!r} "
                "can be read."
            )
        return cls(confirmed=tuple(map(ConfirmedVisit.from_json, document["visits"])))

    @property
    def _labels(self) -> Mapping[str, tuple[int, ...]]:
        return self.confirmed[-1].followed.labels if self.confirmed else {}

    def _changed(self, tenths: Mapping[int, int]) -> Iterator[Statement]:
        for name, labels in self._labels.items():
            then = self.visits[-1].targets[name] or 0
            now = sum(tenths.get(label, 0) for label in labels)
            if then != now:
                yield Statement.of("note.target_changed", name=name, now=now / 10, before=then / 10)
