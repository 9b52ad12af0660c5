"""The result that never scrolls away: FLR, its range, the threshold, the millilitres."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from liverplan.app.kit import theme
from liverplan.app.kit.language import localised, retold, tr
from liverplan.app.kit.widgets import Elided, label, restyle, set_tip
from liverplan.app.session.live import Live
from liverplan.app.session.verdict import (
    fates_words,
    how_sure_words,
    margins_words,
    verdict_words,
    volumes_words,
    waiting_words,
    what_is_missing,
)
from liverplan.app.session.work import Work
from liverplan.words.numbers import NONE, ml, percent, threshold
from liverplan.workflow.rule import DENOMINATORS

HEIGHT_PT = 88.0
"""Points: room for a verdict of two lines beside the other three, on a narrow screen too."""
MARGIN, SPACING = 4, 1
"""Pixels above and below the lines, and between them."""

WIDEST = "100.0 %"
"""What the number's place is as wide as, so that no digit is ever cut off."""

GAUGE_ENDS = (0.6, 1.0)
"""Fraction at the gauge's right end: the first where everything fits, else the second."""


class Gauge(QWidget):
    """A line from 0 to 60 or 100 %: the threshold, both ranges and the number.

    The range as carried out, on which the verdict rests, has ends; that as drawn lies below it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.fraction: float | None = None
        self.interval: tuple[float, float] | None = None
        self.drawn: tuple[float, float] | None = None
        self.line = 0.30
        self.stale = False
        self.setMinimumSize(190, 72)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMaximumWidth(420)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide and low."""
        return QSize(260, 72)

    @property
    def _end(self) -> float:
        largest = max((self.fraction or 0.0, *(self.interval or ())))
        return GAUGE_ENDS[largest > GAUGE_ENDS[0] - 0.02]

    def _x(self, fraction: float) -> float:
        room = self.width() - 56
        return 28 + room * min(max(fraction, 0.0), self._end) / self._end

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Axis, range, threshold, number."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        y, colours = self.height() / 2 - 2, theme.palette()
        painter.setPen(QPen(QColor(colours.gauge_axis), 3))
        painter.drawLine(QPointF(self._x(0), y), QPointF(self._x(self._end), y))
        grey = QColor(colours.faint)
        self._ranges(painter, y, grey if self.stale else QColor(colours.gauge_range))
        x = self._x(self.line)
        painter.setPen(QPen(QColor(colours.gauge_line), 2))
        painter.drawLine(QPointF(x, y - 15), QPointF(x, y + 13))
        if self.fraction is not None:
            painter.setPen(QPen(QColor(colours.gauge_rim), 1.5))
            painter.setBrush(grey if self.stale else QColor(colours.gauge_point))
            painter.drawEllipse(QPointF(self._x(self.fraction), y), 6.5, 6.5)
        self._words(painter, y)
        painter.end()

    def _ranges(self, painter: QPainter, y: float, colour: QColor) -> None:
        if self.interval:
            painter.setPen(QPen(colour, 3))
            low, high = map(self._x, self.interval)
            painter.drawLine(QPointF(low, y), QPointF(high, y))
            for end in (low, high):
                painter.drawLine(QPointF(end, y - 6), QPointF(end, y + 6))
        if self.drawn:
            low, high = map(self._x, self.drawn)
            painter.fillRect(QRectF(low, y + 7.5, max(high - low, 2), 5), colour)

    def _words(self, painter: QPainter, y: float) -> None:
        painter.setFont(theme.font(theme.BODY_PT))
        painter.setPen(QColor(theme.palette().secondary))
        for at, text in (
            (0.0, "0"),
            (self.line, f"{localised(threshold(self.line))} %"),
            (self._end, f"{localised(threshold(self._end))} %"),
        ):
            box = QRectF(self._x(at) - 26, y + 13, 52, 19)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
        if self.drawn and not self.stale:
            low, high = (localised(percent(end, self.line)) for end in self.drawn)
            box = QRectF(0, y - 34, self.width(), 19)
            words = tr("as drawn {low}-{high} %", low=low, high=high)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)


