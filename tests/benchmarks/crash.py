"""Kill a writer in the middle of its work, many times: is all as before the work or as after it?

    python -m tests.benchmarks.crash --n 500 [--seed 1]

Each round forks a process that makes, changes, signs, votes on, accepts, exports or registers a
case, assesses a patient of a cohort, runs it or writes its tables, and kills it (SIGKILL) at a
random moment of the time that this takes. Only kills that struck before the work was done are
among the n: a round that had finished is looked at too, and done again. A tenth as many changes
meet a disk that is full at a random byte. After each round the case must open at the state before
or after, every earlier state must still be there, verifying must find no fault, and a cohort that
is resumed must give the rows and tables that it gave uninterrupted. Prints what was seen; exit 1
at the first failure. POSIX only (fork).
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.benchmarks import crash_cases, crash_cohort
from tests.benchmarks.crash_tools import Killer, Rounds, require

Begin = Callable[[Path, np.random.Generator], Rounds]

KINDS: dict[str, tuple[int, Begin]] = {
    "new case": (4, crash_cases.creating),
    "save": (7, crash_cases.saving),
    "signature": (6, crash_cases.signing),
    "vote": (8, crash_cases.voting),
    "acceptance": (5, crash_cases.accepting),
    "export's entry": (3, crash_cases.noting),
    "register": (4, crash_cases.registering),
    "cohort's patient": (6, crash_cohort.assessing),
    "cohort's run": (2, crash_cohort.running),
    "cohort's tables": (3, crash_cohort.summing_up),
    "export": (2, crash_cohort.exporting),
}
"""What is killed, and how much of the whole is its share."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Kill a writer in the middle of its work.")
    parser.add_argument("--n", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    start, killer = time.perf_counter(), Killer(rng=np.random.default_rng(asked.seed))
    with tempfile.TemporaryDirectory() as name:
        try:
            finished = sum(
                interrupt(kind, Path(name) / kind, killer, n) for kind, n in shares(asked.n).items()
            )
            crash_cases.fill_disks(Path(name) / "full", killer.rng, asked.n // 10)
        except AssertionError as error:
            print(f"FAILED: {error}")
            return 1
    print(f"{finished} rounds more had finished before the kill, {asked.n // 10} met a full disk")
    print(f"{asked.n} kills struck, none lost anything, {time.perf_counter() - start:.0f} s")
    return 0


def shares(n: int) -> dict[str, int]:
    """How many of n kills each kind gets."""
    whole = np.cumsum([share for share, _ in KINDS.values()])
    ends = np.round(n * whole / whole[-1]).astype(int)
    return dict(zip(KINDS, np.diff(ends, prepend=0).tolist(), strict=True))


def interrupt(kind: str, folder: Path, killer: Killer, n: int) -> int:
    """Kill n works of a kind and print what was seen; how many more had finished."""
    seen, finished = Counter[str](), 0
    folder.mkdir()
    rounds = KINDS[kind][1](folder, killer.rng)
    while seen.total() < n:
        work, look = next(rounds)
        struck = killer.strikes(kind, work)
        end = look()
        if struck:
            seen[end] += 1
        finished += not struck
        require(finished < 20 + 5 * n, f"{kind}: it is done before it can be killed")
    how = ", ".join(f"{count} {end}" for end, count in sorted(seen.items()))
    print(f"{n:5d}  {kind} ({1000 * killer.took[kind]:.0f} ms): {how}", flush=True)
    return finished


if __name__ == "__main__":
    sys.exit(main())
