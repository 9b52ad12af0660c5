"""A copy of the checkout to change, and what the checkers then say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
COPIED = ("liverplan", "tests", "pyproject.toml")


class Scratch:
    """A copy of what is under version control, with mypy's cache so that it need not read all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        git = ["git", "-c", "safe.directory=*", "ls-files", "-z", *COPIED]
        listed = subprocess.run(git, cwd=ROOT, capture_output=True, check=True).stdout.decode()
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        if (ROOT / ".mypy_cache").is_dir():
            shutil.copytree(ROOT / ".mypy_cache", folder / ".mypy_cache")

    def write(self, path: str, text: str) -> None:
        """Add a file."""
        (self.folder / path).write_text(text, "utf-8")

    def put(self, path: str, before: str, after: str) -> None:
        """Change a file wherever a text stands in it."""
        text = (self.folder / path).read_text("utf-8")
        assert before in text, f"{path} no longer holds {before!r}: mend the drill"
        self.write(path, text.replace(before, after))

    def mypy(self) -> set[str]:
        """Return the files in which mypy finds a fault."""
        said = self._run("mypy")
        return set(re.findall(r"^(liverplan/[^:]+):\d+: error", said, re.MULTILINE))

    def failing(self, *tests: str) -> str:
        """Return what pytest says of tests that fail; empty if all pass."""
        said = self._run("pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore", *tests)
        return "" if re.search(r"\d+ passed", said) and "failed" not in said else said

    def _run(self, module: str, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(self.folder), "QT_QPA_PLATFORM": "offscreen"},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout + done.stderr
