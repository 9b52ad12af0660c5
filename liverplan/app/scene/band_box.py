"""The two distances at which the colour of a cut face changes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QWidget

from liverplan.app.kit.language import tr
from liverplan.app.kit.widgets import label
from liverplan.app.scene.faces import Bands
from liverplan.app.session.zone import FIELD_MM


class BandBox(QWidget):
    """Two numbers, the smaller first; the other gives way to the one that is changed."""

    def __init__(self, changed: Callable[[Bands], None]) -> None:
        super().__init__()
        self._changed, bands = changed, Bands()
        self.near = spin(bands.near_mm, tr("Nearer than this to a metastasis, a cut is red"))
        self.far = spin(bands.far_mm, tr("Nearer than this to a metastasis, a cut is yellow"))
        self.near.valueChanged.connect(lambda mm: self.far.setValue(max(mm, self.far.value())))
        self.far.valueChanged.connect(lambda mm: self.near.setValue(min(mm, self.near.value())))
        for box in (self.near, self.far):
            box.valueChanged.connect(lambda _mm: self._changed(self.bands))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 0, 6, 2)
        layout.setSpacing(6)
        layout.addWidget(label(tr("Margin bands"), "secondary", wrap=False))
        layout.addWidget(self.near)
        layout.addWidget(self.far)
        layout.addStretch()

    @property
    def bands(self) -> Bands:
        """What the boxes say."""
        return Bands(near_mm=self.near.value(), far_mm=self.far.value())


def spin(value_mm: float, tip: str) -> QDoubleSpinBox:
    """Return a box of whole millimetres, as far as distances are known."""
    box = QDoubleSpinBox()
    box.setRange(1, int(FIELD_MM) - 1)
    box.setDecimals(0)
    box.setSuffix(" mm")
    box.setKeyboardTracking(False)
    box.setValue(value_mm)
    box.setToolTip(tip)
    return box
