"""What the keys alone can do: open a step, go over the slices, use a tool, move and turn a cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from liverplan.app.kit.language import tr
from liverplan.app.shell.step_bar import Steps
from liverplan.app.slices.hand import Hand

Way = tuple[str, str, Callable[[], object]]
"""Its words, its keys, and what it does."""


def step_ways(steps: Steps) -> Sequence[Way]:
    """Return a way to each step."""

    def into(number: int) -> Callable[[], object]:
        return lambda: enter(steps, number)

    return tuple(
        (
            tr("Step {number}: {name}", number=one.number, name=tr(one.panel.title)),
            keys,
            into(one.number),
        )
        for one, keys in ((step, f"Ctrl+{step.number}") for step in steps.steps)
    )


def slice_ways(hand: Hand, next_view: Callable[[], object]) -> Sequence[Way]:
    """Return the ways over the slices."""
    return (
        (tr("The keys go to the next slice view"), "V", next_view),
        (tr("Crosshair to the left"), "Shift+Left", lambda: hand.go(-1, 0)),
        (tr("Crosshair to the right"), "Shift+Right", lambda: hand.go(1, 0)),
        (tr("Crosshair up"), "Shift+Up", lambda: hand.go(0, -1)),
        (tr("Crosshair down"), "Shift+Down", lambda: hand.go(0, 1)),
        (tr("Click at the crosshair; hold or let go a tool"), "Ctrl+Return", hand.press),
    )


def cut_ways(hand: Hand) -> Sequence[Way]:
    """Return the ways to bring the chosen cut elsewhere."""
    return (
        (tr("Move the cut to the left"), "Alt+Left", lambda: hand.push(-1, 0)),
        (tr("Move the cut to the right"), "Alt+Right", lambda: hand.push(1, 0)),
        (tr("Move the cut up"), "Alt+Up", lambda: hand.push(0, -1)),
        (tr("Move the cut down"), "Alt+Down", lambda: hand.push(0, 1)),
        (tr("Turn the cut to the left"), "Alt+PgUp", lambda: hand.turn(-1)),
        (tr("Turn the cut to the right"), "Alt+PgDown", lambda: hand.turn(1)),
    )


def enter(steps: Steps, number: int) -> None:
    """Open a step that can be opened, the keys on its first control."""
    step = steps.steps[number - 1]
    step.heading.click()
    if steps.current == number and not step.panel.blocked():
        step.heading.setChecked(True)
        step.heading.setFocus(Qt.FocusReason.ShortcutFocusReason)
        first = first_control(step.panel)
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)


def first_control(panel: QWidget) -> QWidget | None:
    """Return what Tab comes to first within a panel; None where nothing in it takes the keys."""
    part = panel.nextInFocusChain()
    while part is not panel and part is not None:
        takes = part.focusPolicy() & Qt.FocusPolicy.TabFocus
        if panel.isAncestorOf(part) and takes and part.isVisible() and part.isEnabled():
            return part
        part = part.nextInFocusChain()
    return None
