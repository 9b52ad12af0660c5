"""Bend one value of a case's JSON, mend every hash, and look what is then said and shown.

``python -m tests.benchmarks.fuzz_case --n 2000 --seed 0``. Each mutation changes a state, a line of
the trail, a signature, the findings, another document or ``case.json`` of a small case, unsigned
or decided, and mends the hashes as one who may write the folder would. Then the case is opened,
read, measured, verified, reported on and listed, with little memory and time. A fault is anything
but our own errors, a sentence of two lines or of 1,000 characters, 20 s, 1 GB, and above all: a
verdict that is another than the genuine one and that neither verifying nor the paper speaks of.
"""

from __future__ import annotations

import argparse
import collections
import csv
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liverplan.case import Actor, Case, check_signatures, create_case, open_case
from liverplan.case.audit import NO_HASH
from liverplan.case.documents import sha256, to_line, to_page
from liverplan.case.store import changes_to
from liverplan.cohort.overview import overview
from liverplan.cohort.standing import standing
from liverplan.errors import CaseError, LiverplanError
from liverplan.report import ReportInput
from liverplan.workflow.checking import case_faults, remarks
from liverplan.workflow.outputs import report_input
from tests.benchmarks.mutations import mutated, written
from tests.benchmarks.tampering.forger import PEOPLE, Forger, decided, planned, vars_of

