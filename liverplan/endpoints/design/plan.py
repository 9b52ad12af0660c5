"""The plan of a trial as a TOML file: what was specified before anything was seen."""

from __future__ import annotations

import hashlib
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

from liverplan import regular
from liverplan.errors import InputError

SCHEMA = "liverplan.trial-design/1"

NUMBERS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "arms.allocation": (0.0, math.inf),
        "primary.hazard_ratio": (0.0, math.inf),
        "primary.reference_median_months": (0.0, math.inf),
        "primary.alpha": (0.0, 1.0),
        "primary.power": (0.0, 1.0),
        "primary.restricted_mean_months": (0.0, math.inf),
        "enrolment.patients": (1.0, math.inf),
        "enrolment.accrual_months": (0.0, math.inf),
        "enrolment.follow_up_months": (0.0, math.inf),
        "enrolment.drop_out_per_year": (-1.0, 1.0),
        "progression.visit_every_months": (0.0, math.inf),
        "progression.visits_missed": (0.0, math.inf),
    }
)
"""Every number of the file: over the first and under the second of these."""

DEFAULTS: Mapping[str, float] = MappingProxyType({"primary.restricted_mean_months": 36.0})
"""Numbers that a plan need not name."""

WORDS = ("schema", "name", "arms.reference", "arms.treatment")
LISTS = ("centres", "interim.information", "secondary")
_SECONDARY = ("name", "family", "p")


@dataclass(frozen=True, slots=True, kw_only=True)
class Secondary:
    """A secondary endpoint: its family, tested in order from 1, and where its p value stands.

    ``p`` is the path in the document of endpoints, as ``progression_free_survival.log_rank.p``.
    """

    name: str
    family: int
    p: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A plan; times in months, ``drop_out_per_year`` a share lost each year.

    ``allocation`` is patients in ``treatment`` for each in ``reference``; ``looks`` are shares of
    all events, the last 1. A progression or death that follows longer than ``visits_missed``
    visits without an assessment is not counted. Restricted means run to
    ``restricted_mean_months``. ``sha256`` is the file's.
    """

    name: str
    reference: str
    treatment: str
    allocation: float
    centres: tuple[str, ...]
    hazard_ratio: float
    reference_median_months: float
    alpha: float
    power: float
    restricted_mean_months: float
    patients: int
    accrual_months: float
    follow_up_months: float
    drop_out_per_year: float
    looks: tuple[float, ...]
    secondary: tuple[Secondary, ...]
    visit_every_months: float
    visits_missed: float
    sha256: str

    @property
    def reference_hazard(self) -> float:
        """Return the hazard of the reference arm, per month, of exponential times."""
        return math.log(2) / self.reference_median_months

    @property
    def drop_out(self) -> float:
        """Return the hazard of drop-out, per month."""
        return -math.log1p(-self.drop_out_per_year) / 12

    @property
    def arms(self) -> tuple[str, str]:
        """Return the reference and the treatment."""
        return self.reference, self.treatment


def read_design(path: Path) -> Design:
    """Read a plan.

    Raises
    ------
    InputError
        One sentence that names the key at fault.
    """
    try:
        content = regular.read_bytes(path)
        document = tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise InputError(f"The design {path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"The design {path} is no TOML file: {error}.") from error
    return _Reader(path, document).design(hashlib.sha256(content).hexdigest())


class _Reader:
    """The values of one file by dotted key, each checked."""

    def __init__(self, path: Path, document: Mapping[str, object]) -> None:
        self._path, self._values = path, dict(_flat(document))

    def design(self, sha256: str) -> Design:
        for key in self._values:
            if key not in {*NUMBERS, *WORDS, *LISTS}:
                self._refuse(f"the key {key!r} is not known")
        if self._word("schema") != SCHEMA:
            self._refuse(f"its schema is not {SCHEMA!r}")
        return Design(
            name=self._word("name"),
            reference=self._word("arms.reference"),
            treatment=self._word("arms.treatment"),
            centres=tuple(self._centres()),
            looks=tuple(self._looks()),
            secondary=tuple(self._secondary()),
            patients=int(self._number("enrolment.patients")),
            sha256=sha256,
            **self._numbers(),
        )

    def _numbers(self) -> dict[str, float]:
        found = {key.rpartition(".")[2]: self._number(key) for key in NUMBERS}
        if found["hazard_ratio"] == 1:
            self._refuse("primary.hazard_ratio is 1, which no trial can find")
        if found["drop_out_per_year"] < 0:
            self._refuse("enrolment.drop_out_per_year is negative")
        return {key: value for key, value in found.items() if key != "patients"}

    def _number(self, key: str) -> float:
        low, high = NUMBERS[key]
        match self._values.get(key, DEFAULTS.get(key)):
            case None:
                self._value(key)
            case bool():
                pass
            case int() | float() as number if low < number < high:
                return float(number)
        return self._refuse(f"{key} must be a number over {low:g} and under {high:g}")

    def _word(self, key: str) -> str:
        match self._value(key):
            case str(word) if word.strip():
                return word
        return self._refuse(f"{key} must be a name")

    def _centres(self) -> list[str]:
        match self._value("centres"):
            case [*names] if names and len(set(map(str, names))) == len(names):
                return [str(name) for name in names]
        return self._refuse("centres must be a list of different names")

    def _looks(self) -> list[float]:
        match self._value("interim.information"):
            case [*values]:
                shares = [float(value) for value in values if isinstance(value, (int, float))]
                if len(shares) == len(values) and shares[-1:] == [1.0] and _rising(shares):
                    return shares
        return self._refuse("interim.information must rise from over 0 to 1")

    def _secondary(self) -> list[Secondary]:
        found = []
        for entry in self._list("secondary"):
            match entry:
                case {"name": str(name), "family": int(family), "p": str(p), **rest} if not rest:
                    found.append(Secondary(name=name, family=family, p=p))
                case _:
                    self._refuse(f"each of secondary has exactly {', '.join(_SECONDARY)}")
        return found

    def _list(self, key: str) -> Sequence[object]:
        match self._values.get(key, []):
            case [*entries]:
                return entries
        return self._refuse(f"{key} must be a list")

    def _value(self, key: str) -> object:
        if key not in self._values:
            self._refuse(f"{key} is missing")
        return self._values[key]

    def _refuse(self, why: str) -> NoReturn:
        raise InputError(f"The design {self._path} does not serve: {why}.")


def _flat(document: Mapping[str, object], before: str = "") -> list[tuple[str, object]]:
    pairs: list[tuple[str, object]] = []
    for key, value in document.items():
        match value:
            case dict():
                pairs += _flat(value, f"{before}{key}.")
            case _:
                pairs.append((before + key, value))
    return pairs


def _rising(shares: Sequence[float]) -> bool:
    return all(a < b for a, b in zip([0.0, *shares], shares, strict=False))
