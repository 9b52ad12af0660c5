"""Volumes of the segments, and shares of the liver beside what is published."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from liverplan.app.kit.dress import dress
from liverplan.app.kit.widgets import Notice, Table, label
from liverplan.app.steps.resection.parts import MeasuredSegments
from liverplan.resection.anatomy.named import share_warnings, split_fourth, usual_shares
from liverplan.words import in_english
from liverplan.words.numbers import ml


class SegmentVolumes(QDialog):
    """Two tables: each segment's millilitres, and each part's share with its usual range."""

    def __init__(self, measured: MeasuredSegments, parent: QWidget) -> None:
        super().__init__(parent)
        dress(self)
        self.setWindowTitle("Segment volumes")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.segments = Table(["Segment", "mL", "share"], stretch=0, most_rows=9)
        self.shares = Table(["Part", "share", "usual", "source"], stretch=3, most_rows=9)
        self.notice = Notice()
        column = QVBoxLayout(self)
        column.addWidget(self.notice)
        column.addWidget(label("Functional liver by segment", "secondary"))
        column.addWidget(self.segments)
        column.addWidget(label("Shares beside published ranges", "secondary"))
        column.addWidget(self.shares)
        self.resize(640, 560)
        fractions = measured.fractions
        rows = [(n, ml(v), _percent(fractions[n])) for n, v in measured.volumes_ml.items()]
        self.segments.fill(rows)
        self.shares.fill(share_rows(fractions))
        self.notice.say(" ".join(map(in_english, share_warnings(fractions))))


def share_rows(fractions: Mapping[str, float]) -> list[tuple[str, str, str, str]]:
    """Return each published part's share here and its usual range."""
    return [
        (
            usual.name,
            _percent(sum(fractions.get(name, 0.0) for name in split_fourth(usual.segments))),
            f"{100 * usual.low_fraction:.0f} to {100 * usual.high_fraction:.0f} %",
            usual.source,
        )
        for usual in usual_shares()
    ]


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.1f} %"
