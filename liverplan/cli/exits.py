"""The exit statuses of every command."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType


class Exit(IntEnum):
    """How a command ended."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    FAULT = 70
    INTERRUPTED = 130


MEANINGS: Mapping[Exit, str] = MappingProxyType(
    {
        Exit.DONE: "done",
        Exit.REFUSED: "refused or found wanting, with one sentence on stderr",
        Exit.USAGE: "wrong usage: no such command or option, or no such value of one",
        Exit.FAULT: "a fault of the program itself; --log FILE keeps where it arose",
        Exit.INTERRUPTED: "stopped by Ctrl-C",
    }
)


def epilogue() -> str:
    """Return the statuses as lines for the end of ``--help``."""
    rows = (f"  {status.value:>3}  {words}" for status, words in MEANINGS.items())
    return "\b\n" + "\n".join(["Exit status:", *rows])
