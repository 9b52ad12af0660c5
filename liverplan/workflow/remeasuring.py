"""Are a case's findings those of its masks and plan? Measured again, and by which program.

What this very program measured it measures to the same figures again, or the findings were changed.
Another version may measure otherwise in good faith; but whoever may write the folder may also write
the name of another version. So its figures stand only where the surgeon's signature of the plan,
which covers the findings, still holds and vouches for them; else they cannot be verified.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from liverplan import __version__
from liverplan.case import Case, check_signatures, open_case
from liverplan.case.documents import Json
from liverplan.case.replay import is_older
from liverplan.errors import LiverplanError
from liverplan.findings import Findings, Statement
from liverplan.words import in_english
from liverplan.workflow.cases import measure_state
from liverplan.workflow.identity import measurement

ROUNDING = 1e-6
MEASURED_BY = frozenset({"software", "measurement"})
FIRST = ("eligibility", "remnant_fraction", "interval_95", "volumes_ml", "margin_mm")
"""What a reader must see first of what differs."""

SHOWN = 4
ABSENT = "(absent)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remeasured:
    """What measuring again found.

    Parameters
    ----------
    altered : str
        How the findings were changed after this program measured them; "" if they were not.
    unproven : str
        How they are another program's, differ, and nobody vouches for them.
    vouched : str
        How they are another program's and differ, where somebody does.
    """

    altered: str = ""
    unproven: str = ""
    vouched: str = ""


NOT_AS_STORED = Statement.of("check.not_as_stored")


def measure_case(folder: Path) -> Findings:
    """Measure a stored case again: the same inputs give the same result.

    Raises
    ------
    CaseError
        If there is no case, or it holds nothing to measure.
    """
    return measured_again(open_case(folder))


def measured_again(opened: Case) -> Findings:
    """Measure an open case again, and say so where it keeps other findings, for whatever reason.

    Nobody is eligible then: its masks, its plan or its facts, or what it found, were changed.

    Raises
    ------
    CaseError
        If it holds nothing to measure.
    """
    findings = measure_state(opened.state, opened.folder)
    held = _held_against(opened, findings)
    if not (held.altered or held.unproven):
        return findings
    kept = findings.eligibility if findings.eligibility != "eligible" else "undecided"
    return replace(findings, eligibility=kept, notes=(*findings.notes, NOT_AS_STORED))


def remeasured(opened: Case) -> Remeasured:
    """Measure a case again and hold its stored findings against that."""
    if not _comparable(opened):
        return Remeasured()
    try:
        now = measure_state(opened.state, opened.folder)
    except LiverplanError as refusal:
        words = f"its findings cannot be measured from its masks and plan: {refusal}"
        return Remeasured(altered=words)
    return _held_against(opened, now)


def _comparable(opened: Case) -> bool:
    """Whether the case keeps findings that this version's rules speak of."""
    masks = opened.state_json["segmentation"]
    return opened.document("findings") is not None and not is_older(opened) and masks is not None


def _held_against(opened: Case, findings: Findings) -> Remeasured:
    if not _comparable(opened):
        return Remeasured()
    stored, now = opened.document("findings"), findings.to_json(in_english)
    if not isinstance(stored, dict):
        return Remeasured(altered="its findings are none")
    moved = [place for place in _moved(stored, now) if place[0] not in MEASURED_BY]
    if not moved:
        return Remeasured()
    if _here(stored):
        parts = ", ".join(sorted({place.partition(".")[0] for place, *_ in moved}))
        return Remeasured(altered=f"its findings are not those of its masks and plan ({parts})")
    return _by_another(opened, stored, moved)


def _here(stored: Json) -> bool:
    return (stored.get("software"), stored.get("measurement")) == (
        f"liverplan {__version__}",
        measurement(),
    )


def _by_another(opened: Case, stored: Json, moved: list[tuple[str, Json, Json]]) -> Remeasured:
    theirs, ours = _program(stored), f"liverplan {__version__} ({measurement()})"
    words = f"measured by {theirs}, measures otherwise by {ours}: {_figures(moved)}"
    surgeon = _vouches(opened)
    if surgeon:
        return Remeasured(vouched=f"Its findings were {words}; {surgeon} signed them so.")
    return Remeasured(
        unproven=f"its findings were {words}; no signature of the plan that holds vouches for them"
    )


def _program(stored: Json) -> str:
    return (
        f"{stored.get('software') or 'no named program'} ({stored.get('measurement') or 'unknown'})"
    )


def _vouches(opened: Case) -> str:
    """Return who signed the plan, and so the findings, as they still are; "" if nobody did."""
    held = (c.signature for c in check_signatures(opened) if not c.void_because)
    return next((s.name for s in held if s.meaning == "plan signed"), "")


def _figures(moved: list[tuple[str, Json, Json]]) -> str:
    """Return the first of the figures that differ, as "place a / b"."""
    ranks = {name: rank for rank, name in enumerate(FIRST)}
    ordered = sorted(moved, key=lambda found: ranks.get(found[0].partition(".")[0], len(ranks)))
    said = [f"{place} {_short(a)} / {_short(b)}" for place, a, b in ordered[:SHOWN]]
    more = len(moved) - len(said)
    return ", ".join(said) + (f" and {more} more" if more > 0 else "")


def _short(value: Json) -> str:
    match value:
        case float():
            return f"{value:.6g}"
        case str() | bool() | int():
            return str(value)[:60]
    return "none" if value is None else "..."


def _moved(a: Json, b: Json, place: str = "") -> Iterator[tuple[str, Json, Json]]:
    """Yield each place where two JSON values differ, numbers beyond rounding, and both values."""
    match a, b:
        case dict(), dict():
            for key in sorted({*a, *b}):
                yield from _moved(a.get(key, ABSENT), b.get(key, ABSENT), _inside(place, key))
        case (list(), list()) if len(a) == len(b):
            for number, (one, other) in enumerate(zip(a, b, strict=True)):
                yield from _moved(one, other, _inside(place, str(number)))
        case _ if not _same(a, b):
            yield place, a, b


def _inside(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _same(a: Json, b: Json) -> bool:
    """Whether two JSON values that hold no others agree, numbers to rounding."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    match a, b:
        case int() | float(), int() | float():
            return math.isclose(a, b, rel_tol=ROUNDING, abs_tol=ROUNDING)
    return type(a) is type(b) and bool(a == b)
