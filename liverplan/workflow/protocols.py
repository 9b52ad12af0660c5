"""A trial's protocol as somebody who writes one needs it: checked, listed, copied."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from liverplan.eligibility import Criterion, load_protocol, protocol_text
from liverplan.eligibility.limits_said import Unit, limits_said
from liverplan.errors import InputError
from liverplan.words import in_english


def protocol_lines(name_or_path: str) -> Iterator[str]:
    """Yield what a protocol is called, and each criterion: its limits, its title, its text.

    Raises
    ------
    ProtocolError
        As `liverplan.eligibility.load_protocol`.
    """
    protocol = load_protocol(name_or_path)
    yield f"{protocol.name}: {protocol.title}"
    for criterion in protocol.criteria:
        by = f"{criterion.kind}{_limits(criterion)}"
        yield f'  {criterion.id}  {criterion.role}, {by}: {criterion.title} ("{criterion.text}")'


def _limits(criterion: Criterion) -> str:
    """Return what is judged by: title and text beside it may say something else."""
    if criterion.limits.empty:
        return ""
    unit: Unit = "share" if criterion.measure == "remnant_fraction" else "number"
    return " " + in_english(limits_said(criterion.limits, unit))


def copy_protocol(name_or_path: str, out: Path) -> Path:
    """Write a protocol's own text to a file that is not there yet; return the file.

    Raises
    ------
    InputError
        If something lies there, or it cannot be written.
    ProtocolError
        As `liverplan.eligibility.protocol_text`; nothing is written then.
    """
    text = protocol_text(name_or_path)
    try:
        with out.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(f"{out} is there already; name a file that is not.") from None
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror or error}.") from error
    return out
