"""Where two answers differ, and which of the differences are listed as intended."""

import fnmatch
import math
import tomllib
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

MOVED = Path(__file__).with_name("moved.toml")

OTHER_PROCESSOR, SAME = 1e-9, 0.0


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A value at a path that is not what the table holds."""

    path: str
    old: object
    new: object

    def __str__(self):
        return f"{self.path}: {self.old!r} is now {self.new!r}"


LOST = "(lost)"


def differences(old, new, *, tolerance=SAME, path=""):
    """Everything that the table holds and ``new`` does not; keys that are new are welcome."""
    match old, new:
        case dict(), dict():
            pairs = [(key, old[key], new.get(key, LOST)) for key in old]
        case list(), list() if path.endswith("lines"):
            return _lines(old, new, path)
        case list(), list() if len(old) == len(new):
            pairs = [(str(n), *pair) for n, pair in enumerate(zip(old, new, strict=True))]
        case _:
            equal = _equal(old, new, tolerance)
            return [] if equal else [Difference(path=path, old=old, new=new)]
    return [
        found
        for name, was, now in pairs
        for found in differences(
            was, now, tolerance=tolerance, path=f"{path}.{name}" if path else name
        )
    ]


def _equal(old, new, tolerance):
    if isinstance(old, float) and isinstance(new, float) and tolerance:
        return math.isclose(old, new, rel_tol=tolerance, abs_tol=tolerance)
    return type(old) is type(new) and old == new


def _lines(old, new, path):
    """Lines of a page that are gone or changed; lines between them may be new."""
    found = []
    for kind, a, b, c, d in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind in {"replace", "delete"}:
            now = [*new[c:d], *([LOST] * (b - a))][: b - a]
            found += [
                Difference(path=f"{path}", old=was, new=is_now)
                for was, is_now in zip(old[a:b], now, strict=True)
            ]
    return found


def moved():
    """The intended differences: tables of row, path, why, and old and new or a rule.

    Rules: ``within``, the most that a number moved by; ``rule = "any"``, where the answer is of
    another kind altogether.
    """
    return tomllib.loads(MOVED.read_text("utf-8")).get("moved", [])


def explained(row, found, listed):
    """(differences that are not listed, entries of this row that did not happen).

    An entry for a family of rows (with ``*``) need not happen in each of them.
    """
    mine = [entry for entry in listed if fnmatch.fnmatchcase(row, entry["row"])]
    open_, used = [], set()
    for difference in found:
        by = [n for n, entry in enumerate(mine) if _covers(entry, difference)]
        used.update(by)
        if not by:
            open_.append(difference)
    idle = [entry for n, entry in enumerate(mine) if n not in used]
    return open_, [entry for entry in idle if "*" not in entry["row"]]


def _covers(entry, found):
    if not fnmatch.fnmatchcase(found.path, entry["path"]):
        return False
    if entry.get("rule") == "any":
        return True
    if "within" in entry:
        numbers = all(isinstance(v, int | float) for v in (found.old, found.new))
        return numbers and abs(found.new - found.old) <= entry["within"]
    return (found.old, found.new) == (entry["old"], entry["new"])