BATCH, EVERY, SLOWEST_S, MOST_MB, LONGEST = 250, 250, 20.0, 1024, 1500
TARGETS = ("state", "state", "line", "signature", "findings", "findings", "document", "case.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A verdict and a decision as they are shown: what must not change in silence."""

    eligibility: str
    remnant: float | None
    criteria: tuple[tuple[str, str], ...]
    decision: tuple[str, ...]
    amiss: bool = False

    @classmethod
    def of(cls, findings, opened: Case, *, amiss: bool = False) -> Shown:
        remnant = findings.remnant_fraction.deciding_fraction
        held = [c.signature for c in check_signatures(opened) if not c.void_because]
        return cls(
            eligibility=findings.eligibility,
            remnant=None if remnant is None else round(remnant, 9),
            criteria=tuple((c.id, c.state) for c in findings.criteria),
            decision=tuple(f"{s.name}: {s.vote or s.meaning}" for s in held),
            amiss=amiss,
        )

    @classmethod
    def on_paper(cls, asked: ReportInput) -> Shown:
        """As a report shows it; void signatures, and a note that it was altered, are seen."""
        said = any(note.key == "check.not_as_stored" for note in asked.findings.notes)
        void = any(row.void_because for row in asked.signatures)
        found = asked.findings.remnant_fraction.deciding_fraction
        return cls(
            eligibility=asked.findings.eligibility,
            remnant=None if found is None else round(found, 9),
            criteria=tuple((c.id, c.state) for c in asked.findings.criteria),
            decision=(),
            amiss=said or void,
        )

    def agrees(self, other: Shown) -> bool:
        """Whether the same is shown; paper shows no decision of its own."""
        mine, theirs = (replace(s, amiss=False, decision=()) for s in (self, other))
        return mine == theirs and (not self.decision or self.decision == other.decision)


def genuine(room: Path) -> dict[str, tuple[Path, Shown]]:
    """An unsigned case and a decided one, each with what it shows."""
    machine = Actor(name="liverplan", kind="machine")
    create_case(room / "unsigned", state=planned(), actor=machine, what="Assessed")
    decided(room / "decided", {name: Ed25519PrivateKey.generate() for name in PEOPLE})
    found = {}
    for name in ("unsigned", "decided"):
        opened = open_case(room / name)
        found[name] = (room / name, Shown.of(standing(opened), opened))
    return found


def bend(folder: Path, rng: random.Random) -> str:
    """Change one thing of the case and mend every hash."""
    it, target = Forger(folder), rng.choice(TARGETS)
    match target:
        case "case.json":
            _identity(it, rng)
        case "line":
            number = rng.randrange(len(it.lines))
            it.lines[number], _ = mutated(it.lines[number], rng)
            _resave(it)
        case "state":
            _last_state(it, written(it.state(), rng, to_page))
        case "signature":
            state = it.state()
            changed, _ = mutated({"of": state["signatures"]}, rng)
            state["signatures"] = changed.get("of") if isinstance(changed, dict) else changed
            _last_state(it, to_page(state))
        case "findings" | "document":
            names = sorted(set(it.state()["documents"]) - {"findings"})
            _document(it, "findings" if target == "findings" else rng.choice(names), rng)
    return target


def _document(it: Forger, name: str, rng: random.Random) -> None:
    state = it.state()
    state["documents"][name] = it.put(written({name: it.document(name)}, rng, _inner))
    _last_state(it, to_page(state))


def _inner(table) -> bytes:
    """The document itself, out of the table that makes it mutable as a whole."""
    inside = isinstance(table, dict) and len(table) == 1
    return to_page(next(iter(table.values())) if inside else table)


def _identity(it: Forger, rng: random.Random) -> None:
    path = it.folder / "case.json"
    path.write_bytes(written(json.loads(path.read_bytes()), rng, to_page))
    for change in it.lines[0]["changes"]:
        if change["field"] == "case.json":
            change["new"] = sha256(path.read_bytes())
    _resave(it)


def _last_state(it: Forger, content: bytes) -> None:
    """Put a state in place of the last, and let the line that brought it say what is so."""
    name = sha256(content)
    (it.folder / "states" / f"{it.lines[-1]['state']}.json").unlink()
    (it.folder / "states" / f"{name}.json").write_bytes(content)
    it.lines[-1]["state"] = name
    _resave(it)
    try:
        it.lines[-1]["changes"] = _changes(it)
    except (LiverplanError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
        return
    _resave(it)


def _changes(it: Forger):
    """What changed with the last line, as verifying works it out."""
    trail = it._entries()
    if len(trail) < 2:
        return it.lines[-1]["changes"]
    before, after = (Case(it.folder, trail[:end], None) for end in (-1, len(trail)))
    return [vars_of(change) for change in changes_to(before, after.state_json)]


def _resave(it: Forger) -> None:
    """Mend the chain over lines that may be anything by now."""
    previous, lines = NO_HASH, []
    for line in it.lines:
        if not isinstance(line, dict):
            lines.append(to_line(line))
            continue
        body = {key: value for key, value in line.items() if key != "sha256"}
        body |= {"previous": previous} if "previous" in body else {}
        previous = sha256(to_line(body))
        lines.append(to_line({**body, "sha256": previous}))
    (it.folder / "audit.jsonl").write_bytes(b"".join(lines))


@dataclass(kw_only=True)
class Look:
    """What each way of looking at a bent case says, and whether it says that something is amiss."""

    folder: Path
    truth: Shown
    faults: list[str]

    def everything(self) -> str:
        """Look in every way; "found", "refused", "the same", or what is wrong with the program."""
        verified = self._said("verify", lambda: case_faults(self.folder))
        self._said("remarks", lambda: remarks(open_case(self.folder)))
        self._said("read", lambda: open_case(self.folder).state)
        stored = self._said("stored", self._stored)
        paper = self._said("report", lambda: Shown.on_paper(report_input(open_case(self.folder))))
        row = self._said("overview", self._row)
        differ = [s for s in (stored, paper) if isinstance(s, Shown) and not s.agrees(self.truth)]
        if differ and verified == []:
            self.faults.append(f"verify calls another verdict genuine: {differ[0]}")
        if isinstance(paper, Shown) and not paper.agrees(self.truth) and not paper.amiss:
            self.faults.append(f"the report shows another verdict in silence: {paper}")
        if isinstance(row, dict) and not self._listed(row):
            self.faults.append(f"the overview shows another verdict in silence: {row}")
        return "found" if verified else ("refused" if isinstance(stored, str) else "the same")

    def _stored(self) -> Shown | None:
        opened = open_case(self.folder)
        try:
            findings = standing(opened)
        except ValueError as fault:  # what they are that cannot be understood
            raise CaseError(str(fault)) from fault
        return None if findings is None else Shown.of(findings, opened)

    def _row(self) -> dict[str, object]:
        made = overview(self.folder, self.folder.parent / "tables")
        with made.files[0].open(encoding="utf-8", newline="") as file:
            return next(csv.DictReader(file))

    def _listed(self, row: dict[str, object]) -> bool:
        """Whether a row calls nobody eligible in silence."""
        said = row["fault"] or row["eligibility"] == self.truth.eligibility
        return bool(said) or row["eligibility"] != "eligible"

    def _said(self, what: str, work):
        """What comes of a way of looking; a refusal's sentence, and never another error."""
        try:
            said = work()
        except LiverplanError as refusal:
            said = str(refusal)
        except Exception as error:  # noqa: BLE001 - what is looked for
            self.faults.append(f"{what}: {type(error).__name__}: {error}"[:300])
            return None
        for sentence in [said] if isinstance(said, str) else said if what == "verify" else ():
            if "\n" in sentence or len(sentence) > LONGEST or not sentence.isprintable():
                self.faults.append(f"{what} says what is no sentence: {sentence!r}"[:300])
        return said


def one(cases: dict[str, tuple[Path, Shown]], room: Path, number: int, seed: int) -> list[object]:
    """Bend a copy once and look at it: what was bent, what came of it, and every fault."""
    rng = random.Random(f"{seed}/{number}")  # noqa: S311 - repeatable, not secret
    name = rng.choice(sorted(cases))
    folder, begun = room / "bent", time.perf_counter()
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(cases[name][0], folder)
    target = bend(folder, rng)
    look = Look(folder=folder, truth=cases[name][1], faults=[])
    outcome = look.everything()
    seconds = time.perf_counter() - begun
    if number % EVERY == 0:  # each starts Python anew, and has a limit of its own
        look.faults += commands(folder)
    mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [number, f"{name}: {target}", outcome, seconds, mb, look.faults]


def commands(folder: Path) -> list[str]:
    """What the commands say to a bent case: no traceback, and no more than a sentence on stderr."""
    faults = []
    page = folder.parent / "report.html"
    for command in (("verify", folder), ("measure", folder), ("report", folder, "--out", page)):
        ran = subprocess.run(
            [sys.executable, "-m", "liverplan", *map(str, command)],
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        if ran.returncode not in (0, 1) or "Traceback" in ran.stderr:
            faults.append(f"{command[0]}: {ran.returncode} {ran.stderr[-300:]}")
    return faults


def work(first: int, last: int, seed: int) -> None:
    """Do some of the mutations and print a line of JSON for each."""
    with tempfile.TemporaryDirectory() as made:
        cases = genuine(Path(made))
        for number in range(first, last):
            print(json.dumps(one(cases, Path(made), number, seed)), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="repeat one mutation")
    parser.add_argument("--batch", nargs=2, type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.batch or asked.only is not None:
        work(*(asked.batch or (asked.only, asked.only + 1)), asked.seed)
        return 0
    return supervise(asked.n, asked.seed)


def supervise(n: int, seed: int) -> int:
    """Run all batches, each in a process of its own, and print what came of them."""
    outcomes, faults = collections.Counter[str](), list[str]()
    slowest, most, done = 0.0, 0.0, 0
    while done < n:
        last = min(done + BATCH, n)
        command = [sys.executable, "-m", "tests.benchmarks.fuzz_case", "--seed", str(seed)]
        ran = subprocess.run(
            [*command, "--batch", str(done), str(last)], capture_output=True, text=True, check=False
        )
        for number, target, outcome, seconds, mb, wrong in map(json.loads, ran.stdout.splitlines()):
            done, slowest, most = number + 1, max(slowest, seconds), max(most, mb)
            outcomes[outcome] += 1
            faults += [f"{number} ({target}): {fault}" for fault in wrong]
            if seconds > SLOWEST_S or mb > MOST_MB:
                faults.append(f"{number} ({target}): {seconds:.1f} s, {mb:.0f} MB")
        if done < last:
            faults.append(f"{done}: status {ran.returncode}: {ran.stderr[-300:]}")
            done += 1
    print(f"{n} mutations, every hash mended: {dict(outcomes.most_common())}")
    print(f"slowest {slowest:.1f} s, {most:.0f} MB, {len(faults)} faults")
    for fault in faults[:30]:
        print("FAULT", fault)
    return min(len(faults), 1)


if __name__ == "__main__":
    sys.exit(main())
