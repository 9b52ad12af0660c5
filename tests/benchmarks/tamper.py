"""Bend a decided case in every way known here, and say what verifying finds.

``python -m tests.benchmarks.tamper`` makes a case that three members voted on, forges a fresh copy
in each way with all hashes mended, and prints what finds it: verifying alone, a remark, the roster,
or the head that a report names. What nothing finds makes the exit status 1.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liverplan.case import open_case
from liverplan.workflow.checking import case_faults, remarks
from tests.benchmarks.tampering import by_writing, with_a_key
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
        new = set(remarks(open_case(folder))[1:]) - set(remarks(self.case)[1:])
        return ("remark", min(new)) if new else ("", "nothing")


def forgeries(keys: dict[str, Ed25519PrivateKey]) -> Iterator[tuple[str, str, Callable]]:
    """Who, what, and how."""
    for what, forge in by_writing.FORGERIES.items():
        yield "may write", what, forge
    key = keys[MEMBERS[0]]
    for what, with_key in with_a_key.FORGERIES.items():
        yield "holds a key", what, lambda it, forge=with_key: forge(it, key)


def main() -> int:
    """Print what was tried and found."""
    with tempfile.TemporaryDirectory() as folder:
        tampered = Tampered(Path(folder))
        if case_faults(tampered.case.folder, head=tampered.case.head, roster=tampered.roster):
            print("The genuine case does not verify.")
            return 1
        missed = 0
        for who, what, forge in forgeries(tampered.keys):
            finder, sentence = tampered.try_(forge)
            missed += not finder
            print(f"{who:<12}{finder or 'NOT FOUND':<11}{what}: {sentence.replace(folder, '')}")
        print(f"{tampered.number} forgeries tried, {tampered.number - missed} found.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
