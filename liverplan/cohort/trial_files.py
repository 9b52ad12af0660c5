"""The trial's own files beside its outcomes, and what they add to the endpoints' document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from liverplan.cohort.agreement import require_agreement
from liverplan.cohort.analysis import Picture
from liverplan.endpoints import Outcome, trial_endpoints
from liverplan.endpoints.comparison import THREE_YEARS
from liverplan.endpoints.design import Design, design_json, read_design, secondary_json
from liverplan.endpoints.documents import sentences
from liverplan.endpoints.populations import (
    POPULATIONS,
    Participant,
    Population,
    as_commonest,
    as_named,
    consort,
    consort_svg,
    members,
    read_participants,
)
from liverplan.endpoints.progression.summary import progression_json
from liverplan.errors import InputError
from liverplan.findings import Statement
from liverplan.words import words_of

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

    def read(self, outcomes: Sequence[Outcome], reference: str) -> Trial:
        """Read the files once, and the outcomes and the reference by the names that they use.

        Raises
        ------
        InputError
            If a file does not serve, or contradicts the outcomes.
        """
        if self.design is None:
            if self.participants or self.assessments:
                raise InputError("The participants and assessments need the trial's --design.")
            return _undesigned(outcomes, reference)
        design = read_design(self.design)
        named = _as_designed(outcomes, reference, design)
        if named.reference != design.reference:
            raise InputError(
                f"The reference is {reference!r}, but the design names {design.reference!r}."
            )
        if self.participants is None:
            return replace(named, assessments=self.assessments)
        people, spellings = read_participants(self.participants, design)
        require_agreement(self.participants, people, named.outcomes)
        return replace(
            named,
            outcomes=_with_centres(named.outcomes, people),
            people=people,
            people_notes=spellings,
            assessments=self.assessments,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Outcomes with arms and centres by one name each, and what was read beside them.

    ``notes`` say which spellings were read as which name, ``people_notes`` those of the people.
    """

    outcomes: tuple[Outcome, ...]
    reference: str
    notes: tuple[Statement, ...]
    design: Design | None = None
    people: tuple[Participant, ...] = ()
    people_notes: tuple[Statement, ...] = ()
    assessments: Path | None = None

    @property
    def mean_until(self) -> float:
        """Return the months until which the plan's restricted means run."""
        return THREE_YEARS if self.design is None else self.design.restricted_mean_months

    def parts(self, document: Mapping[str, Any]) -> Parts:
        """Return what the plan and the people add: keys of the document, and figures.

        Raises
        ------
        InputError
            If the assessments do not serve, or contradict the outcomes.
        """
        if self.design is None:
            return {}, ()
        planned = {
            "design": design_json(self.design),
            "secondary": secondary_json(self.design, document),
        }
        if self.assessments is not None:
            planned["progression_by_rule"] = progression_json(
                self.assessments, self.outcomes, self.design
            )
        if not self.people:
            return planned, ()
        added, pictures = _populations(self.people, self.outcomes, self.design)
        added["populations"]["notes"] = sentences(self.people_notes)
        return planned | added, pictures


def _undesigned(outcomes: Sequence[Outcome], reference: str) -> Trial:
    """Name arms and centres, which no plan names, by their commonest spellings."""
    arms = as_commonest([one.arm for one in outcomes])
    centres = as_commonest([one.centre for one in outcomes])
    own = as_named(reference, tuple(arms.values())) or reference
    return _renamed(outcomes, arms, centres, (reference, own))


def _as_designed(outcomes: Sequence[Outcome], reference: str, design: Design) -> Trial:
    arms = {one.arm: _one_of("arm", one.id, one.arm, design.arms) for one in outcomes}
    centres = {
        one.centre: _one_of("centre", one.id, one.centre, design.centres) for one in outcomes
    }
    own = as_named(reference, design.arms) or reference
    return replace(_renamed(outcomes, arms, centres, (reference, own)), design=design)


def _renamed(
    outcomes: Sequence[Outcome],
    arms: Mapping[str, str],
    centres: Mapping[str, str],
    reference: tuple[str, str],
) -> Trial:
    read = (("arm", dict([reference]) | dict(arms)), ("centre", centres))
    return Trial(
        outcomes=tuple(
            replace(one, arm=arms[one.arm], centre=centres[one.centre]) for one in outcomes
        ),
        reference=reference[1],
        notes=tuple(
            Statement.of("trial.read_as", column=column, text=text, name=name)
            for column, names in read
            for text, name in names.items()
            if text != name
        ),
    )


def _one_of(column: str, patient: str, text: str, names: tuple[str, ...]) -> str:
    """Return the design's name for a spelling; empty stays empty."""
    name = as_named(text, names) if text else ""
    if name is None:
        raise InputError(
            f"The patient {patient!r} has the {column} {text!r}, which is none of the "
            f"design's: {', '.join(names)}."
        )
    return name


def _with_centres(
    outcomes: Sequence[Outcome], people: Sequence[Participant]
) -> tuple[Outcome, ...]:
    """Give outcomes without a centre the one that randomised the patient."""
    centres = {one.id: one.centre for one in people}
    return tuple(replace(one, centre=one.centre or centres[one.id]) for one in outcomes)


def _populations(
    people: Sequence[Participant], outcomes: Sequence[Outcome], design: Design
) -> Parts:
    counts = consort(people, design.arms)
    words = words_of("en")
    drawing = Picture(
        part="consort",
        file="consort.svg",
        title=words["figure.consort"],
        alt=words("figure.consort_alt", assessed=counts.assessed, randomised=counts.randomised),
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
    if not within:
        nobody = words_of("en")["trial.nobody"]
        return {"patients": sizes, "overall_survival": None, "why_not": nobody}
    try:
        found = trial_endpoints(
            within, {}, reference=design.reference, until=design.restricted_mean_months
        ).to_json()
    except InputError as fault:
        return {"patients": sizes, "overall_survival": None, "why_not": str(fault)}
    return {"patients": sizes, "overall_survival": found["overall_survival"]}
