"""Reading a TOML file whose every key and value must be meant: all faults in one sentence.

A *Table* hands out typed values and remembers which keys were asked for; what was never asked
for is an unknown key. Numbers come as exact `Fraction`: 0.30 in a file is three tenths, not the
binary number beside it.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from liverplan import regular
from liverplan.errors import ProtocolError
from liverplan.plain import unfit_text

T = TypeVar("T", bound=str)


class Table:
    """One table of a file: typed access, every fault noted.

    Parameters
    ----------
    values : mapping
        What the file holds there.
    where : str
        Path of the table inside the file, for the fault's words; empty at the top.
    faults : list of str
        Shared by all tables of the file; appended to.
    """

    def __init__(self, values: Mapping[str, Any], where: str, faults: list[str]) -> None:
        self.values = values
        self.where = where
        self.faults = faults
        self._asked: set[str] = set()

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self.values

    def fault(self, key: str, words: str) -> None:
        """Note a fault of one key."""
        self.faults.append(f"{self._name(key)} {words}")

    def text(self, key: str, *, default: str | None = None) -> str:
        """Return a text on one line; a missing one is a fault unless there is a default."""
        value = self._take(key, required=default is None)
        if value is None:
            return default or ""
        if not isinstance(value, str) or (default is None and not value.strip()):
            self.fault(key, f"must be a text, not {value!r}")
            return ""
        if refusal := unfit_text(value, "which"):
            self.fault(key, f"is a text {refusal.removesuffix('.')}")
            return ""
        return " ".join(value.split())

    def choice(self, key: str, options: Sequence[T], *, default: T | None = None) -> T:
        """Return one of the options."""
        value = self._take(key, required=default is None)
        if value is None:
            return default or options[0]
        for option in options:
            if value == option:
                return option
        self.fault(key, f"must be one of {', '.join(options)}, not {value!r}")
        return options[0]

    def number(self, key: str) -> Fraction | None:
        """Return an exact number, or None where the key is absent."""
        value = self._take(key, required=False)
        return None if value is None else self.exact(key, value)

    def numbers(self, key: str) -> tuple[Fraction, ...] | None:
        """Return a list of exact numbers, or None where the key is absent."""
        value = self._take(key, required=False)
        if value is None:
            return None
        if not isinstance(value, list):
            self.fault(key, f"must be a list of numbers, not {value!r}")
            return None
        exact = [self.exact(f"{key}[{at}]", item) for at, item in enumerate(value, 1)]
        return tuple(item for item in exact if item is not None)

    def yes_no(self, key: str, *, default: bool | None = None) -> bool:
        """Return true or false."""
        value = self._take(key, required=default is None)
        if value is None:
            return bool(default)
        if not isinstance(value, bool):
            self.fault(key, f"must be true or false, not {value!r}")
            return False
        return value

    def date(self, key: str) -> dt.date | None:
        """Return a date without a time, or None where the key is absent."""
        value = self._take(key, required=False)
        if value is None:
            return None
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            self.fault(key, f"must be a date such as 2024-03-11, not {value!r}")
            return None
        return value

    def raw(self, key: str) -> Any:  # noqa: ANN401 - its type is for the caller to check
        """Return whatever stands there, or None where the key is absent."""
        return self._take(key, required=False)

    def table(self, key: str) -> Table:
        """Return a table inside this one; an absent one is empty."""
        value = self._take(key, required=False)
        if value is not None and not isinstance(value, dict):
            self.fault(key, f"must be a table, not {value!r}")
        return Table(value if isinstance(value, dict) else {}, self._path(key), self.faults)

    def tables(self, key: str) -> list[Table]:
        """Return a list of tables; an absent one is empty."""
        value = self._take(key, required=False)
        items = value if isinstance(value, list) else []
        if value is not None and not (
            isinstance(value, list) and all(isinstance(item, dict) for item in value)
        ):
            self.fault(key, f"must be a list of tables ([[{self._path(key)}]])")
            return []
        return [
            Table(item, f"{self._path(key)}[{at}]", self.faults) for at, item in enumerate(items, 1)
        ]

    def named_tables(self) -> dict[str, Table]:
        """Return every entry of this table as a table, by its key."""
        return {key: self.table(key) for key in self.values}

    def done(self) -> None:
        """Note every key that nothing asked for."""
        for key in self.values:
            if key not in self._asked:
                self.faults.append(f"unknown key {self._path(key)!r}")

    def _take(self, key: str, *, required: bool) -> Any:  # noqa: ANN401 - as TOML gives it
        self._asked.add(key)
        if required and key not in self.values:
            self.faults.append(f"{self._name(key)} is missing")
        return self.values.get(key)

    def exact(self, key: str, value: object) -> Fraction | None:
        """Return a TOML number exactly; anything else is a fault of the key."""
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self.fault(key, f"must be a number, not {value!r}")
            return None
        decimal = Decimal(value)
        if not decimal.is_finite() or not -30 < decimal.adjusted() < 30:
            self.fault(key, f"must be a usual number, not {str(value).lower()[:40]}")
            return None
        return Fraction(value)

    def _path(self, key: str) -> str:
        return f"{self.where}.{key}" if self.where else key

    def _name(self, key: str) -> str:
        return repr(self._path(key))


def read_text(path: Path, *, what: str) -> str:
    """Read a text file.

    Parameters
    ----------
    path : Path
        The file.
    what : str
        What it should be, for the refusal: "protocol", "patient file".

    Raises
    ------
    ProtocolError
        If it is absent, unreadable or no text.
    """
    try:
        return regular.read_text(path)
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise ProtocolError(f"The {what} {path} cannot be read: {reason}.") from error
    except UnicodeDecodeError as error:
        raise ProtocolError(f"The {what} {path} is not UTF-8 text.") from error


def parse_table(text: str, *, what: str, name: str) -> Table:
    """Parse TOML; ``what`` and ``name`` are for the refusal.

    Raises
    ------
    ProtocolError
        If it is no TOML.
    """
    try:
        values = tomllib.loads(text, parse_float=_decimal)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"The {what} {name} is no valid TOML: {error}.") from error
    return Table(values, "", [])


def refuse_faults(table: Table, *, what: str, name: str) -> None:
    """Raise one ProtocolError that names every fault; nothing where there is none."""
    if table.faults:
        raise ProtocolError(f"The {what} {name} does not serve: {'; '.join(table.faults)}.")


def _decimal(text: str) -> Decimal:
    return Decimal(text)
