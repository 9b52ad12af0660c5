"""Step 5: all denominators, margins, criteria; report and export."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog

from liverplan.app.kit.panel import Panel
from liverplan.app.kit.widgets import Table, button, label, row
from liverplan.app.session.context import Context
from liverplan.app.session.verdict import verdict_words
from liverplan.app.session.work import lesion_title
from liverplan.app.steps.result.handing import Handing
from liverplan.findings import Denominator, Findings
from liverplan.words import in_english
from liverplan.words.numbers import mm, percent, share, threshold

SIGNS = {"met": "met", "not met": "not met", "missing": "missing", "needs judgement": "judge"}


class ResultPanel(Panel):
    """What the plan on screen says."""

    wants_facts = Signal()
    title = "Result"
    place = "result"

    def __init__(self, desk: Context, handing: Handing) -> None:
        super().__init__()
        self.desk = desk
        self.handing = handing
        self.doubt = label("", "secondary")
        self.fractions = Table(["FLR of", ""], stretch=0)
        self.margins = Table(["Metastasis", "Margin", "Side"], stretch=0)
        self.criteria = Table(["Criterion", "State"], stretch=0, most_rows=20)
        self.criteria.itemSelectionChanged.connect(self._explain)
        self.finding = label("", "secondary")
        self.eligibility = label("", "title")
        self.patient_button = button(
            "Patient facts…", self.wants_facts.emit, tip="What people attest, and the protocol"
        )
        self.report_button = button("Write report…", self._report, role="primary")
        self.export_button = button("Export DICOM…", self._export)
        self.column.addWidget(self.busy)
        self.column.addWidget(self.report_button)
        self.column.addLayout(row(self.patient_button, self.export_button))
        for part in (
            self.doubt,
            self.fractions,
            self.margins,
            self.eligibility,
            self.criteria,
            self.finding,
        ):
            self.column.addWidget(part)
        desk.live.assessed.connect(self.refresh)
        desk.live.measured.connect(self._buttons)
        self._findings: Findings | None = None
        self.refresh()

    def blocked(self) -> str:
        """Wait for a cut."""
        work = self.desk.session.work
        if work.segmentation is None:
            return "Needs the liver."
        return "" if work.cuts else "Needs a cut."

    def state(self) -> str:
        """Return the eligibility."""
        findings = self.desk.live.findings
        return "" if findings is None or self.desk.live.stale else findings.eligibility

    def refresh(self) -> None:
        """Show the findings; while they are being computed the last ones stay."""
        self._buttons()
        findings = self.desk.live.findings
        if findings is None or findings is self._findings:
            return
        self._findings = findings
        self.next.setText(verdict_words(self.desk.session.work, self.desk.live))
        self.doubt.setText(doubt_words(findings))
        self.fractions.fill(fraction_rows(findings))
        self.margins.fill(margin_rows(findings))
        self.margins.setVisible(bool(findings.lesions))
        self.eligibility.setText(f"Protocol: {findings.eligibility}")
        rows = [(c.title or c.id, SIGNS[c.state]) for c in findings.criteria]
        self.criteria.fill(rows)
        self.finding.setText("Click a criterion for its finding.")

    def _buttons(self) -> None:
        ready = self.desk.live.findings is not None and not self.desk.busy(self.place)
        fresh = ready and not self.desk.live.stale
        self.report_button.setEnabled(fresh)
        self.export_button.setEnabled(fresh)

    def _explain(self) -> None:
        n = self.criteria.chosen
        if self._findings is not None and 0 <= n < len(self._findings.criteria):
            self.finding.setText(in_english(self._findings.criteria[n].finding))

    def _report(self) -> None:
        kinds = "Report (*.html *.pdf)"
        chosen: Any = QFileDialog.getSaveFileName(
            self.window(), "Write the report", "report.html", kinds
        )
        if chosen[0]:
            self.handing.report(Path(chosen[0]))

    def _export(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self.window(), "Export into this folder")
        if chosen:
            self.handing.export(Path(chosen) / "liverplan-export")


def doubt_words(findings: Findings) -> str:
    """P above the threshold, and what would flip it; nothing where no fraction decides."""
    if findings.remnant_fraction.deciding_fraction is None:
        return ""
    doubt = findings.uncertainty
    flip = "" if doubt.flip_mm is None else f" A shift of {mm(doubt.flip_mm)} mm would change this."
    line = threshold(findings.threshold_fraction)
    return f"P(FLR > {line} %) = {share(doubt.probability_above_threshold)} %.{flip}"


def fraction_rows(findings: Findings) -> list[tuple[str, str]]:
    """All three denominators; the deciding one is named."""
    fraction, line = findings.remnant_fraction, findings.threshold_fraction
    names: Mapping[Denominator, str] = {
        "of_functional": "liver \N{MINUS SIGN} tumour",
        "of_liver": "whole liver",
        "of_estimated": f"estimated liver{f' ({fraction.formula})' if fraction.formula else ''}",
    }
    rows = []
    for key, name in names.items():
        value = fraction.of(key)
        number = "height, weight?" if value is None else f"{percent(value, line)} %"
        rows.append((name, f"{number}, decides" if key == fraction.deciding else number))
    return rows


def margin_rows(findings: Findings) -> list[tuple[str, str, str]]:
    """Margin to each lesion."""
    rows = []
    for lesion in findings.lesions:
        cut = lesion.margin_mm is not None and lesion.margin_mm < 0
        side = "cut through" if cut else ("stays" if lesion.in_remnant else "removed")
        rows.append((lesion_title(lesion.label), f"{mm(lesion.margin_mm)} mm", side))
    return rows
