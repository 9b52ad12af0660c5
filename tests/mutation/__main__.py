"""A seeded mutation run: ``python -m tests.mutation [--rooms A,B] [--seed N] [--budget N]``.

Each mutant is one small fault in a module that judges; the tests that reach its line must fail.
``--before PATH`` runs the same over another checkout first and prints both. What survives is
printed as file:line with its change; what cannot be noticed stands in ``equivalent.toml`` with its
reason.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.operators import Mutant, mutants_of
from tests.mutation.processes import load_what_is_heavy
from tests.mutation.rooms import ROOMS, Room, modules_of, tests_of
from tests.mutation.session import outcomes

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Placed:
    """A mutant in its module."""

    module: Path
    mutant: Mutant

    def line(self) -> str:
        """The source line, as it stands."""
        return self.module.read_text("utf-8").splitlines()[self.mutant.line - 1].strip()


def main() -> None:
    """Run, and print the figures by room."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rooms", default=",".join(ROOMS), help="with commas between")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--budget", type=int, default=100, help="mutants a room, at the most")
    parser.add_argument("--before", type=Path, help="another checkout, run first")
    asked = parser.parse_args()
    load_what_is_heavy()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ |= {
            "HYPOTHESIS_STORAGE_DIRECTORY": scratch,
            "NUMBA_CACHE_DIR": str(Path(tempfile.gettempdir()) / "mutants_numba"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        for root in [*([asked.before.resolve()] if asked.before else []), ROOT]:
            print(f"== {'before' if root != ROOT else 'now'}: {root.name}", flush=True)
            for name in asked.rooms.split(","):
                print(run(ROOMS[name], name, root, asked.seed, asked.budget), flush=True)


def run(room: Room, name: str, root: Path, seed: int, budget: int) -> str:
    """Try a sample of a room's mutants; print the survivors, return the figures."""
    started = time.perf_counter()
    chosen = _sample(room, root, random.Random(f"{seed} {name}"), budget)  # noqa: S311
    counted = Counter(_tried(room, root, chosen))
    tried = counted["killed"] + counted["survived"]
    took = time.perf_counter() - started
    return (
        f"{name:12} {counted['killed']} of {tried} killed, {counted['survived']} survived, "
        f"{counted['equivalent']} equivalent ({took / max(tried, 1):.1f} s each)"
    )


def _sample(room: Room, root: Path, chance: random.Random, budget: int) -> list[Placed]:
    every = [Placed(m, mutant) for m in modules_of(room, root) for mutant in mutants_of(_read(m))]
    return sorted(
        chance.sample(every, min(budget, len(every))),
        key=lambda placed: (placed.module, placed.mutant.start),
    )


def _tried(room: Room, root: Path, chosen: list[Placed]) -> Iterator[str]:
    known = _equivalent()
    tried = []
    for placed in chosen:
        place = str(placed.module.relative_to(root))
        if (place, placed.line(), placed.mutant.after) in known:
            yield "equivalent"
        else:
            tried.append(placed)
    pairs = [(placed.module, placed.mutant) for placed in tried]
    for number, ended in outcomes(root, tests_of(room, root), pairs):
        if ended != "killed":
            mutant, place = tried[number].mutant, tried[number].module.relative_to(root)
            told = "  (no test reaches it)" if ended == "unreached" else ""
            print(f"{place}:{mutant.line}: {mutant.before}  ->  {mutant.after}{told}", flush=True)
        yield "killed" if ended == "killed" else "survived"


def _read(module: Path) -> bytes:
    return module.read_bytes()


def _equivalent() -> set[tuple[str, str, str]]:
    rows = tomllib.loads(Path(__file__).with_name("equivalent.toml").read_text("utf-8"))
    return {(row["file"], row["line"], row["after"]) for row in rows.get("equivalent", ())}


if __name__ == "__main__":
    main()
