"""What the protocol says of the numbers: criteria as data, judged strictly.

`load_protocol` reads what a trial requires, `load_patient` what people attest, `Measured` holds
what was computed, and `judge` holds the one against the others. `recist` is the response.
"""

from liverplan.eligibility.judge import Judgement, judge, title_said, unconfirmed
from liverplan.eligibility.measured import Measured
from liverplan.eligibility.patient import Fact, Patient, load_patient, parse_patient
from liverplan.eligibility.protocol import Criterion, FactQuestion, Protocol
from liverplan.eligibility.protocol_file import (
    load_protocol,
    parse_protocol,
    protocol_text,
    shipped_protocols,
)

__all__ = [
    "Criterion",
    "Fact",
    "FactQuestion",
    "Judgement",
    "Measured",
    "Patient",
    "Protocol",
    "judge",
    "load_patient",
    "load_protocol",
    "parse_patient",
    "parse_protocol",
    "protocol_text",
    "shipped_protocols",
    "title_said",
    "unconfirmed",
]
