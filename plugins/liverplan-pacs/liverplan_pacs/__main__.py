"""``liverplan-pacs ...`` is ``liverplan pacs ...``."""

from __future__ import annotations

import sys

from liverplan.cli import main as liverplan


def main() -> None:
    """Run one verb; exit 1 with one sentence if it is refused."""
    liverplan(["pacs", *sys.argv[1:]])


if __name__ == "__main__":
    main()
