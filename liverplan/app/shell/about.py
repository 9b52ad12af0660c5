"""What this is, and what it is not."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from liverplan import NOTICE, __version__
from liverplan.app.kit.dress import dress
from liverplan.app.kit.language import tr
from liverplan.app.kit.widgets import button, label, row


class About(QDialog):
    """Name, version, licence and the research notice."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        dress(self)
        self.setWindowTitle(tr("About liverplan"))
        self.setMinimumWidth(460)
        column = QVBoxLayout(self)
        column.addWidget(label(f"liverplan {__version__}", "title"))
        self.notice = label(tr(NOTICE))
        column.addWidget(self.notice)
        licence = tr("Licence: Apache-2.0. Nothing leaves this computer.")
        column.addWidget(label(licence, "secondary"))
        column.addLayout(row(1, button(tr("Close"), self.close, role="primary")))
