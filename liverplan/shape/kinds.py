"""Kinds of JSON values, each with what it refuses and how JSON Schema says so."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

Json = Any
"""What the json module reads and writes: dict, list, str, int, float, bool, None."""

Parts = dict[str, Json]
"""Schemas that others name by ``$ref``, while a document's own is written."""

Form = Literal["", "date", "date-time"]
_SHOWN = re.compile(r"[\w .()-]{1,40}")


class Shape(Protocol):
    """What a value may be."""

    def fault(self, value: Json, place: str) -> str:
        """Return what is wrong at a place, without a full stop; "" if nothing is."""
        ...

    def schema(self, parts: Parts) -> Json:
        """Return it as JSON Schema; what it names by reference goes into ``parts``."""
        ...


@dataclass(frozen=True, slots=True)
class Whatever:
    """Anything that JSON can hold."""

    def fault(self, value: Json, place: str) -> str:
        """Return nothing."""
        return ""

    def schema(self, parts: Parts) -> Json:
        """Return the schema of everything."""
        return True


@dataclass(frozen=True, slots=True)
class Null:
    """Nothing."""

    def fault(self, value: Json, place: str) -> str:
        """Refuse all but null."""
        return "" if value is None else f"{place} is not null"

    def schema(self, parts: Parts) -> Json:
        """Return the type."""
        return {"type": "null"}


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def fault(self, value: Json, place: str) -> str:
        """Refuse all but true and false."""
        return "" if isinstance(value, bool) else f"{place} is neither true nor false"

    def schema(self, parts: Parts) -> Json:
        """Return the type."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A whole number, written without a point."""

    least: int | None = None
    most: int | None = None

    def fault(self, value: Json, place: str) -> str:
        """Refuse what is no whole number, or out of bounds."""
        if isinstance(value, bool) or not isinstance(value, int):
            return f"{place} is no whole number"
        return _out_of_bounds(value, self.least, self.most, place)

    def schema(self, parts: Parts) -> Json:
        """Return the type and the bounds."""
        return {"type": "integer", **_bounds("imum", self.least, self.most)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A finite number."""

    least: float | None = None
    most: float | None = None

    def fault(self, value: Json, place: str) -> str:
        """Refuse what is no finite number, or out of bounds."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"{place} is no number"
        if not math.isfinite(value):
            return f"{place} is not finite"
        return _out_of_bounds(value, self.least, self.most, place)

    def schema(self, parts: Parts) -> Json:
        """Return the type and the bounds."""
        return {"type": "number", **_bounds("imum", self.least, self.most)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Text; all of it matches ``pattern``, and it is a day or a moment where ``form`` says so."""

    pattern: str = ""
    form: Form = ""

    def fault(self, value: Json, place: str) -> str:
        """Refuse what is no text, or is not written so."""
        if not isinstance(value, str):
            return f"{place} is no text"
        if self.pattern and not re.fullmatch(self.pattern, value):
            return f"{place} is not written as it is"
        return "" if has_form(value, self.form) else f"{place} is no {self.form}"

    def schema(self, parts: Parts) -> Json:
        """Return the type, the pattern and the form."""
        written: Json = {"type": "string"}
        if self.pattern:
            written["pattern"] = _whole(self.pattern)
        return written | ({"format": self.form} if self.form else {})


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some words."""

    words: tuple[str, ...]

    def fault(self, value: Json, place: str) -> str:
        """Refuse other words."""
        known = isinstance(value, str) and value in self.words
        return "" if known else f"{place} is {value!r:.60} and not {' or '.join(self.words)}"

    def schema(self, parts: Parts) -> Json:
        """Return the words."""
        return {"enum": list(self.words)} if len(self.words) > 1 else {"const": self.words[0]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list of one kind."""

    of: Shape
    least: int = 0
    most: int | None = None

    def fault(self, value: Json, place: str) -> str:
        """Refuse what is no list, is too short or too long, or holds another kind."""
        if not isinstance(value, list):
            return f"{place} is no list"
        if len(value) < self.least or (self.most is not None and len(value) > self.most):
            return f"{place} has {len(value)} items"
        faults = (self.of.fault(one, f"{place}[{number}]") for number, one in enumerate(value))
        return next(filter(None, faults), "")

    def schema(self, parts: Parts) -> Json:
        """Return the type, the items and how many."""
        bounds = _bounds("Items", self.least or None, self.most)
        return {"type": "array", "items": self.of.schema(parts), **bounds}


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Values of one kind, each under a name of its own that matches ``pattern``."""

    of: Shape
    pattern: str = ""

    def fault(self, value: Json, place: str) -> str:
        """Refuse what is no table, an unfit name, or another kind."""
        if not isinstance(value, dict):
            return f"{place} is no table"
        if self.pattern and not all(re.fullmatch(self.pattern, name) for name in value):
            return f"{place} has an unfit name"
        faults = (self.of.fault(one, f"{place}.{_name(name)}") for name, one in value.items())
        return next(filter(None, faults), "")

    def schema(self, parts: Parts) -> Json:
        """Return the type, the names' pattern and the values."""
        written = {"type": "object", "additionalProperties": self.of.schema(parts)}
        names = {"pattern": _whole(self.pattern)}
        return written | ({"propertyNames": names} if self.pattern else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """Values by their names: some are needed, some may be there; ``others`` are let be."""

    needs: Mapping[str, Shape]
    may: Mapping[str, Shape] = field(default_factory=dict)
    others: bool = False

    def fault(self, value: Json, place: str) -> str:
        """Refuse what is no table, lacks a value, or holds one that is unknown or another kind."""
        if not isinstance(value, dict):
            return f"{place} is no table"
        lacking = [name for name in self.needs if name not in value]
        if lacking:
            return f"{place} has no {' and no '.join(lacking)}"
        known = {**self.needs, **self.may}
        unknown = [name for name in value if name not in known]
        if unknown and not self.others:
            return f"{place} has an unknown part, {_name(unknown[0])}"
        faults = (known[n].fault(one, f"{place}.{n}") for n, one in value.items() if n in known)
        return next(filter(None, faults), "")

    def schema(self, parts: Parts) -> Json:
        """Return the type, the properties and which are needed."""
        known = {**self.needs, **self.may}
        closed = {} if self.others else {"additionalProperties": False}
        return {
            "type": "object",
            "properties": {name: shape.schema(parts) for name, shape in known.items()},
            "required": sorted(self.needs),
            **closed,
        }


@dataclass(frozen=True, slots=True)
class Either:
    """One kind or another."""

    options: tuple[Shape, ...]

    def fault(self, value: Json, place: str) -> str:
        """Refuse what is none of them; what is wrong is said of the last."""
        faults = [option.fault(value, place) for option in self.options]
        return "" if "" in faults else faults[-1]

    def schema(self, parts: Parts) -> Json:
        """Return all of them."""
        return {"anyOf": [option.schema(parts) for option in self.options]}


@dataclass(frozen=True, slots=True)
class Defined:
    """A kind with a name of its own, which may hold itself."""

    name: str
    shape: Callable[[], Shape]

    def fault(self, value: Json, place: str) -> str:
        """Refuse what the kind refuses."""
        return self.shape().fault(value, place)

    def schema(self, parts: Parts) -> Json:
        """Return a reference, and put what it refers to among the parts."""
        if self.name not in parts:
            parts[self.name] = True  # it is being written
            parts[self.name] = self.shape().schema(parts)
        return {"$ref": f"#/$defs/{self.name}"}


def has_form(value: str, form: Form) -> bool:
    """Whether text is a day, or a moment with its zone; "" is any text."""
    try:
        match form:
            case "date":
                date.fromisoformat(value)
            case "date-time":
                return datetime.fromisoformat(value).tzinfo is not None
            case "":
                return True
    except ValueError:
        return False
    return True


def _name(name: str) -> str:
    """Return a name that somebody else chose, as it may stand in a sentence."""
    return name if _SHOWN.fullmatch(name) else "of no fit name"


def _whole(pattern: str) -> str:
    """Return the pattern as one that searches: ``$`` alone would let a last line's end be."""
    return f"^(?:{pattern})$(?!\\n)"


def _out_of_bounds(value: float, least: float | None, most: float | None, place: str) -> str:
    below, above = least is not None and value < least, most is not None and value > most
    return f"{place} is out of bounds" if below or above else ""


def _bounds(ending: str, least: float | None, most: float | None) -> dict[str, float]:
    bounds = {f"min{ending}": least, f"max{ending}": most}
    return {name: bound for name, bound in bounds.items() if bound is not None}
