"""Step 5: all denominators, margins, criteria; report and export."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal

from liverplan.app.kit.files import file_to_write, folder
from liverplan.app.kit.panel import Panel
from liverplan.app.kit.widgets import Table, button, label, row
from liverplan.app.session.context import Context
from liverplan.app.session.verdict import how_sure_words, verdict_words
from liverplan.app.steps.result.outputs import PLACE, Outputs
from liverplan.findings import Denominator, Findings
from liverplan.findings.beside import beside
from liverplan.findings.how_sure import source_name, sources
from liverplan.segmentation.labels import LIVER
from liverplan.words import in_english
from liverplan.words.numbers import mm, percent, share, threshold

SIGNS = {"met": "met", "not met": "not met", "missing": "missing", "needs judgement": "judge"}

NO_VERDICT = "no verdict"
NO_SENSE = "The plan makes no sense as it is, so nothing is judged: step 4 says why."


class ResultPanel(Panel):
    """What the plan on screen says."""

    wants_facts = Signal()
    title = "Result"
    place = PLACE

    def __init__(self, context: Context, outputs: Outputs) -> None:
        super().__init__()
        self._session, self._live, self._jobs = context.session, context.live, context.jobs
        self._outputs = outputs
        self.doubt = label("", "secondary")
        self.sources = Table(["Share of\nthe doubt, %", "Carried\nout", "Drawn"], stretch=0)
        self.fractions = Table(["FLR of", ""], stretch=0)
        self.margins = Table(["Metastasis", "Margin", "By this plan"], stretch=0)
        self.criteria = Table(["Criterion", "State"], stretch=0, most_rows=20)
        self.criteria.itemSelectionChanged.connect(self._explain)
        self.finding = label("", "secondary")
        self.beside = label("", "secondary")
        self.eligibility = label("", "title")
        self.reasons = label("")
        self.patient_button = button(
            "Patient facts…", self.wants_facts.emit, tip="What people attest, and the protocol"
        )
        self.report_button = button("Write report…", self._report, role="primary")
        self.export_button = button("Export DICOM…", self._export)
        self._build()
        self._findings: Findings | None = None
        self._live.assessed.connect(self.refresh)
        self._live.measured.connect(self._buttons)
        self._live.faults_found.connect(self._show_standing)
        self._live.failed.connect(lambda _words: self._show_standing())
        self.refresh()

    def _build(self) -> None:
        self.column.addWidget(self.report_button)
        self.column.addLayout(row(self.patient_button, self.export_button))
        self.column.addWidget(self.doubt)
        told = (
            self.sources,
            self.fractions,
            self.margins,
            self.eligibility,
            self.reasons,
            self.criteria,
            self.finding,
            self.beside,
        )
        for part in told:
            self.column.addWidget(part)
        self._told = (self.next, self.doubt, *told)

    def blocked(self) -> str:
        """Wait for a cut."""
        work = self._session.work
        if work.segmentation is None:
            return "Needs the liver."
        return "" if work.cuts else "Needs a cut."

    def state(self) -> str:
        """Return the eligibility."""
        findings = self._live.findings
        return "" if findings is None or self._live.stale else findings.eligibility

    def refresh(self) -> None:
        """Show the findings; while they are being computed the last ones stay."""
        self._buttons()
        self._show_standing()
        findings = self._live.findings
        if findings is None or findings is self._findings:
            return
        self._findings = findings
        self.doubt.setText(doubt_words(findings))
        parts = source_rows(findings)
        self.sources.fill(parts)
        self.sources.setVisible(bool(parts))
        self.fractions.fill(fraction_rows(findings))
        self.margins.fill(margin_rows(findings))
        self.margins.setVisible(bool(findings.lesions))
        rows = [(c.title or c.id, SIGNS[c.state]) for c in findings.criteria]
        self.criteria.fill(rows)
        self.finding.setText("Click a criterion for its finding.")
        self.beside.setText("\n".join(map(in_english, beside(findings))))

    def _show_standing(self) -> None:
        """Say what the protocol says; of a plan that makes no sense it says nothing."""
        if self._live.faults:
            self.next.setText(NO_SENSE)
            self.eligibility.setText(f"Protocol: {NO_VERDICT}")
            self.reasons.setText("")
        elif self._live.findings is not None:
            self.next.setText(verdict_words(self._session.work, self._live))
            findings = self._live.findings
            self.eligibility.setText(f"Protocol: {findings.eligibility}")
            self.reasons.setText("\n".join(map(in_english, findings.reasons)))

    def _buttons(self) -> None:
        ready = self._live.findings is not None and not self._jobs.busy(self.place)
        fresh = ready and not self._live.stale
        for part in self._told:
            part.setEnabled(not self._live.stale)
        self.report_button.setEnabled(fresh)
        self.export_button.setEnabled(fresh)

    def _explain(self) -> None:
        n = self.criteria.chosen
        if self._findings is not None and 0 <= n < len(self._findings.criteria):
            self.finding.setText(in_english(self._findings.criteria[n].finding))

    def _report(self) -> None:
        path = file_to_write(self, "Write the report", "report.html", "Report (*.html *.pdf)")
        if path is not None:
            self._outputs.report(path)

    def _export(self) -> None:
        chosen = folder(self, "Export into this folder")
        if chosen is not None:
            self._outputs.export(chosen / "liverplan-export")


def doubt_words(findings: Findings) -> str:
    """Both ranges and what they cover, what would narrow and what would flip; a line each.

    Nothing where no fraction decides.
    """
    if findings.remnant_fraction.deciding_fraction is None:
        return ""
    flip = findings.uncertainty.flip_mm
    shift = [] if flip is None else [f"A shift of {mm(flip)} mm would change the verdict."]
    return "\n".join([*filter(None, [how_sure_words(findings)]), *shift])


def source_rows(findings: Findings) -> list[tuple[str, str, str]]:
    """Each source of doubt, and its part of the variance of each range."""
    if not sources(findings):
        return []
    return [
        (
            in_english(source_name(one)),
            share(one.share or 0.0),
            share(one.share_as_drawn or 0.0),
        )
        for one in findings.uncertainty.contributions
    ]


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
        rows.append((name, f"{number}{_mark(key, findings)}"))
    return rows


def _mark(key: Denominator, findings: Findings) -> str:
    fraction, line = findings.remnant_fraction, findings.threshold_fraction
    if key == fraction.deciding:
        return ", decides"
    if key not in fraction.contradicting(line):
        return ""
    side = "above" if (fraction.of(key) or 0.0) > line else "not above"
    return f", {side} {threshold(line)} %"


def margin_rows(findings: Findings) -> list[tuple[str, str, str]]:
    """Margin to each lesion, and what becomes of it."""
    rows = []
    for lesion in findings.lesions:
        part = lesion.fate == "left" and not lesion.left_wholly
        fate: str = "left in part" if part else lesion.fate
        rows.append((f"M{lesion.label - LIVER}", f"{mm(lesion.margin_mm)} mm", fate))
    return rows
