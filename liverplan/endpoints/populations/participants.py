"""Everybody who was assessed for the trial, from a CSV file with one patient a line.

Columns: ``id``; ``arm`` and ``centre`` as the design names them and ``randomised_date``, empty for
who was not randomised, with ``not_randomised`` saying why; ``treated_arm``, the arm whose treatment
was first given, empty if none; ``crossover_date``, the day of the first treatment of the other arm;
``deviation``, a major deviation from the protocol; ``lost``, why follow-up was lost or stopped.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from liverplan.endpoints.design import Design
from liverplan.endpoints.populations.names import as_named
from liverplan.endpoints.tables import read_lines, refuse
from liverplan.findings import Statement

COLUMNS = (
    "id",
    "centre",
    "arm",
    "randomised_date",
    "not_randomised",
    "treated_arm",
    "crossover_date",
    "deviation",
    "lost",
)
WHAT = "table of participants"


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One patient who was assessed; ``arm`` is empty for who was not randomised.

    ``line`` is the file's.
    """

    id: str
    centre: str
    arm: str
    randomised: dt.date | None
    not_randomised: str
    treated_arm: str
    crossover: dt.date | None
    deviation: str
    lost: str
    line: int = 0

    @property
    def per_protocol(self) -> bool:
        """Return whether the patient had the treatment of the own arm, and no other."""
        own = bool(self.arm) and self.treated_arm == self.arm
        return own and self.crossover is None and not self.deviation


def read_participants(
    path: Path, design: Design
) -> tuple[tuple[Participant, ...], tuple[Statement, ...]]:
    """Read everybody who was assessed.

    Returns
    -------
    (participants, notes)
        Notes say which spellings were read as which name of the design.

    Raises
    ------
    InputError
        One sentence that names the rows at fault.
    """
    table = _Table(design)
    lines = read_lines(path, WHAT, needed=COLUMNS, optional=())
    people = [table.read(number, line) for number, line in lines]
    refuse(path, WHAT, table.faults)
    return tuple(people), tuple(dict.fromkeys(table.notes))


class _Table:
    """The lines of one file: what is wrong with them, and what was read for what."""

    def __init__(self, design: Design) -> None:
        self._design = design
        self._lines: dict[str, int] = {}
        self.faults: list[str] = []
        self.notes: list[Statement] = []

    def read(self, number: int, value: Mapping[str, str]) -> Participant:
        arms = self._design.arms
        found = Participant(
            id=value["id"],
            centre=self._named(number, "centre", value["centre"], self._design.centres),
            arm=self._named(number, "arm", value["arm"], arms),
            randomised=self._day(number, "randomised_date", value["randomised_date"]),
            not_randomised=value["not_randomised"],
            treated_arm=self._named(number, "treated_arm", value["treated_arm"], arms),
            crossover=self._day(number, "crossover_date", value["crossover_date"]),
            deviation=value["deviation"],
            lost=value["lost"],
            line=number,
        )
        self.faults += [f"line {number} {fault}" for fault in _contradictions(found)]
        first = self._lines.setdefault(found.id, number)
        if first != number:
            self.faults.append(f"line {number} has the id {found.id!r} of line {first}")
        return found

    def _named(self, number: int, column: str, text: str, names: tuple[str, ...]) -> str:
        name = as_named(text, names) if text else ""
        if name is None:
            known = ", ".join(names)
            self.faults.append(f"line {number} has the {column} {text!r}, which is none of {known}")
            return ""
        if name != text:
            self.notes.append(Statement.of("trial.read_as", column=column, text=text, name=name))
        return name

    def _day(self, number: int, column: str, text: str) -> dt.date | None:
        try:
            return dt.date.fromisoformat(text) if text else None
        except ValueError:
            self.faults.append(
                f"line {number} has the {column} {text!r}, which is no date like 2024-03-11"
            )
            return None


def _contradictions(one: Participant) -> Iterator[str]:
    if not one.id:
        yield "has no id"
    if not one.centre:
        yield "has no centre that is known"
    if bool(one.arm) != (one.randomised is not None):
        yield "has an arm or a randomised_date but not both"
    if bool(one.arm) == bool(one.not_randomised):
        yield "needs an arm, or why the patient was not randomised, and not both"
    if not one.arm and (one.treated_arm or one.crossover or one.lost or one.deviation):
        yield "says what followed randomisation of a patient who was not randomised"
    if one.crossover and not one.treated_arm:
        yield "has a crossover_date but no treated_arm before it"
    if one.crossover and one.randomised and one.crossover < one.randomised:
        yield f"has a crossover on {one.crossover}, before randomisation on {one.randomised}"
