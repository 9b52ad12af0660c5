"""States that older versions wrote, read as this version would have written them.

Nothing on disk is touched: history keeps every state as it was, and the first commit after it is
written in today's schema.
"""

from __future__ import annotations

from liverplan.case.documents import Json
from liverplan.errors import CaseError

STATE_SCHEMA = "liverplan.state/2"
PLANES_SCHEMA = "liverplan.state/1"
"""Held ``planes`` (a point and a normal each) where a state now holds a plan of any cuts."""

PLAN_SCHEMA = "liverplan.plan/1"


def migrated(document: Json) -> Json:
    """Return a state's document in today's schema.

    Raises
    ------
    CaseError
        If a newer version wrote it, or it is no state.
    """
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema == STATE_SCHEMA:
        return document
    if schema == PLANES_SCHEMA:
        return _from_planes(document)
    name, _, version = str(schema).partition("/")
    if name == "liverplan.state" and version.isdecimal() and int(version) > 2:
        raise CaseError(
            f"The case's state was written by a newer liverplan ({schema}; this one reads up to "
            f"{STATE_SCHEMA}); open it with that version."
        )
    raise CaseError(f"The case's state cannot be understood: {schema!r} is not its schema.")


def as_planes(document: Json) -> Json:
    """Return the cuts as ``liverplan.state/1`` wrote them; None where it could not hold them.

    What was signed under that schema is checked against this.
    """
    plan = document["plan"]
    if plan["name"] or document["maps"] or any(cut["kind"] != "plane" for cut in plan["cuts"]):
        return None
    return [{"point_mm": cut["point_mm"], "normal": cut["normal"]} for cut in plan["cuts"]]


def _from_planes(document: Json) -> Json:
    try:
        cuts = [{"kind": "plane", **plane} for plane in document["planes"]]
    except (KeyError, TypeError) as error:
        raise CaseError(f"The case's state cannot be understood: {error!r}.") from error
    kept = {key: value for key, value in document.items() if key != "planes"}
    plan = {"schema": PLAN_SCHEMA, "name": "", "cuts": cuts}
    return {**kept, "schema": STATE_SCHEMA, "plan": plan, "maps": {}}
