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
    """A copy of what is under version control, with what mypy has read and numba has compiled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        git = ["git", "-c", "safe.directory=*", "ls-files", "-z", *COPIED]
        listed = subprocess.run(git, cwd=ROOT, capture_output=True, check=True).stdout.decode()
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        for kept in (ROOT / "liverplan").rglob("*.nb[ci]"):
            target = folder / kept.relative_to(ROOT)
            target.parent.mkdir(exist_ok=True)
            shutil.copy2(kept, target)
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

    def failing(self, *tests: str) -> dict[str, str]:
        """Return what pytest says of each test that fails, by its name; empty if all pass."""
        said = self._run("pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore", *tests)
        each = said.partition(" short test summary info ")[0]
        parts = re.split(r"^_+ (\S.*) _+$", each, flags=re.MULTILINE)
        failed = dict(zip(parts[1::2], parts[2::2], strict=True))
        return failed if failed or re.search(r"\d+ passed", said) else {"nothing ran": said}

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
