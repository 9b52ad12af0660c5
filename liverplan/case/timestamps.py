"""Time stamps (RFC 3161): an authority's word that the trail ended in a line at a time.

The request names the hash of the trail's last line, which stands for all before it; the answer is
kept, as it came, in a line of its own. Nothing is sent from here: a person carries the request to
the authority, and its answer back.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from liverplan import extras, regular
from liverplan.case.audit import Actor, Entry
from liverplan.case.documents import to_line
from liverplan.case.store import Case
from liverplan.errors import CaseError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

LIBRARY, EXTRA = "rfc3161_client", "timestamp"
SHA256 = "2.16.840.1.101.3.4.2.1"
STRANGER = ("unable to get", "self-signed", "self signed")
EXPIRED = ("expired", "not yet valid")
"""What OpenSSL says of a certificate that no given one stands behind, or not at that time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """A time stamp that a line of the trail holds.

    Parameters
    ----------
    number, line : int
        The line that holds it, and the line that it stamps.
    when : datetime
        The authority's time, UTC.
    by : str
        What the authority calls itself.
    """

    number: int
    line: int
    when: datetime
    by: str


def request_for(case: Case) -> bytes:
    """Return a time stamp request (DER) for where a case's trail ends.

    Raises
    ------
    BackendError
        If the library that makes it is missing.
    """
    client = extras.library(LIBRARY, extra=EXTRA)
    body = {k: v for k, v in case.history[-1].to_json().items() if k != "sha256"}
    builder = client.TimestampRequestBuilder(
        data=to_line(body), hash_algorithm=client.HashAlgorithm.SHA256
    )
    request: bytes = builder.build().as_bytes()
    return request


def keep_stamp(case: Case, answer: bytes, authority: Sequence[Certificate], *, by: Actor) -> Case:
    """Keep an authority's answer (DER) in a case, once it proves what it says.

    Raises
    ------
    CaseError
        If it is no time stamp, of another trail, altered, or of no given authority.
    BackendError
        If the library that reads it is missing.
    """
    token, written = _read(answer), base64.b64encode(answer).decode("ascii")
    line = _stamped_line(token, case.history)
    _require_proven(token, authority)
    what = f"Kept a time stamp of line {line} by {_name(token)}"
    return case.note(actor=by, what=what, stamp=written)


def stamps(case: Case, authority: Sequence[Certificate] = ()) -> tuple[Stamped, ...]:
    """Return the time stamps of a case; each is proven where authorities are given.

    Raises
    ------
    CaseError
        If one is none, of another trail, altered, or of no given authority.
    BackendError
        If the library that reads them is missing.
    """
    return tuple(_stamp(entry, case, authority) for entry in case.history if entry.stamp)


def read_authorities(path: Path) -> tuple[Certificate, ...]:
    """Read the certificates (PEM) of authorities that are trusted.

    Raises
    ------
    CaseError
        If there is none.
    """
    from cryptography.x509 import (  # noqa: PLC0415 - 0.3 s that only stamps need
        load_pem_x509_certificates,
    )

    try:
        return tuple(load_pem_x509_certificates(regular.read_bytes(path)))
    except OSError as error:
        raise CaseError(f"The certificate {path} cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise CaseError(f"{path} holds no certificate (PEM).") from error


def _stamp(entry: Entry, case: Case, authority: Sequence[Certificate]) -> Stamped:
    try:
        token = _read(base64.b64decode(entry.stamp, validate=True))
        line = _stamped_line(token, case.history[: entry.number - 1])
        if authority:
            _require_proven(token, authority)
    except (binascii.Error, CaseError) as error:
        raise CaseError(f"{case.folder}: Entry {entry.number}: {error}") from error
    when: datetime = token.tst_info.gen_time
    return Stamped(number=entry.number, line=line, when=when, by=_name(token))


def _read(answer: bytes) -> Any:  # noqa: ANN401 - the library's own
    client = extras.library(LIBRARY, extra=EXTRA)
    try:
        token = client.decode_timestamp_response(answer)
        granted = token.status == client.PKIStatus.GRANTED
        _ = token.tst_info, token.signed_data
    except ValueError as error:
        raise CaseError("This is no time stamp as RFC 3161 has them.") from error
    if not granted:
        raise CaseError("The authority has refused this time stamp.")
    return token


def _stamped_line(token: Any, history: Sequence[Entry]) -> int:  # noqa: ANN401 - the library's own
    imprint = token.tst_info.message_imprint
    if imprint.hash_algorithm.dotted_string == SHA256:
        for entry in history:
            if bytes.fromhex(entry.sha256) == imprint.message:
                return entry.number
    raise CaseError("The time stamp is of no line that this trail had before it.")


def _require_proven(token: Any, authority: Sequence[Certificate]) -> None:  # noqa: ANN401
    client = extras.library(LIBRARY, extra=EXTRA)
    verifier = client.VerifierBuilder(roots=list(authority)).build()
    try:
        verifier.verify(token, token.tst_info.message_imprint.message)
    except client.VerificationError as error:
        raise CaseError(_why(str(error), _name(token))) from error


def _why(error: str, name: str) -> str:
    if any(words in error for words in STRANGER):
        return f"No given authority stands behind the time stamp of {name}."
    if any(words in error for words in EXPIRED):
        return f"The certificate of {name} did not count when it made the time stamp."
    return f"The time stamp of {name} was altered, or its certificate is not one for time stamps."


def _name(token: Any) -> str:  # noqa: ANN401 - the library's own
    """Return what the authority calls itself, or else who vouches for its certificate."""
    named = getattr(token.tst_info.name, "value", None)
    if named is None:
        named = next(iter(token.signed_data.signer_infos)).issuer
    return " ".join(named.rfc4514_string().split())
