"""The pages of the reference: one for each room, one for each part of the application."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import liverplan

HEAD = """API reference
=============

From the docstrings. A room is imported by its name: ``from liverplan.volumetry import measure``.
World coordinates are LPS, mm; arrays are (k, j, i): slice, row, column. The application is used,
not imported; its parts are listed for whoever changes it.

.. toctree::
   :maxdepth: 1

"""
MEMBERS = "   :members:\n   :show-inheritance:\n"
UNLISTED = MEMBERS + "   :no-index:\n"
"""The application's parts: for reading, and not among the names that others may use."""


def write(folder: Path) -> None:
    """Write a page for each room, each with the names that the room offers."""
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for room in pkgutil.iter_modules(liverplan.__path__, "liverplan."):
        if room.name not in ("liverplan.__main__", "liverplan.app"):
            _load_lazy_names(room.name)
            names.append(_page(folder, [room.name]))
    modules = pkgutil.walk_packages([str(Path(liverplan.__path__[0]) / "app")], "liverplan.app.")
    names.append(_page(folder, ["liverplan.app"], *[m.name for m in modules]))
    listed = "".join(f"   {name}\n" for name in names)
    (folder / "index.rst").write_text(HEAD + listed, "utf-8")


def _page(folder: Path, first: list[str], *others: str) -> str:
    title = first[0].removeprefix("liverplan.")
    parts = [f"{title}\n{'=' * len(title)}\n"]
    for name in [*first, *others]:
        heading = f"{name}\n{'-' * len(name)}\n\n" if others else ""
        parts.append(f"{heading}.. automodule:: {name}\n{UNLISTED if others else MEMBERS}")
    (folder / f"{title}.rst").write_text("\n".join(parts), "utf-8")
    return title


def _load_lazy_names(name: str) -> None:
    """Fetch what a room imports only when it is asked for, so that it is seen."""
    module = importlib.import_module(name)
    for member in getattr(module, "__all__", ()):
        setattr(module, member, getattr(module, member))
