"""Findings -> HTML, PDF and pictures; the only room that rounds."""

from liverplan.report.html import html_of, write_html
from liverplan.report.pdf import pdf_of, write_pdf
from liverplan.report.request import AuditRow, PlanRow, ReportInput, SignatureRow
from liverplan.report.words import LANGUAGES, Verdict, verdict

__all__ = [
    "LANGUAGES",
    "AuditRow",
    "PlanRow",
    "ReportInput",
    "SignatureRow",
    "Verdict",
    "html_of",
    "pdf_of",
    "verdict",
    "write_html",
    "write_pdf",
]
