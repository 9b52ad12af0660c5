"""One patient's work and the verbs of the resection step, without a window."""

import time
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from liverplan import workflow
from liverplan.app.session.context import Context
from liverplan.app.session.work import Work
from liverplan.app.steps.resection.edits import PLACE, CutEdits
from liverplan.app.steps.resection.parts import TakenParts
from liverplan.app.steps.resection.placing import Placing
from liverplan.app.steps.resection.plans import Plans
from liverplan.app.steps.resection.step import ResectionStep
from liverplan.case import Record
from liverplan.eligibility.files import ProtocolFile
from liverplan.findings import SeriesSummary
from liverplan.resection import Plane


class Views(QObject):
    """Stands where the slices would."""

    armed, tool_used, identity_changed = Signal(), Signal(), Signal()
    hidden = False

    def __init__(self):
        super().__init__()
        self.disarmed, self.shown, self.tool = 0, [], None

    def arm(self, tool):
        self.tool = tool
        self.armed.emit()

    def toggle(self, tool):
        self.arm(None if self.tool is tool else tool)

    def disarm(self):
        self.disarmed += 1
        self.arm(None)

    def redraw(self):
        """Nothing is drawn here."""

    def move_crosshair(self, point_mm):
        self.shown.append(point_mm)


class Desk:
    """One patient's work, the verbs, and what was said."""

    def __init__(self, phantom, home):
        self.context, self.views, self.said = Context.at(home), Views(), []
        self.session = self.context.session
        self.context.notices.show_at(PLACE, lambda text, kind="warning": self.said.append(text))
        self.edits = CutEdits(self.context, self.views)
        self.placing = Placing(self.context, self.edits)
        self.parts, self.plans = TakenParts(self.context), Plans(self.context)
        grid = phantom.volume.grid
        series = SeriesSummary(uid="1.2.3", shape=grid.shape, spacing_mm=grid.spacing_mm)
        protocol = ProtocolFile.shipped(workflow.DEFAULT_PROTOCOL)
        self.session.replace_all(
            Work(
                volume=phantom.volume,
                segmentation=phantom.segmentation,
                record=Record(series=series, protocol=protocol),
            )
        )
        self.settle()
        self.centre = self.context.live.derived.centre_mm

    @property
    def cuts(self):
        return self.session.work.cuts

    def settle(self):
        end = time.monotonic() + 90
        while self.context.live.busy or self.context.jobs.any_running:
            assert time.monotonic() < end
            QApplication.processEvents()
        QApplication.processEvents()

    def put(self, *cuts):
        self.session.do("put", self.session.work.with_cuts(cuts, len(cuts) - 1))

    def undone(self):
        """The name of the last step, which is taken back."""
        name = self.session.history.undo_name
        self.session.undo()
        return name

    def close(self):
        self.context.live.close()
        self.context.jobs.stop()

    def plane(self, x=0.0, normal=(1.0, 0, 0)):
        return Plane(point_mm=self.centre + np.array([x, 0, 0]), normal=normal)


class PanelDesk(Desk):
    """With the whole step and its panel, which is shown nowhere."""

    def __init__(self, phantom, home):
        super().__init__(phantom, home)
        step = ResectionStep(self.context, self.views)
        self.panel, self.verbs = step.panel, step.verbs
        self.said.clear()
        self.session.subscribe(lambda _topics: self.panel.refresh())
        self.marked = self.session.work

    def start(self):
        """Go back to the masks alone."""
        self.session.replace_all(self.marked)
        self.views.arm(None)
        self.settle()
        self.said.clear()

    def put_maps(self, **maps):
        work = self.session.work
        self.session.do("maps", replace(work, maps=MappingProxyType(maps)))


def rows_of(table):
    """The texts of a table."""
    columns = range(table.columnCount())
    return [[table.item(row, c).text() for c in columns] for row in range(table.rowCount())]


def shown(widget):
    """Whether a widget would be seen where what it stands in is."""
    return not widget.isHidden()
