from .html import html_of, write_html
from .pdf import pdf_of, write_pdf
from .request import AuditRow, PlanRow, ReportInput, SignatureRow

__all__ = [
    "AuditRow",
    "PlanRow",
    "ReportInput",
    "SignatureRow",
    "html_of",
    "pdf_of",
    "write_html",
    "write_pdf",
]
