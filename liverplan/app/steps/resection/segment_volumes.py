"""Volumes of the segments, and shares of the liver beside what is published."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from liverplan.app.kit.dress import dress
from liverplan.app.kit.language import localised, retold, tr
from liverplan.app.kit.widgets import Notice, Table, label
from liverplan.app.session.telling import told
from liverplan.app.steps.resection.parts import MeasuredSegments
from liverplan.resection.anatomy.named import share_warnings, split_fourth, usual_shares
from liverplan.words.numbers import ml


class SegmentVolumes(QDialog):
    """Two tables: each segment's millilitres, and each part's share with its usual range."""

    def __init__(self, measured: MeasuredSegments, parent: QWidget) -> None:
        super().__init__(parent)
        dress(self)
        self.setWindowTitle(tr("Segment volumes"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        heads = [tr("Segment"), "mL", tr("share")]
        self.segments = Table(heads, stretch=0, most_rows=9)
        heads = [tr("Part"), tr("share"), tr("usual"), tr("source")]
        self.shares = Table(heads, stretch=3, most_rows=9)
        self.notice = Notice()
        column = QVBoxLayout(self)
        column.addWidget(self.notice)
        column.addWidget(label(tr("Functional liver by segment"), "secondary"))
        column.addWidget(self.segments)
        column.addWidget(label(tr("Shares beside published ranges"), "secondary"))
        column.addWidget(self.shares)
        self.resize(640, 560)
        fractions = measured.fractions
        volumes = {name: localised(ml(v)) for name, v in measured.volumes_ml.items()}
        rows = [(name, volume, _percent(fractions[name])) for name, volume in volumes.items()]
        self.segments.fill(rows)
        self.shares.fill(share_rows(fractions))
        self.notice.say(" ".join(map(told, share_warnings(fractions))))


def share_rows(fractions: Mapping[str, float]) -> list[tuple[str, str, str, str]]:
    """Return each published part's share here and its usual range."""
    return [
        (
            retold(usual.name),
            _percent(sum(fractions.get(name, 0.0) for name in split_fourth(usual.segments))),
            tr(
                "{low:.0f} to {high:.0f} %",
                low=100 * usual.low_fraction,
                high=100 * usual.high_fraction,
            ),
            retold(usual.source),
        )
        for usual in usual_shares()
    ]


def _percent(fraction: float) -> str:
    return localised(f"{100 * fraction:.1f} %")
