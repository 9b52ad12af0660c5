"""The notebooks with what they print and draw, each run once."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from docs.gather import ROOT

RUN = ROOT / "build" / "notebooks"
"""Where `scripts/test` leaves them as they were run; what is the same is not run again."""
WIDGET = "application/vnd.jupyter.widget-view+json"


def gather(target: Path) -> None:
    """Put every notebook into a folder of the site, run."""
    target.mkdir(parents=True, exist_ok=True)
    RUN.mkdir(parents=True, exist_ok=True)
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        if not is_run(path, RUN / path.name):
            run(path, RUN / path.name)
        page = still(json.loads((RUN / path.name).read_text("utf-8")))
        (target / path.name).write_text(json.dumps(page), "utf-8")


def run(written: Path, copy: Path) -> None:
    """Run a notebook and keep what it prints and draws."""
    import nbformat  # noqa: PLC0415 - where all are run, neither is needed
    from nbclient import NotebookClient  # noqa: PLC0415

    sys.stderr.write(f"Running notebooks/{written.name} ...\n")
    notebook = nbformat.read(written, as_version=4)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(RUN)}}).execute()
    nbformat.write(notebook, copy)


def still(notebook: dict[str, Any]) -> dict[str, Any]:
    """Leave out what needs a running notebook: of a view that turns, its picture stays."""
    notebook["metadata"].pop("widgets", None)
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(WIDGET, None)
    return notebook


def is_run(written: Path, copy: Path) -> bool:
    """Say whether a copy is what is written, run."""
    if not copy.is_file():
        return False
    ran = _cells(copy)
    counted = all(cell.get("execution_count") for cell in ran if _has_code(cell))
    return counted and [c["source"] for c in ran] == [c["source"] for c in _cells(written)]


def _cells(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["cells"]
    return found


def _has_code(cell: dict[str, Any]) -> bool:
    return cell["cell_type"] == "code" and "".join(cell["source"]).strip() != ""
