"""Keys that work from every panel and never steal typing."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QMainWindow

from liverplan.app.kit import theme
from liverplan.app.session.session import Session
from liverplan.app.slices.mouse import Mouse
from liverplan.app.slices.views import ThreeViews

Action = Callable[[], object]
Chord = tuple[int, int]
"""A key and its modifiers, as numbers."""

KEYPAD = Qt.KeyboardModifier.KeypadModifier.value
TYPING = ("QLineEdit", "QAbstractSpinBox", "QTextEdit", "QPlainTextEdit")
PICKING = ("QComboBox",)
"""Where a letter or a digit chooses."""
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
    )
}


class Keys(QObject):
    """Answers keys before napari's menus and layers see them; the armed tool comes first."""

    def __init__(
        self, window: QMainWindow, views: ThreeViews, actions: dict[Chord, Action]
    ) -> None:
        super().__init__()
        self._window, self._views, self._actions = window, views, actions

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
        tool = self._views.tool
        if tool is not None and not modifiers:
            of_tool = {int(one): action for one, action in tool.keys.items()}
            if key in of_tool:
                return of_tool[key]
        return self._actions.get((key, modifiers))

    def _is_ours(self, key: int, modifiers: int) -> bool:
        app = QApplication.instance()
        if not isinstance(app, QApplication) or app.activeModalWidget() or app.activePopupWidget():
            return False
        focus = app.focusWidget()
        if focus is not None and focus.window() is not self._window:
            return False
        if focus is None or key in NEVER_TYPED:
            return True
        typing: tuple[str, ...] = TYPING if key not in NAVIGATION else TYPING + BROWSING
        if not modifiers:
            typing += PICKING
        return not any(focus.inherits(name) for name in typing)


def viewing_keys(session: Session, views: ThreeViews, mouse: Mouse) -> dict[Chord, Action]:
    """Return the keys of slices and history: arrows, window presets, undo and redo."""
    key, held = Qt.Key, Qt.KeyboardModifier

    def step(slices: int) -> Action:
        return lambda: views.step(mouse.hovered, slices)

    def preset(number: int) -> Action:
        return lambda: views.preset(number)

    actions: dict[Chord, Action] = {
        chord(key.Key_Up): step(1),
        chord(key.Key_Down): step(-1),
        chord(key.Key_PageUp): step(5),
        chord(key.Key_PageDown): step(-5),
        chord(key.Key_Z, held.ControlModifier): session.undo,
        chord(key.Key_Y, held.ControlModifier): session.redo,
        chord(key.Key_Z, held.ControlModifier, held.ShiftModifier): session.redo,
        chord(key.Key_G): views.toggle_masks,
    }
    for number in range(len(theme.PRESETS)):
        actions[chord(Qt.Key(int(key.Key_1) + number))] = preset(number)
    return actions


def chord(key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> Chord:
    """Key and modifiers as `Keys` looks them up."""
    return int(key), sum(modifier.value for modifier in modifiers)
