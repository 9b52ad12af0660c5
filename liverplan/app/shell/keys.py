"""Keys that work from every panel and never steal typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QMainWindow

from liverplan.app.shell.commands import Action, Command
from liverplan.app.slices.views import ThreeViews

KEYPAD = Qt.KeyboardModifier.KeypadModifier.value
TYPING = ("QLineEdit", "QAbstractSpinBox", "QTextEdit", "QPlainTextEdit")
PICKING = ("QComboBox",)
"""Where a letter or a digit chooses."""
CONTROL = Qt.KeyboardModifier.ControlModifier.value
HELD = CONTROL | Qt.KeyboardModifier.AltModifier.value
STEPS = range(int(Qt.Key.Key_1), int(Qt.Key.Key_9) + 1)
"""With Control they open a step from everywhere: nobody types so."""
NEVER_TYPED = {int(Qt.Key.Key_F1)}
BROWSING = ("QAbstractItemView", "QComboBox", "QAbstractSlider")
NAVIGATION = {
    int(key)
    for key in (
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Return,
        Qt.Key.Key_Enter,
        Qt.Key.Key_Delete,
        Qt.Key.Key_Backspace,
    )
}


class Keys(QObject):
    """Answers keys before napari's layers see them; the armed tool comes first.

    Parameters
    ----------
    window, views
        The keys are those of this window.
    commands : sequence of Command
    covered : callable
        Whether a sheet lies over the views: then what is behind it answers no key.
    """

    def __init__(
        self,
        window: QMainWindow,
        views: ThreeViews,
        commands: Sequence[Command],
        covered: Callable[[], bool],
    ) -> None:
        super().__init__()
        self._window, self._views, self._covered = window, views, covered
        self._commands = {keys.toString(): one for one in commands for keys in one.sequences}

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Answer a key that is ours."""
        kind = event.type()
        if kind not in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            return False
        pressed = cast("QKeyEvent", event)
        key, modifiers = pressed.key(), pressed.modifiers().value & ~KEYPAD
        action = self._action(key, modifiers)
        if action is None or not self._is_ours(key, modifiers):
            return False
        event.accept()
        if kind == QEvent.Type.KeyPress:
            action()
            self._views.redraw()
        return True

    def _action(self, key: int, modifiers: int) -> Action | None:
        tool, covered = self._views.tool, self._covered()
        if tool is not None and not modifiers and not covered:
            of_tool = {int(one): action for one, action in tool.keys.items()}
            if key in of_tool:
                return of_tool[key]
        pressed = QKeySequence(key | modifiers).toString()
        command = self._commands.get(pressed)
        if command is None or (covered and command.on_views):
            return None
        return command.action

    def _is_ours(self, key: int, modifiers: int) -> bool:
        app = QApplication.instance()
        if not isinstance(app, QApplication) or app.activeModalWidget() or app.activePopupWidget():
            return False
        focus = app.focusWidget()
        if focus is not None and focus.window() is not self._window:
            return False
        if focus is None or key in NEVER_TYPED:
            return True
        if modifiers == CONTROL and key in STEPS:
            return True
        browsed = key in NAVIGATION and not modifiers & HELD
        typing: tuple[str, ...] = TYPING + BROWSING if browsed else TYPING
        if not modifiers:
            typing += PICKING
        return not any(focus.inherits(name) for name in typing)
