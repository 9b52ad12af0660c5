from .html import html_of, write_html
from .pdf import pdf_of, write_pdf
from .request import AuditRow, PlanRow, ReportInput, SignatureRow
from .words import LANGUAGES, Verdict, verdict

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
