"""Kill a writer at random moments, many times: is the case always the one before or after?

    python -m tests.benchmarks.crash --n 500 [--seed 1]

Each round forks a process that makes, changes, signs or votes on a case, assesses a patient of a
cohort or writes its tables, and kills it (SIGKILL) at a random moment; every fifth change meets a
disk that is full at a random byte instead. After each round the case must open at the state before
or after, every earlier state must still be there, verifying must find no fault, and a cohort that
is resumed must give the tables that it gave uninterrupted, byte for byte. Prints what was seen;
exit 1 at the first failure. POSIX only (fork).
"""

import argparse
import os
import resource
import sys
import tempfile
import time
import zlib
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liverplan.case import Actor, Case, CaseState, create_case, is_case, open_case, sign, verify
from liverplan.errors import CaseError
from liverplan.resection import Plan, Plane
from liverplan.segmentation import Segmentation
from liverplan.volume import Grid, Volume
from tests.benchmarks.crash_cohort import interrupt_cohort
from tests.benchmarks.crash_tools import killed, require, timed

SHAPE = (40, 96, 96)
ACTOR = Actor(name="crash test", kind="machine")
SIGNERS = {"Lind": "lesions accepted", "Dahl": "plan signed"}
VOTER = ("Ek", "vote")


def main() -> int:
    parser = argparse.ArgumentParser(description="Kill a writer at random moments.")
    parser.add_argument("--n", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        try:
            seen = run(Path(name), arguments.n, np.random.default_rng(arguments.seed))
        except AssertionError as error:
            print(f"FAILED: {error}")
            return 1
    for what, count in sorted(seen.items()):
        print(f"{count:5d}  {what}")
    print(f"{sum(seen.values())} saves interrupted, none lost, {time.perf_counter() - start:.0f} s")
    return 0


def run(folder: Path, n: int, rng: np.random.Generator) -> Counter[str]:
    """Interrupt n saves: a tenth makes a case, three tenths sign, two tenths are a cohort's."""
    seen: Counter[str] = Counter()
    making, signing, cohort = max(1, n // 10), 3 * n // 10, n // 5
    seen += interrupt_signing(folder / "signed", rng, signing)
    seen += interrupt_cohort(folder / "cohort", rng, cohort)
    took = timed(lambda: create_case(folder / "time", state=state(rng), actor=ACTOR, what="0"))
    for number in range(making):
        seen[interrupt_making(folder / f"new{number}", rng, took)] += 1
    case = create_case(folder / "case", state=state(rng), actor=ACTOR, what="0")
    new = state(rng, case.state)
    took = timed(lambda: case.commit(new, actor=ACTOR, what="1"))
    for number in range(n - making - signing - cohort):
        full = number % 5 == 4
        seen[interrupt_saving(folder / "case", rng, took, full=full)] += 1
    return seen


def interrupt_making(folder: Path, rng: np.random.Generator, took: float) -> str:
    new = state(rng)
    alive = killed(lambda: create_case(folder, state=new, actor=ACTOR, what="made"), rng, took)
    if is_case(folder):
        check(folder, ("made",))
        return "new case: after" + alive
    create_case(folder, state=new, actor=ACTOR, what="made")
    check(folder, ("made",))
    return "new case: before" + alive


def interrupt_saving(folder: Path, rng: np.random.Generator, took: float, *, full: bool) -> str:
    case = open_case(folder)
    before = tuple(entry.what for entry in case.history)
    new, what = state(rng, case.state), str(len(before))
    if full:
        fill_disk(lambda: case.commit(new, actor=ACTOR, what=what), int(rng.integers(60_000)))
        alive = " (disk full)"
    else:
        alive = killed(lambda: case.commit(new, actor=ACTOR, what=what), rng, took)
    after = tuple(entry.what for entry in open_case(folder).history)
    require(after in (before, (*before, what)), f"history {before} became {after}")
    opened = check(folder, after)
    expected = new if len(after) > len(before) else case.state
    require(same(opened.state, expected), f"state {after[-1]} is not what was saved")
    return ("save: after" if len(after) > len(before) else "save: before") + alive


def check(folder: Path, whats: tuple[str, ...]):
    """The case is whole: history, hashes, and a random earlier state can be reopened."""
    case = open_case(folder)
    require(tuple(e.what for e in case.history) == whats, "the history is another")
    require(verify(folder) == [], f"verify says {verify(folder)}")
    case.at(1 + zlib.crc32(whats[-1].encode()) % len(whats))
    return case


def interrupt_signing(folder: Path, rng: np.random.Generator, n: int) -> Counter[str]:
    """Kill people who sign and vote, on a new case after every dozen of lines."""
    seen: Counter[str] = Counter()
    keys = {name: Ed25519PrivateKey.generate() for name in (*SIGNERS, "Ek")}
    case, took = None, 0.1
    for number in range(n):
        if case is None or len(case.history) > 12:
            place = folder / str(number)
            case = create_case(place, state=state(rng), actor=ACTOR, what="made")
            took = timed(lambda at=place: open_case(at))
        name, meaning = next(((s, m) for s, m in SIGNERS.items() if m not in meanings(case)), VOTER)
        vote = ("for", "against")[number % 2] if meaning == "vote" else None
        work = partial(sign, case, keys[name], name=name, meaning=meaning, vote=vote, reason="x")
        alive = killed(work, rng, 2 * took + 0.02)
        signed = list(case.state_json["signatures"])
        now = open_case(case.folder)
        require(verify(now.folder) == [], f"verify says {verify(now.folder)}")
        require(now.state_json["signatures"][: len(signed)] == signed, "a signature is gone")
        new = len(now.state_json["signatures"]) - len(signed)
        require(len(now.history) - len(case.history) == new, "a line without its signature")
        seen[f"{meaning}: {'after' if new else 'before'}{alive}"] += 1
        case = now
    return seen


def meanings(case: Case) -> set[str]:
    return {signature["meaning"] for signature in case.state_json["signatures"]}


def fill_disk(work, size: int) -> None:
    """Run ``work`` in a child for which no file can grow beyond ``size`` bytes."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        try:
            work()
        except CaseError:
            os._exit(0)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    require(os.WEXITSTATUS(status) == 0, "a full disk was not refused in words")


def state(rng: np.random.Generator, before: CaseState | None = None) -> CaseState:
    """A state with new masks, a new cut and new facts; the CT of the state before."""
    volume = before.volume if before else None
    if volume is None:
        grid = Grid(shape=SHAPE, affine=np.diag((2.0, 0.8, 0.8, 1.0))[[2, 1, 0, 3]])
        volume = Volume(grid=grid, hu=rng.integers(-1000, 1000, SHAPE).astype(np.int16))
    labels = (rng.random(SHAPE) < 0.1).astype(np.uint8)
    return CaseState(
        volume=volume,
        segmentation=Segmentation(grid=volume.grid, labels=labels),
        plan=Plan(cuts=(Plane(point_mm=rng.normal(size=3), normal=rng.normal(size=3)),)),
        others={"laboratory": {"albumin": float(rng.normal(40, 3))}},
    )


def same(a: CaseState, b: CaseState) -> bool:
    return (
        np.array_equal(a.segmentation.labels, b.segmentation.labels)
        and np.array_equal(a.volume.hu, b.volume.hu)
        and a.plan.cuts[0].normal.tobytes() == b.plan.cuts[0].normal.tobytes()
        and a.documents == b.documents
    )


if __name__ == "__main__":
    sys.exit(main())
