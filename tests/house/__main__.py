"""Figures of the house, before and after: ``python -m tests.house [REVISION or PATH]``.

Without an argument, only those of this checkout. ``--names`` names the public functions over
arrays whose docstring tells no shape, and the circles.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import tarfile
import tempfile
from pathlib import Path

from tests.house.figures import Figures, figures_of

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Print the figures side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", nargs="?", help="a revision, or a path to a checkout")
    parser.add_argument("--names", action="store_true", help="name what is to mend")
    asked = parser.parse_args()
    after = dict((now := figures_of(ROOT)).rows())
    before = dict(_before(asked.before).rows()) if asked.before else {}
    width = max(len(value) for value in before.values()) + 3 if before else 0
    if before:
        print(f"{'':40} {'before':{width}} after")
    for name in [*after, *(name for name in before if name not in after)]:
        print(f"{name:40} {before.get(name, ''):{width}} {after.get(name, '')}".rstrip())
    if asked.names:
        print(*now.without_shape, *(" <-> ".join(circle) for circle in now.circles), sep="\n")


def _before(asked: str) -> Figures:
    if Path(asked).is_dir():
        return figures_of(Path(asked))
    git = ["git", "-c", "safe.directory=*", "archive", asked]
    tree = subprocess.run(git, cwd=ROOT, capture_output=True, check=True).stdout
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(tree)) as archive:
            archive.extractall(folder, filter="data")
        return figures_of(Path(folder))


if __name__ == "__main__":
    main()
