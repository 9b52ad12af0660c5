from .bids import write_bids
from .cases import assess, verdict
from .checking import verify_case
from .chosen import chosen_language, chosen_protocol
from .committee import accept, mark_biopsied, new_key, sign, signers, standing, vote
from .evaluate import evaluate
from .exporting import rules_for
from .growth import remnant_growth
from .inputs import make_segmentation, open_ct
from .listing import list_series
from .outputs import export_case, export_notes, segment_to_file, write_report
from .people import key_is_locked, make_roster, signer_of
from .prompts import prompts_of
from .protocols import copy_protocol, protocol_lines
from .remeasuring import measure_case
from .request import DEFAULT_BACKEND, DEFAULT_PROTOCOL, Request
from .response import match_cases, record
from .sample import demo, write_sample
from .scheduled import fetch_scheduled
from .stamping import keep_answer, write_request
from .suggesting import suggest

__all__ = [
    "DEFAULT_BACKEND",
    "DEFAULT_PROTOCOL",
    "Request",
    "accept",
    "assess",
    "chosen_language",
    "chosen_protocol",
    "copy_protocol",
    "demo",
    "evaluate",
    "export_case",
    "export_notes",
    "fetch_scheduled",
    "keep_answer",
    "key_is_locked",
    "list_series",
    "make_roster",
    "make_segmentation",
    "mark_biopsied",
    "match_cases",
    "measure_case",
    "new_key",
    "open_ct",
    "prompts_of",
    "protocol_lines",
    "record",
    "remnant_growth",
    "rules_for",
    "segment_to_file",
    "sign",
    "signer_of",
    "signers",
    "standing",
    "suggest",
    "verdict",
    "verify_case",
    "vote",
    "write_bids",
    "write_report",
    "write_request",
    "write_sample",
]
