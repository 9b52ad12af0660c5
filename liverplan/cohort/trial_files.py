"""The trial's own files beside its outcomes, and what they add to the endpoints' document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from liverplan.cohort.analysis import Picture
from liverplan.endpoints import Outcome, trial_endpoints
from liverplan.endpoints.design import Design, design_json, read_design, secondary_json
from liverplan.endpoints.documents import sentences
from liverplan.endpoints.populations import (
    POPULATIONS,
    Participant,
    Population,
    as_named,
    consort,
    consort_svg,
    members,
    read_participants,
)
from liverplan.endpoints.progression.summary import progression_json
from liverplan.errors import InputError
from liverplan.findings import Statement

Parts = tuple[dict[str, Any], tuple[Picture, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialFiles:
    """Where the plan (TOML), everybody asked and the looks for progression (CSV) lie, or None."""

    design: Path | None = None
    participants: Path | None = None
    assessments: Path | None = None

    @property
    def paths(self) -> tuple[Path | None, ...]:
        """Return every file."""
        return self.design, self.participants, self.assessments

    def named(self, outcomes: Sequence[Outcome]) -> tuple[tuple[Outcome, ...], list[Statement]]:
        """Return outcomes with their arms as the design names them, and what was read for what.

        Raises
        ------
        InputError
            If an arm is none of the design's.
        """
        if self.design is None:
            return tuple(outcomes), []
        arms = read_design(self.design).arms
        read = {one.arm: as_named(one.arm, arms) for one in outcomes}
        for one in outcomes:
            if read[one.arm] is None:
                raise InputError(
                    f"The patient {one.id!r} has the arm {one.arm!r}, which is none of the "
                    f"design's: {', '.join(arms)}."
                )
        notes = [
            Statement.of("trial.read_as", column="arm", text=was, name=name)
            for was, name in read.items()
            if name is not None and was != name
        ]
        return tuple(replace(one, arm=read[one.arm] or one.arm) for one in outcomes), notes

    def parts(
        self, outcomes: Sequence[Outcome], document: Mapping[str, Any], *, reference: str
    ) -> Parts:
        """Return what the files add: keys of the document, and figures.

        Raises
        ------
        InputError
            If a file does not serve, or contradicts the outcomes.
        """
        if self.design is None:
            if self.participants or self.assessments:
                raise InputError("The participants and assessments need the trial's --design.")
            return {}, ()
        design = read_design(self.design)
        if reference != design.reference:
            raise InputError(
                f"The reference is {reference!r}, but the design names {design.reference!r}."
            )
        planned = {"design": design_json(design), "secondary": secondary_json(design, document)}
        if self.assessments is not None:
            planned["progression_by_rule"] = progression_json(self.assessments, outcomes, design)
        if self.participants is None:
            return planned, ()
        people, notes = read_participants(self.participants, design)
        _same(self.participants, people, outcomes)
        added, pictures = _populations(people, outcomes, design)
        added["populations"]["notes"] = sentences(notes)
        return planned | added, pictures


def _same(path: Path, people: Sequence[Participant], outcomes: Sequence[Outcome]) -> None:
    """Refuse tables that do not speak of the same randomised patients."""
    arms = {outcome.id: outcome.arm for outcome in outcomes}
    faults = [
        f"the patient {one.id!r} was randomised and has no outcome"
        for one in people
        if one.arm and one.id not in arms
    ]
    faults += [
        f"the patient {one.id!r} is in {one.arm or 'no arm'!r} here and in {arms[one.id]!r} there"
        for one in people
        if one.id in arms and arms[one.id] != one.arm
    ]
    known = {one.id for one in people}
    faults += [f"the patient {name!r} of the outcomes is not here" for name in arms.keys() - known]
    if faults:
        raise InputError(
            f"The participants {path} and the outcomes disagree: {'; '.join(sorted(faults)[:5])}."
        )


def _populations(
    people: Sequence[Participant], outcomes: Sequence[Outcome], design: Design
) -> Parts:
    counts = consort(people, design.arms)
    drawing = Picture(
        file="consort.svg",
        title="CONSORT diagram",
        alt=f"{counts.assessed} assessed, {counts.randomised} randomised, by arm and centre.",
        svg=consort_svg(counts),
    )
    analysed = {name: _survival(name, people, outcomes, design) for name in POPULATIONS}
    return {"consort": asdict(counts), "populations": analysed}, (drawing,)


def _survival(
    name: Population, people: Sequence[Participant], outcomes: Sequence[Outcome], design: Design
) -> dict[str, Any]:
    """Return a population's size and its overall survival by arm as treated or randomised."""
    chosen = members(people, name)
    within = [outcome for outcome in outcomes if outcome.id in chosen]
    sizes = {arm: sum(one.arm == arm for one in within) for arm in design.arms}
    if name == "treated":
        given = {one.id: one.treated_arm for one in people}
        within = [replace(one, arm=given[one.id]) for one in within]
        sizes = {arm: sum(one.arm == arm for one in within) for arm in design.arms}
    try:
        found = trial_endpoints(within, {}, reference=design.reference).to_json()
    except InputError as fault:
        return {"patients": sizes, "overall_survival": None, "why_not": str(fault)}
    return {"patients": sizes, "overall_survival": found["overall_survival"]}
