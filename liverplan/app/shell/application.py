"""Builds the window and joins its parts; nothing here decides anything."""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QStandardPaths, Qt
from PySide6.QtWidgets import QApplication, QMainWindow

from liverplan.app.kit import theme
from liverplan.app.scene.pane import ScenePane
from liverplan.app.scene.renderer import Scene
from liverplan.app.session.desk import Bell, Desk
from liverplan.app.session.jobs import unexpected
from liverplan.app.session.live import Live
from liverplan.app.session.measuring import held_by
from liverplan.app.session.saving import Saver
from liverplan.app.session.session import Session, Topic
from liverplan.app.shell.result_bar import ResultBar
from liverplan.app.shell.step_bar import Steps
from liverplan.app.shell.window import Central, Keys, chord, place_in
from liverplan.app.slices import adapter
from liverplan.app.slices.adapter import Viewer
from liverplan.app.slices.tools import Tools
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.committee.panel import CommitteePanel
from liverplan.app.steps.committee.signing import Signing
from liverplan.app.steps.compare.comparing import Comparing
from liverplan.app.steps.compare.sheet import CompareSheet
from liverplan.app.steps.liver.given import Given
from liverplan.app.steps.liver.marking import Marking
from liverplan.app.steps.liver.outlining import Outlining
from liverplan.app.steps.liver.panel import LiverPanel
from liverplan.app.steps.liver.vessels import VesselMarking
from liverplan.app.steps.metastases.hinting import Hinting
from liverplan.app.steps.metastases.lesion_edits import LesionEdits
from liverplan.app.steps.metastases.panel import MetastasesPanel
from liverplan.app.steps.open.archive_sheet import ArchiveSheet
from liverplan.app.steps.open.archives import Archives
from liverplan.app.steps.open.opening import Opening
from liverplan.app.steps.open.panel import OpenPanel
from liverplan.app.steps.resection.cutting import Cutting
from liverplan.app.steps.resection.landmarking import Landmarking
from liverplan.app.steps.resection.panel import ResectionPanel
from liverplan.app.steps.resection.planning import Planning
from liverplan.app.steps.result.facts_sheet import FactsSheet
from liverplan.app.steps.result.handing import Handing
from liverplan.app.steps.result.panel import ResultPanel


def default_home() -> Path:
    """Where cases are kept: LIVERPLAN_HOME, or the user's data folder."""
    given = os.environ.get("LIVERPLAN_HOME")
    if given:
        return Path(given)
    place = QStandardPaths.StandardLocation.GenericDataLocation
    return Path(QStandardPaths.writableLocation(place)) / "liverplan"


