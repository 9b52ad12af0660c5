"""A statement: what is said, as a key and values; its sentence is made where words are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

Value: TypeAlias = "str | int | float | Statement | tuple[Value, ...]"
"""What stands in a sentence's place: text, a number (not rounded), a statement, or several."""

TOLD = "told"
WRITTEN = "written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is said, without the words.

    Parameters
    ----------
    key : str
        Of the sentence in every language's table, e.g. "note.liver_unusual".
    values : tuple of (str, Value)
        By the name of the sentence's place. ``written`` is the text as a person or a protocol
        wrote it: it is spoken where no language has words of its own for the key.
    """

    key: str
    values: tuple[tuple[str, Value], ...] = ()

    @classmethod
    def of(cls, key: str, **values: Value) -> Self:
        """Make a statement of a key and its values.

        >>> Statement.of("note.lesion_left", number=3).value("number")
        3
        """
        return cls(key=key, values=tuple(values.items()))

    def value(self, name: str) -> Value:
        """Return what stands in a place."""
        return dict(self.values)[name]

    def to_json(self) -> dict[str, Any] | str:
        """Return the key and its values, or the bare text of a sentence that has no key."""
        if self.key == TOLD:
            return str(self.value(WRITTEN))
        return {"key": self.key, "values": {name: _plain(v) for name, v in self.values}}

    @classmethod
    def from_json(cls, document: Mapping[str, Any] | str) -> Self:
        """Read what `to_json` wrote, or a sentence as older documents hold it.

        Raises
        ------
        KeyError, TypeError
            If it is no statement.
        """
        if isinstance(document, str):
            return cls.of(TOLD, written=document)
        values = {str(name): _value(item) for name, item in document["values"].items()}
        return cls(key=str(document["key"]), values=tuple(values.items()))


Speak: TypeAlias = Callable[[Statement], str]
"""What makes a sentence of a statement: `liverplan.words` has one for each language."""


def told(text: str) -> Statement:
    """Return a sentence that is there already, in English, and has no key."""
    return Statement.of(TOLD, written=text)


def stated(note: Statement | str) -> Statement:
    """Return a note as a statement: a back end of another author may say it in a sentence."""
    return told(note) if isinstance(note, str) else note


def _plain(value: Value) -> Any:  # noqa: ANN401 - what JSON holds
    match value:
        case Statement():
            return value.to_json()
        case tuple():
            return [_plain(item) for item in value]
        case _:
            return value


def _value(item: Any) -> Value:  # noqa: ANN401 - what JSON holds
    match item:
        case {"key": str(), "values": dict()}:
            return Statement.from_json(item)
        case list():
            return tuple(_value(one) for one in item)
        case str() | int() | float():
            return item
        case _:
            raise TypeError(f"{item!r} is no value of a statement")
