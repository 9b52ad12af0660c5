from .html import html_of, write_html
from .model import cut_of, glb_of
from .notebook import NotebookView, notebook_view
from .pdf import pdf_of, write_pdf
from .request import AuditRow, PlanRow, ReportInput, SignatureRow

__all__ = [
    "AuditRow",
    "NotebookView",
    "PlanRow",
    "ReportInput",
    "SignatureRow",
    "cut_of",
    "glb_of",
    "html_of",
    "notebook_view",
    "pdf_of",
    "write_html",
    "write_pdf",
]
