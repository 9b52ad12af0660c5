"""The numbers of a CONSORT diagram, from who was assessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, assert_never, get_args

from liverplan.endpoints.populations.participants import Participant

Population = Literal["randomised", "treated", "per_protocol", "crossover"]
POPULATIONS: tuple[Population, ...] = get_args(Population)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsortArm:
    """Counts of one arm as randomised; ``lost`` and ``deviations`` by their reasons."""

    name: str
    randomised: int
    treated: int
    other_treatment: int
    untreated: int
    crossover: int
    per_protocol: int
    lost: Mapping[str, int]
    deviations: Mapping[str, int]
    centres: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consort:
    """Everybody assessed, why some were not randomised, and the arms."""

    assessed: int
    randomised: int
    not_randomised: Mapping[str, int]
    arms: tuple[ConsortArm, ...]


def consort(people: Sequence[Participant], arms: Sequence[str]) -> Consort:
    """Count everybody once at each step."""
    return Consort(
        assessed=len(people),
        randomised=sum(bool(one.arm) for one in people),
        not_randomised=_reasons([one.not_randomised for one in people]),
        arms=tuple(_arm(name, [one for one in people if one.arm == name]) for name in arms),
    )


def members(people: Sequence[Participant], population: Population) -> frozenset[str]:
    """Return the ids of a population of `POPULATIONS`; treated means with either treatment."""
    return frozenset(one.id for one in people if _is_in(one, population))


def _is_in(one: Participant, population: Population) -> bool:
    match population:
        case "randomised":
            return bool(one.arm)
        case "treated":
            return bool(one.treated_arm)
        case "per_protocol":
            return one.per_protocol
        case "crossover":
            return one.crossover is not None
        case _:
            assert_never(population)


def _arm(name: str, people: Sequence[Participant]) -> ConsortArm:
    given = Counter(one.treated_arm for one in people)
    return ConsortArm(
        name=name,
        randomised=len(people),
        treated=given[name],
        other_treatment=len(people) - given[name] - given[""],
        untreated=given[""],
        crossover=sum(one.crossover is not None for one in people),
        per_protocol=sum(one.per_protocol for one in people),
        lost=_reasons([one.lost for one in people]),
        deviations=_reasons([one.deviation for one in people]),
        centres=_reasons([one.centre for one in people]),
    )


def _reasons(texts: Sequence[str]) -> dict[str, int]:
    return dict(Counter(text for text in texts if text).most_common())
