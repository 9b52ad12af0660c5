"""How brush and eraser paint: radius, through the slices, only some densities."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QSpinBox, QVBoxLayout, QWidget

from liverplan.app.kit import theme
from liverplan.app.kit.language import tr
from liverplan.app.kit.widgets import label, row, show_number
from liverplan.app.session.session import Session
from liverplan.app.slices.brush import BrushSettings
from liverplan.segmentation import Segmentation, liver_limits_hu
from liverplan.segmentation.edit.brush import SOFT_TISSUE_HU


class BrushOptions(QWidget):
    """The same options wherever a panel shows them."""

    def __init__(self, session: Session, brush: BrushSettings) -> None:
        super().__init__()
        self.session, self.brush = session, brush
        self.ball = QCheckBox(tr("through slices"))
        self.ball.toggled.connect(lambda on: brush.set_ball(through=on))
        self.radius = label("", "secondary", wrap=False)
        self.radius.setToolTip(tr("The keys [ and ], or Shift with the wheel"))
        self.limit = QCheckBox(tr("only some densities"))
        self.limit.setToolTip(tr("Paint only voxels whose density lies between these limits"))
        self.limit.toggled.connect(self._limit)
        self.lowest, self.highest = QSpinBox(), QSpinBox()
        for box in (self.lowest, self.highest):
            box.setRange(-1024, 3071)
            box.setSingleStep(5)
            box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
            box.setFixedWidth(theme.pixels(48))
            box.setKeyboardTracking(False)
            box.valueChanged.connect(self._limits_typed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        layout.addLayout(row(self.ball, 1, self.radius))
        self.range = QWidget()
        to, hu = label(tr("to"), "secondary", wrap=False), label("HU", "secondary", wrap=False)
        self.range.setLayout(row(self.lowest, to, self.highest, hu))
        layout.addWidget(self.limit)
        layout.addLayout(row(self.range, 1))
        brush.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what holds now."""
        limits = self.brush.limits_hu
        blockers = [QSignalBlocker(part) for part in (self.ball, self.limit)]
        self.ball.setChecked(self.brush.ball)
        self.limit.setChecked(limits is not None)
        for box, value in zip((self.lowest, self.highest), limits or (), strict=False):
            show_number(box, value)
        self.limit.setText(tr("only densities of") if limits else tr("only some densities"))
        self.range.setVisible(limits is not None)
        self.radius.setText(tr("radius {mm:.0f} mm  [ ]", mm=self.brush.radius_mm))
        del blockers

    def _limit(self, on: bool) -> None:  # noqa: FBT001 - Qt's signal
        self.brush.limit(self._usual_hu() if on else None)

    def _limits_typed(self) -> None:
        low, high = self.lowest.value(), self.highest.value()
        self.brush.limit((float(min(low, high)), float(max(low, high))))

    def _usual_hu(self) -> tuple[float, float]:
        """Densities between which nearly all of the liver lies, HU."""
        work = self.session.work
        if work.volume is None:
            return SOFT_TISSUE_HU
        return liver_limits_hu(
            work.volume, work.segmentation or Segmentation.empty(work.volume.grid)
        )
