"""The verbs that the command line and the application share.

`assess` is the main job: DICOM in, findings out, kept as a case. The others reopen a case or do a
part of it. Nothing here draws, parses or computes: each verb joins the rooms below.
"""

from liverplan.findings import Findings
from liverplan.workflow.cases import assess, measure_case, verdict, verify_case
from liverplan.workflow.committee import signers
from liverplan.workflow.evaluate import evaluate
from liverplan.workflow.exporting import rules_for
from liverplan.workflow.inputs import (
    DEFAULT_BACKEND,
    DEFAULT_PROTOCOL,
    Request,
    list_series,
    make_segmentation,
    open_ct,
)
from liverplan.workflow.outputs import export_case, segment_to_file, write_report
from liverplan.workflow.sample import demo, write_sample
from liverplan.workflow.suggesting import suggest

__all__ = [
    "DEFAULT_BACKEND",
    "DEFAULT_PROTOCOL",
    "Findings",
    "Request",
    "assess",
    "demo",
    "evaluate",
    "export_case",
    "list_series",
    "make_segmentation",
    "measure_case",
    "open_ct",
    "rules_for",
    "segment_to_file",
    "signers",
    "suggest",
    "verdict",
    "verify_case",
    "write_report",
    "write_sample",
]
