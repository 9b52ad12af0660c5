"""One patient's work on disk: states by content hash, an audit chain, signatures.

``create_case`` and ``open_case`` give a `Case`; ``case.state`` is what is known now,
``case.commit(...)`` makes a new state current, ``case.at(n)`` reopens an earlier one, and
``verify`` finds every byte that was altered.
"""

from liverplan.case.audit import Actor, Change, Entry
from liverplan.case.contents import Screen
from liverplan.case.keys import (
    is_locked,
    load_key,
    new_key,
    public_hex,
    read_public_key,
    write_public_key,
)
from liverplan.case.making import is_case, looks_like_case
from liverplan.case.objects import TRAIL
from liverplan.case.record import Record
from liverplan.case.register import (
    REGISTER,
    Register,
    note,
    read_register,
    register_beside,
)
from liverplan.case.roster import Member, Roster, read_roster, write_roster
from liverplan.case.signature import Checked, Signature, check_signatures, pending
from liverplan.case.signing import sign
from liverplan.case.state import CaseState
from liverplan.case.store import Case, create_case, open_case
from liverplan.case.timestamps import (
    keep_stamp,
    read_authorities,
    request_for,
    stamps,
)
from liverplan.case.verify import verify

__all__ = [
    "REGISTER",
    "TRAIL",
    "Actor",
    "Case",
    "CaseState",
    "Change",
    "Checked",
    "Entry",
    "Member",
    "Record",
    "Register",
    "Roster",
    "Screen",
    "Signature",
    "check_signatures",
    "create_case",
    "is_case",
    "is_locked",
    "keep_stamp",
    "load_key",
    "looks_like_case",
    "new_key",
    "note",
    "open_case",
    "pending",
    "public_hex",
    "read_authorities",
    "read_public_key",
    "read_register",
    "read_roster",
    "register_beside",
    "request_for",
    "sign",
    "stamps",
    "verify",
    "write_public_key",
    "write_roster",
]
