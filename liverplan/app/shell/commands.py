"""Every command of the window, once: of this list menus, keys and the sheet of keys are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow, QPushButton

from liverplan.app.kit import theme
from liverplan.app.kit.language import NAMES, en, tr
from liverplan.app.scene.pane import ScenePane
from liverplan.app.session.session import Session
from liverplan.app.shell.going import cut_ways, slice_ways, step_ways
from liverplan.app.shell.help import Help
from liverplan.app.shell.speaking import other_language
from liverplan.app.shell.step_bar import Steps
from liverplan.app.slices.hand import Hand
from liverplan.app.slices.mouse import Mouse
from liverplan.app.slices.slice_bar import SliceBar
from liverplan.app.slices.tool import Tool
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.compare.beside_pane import BesidePane
from liverplan.app.steps.open.step import OpenStep
from liverplan.app.steps.resection.step import ResectionStep
from liverplan.app.steps.result.step import ResultStep

Action = Callable[[], object]
MenuName = Literal["File", "View", "Plan", "Go", "Help"]

MOUSE = (
    (en("Wheel"), en("Next or previous slice")),
    (en("Left drag"), en("The armed tool; else a cut's handle; else the window (level, width)")),
    (en("Right drag, Ctrl+Wheel"), en("Zoom")),
    (en("Middle drag, Shift+Left drag"), en("Pan")),
    (en("Shift+Move"), en("The crosshair follows")),
    (en("Double-click"), en("One pane alone, or all again")),
    (en("Shift+Wheel, [ ]"), en("Size of the brush, while it is armed")),
    (en("Tab, Space"), en("The next control; press it")),
    (en("3D: left, right, middle"), en("Turn, zoom, pan")),
)
"""What the mouse does on the views."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Command:
    """One thing that can be done from everywhere.

    Parameters
    ----------
    menu, text : str
        Where it stands and what it is called.
    action : callable
    keys : str
        Its keys as Qt writes them, with "; " between several; "" if it has none.
    on_views : bool
        Whether it works on the slices and the open step only: a sheet that lies over them is then
        in its way.
    """

    menu: MenuName
    text: str
    action: Action
    keys: str = ""
    on_views: bool = True

    @property
    def sequences(self) -> tuple[QKeySequence, ...]:
        """Its keys, each with its modifiers."""
        return tuple(QKeySequence(one) for one in self.keys.split("; ") if one)


class Parts(Protocol):
    """What the commands are about, by name."""

    session: Session
    views: ThreeViews
    mouse: Mouse
    bar: SliceBar
    hand: Hand
    steps: Steps
    help: Help
    window: QMainWindow
    open: OpenStep
    resection: ResectionStep
    beside: BesidePane
    scene_pane: ScenePane
    judged: ResultStep

    def leave(self) -> None:
        """Give up a drag, put the tool away, or show all panes again."""

    def reset_views(self) -> None:
        """Fit all views."""

    def next_view(self) -> None:
        """Let the keys work on the next slice view."""

    def toggle_shortcuts(self) -> None:
        """Show or hide the sheet of keys."""

    def toggle_theme(self) -> None:
        """Show the window in light colours or in dark ones."""

    def change_language(self) -> None:
        """Make the window anew in the other language."""

    def show_about(self) -> None:
        """Show the research notice."""


def commands_of(app: Parts) -> tuple[Command, ...]:
    """Return every command of a running app, in the order of the menus."""
    return (*_file(app), *_view(app), *_plan(app), *_go(app), *_help(app))


def _file(app: Parts) -> Sequence[Command]:
    panel = app.open.panel
    return (
        Command(
            menu="File", text=tr("Open folder or case…"), keys="Ctrl+O", action=panel.ask_folder
        ),
        Command(
            menu="File", text=tr("Open zip or file…"), keys="Ctrl+Shift+O", action=panel.ask_file
        ),
        Command(menu="File", text=tr("Search an archive…"), action=pressing(panel.archive_button)),
        Command(menu="File", text=tr("Sample CT"), action=pressing(panel.sample_button)),
        Command(
            menu="File",
            text=tr("Write report…"),
            keys="Ctrl+P",
            action=pressing(app.judged.panel.report_button),
        ),
        Command(
            menu="File",
            text=tr("Close"),
            keys="Ctrl+Q",
            action=app.window.close,
            on_views=False,
        ),
    )


def _view(app: Parts) -> Sequence[Command]:
    views = app.views
    return (
        *_presets(views),
        *_measuring(app.bar),
        Command(
            menu="View",
            text=tr("Keep this picture"),
            keys="Ctrl+K",
            action=app.judged.pictures.keep,
        ),
        Command(menu="View", text=tr("A second CT beside"), keys="B", action=app.beside.toggle),
        Command(menu="View", text=tr("Masks on or off"), keys="G", action=views.toggle_masks),
        Command(
            menu="View",
            text=tr("Only the remnant in 3D, or all"),
            keys="K",
            action=app.scene_pane.remnant_button.click,
        ),
        *_window(app),
        *_going(app),
    )


def _window(app: Parts) -> Sequence[Command]:
    """Return what is so of the whole window."""
    return (
        Command(
            menu="View",
            text=tr("De-identified display on or off"),
            keys="Ctrl+I",
            action=app.views.toggle_identity,
            on_views=False,
        ),
        Command(
            menu="View",
            text=tr("Light or dark colours"),
            keys="Ctrl+L",
            action=app.toggle_theme,
            on_views=False,
        ),
        Command(
            menu="View",
            text=NAMES[other_language()],
            keys="Ctrl+Shift+L",
            action=app.change_language,
            on_views=False,
        ),
    )


