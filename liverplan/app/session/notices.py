"""Notices by their place: each is shown beside the thing that it concerns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

Kind = Literal["warning", "info"]
Say = Callable[[str, Kind], None]

WINDOW = "window"
"""The place of what concerns no step."""


class Notices:
    """Whoever shows notices of a place says so once; whoever has something to say names it."""

    def __init__(self) -> None:
        self._shown: dict[str, Say] = {}

    def show_at(self, place: str, say: Say) -> None:
        """Show the notices of a place with ``say``."""
        self._shown[place] = say

    def say(self, place: str, text: str, kind: Kind = "warning") -> None:
        """Say what happened at a place; no text takes it away."""
        say = self._shown.get(place)
        if say is not None:
            say(text, kind)

    def clear(self, *, but: tuple[str, ...]) -> None:
        """Take everything away that was said of the patient before; other places stay."""
        for place in self._shown.keys() - set(but):
            self.say(place, "")
