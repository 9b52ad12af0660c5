"""Light or dark: as it was left, changed at once, kept for the next start."""

from __future__ import annotations

from pathlib import Path

from liverplan.app.kit import theme
from liverplan.app.kit.dress import change
from liverplan.app.kit.palette import THEMES
from liverplan.app.session.choices import choices, keep_choices

CHOICE, AT_FIRST = "theme", "dark"


class Appearance:
    """The theme that the window wears."""

    def __init__(self, home: Path) -> None:
        self._home = home
        kept = choices(home).get(CHOICE, AT_FIRST)
        theme.choose(kept if kept in THEMES else AT_FIRST)

    def toggle(self) -> None:
        """Show the other theme."""
        names = list(THEMES)
        name = names[(names.index(theme.chosen()) + 1) % len(names)]
        change(name)
        keep_choices(self._home, {CHOICE: name})
