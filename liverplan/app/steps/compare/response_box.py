"""The response as the rows stand, the visits, and the growth of the remnant."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from liverplan.app.kit.field import Field, read_date
from liverplan.app.kit.language import localised, tr
from liverplan.app.kit.widgets import Table, button, label, row
from liverplan.app.session.telling import told
from liverplan.app.steps.compare.comparing import Comparing
from liverplan.eligibility.recist import Response, Visit, category_said, mm, readers_95_tenths
from liverplan.errors import InputError, LiverplanError
from liverplan.followup import Visits
from liverplan.words.numbers import NONE


class ResponseBox(QWidget):
    """What follows from the matching."""

    def __init__(self, comparing: Comparing) -> None:
        super().__init__()
        self._comparing = comparing
        self.category = label("", "title")
        self.finding = label("", "secondary")
        heads = [tr("Visit"), tr("Sum, mm\n(reader, 95 %)"), tr("Category")]
        self.visits = Table(heads, stretch=0)
        self.embolised = Field("", read_date, lambda: "", width=108)
        self.growth_button = button(tr("Growth of the remnant"), self._grow)
        self.growth = label("", "secondary")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for part in (self.category, self.finding, self.visits):
            column.addWidget(part)
        embolised = label(tr("Embolisation"), "secondary", wrap=False)
        growth = row(embolised, self.embolised, self.growth_button, 1)
        growth.setAlignment(embolised, Qt.AlignmentFlag.AlignTop)
        growth.setAlignment(self.growth_button, Qt.AlignmentFlag.AlignTop)
        column.addLayout(growth)
        column.addWidget(self.growth)
        column.addStretch()

    def refresh(self, kept: Visits) -> None:
        """Show the comparison's response; without one, what the case has kept of an earlier one."""
        now = self._comparing.comparison
        self.growth.setText(self._comparing.growth)
        if now is None:
            self._show(kept.visits, kept.response, complete=True)
            return
        try:
            visits, response = now.preview()
        except LiverplanError as refusal:
            self.category.setText(tr("No response yet"))
            self.finding.setText(str(refusal))
            self.visits.fill([])
            return
        self._show(visits, response, complete=now.complete)

    def _show(self, visits: Sequence[Visit], response: Response | None, *, complete: bool) -> None:
        self.category.setText(
            "" if response is None else category_words(response, complete=complete)
        )
        self.finding.setText("" if response is None else told(response.finding))
        self.visits.fill([] if response is None else visit_rows(visits, response))

    def _grow(self) -> None:
        try:
            self._comparing.grow(self.embolised.value())
        except InputError as refusal:
            self.embolised.notice.say(str(refusal))


def category_words(response: Response, *, complete: bool) -> str:
    """Return the category, and between readers what else it could be."""
    words = f"{told(category_said(response.overall)).capitalize()} ({response.overall})"
    noise = [one for one in response.noise if one != response.target]
    if noise:
        others = f" {tr('or')} ".join(noise)
        words = tr("{category}; another reader could find {others}", category=words, others=others)
    return words if complete else tr("Not confirmed yet: {category}", category=words)


def sum_words(visit: Visit) -> str:
    """Return a visit's sum, mm, and between what another reader's lies with 95 %."""
    if visit.sum_tenths is None:
        return NONE
    between = readers_95_tenths(visit)
    return localised(
        mm(visit.sum_tenths) + ("" if between is None else f" ({mm(between[0])}-{mm(between[1])})")
    )


def visit_rows(visits: Sequence[Visit], response: Response) -> list[tuple[str, str, str]]:
    """Return each visit's sum, and the category at the last."""
    rows: list[tuple[str, str, str]] = []
    for at, visit in enumerate(visits):
        total = sum_words(visit)
        name = f"{at + 1}" if visit.date is None else visit.date.isoformat()
        last = at == len(visits) - 1
        first = "" if at else tr("baseline")
        rows.append((name, total, response.overall if last else first))
    return rows
