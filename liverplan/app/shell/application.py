"""Builds the window and joins its parts; nothing here decides anything."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from PySide6.QtCore import QEvent, QObject, QRect, QTimer
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QMainWindow

from liverplan.app.kit.dress import dress_application
from liverplan.app.kit.language import tr
from liverplan.app.kit.widgets import set_tip
from liverplan.app.scene.following import SceneFollower
from liverplan.app.scene.pane import ScenePane
from liverplan.app.scene.plan_pictures import PlanPictures
from liverplan.app.scene.renderer import Scene
from liverplan.app.scene.two_plans import TwoPlans
from liverplan.app.session.context import Context
from liverplan.app.session.notices import WINDOW
from liverplan.app.session.whose import title_words
from liverplan.app.shell.about import About
from liverplan.app.shell.appearance import Appearance
from liverplan.app.shell.collector import Collector
from liverplan.app.shell.commands import commands_of
from liverplan.app.shell.help import Help
from liverplan.app.shell.home import default_home
from liverplan.app.shell.keys import Keys
from liverplan.app.shell.menus import put_menus
from liverplan.app.shell.result_bar import ResultBar
from liverplan.app.shell.shortcuts import ShortcutSheet
from liverplan.app.shell.speaking import choose_other, let_qt_speak
from liverplan.app.shell.step_bar import Steps
from liverplan.app.shell.window import Central, window_around
from liverplan.app.slices import adapter
from liverplan.app.slices.brush import BrushSettings
from liverplan.app.slices.hand import Hand
from liverplan.app.slices.mouse import Mouse
from liverplan.app.slices.oblique_sheet import ObliqueSheet
from liverplan.app.slices.slice_bar import SliceBar
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.committee.step import CommitteeStep
from liverplan.app.steps.compare.step import CompareStep
from liverplan.app.steps.liver.step import LiverStep
from liverplan.app.steps.metastases.step import MetastasesStep
from liverplan.app.steps.open.step import OpenStep
from liverplan.app.steps.resection.step import ResectionStep
from liverplan.app.steps.result.step import ResultStep


class Application(QObject):
    """The parts of a running app, by name.

    Attributes
    ----------
    again : QRect or None
        Where the window stood, if it closes to be made anew there with the same work open.
    """

    def __init__(self, home: Path | None = None) -> None:
        super().__init__()
        self._closed = False
        self.again: QRect | None = None
        self._appearance = Appearance(home or default_home())
        self._qt = adapter.qt_application()
        dress_application()
        Collector(self)
        self.context = Context.at(home or default_home())
        self.session, self.live = self.context.session, self.context.live
        self.jobs, self.saver = self.context.jobs, self.context.saver
        self.views = ThreeViews(self.session, self.live)
        self.mouse = Mouse(self.session, self.views)
        self.hand = Hand(self.session, self.views, self.mouse)
        self.brush = BrushSettings()
        self.scene = Scene()
        self.scene_pane = ScenePane(self.session, self.scene)
        self._follower = SceneFollower(self.session, self.live, self.jobs, self.scene_pane)
        self.plan_pictures = PlanPictures(self.session, self.live, self.jobs, self._follower)
        self.two_plans = TwoPlans(self.session, self.live, self._follower, self.scene_pane)
        self._build_steps()
        self.steps = Steps(self.context, self.panels)
        self.help = Help(self.steps, self.context.notices, self.context.home / "help")
        self.result = ResultBar(self.live)
        self.bar = SliceBar(self.context, self.views, self.mouse)
        self.central = Central(self.steps, self.views, self.bar, self.scene_pane, self.result)
        self.window: QMainWindow = window_around(self.central)
        self._join_sheets()
        self.commands = commands_of(self)
        self._join()
        self._join_keys()

    def _build_steps(self) -> None:
        context, views = self.context, self.views
        self.open = OpenStep(context, views)
        self.liver = LiverStep(context, views, self.brush)
        self.metastases = MetastasesStep(context, views, self.brush)
        self.resection = ResectionStep(context, views)
        self.judged = ResultStep(context, views, self.mouse, self.scene_pane.canvas)
        self.committee = CommitteeStep(context, self.judged.panel.blocked)
        self.panels = (
            self.open.panel,
            self.liver.panel,
            self.metastases.panel,
            self.resection.panel,
            self.judged.panel,
            self.committee.panel,
        )

    def _join_sheets(self) -> None:
        """Let each sheet be opened by its button, and lie over the views until it is done."""
        context, views = self.context, self.views
        self.archive = self.open.archive
        self.facts = self.judged.sheet
        compare = CompareStep(context, views)
        self.compare, self.beside = compare.sheet, compare.pane
        self.central.add_beside(self.beside)
        self.beside.shown.connect(self.central.share_upper_row)
        self.shortcuts, self.oblique = ShortcutSheet(), ObliqueSheet(context, views)
        self.central.add_sheet(self.shortcuts)
        self.shortcuts.done.connect(lambda: self.central.show_sheet(None))
        for sheet, wanted in (
            (self.archive, self.open.panel.wants_archive),
            (self.facts, self.judged.panel.wants_facts),
            (self.compare, self.metastases.panel.wants_compare),
            (self.oblique, self.bar.wants_oblique),
        ):
            self.central.add_sheet(sheet)
            wanted.connect(lambda sheet=sheet: self.central.show_sheet(sheet))
            sheet.done.connect(lambda: self.central.show_sheet(None))
        self.open.panel.wants_archive.connect(self.archive.ask)

    def _join(self) -> None:
        self.live.assessed.connect(self.steps.refresh)
        self.views.looked.connect(self._looked)
        plans = self.resection.panel.plans
        plans.show_pictures(self.plan_pictures.of)
        self.plan_pictures.changed.connect(plans.refresh)
        self.views.identity_changed.connect(self._say_whose)
        self.session.subscribe(lambda topics: self._say_whose() if "ct" in topics else None)
        self.liver.vessels.surfaces_changed.connect(
            lambda: self._follower.show_vessels(self.liver.vessels.surfaces)
        )
        self.saver.saved.connect(self._saved)
        self.mouse.maximise.connect(self.central.toggle_maximised)
        self.scene_pane.canvas.maximise.connect(self.central.toggle_maximised)
        self.scene_pane.canvas.touched.connect(self.views.touch)

    def _join_keys(self) -> None:
        """Let menus, keys and the sheet of shortcuts follow from the one list of commands."""
        put_menus(self.window.menuBar(), self.commands, self.open.panel.fill_recents)
        self.shortcuts.show_commands(self.commands)
        covered = lambda: self.central.sheet is not None  # noqa: E731 - asked at each key
        self.keys = Keys(self.window, self.views, self.commands, covered)
        let_qt_speak(self._qt)
        self._qt.installEventFilter(self.keys)
        self.window.installEventFilter(self)
        self.central.installEventFilter(self)

    def _looked(self) -> None:
        """Let the 3D view know which slices are shown, and how."""
        if self.views.crosshair_mm is not None:
            self.scene_pane.follow_slices(self.views.crosshair_mm, self.views.limits_hu)

    def _say_whose(self) -> None:
        record, hidden = self.session.work.record, self.views.hidden
        self.window.setWindowTitle(title_words(record, hidden=hidden))

    def _saved(self, words: str) -> None:
        self.steps.saved.setText(words)
        set_tip(self.steps.saved, str(self.saver.folder or ""))
        self.steps.refresh()

    def leave(self) -> None:
        """Escape: give up a drag, stop the film, put the tool away, or show all panes again."""
        if self.session.dragging or self.mouse.dragging:
            self.scene_pane.canvas.give_up()
            self.mouse.abandon()
        elif self.bar.cine.running:
            self.bar.cine.stop()
        elif self.views.tool is not None:
            self.views.disarm()
        elif self.central.sheet is not None:
            self.central.show_sheet(None)
        elif self.central.maximised is not None:
            self.central.toggle_maximised(self.central.maximised)

    def next_view(self) -> None:
        """Let the keys work on the next slice view, which is shown where it lies behind a tab."""
        self.hand.take(self.central.view_after(self.hand.view))

    def toggle_shortcuts(self) -> None:
        """Lay the sheet of keys over the views, or take it away."""
        shown = self.central.sheet is self.shortcuts
        self.central.show_sheet(None if shown else self.shortcuts)

    def toggle_theme(self) -> None:
        """Show the window in light colours, or in dark ones again; slices stay on black."""
        self._appearance.toggle()
        for panel in self.panels:
            panel.refresh()

    def change_language(self) -> None:
        """Close, to be made anew in the other language with the same work open."""
        if self.jobs.awaited:
            words = tr("Something is still being worked out; wait or cancel it first.")
            self.context.notices.say(WINDOW, words)
            return
        if self.session.dragging or self.mouse.dragging:
            self.leave()
        if self.live.busy:  # so that what it finds is saved, and whoever waits to sign has signed
            QTimer.singleShot(SOON_MS, self.change_language)
            return
        choose_other(self.context.home)
        self.again = self.window.geometry()
        self.window.close()

    def show_about(self) -> None:
        """Say what this is, and what it is not."""
        self.about = About(self.window)
        self.about.open()

    def reset_views(self) -> None:
        """Fit all views again."""
        self.views.reset()
        self.scene_pane.look_from("A")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Save before the window closes; take what is dropped on it."""
        kind = event.type()
        if kind == QEvent.Type.Close and watched is self.window:
            self.shut()
        elif kind in DROPS and watched is self.central:
            return self._dropped(cast("QDropEvent", event))
        return False

    def _dropped(self, event: QDropEvent) -> bool:
        urls = event.mimeData().urls()
        if event.type() == QEvent.Type.Drop and urls:
            self.open.opening.open_path(Path(urls[0].toLocalFile()))
        elif urls:
            event.acceptProposedAction()
        return bool(urls) or event.type() == QEvent.Type.Drop

    def show(self, width: int | None = None, height: int | None = None) -> None:
        """Show the window, as large as the screen allows up to 1600 x 1000."""
        room = self._qt.primaryScreen().availableGeometry()
        wide = width or min(1600, room.width())
        high = height or min(1000, room.height() - TITLE_BAR)
        self.window.resize(wide, high)
        self.window.show()
        self.window.move(room.topLeft())

    def shut(self) -> None:
        """Write what is pending, stop every thread, let go of OpenGL."""
        if self._closed:
            return
        self._closed = True
        self.views.close()
        self.jobs.stop()
        self.saver.close()
        self.live.close()
        self._qt.removeEventFilter(self.keys)
        self.plan_pictures.close()
        self.two_plans.close()
        self.scene.close()

    def close(self) -> None:
        """Close the window, which shuts what stands behind it."""
        if not self._closed:
            self.window.close()


SOON_MS = 50
TITLE_BAR = 40
"""Pixels that a desktop may put above a window: with them it must still fit the screen."""
DROPS = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop)