class ResultBar(QFrame):
    """FLR of the plan on screen, live."""

    def __init__(self, live: Live) -> None:
        super().__init__()
        self.live = live
        self.number = label(NONE, "number", wrap=False)
        tabular = theme.font(theme.NUMBER_PT, bold=True)
        tabular.setFeature(QFont.Tag("tnum"), 1)
        self.number.setFont(tabular)
        self.number.setFixedWidth(QFontMetrics(tabular).horizontalAdvance(WIDEST) + 2)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.fates = Elided()
        self.verdict = label("", "verdict")
        self.ml, self.formula = Elided(role="ml"), Elided(role="secondary")
        self.gauge = Gauge()
        self.words = (self.fates, self.verdict, self.ml, self.formula)
        words = QVBoxLayout()
        words.setSpacing(SPACING)
        words.addStretch()
        for part in self.words:
            words.addWidget(part)
        words.addStretch()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, MARGIN, 12, MARGIN)
        layout.setSpacing(14)
        layout.addWidget(self.number)
        layout.addLayout(words, 5)
        layout.addWidget(self.gauge, 2)
        self.setFixedHeight(theme.pixels(HEIGHT_PT))
        live.measured.connect(self.refresh)
        live.assessed.connect(self.refresh)
        live.failed.connect(lambda _words: self.refresh())
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Show as many lines as there is room for."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Leave the formula out where the verdict needs its line."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
        wide = self.verdict.width()
        high = self.verdict.heightForWidth(wide) + sum(
            part.sizeHint().height() + SPACING for part in self.words if part is not self.verdict
        )
        self.formula.setVisible(high <= self.contentsRect().height() - 2 * MARGIN)

    def refresh(self) -> None:
        """Show what is known now; grey while the rest is being computed."""
        self._fill()
        self._make_room()

    def _fill(self) -> None:
        work, remnant = self.live.session.work, self.live.remnant
        stale = "true" if self.live.stale and remnant is not None else "false"
        restyle(self.verdict, "stale", stale)
        self.gauge.stale = stale == "true"
        if remnant is None or not work.cuts or remnant.functional_ml <= 0:
            self._nothing(work)
            return
        findings, rule = self.live.findings, self.live.rule
        self.number.setText(localised(rule.share(remnant)))
        self.ml.setText(volumes_words(work, remnant, self.live.vessels))
        self.formula.setText(retold(rule.formula(remnant)))
        self.gauge.fraction, self.gauge.line = rule.fraction(remnant), rule.line
        if findings is None or self.live.stale:
            self.verdict.setText(waiting_words(self.live))
            self.fates.setText(margins_words(self.live.margins))
        else:
            known = self.gauge.fraction is not None
            drawn = findings.uncertainty.as_drawn
            self.gauge.interval = findings.uncertainty.interval_95 if known else None
            self.gauge.drawn = drawn.interval_95 if known and drawn else None
            set_tip(self.gauge, how_sure_words(findings))
            self.verdict.setText(verdict_words(work, self.live))
            self.fates.setText(fates_words(findings, self.live.margins))
        self.gauge.update()

    def _nothing(self, work: Work) -> None:
        self.number.setText(NONE)
        self.fates.setText("")
        self.verdict.setText(what_is_missing(work, measuring=self.live.remnant is None))
        remnant = self.live.remnant
        self.ml.setText(
            ""
            if remnant is None
            else tr("Functional liver {ml} mL", ml=localised(ml(remnant.functional_ml)))
        )
        below = DENOMINATORS["of_functional"]
        if work.volume is not None:
            rule = self.live.rule
            self.gauge.line = rule.line
            below = DENOMINATORS[rule.protocol.remnant_criterion.denominator]
        self.formula.setText(tr("FLR = remnant / {denominator}", denominator=tr(below)))
        self.gauge.fraction = self.gauge.interval = self.gauge.drawn = None
        set_tip(self.gauge, "")
        self.gauge.update()
