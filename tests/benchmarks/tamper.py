"""Bend a decided case in every way known here, and say what verifying finds.

``python -m tests.benchmarks.tamper`` makes a case that three members voted on, forges a fresh copy
in each way with all hashes mended, and prints what finds it: verifying alone, a remark, the roster,
the head that a report names, the register beside the case, or the register's own head that a table
names. What nothing finds makes the exit status 1.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liverplan.case import open_case
from liverplan.errors import CaseError
from liverplan.workflow.checking import case_faults, remarks
from liverplan.workflow.stamping import stamp_remarks
from tests.benchmarks.tampering import anew, by_writing, registered, with_a_key
from tests.benchmarks.tampering.forger import MEMBERS, PEOPLE, Forger, copied, decided, roster_of


class Tampered:
    """A decided case and how its forged copies fare."""

    def __init__(self, room: Path) -> None:
        self.keys = {name: Ed25519PrivateKey.generate() for name in PEOPLE}
        self.case = decided(room / "case", self.keys)
        self.roster = roster_of(self.keys)
        self.room, self.number = room, 0

    def try_(self, forge: Callable[[Forger], None]) -> tuple[str, str]:
        """What finds a forgery ("" if nothing does), and its sentence."""
        self.number += 1
        it = copied(self.case.folder, self.room / f"forged {self.number}")
        forge(it)
        return self.found(it.folder)

    def found(self, folder: Path) -> tuple[str, str]:
        """What finds that a folder is not the decided case."""
        if faults := case_faults(folder):
            return "verify", faults[0]
        if faults := case_faults(folder, roster=self.roster):
            return "--roster", faults[0]
        if faults := case_faults(folder, head=self.case.head):
            return "--head", faults[0]
        try:
            stamp_remarks(open_case(folder), ())
        except CaseError as fault:
            return "verify", str(fault)
        new = [one for one in remarks(open_case(folder))[1:] if one not in remarks(self.case)]
        return ("remark", new[0]) if new else ("", "nothing")

    def try_beside(self, forge: Callable[[registered.Beside], None]) -> tuple[str, str]:
        """What finds a forgery of a case and the register beside it, and its sentence."""
        self.number += 1
        it = registered.made(self.case, self.room / f"registered {self.number}")
        forge(it)
        return registered.found_by(it)


def forgeries(keys: dict[str, Ed25519PrivateKey]) -> Iterator[tuple[str, str, Callable]]:
    """Who, what, and how."""
    for what, forge in (by_writing.FORGERIES | anew.BY_WRITING).items():
        yield "may write", what, forge
    key = keys[MEMBERS[0]]
    for what, with_key in (with_a_key.FORGERIES | anew.WITH_A_KEY).items():
        yield "holds a key", what, lambda it, forge=with_key: forge(it, key)


def tried(tampered: Tampered) -> Iterator[tuple[str, str, tuple[str, str]]]:
    """Who, what, and what found it."""
    for who, what, forge in forgeries(tampered.keys):
        yield who, what, tampered.try_(forge)
    for what, beside in registered.FORGERIES.items():
        yield "may write", what, tampered.try_beside(beside)


def main() -> int:
    """Print what was tried and found."""
    with tempfile.TemporaryDirectory() as folder:
        tampered = Tampered(Path(folder))
        if case_faults(tampered.case.folder, head=tampered.case.head, roster=tampered.roster):
            print("The genuine case does not verify.")
            return 1
        missed = 0
        for who, what, (finder, sentence) in tried(tampered):
            missed += not finder
            print(f"{who:<12}{finder or 'NOT FOUND':<11}{what}: {sentence.replace(folder, '')}")
        print(f"{tampered.number} forgeries tried, {tampered.number - missed} found.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
