"""Do the drills and print what was named: ``python -m tests.house.drills``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.house.drills.drills import DRILLS
from tests.house.drills.scratch import Scratch


def main() -> None:
    """Do each in a copy of its own; 1 if one was answered otherwise than it must be."""
    failed = False
    for name, (drill, expected) in DRILLS.items():
        with tempfile.TemporaryDirectory() as folder:
            answers = list(drill(Scratch(Path(folder))))
        for question, answer in answers:
            shown = sorted(answer) if isinstance(answer, set) else answer
            print(f"{name:10} {question}: {shown}", flush=True)
        failed |= [answer for _, answer in answers] != expected
    sys.exit(failed)


if __name__ == "__main__":
    main()
