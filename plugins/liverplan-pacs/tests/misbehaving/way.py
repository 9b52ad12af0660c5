"""One way to misbehave, and how it must end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What an archive does.

    Parameters
    ----------
    name : str
        In words.
    act : callable
        Does it.
    asked : {"find", "fetch"}
        What the archive is asked for.
    says : str
        Key of the sentence that it must end with; empty where the work must succeed all the same.
    or_says : str
        Another key that will do: which limit is reached first, or whether we have hung up when
        something comes late, depends on the machine.
    slow : bool
        Whether it lasts until the limit of time, or sends until that of size.
    """

    name: str
    act: Callable[[Any], None]
    asked: Literal["find", "fetch"]
    says: str
    or_says: str = ""
    slow: bool = False


class Ways(list[Way]):
    """The ways of one protocol, in the order of their definition."""

    def add(
        self, name: str, says: str, *, find: bool = False, or_says: str = "", slow: bool = False
    ) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
        """Add a function as a way."""

        def known(act: Callable[[Any], None]) -> Callable[[Any], None]:
            asked = "find" if find else "fetch"
            way = Way(name=name, act=act, asked=asked, says=says, or_says=or_says, slow=slow)
            self.append(way)
            return act

        return known
