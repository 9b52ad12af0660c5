"""The window's own menus in place of napari's, which turn views and open files past the case."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QMenu, QMenuBar

from liverplan.app.kit.language import en, tr
from liverplan.app.shell.commands import Command, keys_shown

RECENT = en("Recent cases")


def put_menus(
    bar: QMenuBar, commands: Sequence[Command], fill_recents: Callable[[QMenu], None]
) -> None:
    """Fill a menu bar with the commands; napari's menus and their keys are out of reach then.

    Alt and the first letter of its name opens a menu.
    """
    bar.clear()
    names = dict.fromkeys(one.menu for one in commands)
    menus = {name: bar.addMenu(f"&{tr(name)}") for name in names}
    for one in commands:
        keys = keys_shown(one)
        action = menus[one.menu].addAction(f"{one.text}\t{keys}" if keys else one.text)
        action.triggered.connect(lambda _checked=False, one=one: one.action())
    recent = QMenu(tr(RECENT), menus["File"])
    menus["File"].insertMenu(menus["File"].actions()[-1], recent)
    menus["File"].aboutToShow.connect(lambda: fill_recents(recent))
