"""A trial's protocol as data: criteria with thresholds, strictness, source and ambiguity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Literal, get_args

from liverplan.findings import Denominator

Kind = Literal["computed", "attested", "both"]
Role = Literal["inclusion", "exclusion"]
Measure = Literal["age_years", "lesion_count", "remnant_fraction", "response"]
Answer = Literal["yes or no", "whole number", "number"]
Doubt = Literal["left behind", "near the limit"]
"""What the computer finds and does not decide: a person may, where the protocol asks for it."""
FactValue = bool | int | float

DENOMINATORS: tuple[Denominator, ...] = get_args(Denominator)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """A range of exact numbers; ``above`` and ``below`` are strict."""

    above: Fraction | None = None
    at_least: Fraction | None = None
    below: Fraction | None = None
    at_most: Fraction | None = None

    def allow(self, value: Fraction) -> bool:
        """Whether an exact, unrounded value lies inside."""
        return (
            (self.above is None or value > self.above)
            and (self.at_least is None or value >= self.at_least)
            and (self.below is None or value < self.below)
            and (self.at_most is None or value <= self.at_most)
        )

    @property
    def empty(self) -> bool:
        """Whether there is no limit at all."""
        return self == Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherReading:
    """Limits that another source of the same protocol states, and that source in words."""

    limits: Limits
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactQuestion:
    """What a person is asked to attest, and the few words that stand for it in findings.

    Parameters
    ----------
    name, label, question : str
    answer : {"yes or no", "whole number", "number"}
    lowest, highest : int or None
        Of a number.
    unit : str
        Of a number, as it is written behind it.
    valid_days : int or None
        How many days before the decision it may have been attested; None: it holds for good.
    of_plan : bool
        Whether it is attested of one plan, and of no other.
    background : bool
        Whether it decides no criterion, and is shown beside the remnant.
    """

    name: str
    label: str
    question: str
    answer: Answer
    lowest: int | None = None
    highest: int | None = None
    unit: str = ""
    valid_days: int | None = None
    of_plan: bool = False
    background: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One criterion of a protocol.

    Parameters
    ----------
    id, title, text : str
        Its short name, its heading, and the protocol's own words.
    kind : {"computed", "attested", "both"}
        Who decides.
    measure : str or None
        What is computed.
    limits : Limits
        What the computed number must lie in.
    allowed : tuple of str
        RECIST categories that meet it, for the measure "response".
    denominator : str
        Which denominator decides, for the measure "remnant_fraction".
    requires : mapping of str to tuple
        The answers that meet it, by fact; one that nobody attests is missing.
    considers : mapping of str to tuple
        The answers that agree with it, by fact that may be left out: it is then "not given".
    aided_by : "response" or None
        A computed value that must not contradict what is attested.
    other_reading : OtherReading or None
        Where two sources of the protocol differ.
    settled_by : mapping of Doubt to str
        The fact whose yes settles what the computed part leaves open.
    images_valid_days : int or None
        How many days before the decision the images may have been taken that it rests on.
    otherwise : str
        What may be done where it is not met, in the protocol's words.
    source, ambiguity : str
        Where it is written, and what it leaves open.
    """

    id: str
    title: str
    role: Role
    kind: Kind
    text: str
    source: str
    ambiguity: str = ""
    measure: Measure | None = None
    limits: Limits = field(default_factory=Limits)
    allowed: tuple[str, ...] = ()
    denominator: Denominator = "of_functional"
    requires: Mapping[str, tuple[FactValue, ...]] = field(default_factory=dict)
    considers: Mapping[str, tuple[FactValue, ...]] = field(default_factory=dict)
    aided_by: Literal["response"] | None = None
    other_reading: OtherReading | None = None
    settled_by: Mapping[Doubt, str] = field(default_factory=dict)
    images_valid_days: int | None = None
    otherwise: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "requires", MappingProxyType(dict(self.requires)))
        object.__setattr__(self, "considers", MappingProxyType(dict(self.considers)))
        object.__setattr__(self, "settled_by", MappingProxyType(dict(self.settled_by)))

    @property
    def asks(self) -> Mapping[str, tuple[FactValue, ...]]:
        """The answers that agree with it, by every fact that it may ask for."""
        settling = dict.fromkeys(self.settled_by.values(), (True,))
        return {**self.requires, **self.considers, **settling}

    @property
    def limit(self) -> Fraction:
        """The lower limit, exact; 0 where there is none."""
        limit = self.limits.above if self.limits.above is not None else self.limits.at_least
        return limit if limit is not None else Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """A whole protocol: its criteria, in the order of the text, and the facts that it asks for."""

    name: str
    title: str
    registry: str
    source: str
    facts: Mapping[str, FactQuestion]
    criteria: tuple[Criterion, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", MappingProxyType(dict(self.facts)))

    @property
    def remnant_criterion(self) -> Criterion:
        """The criterion on the remnant; every protocol has exactly one."""
        return next(c for c in self.criteria if c.measure == "remnant_fraction")

    @property
    def threshold(self) -> Fraction:
        """The remnant's limit, exact."""
        return self.remnant_criterion.limit

    @property
    def threshold_fraction(self) -> float:
        """The remnant's limit as the float that reports show."""
        return float(self.threshold)


def fits(fact: FactQuestion, value: object) -> bool:
    """Whether a value is an answer of the kind that the fact asks for."""
    if fact.answer == "yes or no":
        return isinstance(value, bool)
    whole = int if fact.answer == "whole number" else int | float
    if isinstance(value, bool) or not isinstance(value, whole):
        return False
    return (fact.lowest is None or value >= fact.lowest) and (
        fact.highest is None or value <= fact.highest
    )
