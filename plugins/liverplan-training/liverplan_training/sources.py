"""Every source with its licence; what no source may lend is refused before it trains anything."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files

from liverplan.errors import InputError

SCHEMA = "liverplan.training.sources/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where cases come from.

    Parameters
    ----------
    patterns
        Names of its cases, as shell patterns.
    licence
        One of the table's permitted licences.
    remark
        What else must be said of it; may be empty.
    """

    patterns: tuple[str, ...]
    title: str
    licence: str
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Cases that may never train, and why."""

    patterns: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All sources.

    Raises
    ------
    InputError
        If a source has a licence that is not permitted.
    """

    permitted: tuple[str, ...]
    sources: tuple[Source, ...]
    refused: tuple[Refusal, ...]

    def __post_init__(self) -> None:
        for source in self.sources:
            self.check_licence(source.title, source.licence)

    def check_licence(self, what: str, licence: str) -> None:
        """Refuse a licence that does not let weights made from it ship."""
        if licence not in self.permitted:
            raise InputError(
                f"{what} has the licence {licence!r}, which is none of {', '.join(self.permitted)}."
            )

    def source_of(self, name: str, *, licence: str | None = None) -> Source:
        """Return the source of a case.

        Parameters
        ----------
        name
            The case's name, without its ending.
        licence
            What the case itself states, if it does.

        Raises
        ------
        InputError
            If the case may not train.
        """
        for refusal in self.refused:
            if _matches(name.lower(), refusal.patterns):
                raise InputError(f"The case {name} may not train: {refusal.reason}.")
        known = [source for source in self.sources if _matches(name, source.patterns)]
        if not known:
            raise InputError(f"The case {name} may not train: no source in the table names it.")
        if licence is not None:
            self.check_licence(f"The case {name}", licence)
            if licence != known[0].licence:
                raise InputError(
                    f"The case {name} states the licence {licence!r}, its source "
                    f"{known[0].licence!r}."
                )
        return known[0]


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def table_of(text: str) -> Table:
    """Read a table of sources (TOML)."""
    read = tomllib.loads(text)
    if read.get("schema") != SCHEMA:
        raise InputError(f"The table of sources is not of the schema {SCHEMA}.")
    sources = [
        Source(
            patterns=tuple(row["files"]),
            title=row["title"],
            licence=row["licence"],
            remark=row.get("remark", ""),
        )
        for row in read["source"]
    ]
    refused = [
        Refusal(patterns=tuple(row["files"]), reason=row["reason"]) for row in read["refused"]
    ]
    return Table(permitted=tuple(read["permitted"]), sources=tuple(sources), refused=tuple(refused))


@cache
def table() -> Table:
    """Return the package's own table."""
    return table_of(files(__package__).joinpath("sources.toml").read_text("utf-8"))
