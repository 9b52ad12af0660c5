"""The same work on two checkouts: ``python -m tests.benchmarks.house_speed --before DIR``.

In one run: one process a checkout does each piece of work in turn with the other, so that whatever
else the machine does slows both alike; then ``--version`` and ``--help`` are started ten times
each. Prints the median of each and their ratio, below 1 where the checkout after is quicker. Times
of work are CPU times, of starts times by the clock.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

WORKER = Path(__file__).with_name("house_speed_worker.py")
HERE = Path(__file__).parents[2]
STARTS = 10


class Worker:
    """A process that does work by name on one checkout."""

    def __init__(self, checkout, *, coarse):
        words = [sys.executable, "-P", str(WORKER), *(["--coarse"] if coarse else [])]
        self.process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_env(checkout)
        )
        self.works = self._answer()

    def seconds(self, work):
        """CPU time that one turn takes."""
        self.process.stdin.write(work + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("a worker ended; its own words stand above")
        return json.loads(line)

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def _env(checkout):
    return {**os.environ, "PYTHONPATH": str(checkout), "OMP_NUM_THREADS": "1"}


def start_seconds(checkout, option):
    """Time by the clock of one start of the command line."""
    words = [sys.executable, "-P", "-m", "liverplan", option]
    begun = time.perf_counter()
    subprocess.run(words, check=True, capture_output=True, env=_env(checkout))
    return time.perf_counter() - begun


def in_turn(before, after, turns):
    """Median seconds of two functions, called in turn, each first as often as the other."""
    taken = ([], [])
    for turn in range(turns):
        order = (0, 1) if turn % 2 == 0 else (1, 0)
        for which in order:
            taken[which].append((before, after)[which]())
    return tuple(float(np.median(times)) for times in taken)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=Path, required=True, help="the checkout to hold against")
    parser.add_argument("--after", type=Path, default=HERE, help="this one, if left out")
    parser.add_argument("--turns", type=int, default=11)
    parser.add_argument("--coarse", action="store_true", help="a smaller liver, for a quick look")
    chosen = parser.parse_args()
    checkouts = (chosen.before.resolve(), chosen.after.resolve())
    print(f"{'':44s} {'before, ms':>12s} {'after, ms':>12s} {'ratio':>7s}")
    workers = [Worker(checkout, coarse=chosen.coarse) for checkout in checkouts]
    for work in workers[0].works:
        turns = chosen.turns if work != "suggest" else 3
        _say(work, in_turn(*(lambda w=w, k=work: w.seconds(k) for w in workers), turns))
    for worker in workers:
        worker.end()
    for option in ("--version", "--help"):
        starts = (lambda c=c, o=option: start_seconds(c, o) for c in checkouts)
        _say(f"liverplan {option}", in_turn(*starts, STARTS))


def _say(what, medians):
    before, after = (1e3 * seconds for seconds in medians)
    print(f"{what:44s} {before:12.3f} {after:12.3f} {after / before:7.2f}", flush=True)


if __name__ == "__main__":
    main()
