"""Forgeries of a case beside a register, by one who may write both."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from liverplan.case import Actor, Case, CaseState, create_case, note, open_case, read_register
from liverplan.case.documents import sha256, to_line
from liverplan.errors import CaseError
from liverplan.workflow import verify_case
from tests.benchmarks.tampering.forger import Forger, copied

ROOT = Actor(name="root", kind="human")


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A case, the register beside it, and where that register ended in a table."""

    case: Path
    register: Path
    head: str

    @property
    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.register.read_text("utf-8").splitlines()]

    def write(self, lines: list[dict]) -> None:
        """Write the register's lines, each with its right number and hash."""
        previous = "0" * 64
        for number, line in enumerate(lines, 1):
            body = {k: v for k, v in line.items() if k != "sha256"}
            body |= {"number": number, "previous": previous}
            lines[number - 1] = {**body, "sha256": sha256(to_line(body))}
            previous = lines[number - 1]["sha256"]
        self.register.write_bytes(b"".join(map(to_line, lines)))


def made(case: Case, room: Path) -> Beside:
    """A copy of a decided case, noted twice in a register beside it, with another case."""
    folder = copied(case.folder, room / "case").folder
    register = room / "register.jsonl"
    note(register, [open_case(folder)])
    create_case(room / "other", state=CaseState(), actor=ROOT, what="Made")
    note(register, [open_case(room / "other"), open_case(folder).note(actor=ROOT, what="Looked")])
    return Beside(case=folder, register=register, head=read_register(register).head)


def found_by(it: Beside) -> tuple[str, str]:
    """What finds that something was bent, and its sentence."""
    for finder, options in (("register", {}), ("reg. head", {"register_head": it.head})):
        try:
            verify_case(it.case, **options)
        except CaseError as fault:
            return finder, str(fault)
    return "", "nothing"


def rolled_back(count):
    return lambda it: Forger(it.case).drop(count, orphans=False)


def line_edited(it: Beside) -> None:
    lines = it.register.read_bytes().splitlines(keepends=True)
    lines[0] = lines[0].replace(b'"entries":', b'"entries":1')
    it.register.write_bytes(b"".join(lines))


def cut_off(count):
    return lambda it: it.write(it.lines[:-count])


def both_rolled_back(it: Beside) -> None:
    rolled_back(1)(it)
    it.write(it.lines[:-1])


def both_rewritten(it: Beside) -> None:
    rolled_back(3)(it)
    now = open_case(it.case)
    own = [n for n, line in enumerate(it.lines) if line["case"] == now.identity]
    changed = {"head": now.head, "entries": len(now.history)}
    it.write([line | (changed if n in own else {}) for n, line in enumerate(it.lines)])


def begun_anew(it: Beside) -> None:
    rolled_back(2)(it)
    it.register.unlink()
    note(it.register, [open_case(it.case)])


def replaced(it: Beside) -> None:
    shutil.rmtree(it.case)
    create_case(it.case, state=CaseState(), actor=ROOT, what="Made")


def replaced_and_forgotten(it: Beside) -> None:
    place = it.case.name
    replaced(it)
    it.write([line for line in it.lines if line["place"] != place])


def forgotten(it: Beside) -> None:
    identity = open_case(it.case).identity
    it.write([line for line in it.lines if line["case"] != identity])


def renamed(it: Beside) -> None:
    """Give the case's lines another place, so that another case may take its own."""
    replaced(it)
    it.write([line | {"place": f"old {line['place']}"} for line in it.lines])


def appended(it: Beside) -> None:
    """Rewrite the case's first line and note the new end, as the program would."""
    forger = Forger(it.case)
    forger.lines[0]["when"] = "2020-01-01T00:00:00+00:00"
    forger.lines = forger.lines[:2]
    forger.save()
    now = open_case(it.case)
    new = it.lines[-1] | {"head": now.head, "entries": 2}
    it.write([*it.lines, new])


def swapped(it: Beside) -> None:
    one, two, three = it.lines
    it.write([two, one, three])


FORGERIES: dict[str, Callable[[Beside], None]] = {
    "the case's last line dropped": rolled_back(1),
    "four of the case's lines dropped": rolled_back(4),
    "a line of the register edited": line_edited,
    "the register's last line cut off": cut_off(1),
    "two of the register's lines cut off": cut_off(2),
    "case and register rolled back": both_rolled_back,
    "case rolled back, the register rewritten to fit": both_rewritten,
    "case rolled back, the register begun anew": begun_anew,
    "another case in its place": replaced,
    "another case in its place, the register's lines taken out": replaced_and_forgotten,
    "the register's lines of the case taken out": forgotten,
    "another case in its place, the register's lines given another": renamed,
    "case rewritten, its new end appended": appended,
    "the register's lines put in another order": swapped,
    "the register removed": lambda it: it.register.unlink(),
}
