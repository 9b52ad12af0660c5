"""Time stamps of a case: the request goes out as a file, the authority's answer comes in as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from liverplan import case, regular
from liverplan.case import Case
from liverplan.case.files import write_whole
from liverplan.case.timestamps import Stamped
from liverplan.errors import BackendError, InputError
from liverplan.workflow.cases import user

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


def write_request(folder: Path, out: Path) -> Case:
    """Write a request (RFC 3161) for where a case's trail ends; nothing is sent.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    opened = case.open_case(folder)
    request = case.request_for(opened)
    try:
        write_whole(out, request)
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror}.") from error
    return opened


def keep_answer(folder: Path, answer: Path, authority: Path) -> Case:
    """Keep an authority's answer in a case, once it is proven.

    Raises
    ------
    InputError, CaseError
        If it cannot be read, or proves nothing of this case.
    """
    try:
        content = regular.read_bytes(answer)
    except OSError as error:
        raise InputError(f"{answer} cannot be read: {error.strerror}.") from error
    trusted = case.read_authorities(authority)
    return case.keep_stamp(case.open_case(folder), content, trusted, by=user())


def stamp_remarks(opened: Case, authority: Sequence[Certificate]) -> tuple[str, ...]:
    """Say what was stamped when and by whom, and which lines are dated against that.

    Raises
    ------
    CaseError
        If a time stamp does not hold.
    """
    if not any(entry.stamp for entry in opened.history):
        return ()
    try:
        found = case.stamps(opened, authority)
    except BackendError as missing:
        if authority:
            raise
        return (f"It holds time stamps that were not read. {missing}",)
    return tuple(line for one in found for line in _said(one, opened, proven=bool(authority)))


def _said(stamp: Stamped, opened: Case, *, proven: bool) -> Iterator[str]:
    when = stamp.when.isoformat(timespec="seconds")
    yield (
        f"Its first {stamp.line} entries were there on {when}, by the time stamp of {stamp.by}."
        if proven
        else f"Its first {stamp.line} entries are said to have been there on {when} by {stamp.by}; "
        "that was not checked: give the authority's certificate."
    )
    for entry in opened.history:
        dated = datetime.fromisoformat(entry.when)
        if entry.number <= stamp.line and dated.replace(microsecond=0) > stamp.when:
            yield f"Entry {entry.number} is dated after the time stamp that covers it."
        if entry.number >= stamp.number and dated < stamp.when:
            yield f"Entry {entry.number} is dated before the time stamp that it follows."
