from .html import html_of, write_html
from .model import cut_of, glb_of
from .pdf import pdf_of, write_pdf
from .request import AuditRow, PlanRow, ReportInput, SignatureRow

__all__ = [
    "AuditRow",
    "PlanRow",
    "ReportInput",
    "SignatureRow",
    "cut_of",
    "glb_of",
    "html_of",
    "pdf_of",
    "write_html",
    "write_pdf",
]
