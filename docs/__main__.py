"""The site, from the pages, notebooks and docstrings: ``python -m docs [FOLDER]``.

Needs ``pip install ".[app,docs]"``, and no network; the pages open without one, their
search too. A warning is an error. Notebooks are run unless `docs.notebooks` finds them run already.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from pathlib import Path

from docs import api, commands, notebooks
from docs.gather import ROOT, gather

BUILD = ROOT / "build" / "site"


def main() -> int:
    """Gather the pages, build the site and say where it is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=BUILD / "html")
    target = parser.parse_args().folder
    start = time.perf_counter()
    source = BUILD / "source"
    shutil.rmtree(source, ignore_errors=True)
    gather(source)
    notebooks.gather(source / "gallery")
    commands.write(source / "reference")
    api.write(source / "reference" / "api")
    status = build(source, target)
    if status == 0:
        pages = len(list(target.rglob("*.html")))
        seconds = time.perf_counter() - start
        sys.stdout.write(f"{pages} pages in {seconds:.0f} s: {target / 'index.html'}\n")
    return status


def build(source: Path, target: Path) -> int:
    """Let Sphinx write the pages; every warning is told, and any makes it fail."""
    from sphinx.cmd.build import main as sphinx  # noqa: PLC0415 - read the pages first

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # widgets are documented, not shown
    os.environ.setdefault("MPLBACKEND", "agg")
    shutil.rmtree(target, ignore_errors=True)
    strict = ["-q", "-W", "--keep-going", "-E", "-d", str(BUILD / "doctrees")]
    return sphinx([*strict, "-c", str(ROOT / "docs"), str(source), str(target)])


if __name__ == "__main__":
    sys.exit(main())
