"""The API reference, from the docstrings: ``python scripts/reference.py [FOLDER]``.

Needs ``pip install "liverplan[docs]"``. The pages open without a network. The application is left
out: it is used, not imported. A name that cannot be documented is an error.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import warnings
from pathlib import Path

import pdoc

import liverplan

ROOMS = ("liverplan", "!liverplan.app")


def main() -> None:
    """Write the pages and say where they are."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "build/reference")
    warnings.simplefilter("error")
    _load_lazy_names()
    pdoc.render.configure(docformat="numpy", show_source=True)
    pdoc.pdoc(*ROOMS, output_directory=target)
    pages = len(list(target.rglob("*.html")))
    sys.stdout.write(f"{pages} pages: {target / 'index.html'}\n")


def _load_lazy_names() -> None:
    """Fetch what a room imports only when it is asked for, so that it is seen."""
    for room in pkgutil.iter_modules(liverplan.__path__, "liverplan."):
        if room.name not in ("liverplan.app", "liverplan.__main__"):
            module = importlib.import_module(room.name)
            for name in getattr(module, "__all__", ()):
                setattr(module, name, getattr(module, name))


if __name__ == "__main__":
    main()