class Application(QObject):
    """The parts of a running app, by name."""

    def __init__(self, home: Path | None = None) -> None:
        super().__init__()
        self.viewer: Viewer = adapter.new_viewer()
        self.session = Session()
        self.views = ThreeViews(self.viewer)
        self.tools = Tools(self.session, self.views)
        self.live = Live(self.session)
        self.desk = Desk(
            session=self.session,
            views=self.views,
            tools=self.tools,
            live=self.live,
            home=home or default_home(),
            bell=Bell(),
        )
        self.saver = Saver(self.desk)
        self.opening = Opening(self.desk, self.saver)
        self.marking = Marking(self.desk)
        self.outlining = Outlining(self.desk)
        self.lesion_edits = LesionEdits(self.desk, self.marking)
        self.given = Given(self.desk, self.marking)
        self.hinting = Hinting(self.desk, self.marking)
        self.vessels = VesselMarking(self.desk)
        self.planning = Planning(self.desk)
        self.cutting = Cutting(self.desk, self.planning)
        self.landmarking = Landmarking(self.desk)
        self.handing = Handing(self.desk, self.saver)
        self.scene = Scene()
        self.scene_pane = ScenePane(self.session, self.scene)
        self.signing = Signing(self.desk, self.saver)
        result = ResultPanel(self.desk, self.handing)
        self.panels = (
            OpenPanel(self.desk, self.opening),
            LiverPanel(self.desk, self.marking, self.given, self.vessels),
            MetastasesPanel(self.desk, self.marking, self.lesion_edits, self.given, self.hinting),
            ResectionPanel(self.desk, self.planning, self.cutting, self.landmarking),
            result,
            CommitteePanel(self.desk, self.signing, self.saver, result.blocked),
        )
        self.steps = Steps(self.session, self.panels)
        self.result = ResultBar(self.live)
        self.central = Central(self.steps, self.views, self.scene_pane, self.result)
        self.facts = FactsSheet(self.desk)
        self.compare = CompareSheet(self.desk, Comparing(self.desk, self.saver))
        self.archive = ArchiveSheet(self.desk, Archives(self.desk, self.opening))
        for sheet in (self.facts, self.compare, self.archive):
            self.central.add_sheet(sheet)
            sheet.done.connect(lambda: self.central.show_sheet(None))
        self.window: QMainWindow = place_in(self.viewer, self.central)
        self._framed: object = None
        self._closed = False
        self._connect()

    def _connect(self) -> None:
        self.desk.notices["window"] = self.steps.notice.say
        result = self.panels[4]
        result.wants_facts.connect(lambda: self.central.show_sheet(self.facts))
        self.panels[2].wants_compare.connect(lambda: self.central.show_sheet(self.compare))
        self.panels[0].wants_archive.connect(self._search_archive)
        self.session.subscribe(self._session_changed)
        self.live.derived_changed.connect(self._derived)
        self.live.assessed.connect(self.steps.refresh)
        self.vessels.surfaces_changed.connect(self._show_vessels)
        self.saver.saved.connect(self._saved)
        self.tools.maximise.connect(self.central.toggle_maximised)
        self.scene_pane.canvas.maximise.connect(self.central.toggle_maximised)
        self.keys = Keys(self.window, self._key_actions())
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self.keys)
        self.window.installEventFilter(self)
        self.central.installEventFilter(self)

    def _saved(self, words: str) -> None:
        self.steps.saved.setText(words)
        self.steps.saved.setToolTip(str(self.saver.folder or ""))
        self.steps.refresh()

    def _search_archive(self) -> None:
        self.central.show_sheet(self.archive)
        self.archive.ask()

    def _session_changed(self, topics: frozenset[Topic]) -> None:
        work = self.session.work
        self.views.show_work(work)
        if "ct" in topics:
            self._framed = None
            self._derived()
        if topics & {"cuts", "labels", "ct"}:
            self._show_cuts()
            self._scene_message()
            self.scene_pane.canvas.update()

    def _show_cuts(self) -> None:
        """Show the active plan in 3D; what its parts take comes from the same index as numbers."""
        work, taken = self.session.work, self.live.taken
        self.views.taken = taken
        held = None if taken is None or work.volume is None else held_by(work.volume.grid, taken)
        self.scene.show_cuts(work.active_plan, work.cut, locked=work.locked, taken=held)

    def _derived(self) -> None:
        work = self.session.work
        derived = self.live.derived if self.live.index is not None else None
        surfaces = derived.surfaces if derived else None
        self.scene.show_liver(surfaces.liver if surfaces else None)
        self.scene.show_lesions(surfaces.lesions if surfaces else ())
        self._show_cuts()
        if surfaces is not None and self._framed is not work.volume:
            self.scene_pane.look_from("A")
            self._framed = work.volume
        self.views.zone = surfaces.zone if surfaces else None
        self.views.axes_mm = (
            {label: (axes.slice_k, axes.long_ends_mm) for label, axes in derived.axes.items()}  # type: ignore[misc]
            if derived
            else {}
        )
        self.views.redraw()
        self._scene_message()
        self.scene_pane.canvas.update()

    def _show_vessels(self) -> None:
        self.scene.show_vessels(self.vessels.surfaces)
        self.scene_pane.canvas.update()

    def _scene_message(self) -> None:
        shown = bool(len(self.scene.vertices))
        words = "The 3D view appears once the liver is found."
        self.scene_pane.canvas.message = "" if shown else words

    def _key_actions(self) -> dict[tuple[int, int], Any]:
        key, none, control, shift = (
            Qt.Key,
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.ControlModifier,
            Qt.KeyboardModifier.ShiftModifier,
        )
        views, tools, session = self.views, self.tools, self.session

        def step(slices: int) -> Any:  # noqa: ANN401 - a callback
            return lambda: views.step(tools.hovered, slices)

        actions: dict[tuple[int, int], Any] = {
            chord(key.Key_Up): step(1),
            chord(key.Key_Down): step(-1),
            chord(key.Key_PageUp): step(5),
            chord(key.Key_PageDown): step(-5),
            chord(key.Key_Z, control): session.undo,
            chord(key.Key_Y, control): session.redo,
            chord(key.Key_Z, control, shift): session.redo,
            chord(key.Key_Escape): self.leave,
            chord(key.Key_Return): self.accept,
            chord(key.Key_Enter): self.accept,
            chord(key.Key_G): self.toggle_masks,
            chord(key.Key_R): self.reset_views,
            chord(key.Key_BracketLeft): lambda: tools.resize_brush(1 / 1.15),
            chord(key.Key_BracketRight): lambda: tools.resize_brush(1.15),
        }
        for number in range(len(theme.PRESETS)):
            digit = Qt.Key(int(key.Key_1) + number)
            actions[chord(digit, none)] = lambda n=number: views.preset(n)
        return actions

    def leave(self) -> None:
        """Escape: give up a drag, else put the tool away, else show all panes again."""
        if self.session.dragging or self.tools.dragging:
            self.marking.abandon()
            self.scene_pane.canvas.give_up()
            self.tools.abandon()
        elif self.tools.name:
            self.tools.choose("")
        elif self.central.sheet is not None:
            self.central.show_sheet(None)
        elif self.central.maximised is not None:
            self.central.toggle_maximised(self.central.maximised)

    def accept(self) -> None:
        """Enter: close the contour, or accept the metastasis that was just outlined."""
        if self.tools.name == "contour":
            self.cutting.close_contour()
            return
        target = self.marking.target
        work = self.session.work
        known = work.segmentation is not None and target in work.segmentation.provenance
        if known and target > 1 and not work.accepted(target):
            self.marking.accept(target)

    def toggle_masks(self) -> None:
        """Show or hide everything tinted, in the slices."""
        self.views.masks_shown = not self.views.masks_shown
        self.views.redraw()

    def reset_views(self) -> None:
        """Fit all views again."""
        self.views.reset()
        self.scene_pane.look_from("A")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Save before the window closes; take what is dropped on it."""
        kind = event.type()
        if kind == QEvent.Type.Close and watched is self.window:
            self.shut()
        elif kind in (QEvent.Type.DragEnter, QEvent.Type.DragMove) and watched is self.central:
            if event.mimeData().hasUrls():  # type: ignore[attr-defined]
                event.acceptProposedAction()  # type: ignore[attr-defined]
                return True
        elif kind == QEvent.Type.Drop and watched is self.central:
            urls = event.mimeData().urls()  # type: ignore[attr-defined]
            if urls:
                self.opening.open_path(Path(urls[0].toLocalFile()))
            return True
        return False

    def show(self, width: int | None = None, height: int | None = None) -> None:
        """Show the window, as large as the screen allows up to 1600 x 1000."""
        app = QApplication.instance()
        room = app.primaryScreen().availableSize() if isinstance(app, QApplication) else None
        wide = width or min(1600, room.width() if room else 1600)
        high = height or min(1000, room.height() if room else 1000)
        self.window.resize(wide, high)
        self.viewer.window.show()
        self.window.resize(wide, high)  # napari sets its own size when it shows a window

    def catch_faults(self) -> None:
        """Say what nobody foresaw as a notice; the traceback goes to a log beside the cases."""

        def hook(kind: type[BaseException], fault: BaseException, trace: Any) -> None:  # noqa: ANN401
            if issubclass(kind, KeyboardInterrupt):
                sys.__excepthook__(kind, fault, trace)
                return
            words = "".join(traceback.format_exception(kind, fault, trace))
            with suppress(OSError):
                self.desk.home.mkdir(parents=True, exist_ok=True)
                with (self.desk.home / "faults.log").open("a", encoding="utf-8") as log:
                    log.write(words)
            self.desk.say("window", f"{unexpected(fault)} Your work is kept; undo the last step.")

        sys.excepthook = hook

    def shut(self) -> None:
        """Write what is pending, stop every thread, let go of OpenGL."""
        if self._closed:
            return
        self._closed = True
        self.views.close()
        self.desk.stop_jobs()
        self.saver.close()
        self.live.close()
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self.keys)
        self.scene.close()

    def close(self) -> None:
        """Close the window."""
        self.shut()
        self.viewer.close()
