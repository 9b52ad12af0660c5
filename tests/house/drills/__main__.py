"""Do the drills and print what was named: ``python -m tests.house.drills``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.house.drills.rounds import answers
from tests.house.drills.scratch import Scratch


def main() -> None:
    """Do all in one copy; 1 if one was answered otherwise than it must be."""
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for question, answer, expected in answers(Scratch(Path(folder))):
            shown = sorted(answer) if isinstance(answer, set) else answer
            print(f"{question}: {shown}", flush=True)
            failed |= answer != expected
    sys.exit(failed)


if __name__ == "__main__":
    main()
