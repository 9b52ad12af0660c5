"""Step 5: all denominators, margins, criteria; report and export."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from liverplan.app.kit.files import file_to_write, folder
from liverplan.app.kit.language import en, localised, tr
from liverplan.app.kit.panel import Panel
from liverplan.app.kit.widgets import Table, button, label, row
from liverplan.app.session.context import Context
from liverplan.app.session.telling import told
from liverplan.app.session.verdict import how_sure_words, verdict_words
from liverplan.app.steps.result.fact_row import title_words
from liverplan.app.steps.result.outputs import PLACE, Outputs
from liverplan.findings import Denominator, Findings
from liverplan.findings.beside import beside
from liverplan.findings.how_sure import source_name, sources
from liverplan.segmentation.labels import LIVER
from liverplan.words.numbers import mm, percent, share, threshold

SIGNS = {
    "met": en("met"),
    "not met": en("not met"),
    "missing": en("missing"),
    "needs judgement": en("judge"),
}

NO_VERDICT = en("no verdict")
NO_SENSE = en("The plan makes no sense as it is, so nothing is judged: step 4 says why.")


class ResultPanel(Panel):
    """What the plan on screen says."""

    wants_facts = Signal()
    title = en("Result")
    place = PLACE

    def __init__(self, context: Context, outputs: Outputs, pictures: QWidget) -> None:
        super().__init__()
        self._session, self._live, self._jobs = context.session, context.live, context.jobs
        self._outputs, self.pictures = outputs, pictures
        self.doubt = label("", "secondary")
        heads = [tr("Share of\nthe doubt, %"), tr("Carried\nout"), tr("Drawn")]
        self.sources = Table(heads, stretch=0)
        self.fractions = Table([tr("FLR of"), ""], stretch=0)
        heads = [tr("Metastasis"), tr("Margin"), tr("By this plan")]
        self.margins = Table(heads, stretch=0)
        self.criteria = Table([tr("Criterion"), tr("State")], stretch=0, most_rows=20)
        self.criteria.itemSelectionChanged.connect(self._explain)
        self.finding = label("", "secondary")
        self.beside = label("", "secondary")
        self.eligibility = label("", "title")
        self.reasons = label("")
        tip = tr("What people attest, and the protocol")
        self.patient_button = button(tr("Patient facts…"), self.wants_facts.emit, tip=tip)
        self.report_button = button(tr("Write report…"), self._report, role="primary")
        self.export_button = button(tr("Export DICOM…"), self._export)
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
        self.column.addWidget(self.pictures)
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
            return tr("Needs the liver.")
        return "" if work.cuts else tr("Needs a cut.")

    def state(self) -> str:
        """Return the eligibility."""
        findings = self._live.findings
        return "" if findings is None or self._live.stale else tr(findings.eligibility)

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
        rows = [(title_words(c), tr(SIGNS[c.state])) for c in findings.criteria]
        self.criteria.fill(rows)
        self.finding.setText(tr("Click a criterion for its finding."))
        self.beside.setText("\n".join(map(told, beside(findings))))

    def _show_standing(self) -> None:
        """Say what the protocol says; of a plan that makes no sense it says nothing."""
        if self._live.faults:
            self.next.setText(tr(NO_SENSE))
            self.eligibility.setText(tr("Protocol: {says}", says=NO_VERDICT))
            self.reasons.setText("")
        elif self._live.findings is not None:
            self.next.setText(verdict_words(self._session.work, self._live))
            findings = self._live.findings
            self.eligibility.setText(tr("Protocol: {says}", says=en(findings.eligibility)))
            self.reasons.setText("\n".join(map(told, findings.reasons)))

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
            self.finding.setText(told(self._findings.criteria[n].finding))

    def _report(self) -> None:
        kinds = en("Report (*.html *.pdf)")
        path = file_to_write(self, tr("Write the report"), "report.html", kinds)
        if path is not None:
            self._outputs.report(path)

    def _export(self) -> None:
        chosen = folder(self, tr("Export into this folder"))
        if chosen is not None:
            self._outputs.export(chosen / "liverplan-export")


def doubt_words(findings: Findings) -> str:
    """Both ranges and what they cover, what would narrow and what would flip; a line each.

    Nothing where no fraction decides.
    """
    if findings.remnant_fraction.deciding_fraction is None:
        return ""
    flip = findings.uncertainty.flip_mm
    words = tr("A shift of {mm} mm would change the verdict.", mm=localised(mm(flip)))
    shift = [] if flip is None else [words]
    return "\n".join([*filter(None, [how_sure_words(findings)]), *shift])


def source_rows(findings: Findings) -> list[tuple[str, str, str]]:
    """Each source of doubt, and its part of the variance of each range."""
    if not sources(findings):
        return []
    return [
        (
            told(source_name(one)),
            share(one.share or 0.0),
            share(one.share_as_drawn or 0.0),
        )
        for one in findings.uncertainty.contributions
    ]


def fraction_rows(findings: Findings) -> list[tuple[str, str]]:
    """All three denominators; the deciding one is named."""
    fraction, line = findings.remnant_fraction, findings.threshold_fraction
    by = f" ({fraction.formula})" if fraction.formula else ""
    names: Mapping[Denominator, str] = {
        "of_functional": tr("liver \N{MINUS SIGN} tumour"),
        "of_liver": tr("whole liver"),
        "of_estimated": f"{tr('estimated liver')}{by}",
    }
    rows = []
    for key, name in names.items():
        value = fraction.of(key)
        known = "" if value is None else f"{localised(percent(value, line))} %"
        rows.append((name, f"{known or tr('height, weight?')}{_mark(key, findings)}"))
    return rows


def _mark(key: Denominator, findings: Findings) -> str:
    fraction, line = findings.remnant_fraction, findings.threshold_fraction
    if key == fraction.deciding:
        return f", {tr('decides')}"
    if key not in fraction.contradicting(line):
        return ""
    limit = localised(threshold(line))
    if (fraction.of(key) or 0.0) > line:
        return f", {tr('above {limit} %', limit=limit)}"
    return f", {tr('not above {limit} %', limit=limit)}"


def margin_rows(findings: Findings) -> list[tuple[str, str, str]]:
    """Margin to each lesion, and what becomes of it."""
    rows = []
    for lesion in findings.lesions:
        part = lesion.fate == "left" and not lesion.left_wholly
        fate = "left in part" if part else lesion.fate
        margin = f"{localised(mm(lesion.margin_mm))} mm"
        rows.append((f"M{lesion.label - LIVER}", margin, tr(fate)))
    return rows