def _presets(views: ThreeViews) -> Sequence[Command]:
    """Return a command for each of the windows that have a key."""

    def preset(number: int) -> Action:
        return lambda: views.preset(number)

    return [
        Command(
            menu="View",
            text=tr("Window: {name} ({level}/{width})", name=tr(name), level=level, width=width),
            keys=str(number + 1),
            action=preset(number),
        )
        for number, (name, level, width) in enumerate(theme.PRESETS)
    ]


def _measuring(bar: SliceBar) -> Sequence[Command]:
    """Return what the row above the slices does."""
    slab, here = bar.views.slab, bar.annotations.delete_here

    def arm(tool: Tool) -> Action:
        return lambda: bar.views.toggle(tool)

    def thicken(steps: int) -> Action:
        return lambda: slab.thicken(steps)

    return (
        Command(menu="View", text=tr("Ruler"), keys="M", action=arm(bar.ruler)),
        Command(menu="View", text=tr("Angle"), keys="A", action=arm(bar.angle)),
        Command(menu="View", text=tr("Region: mean and spread"), keys="C", action=arm(bar.region)),
        Command(menu="View", text=tr("Arrow with a text"), keys="T", action=arm(bar.arrow)),
        Command(
            menu="View",
            text=tr("Delete the measurement under the mouse"),
            keys="Del; Backspace",
            action=here,
        ),
        Command(menu="View", text=tr("List of what was measured"), action=bar.list.open),
        Command(menu="View", text=tr("Slice, MIP, MinIP or average"), keys="S", action=slab.cycle),
        Command(menu="View", text=tr("Thicker slab"), keys="+; Shift++", action=thicken(1)),
        Command(menu="View", text=tr("Thinner slab"), keys="-", action=thicken(-1)),
        Command(menu="View", text=tr("Masks filled or outlined"), keys="F", action=bar.masks.next),
        Command(
            menu="View",
            text=tr("Oblique or curved slice…"),
            keys="O",
            action=bar.wants_oblique.emit,
        ),
        Command(menu="View", text=tr("Play the slices, or stop"), keys="P", action=bar.cine.toggle),
    )


def _going(app: Parts) -> Sequence[Command]:
    """Return how one goes through the slices and out of what lies over them."""
    views, mouse = app.views, app.mouse

    def step(slices: int) -> Action:
        return lambda: views.step(mouse.hovered, slices)

    return (
        Command(menu="View", text=tr("Reset all views"), keys="R", action=app.reset_views),
        Command(menu="View", text=tr("Next slice"), keys="Up", action=step(1)),
        Command(menu="View", text=tr("Previous slice"), keys="Down", action=step(-1)),
        Command(menu="View", text=tr("Five slices on"), keys="PgUp", action=step(5)),
        Command(menu="View", text=tr("Five slices back"), keys="PgDown", action=step(-5)),
        Command(
            menu="View",
            text=tr("Put the tool away, close the sheet, show all panes"),
            keys="Esc",
            action=app.leave,
            on_views=False,
        ),
    )


def _plan(app: Parts) -> Sequence[Command]:
    session, panel = app.session, app.resection.panel
    return (
        Command(menu="Plan", text=tr("Undo"), keys="Ctrl+Z", action=session.undo, on_views=False),
        Command(
            menu="Plan",
            text=tr("Redo"),
            keys="Ctrl+Y; Ctrl+Shift+Z",
            action=session.redo,
            on_views=False,
        ),
        Command(
            menu="Plan",
            text=tr("Take the open step's proposal"),
            keys="Return; Enter",
            action=app.steps.accept,
        ),
        Command(menu="Plan", text=tr("Suggest a plan"), action=pressing(panel.suggest_button)),
        Command(menu="Plan", text=tr("Copy the plan"), action=pressing(panel.plans.add_button)),
        Command(
            menu="Plan", text=tr("Lock or unlock cuts"), action=pressing(panel.cuts.lock_button)
        ),
    )


def _go(app: Parts) -> Sequence[Command]:
    """Return what the keys alone can do where the mouse would go."""
    on_slices = (*slice_ways(app.hand, app.next_view), *cut_ways(app.hand))
    return (
        *(
            Command(menu="Go", text=text, keys=keys, action=action, on_views=False)
            for text, keys, action in step_ways(app.steps)
        ),
        *(
            Command(menu="Go", text=text, keys=keys, action=action)
            for text, keys, action in on_slices
        ),
    )


def _help(app: Parts) -> Sequence[Command]:
    return (
        Command(menu="Help", text=tr("This step"), keys="F1", action=app.help.open, on_views=False),
        Command(
            menu="Help",
            text=tr("Keys and mouse"),
            keys="?; Shift+?",
            action=app.toggle_shortcuts,
            on_views=False,
        ),
        Command(menu="Help", text=tr("Research notice, version…"), action=app.show_about),
    )


def pressing(button: QPushButton) -> Action:
    """Return what presses a panel's button: it does nothing while the button is greyed."""
    return button.click


def keys_shown(command: Command) -> str:
    """Return a command's keys as this computer writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    return ", ".join(dict.fromkeys(one.toString(native) for one in command.sequences))
