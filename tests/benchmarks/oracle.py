"""Hold `judge` to the oracle on 20,000 drawn patients: ``python -m tests.benchmarks.oracle``."""

import argparse
import sys
import time

from tests.eligibility.generated import compare


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    started = time.perf_counter()
    differences, reached = compare(asked.patients, asked.seed)
    spent = time.perf_counter() - started
    for difference in differences[:20]:
        print(*difference)
    for (name, state), count in sorted(reached.items()):
        print(f"{name:24}{state:18}{count:8}")
    print(f"{asked.patients} patients, {len(differences)} differences, {spent:.0f} s")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
