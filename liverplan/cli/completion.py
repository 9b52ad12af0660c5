"""What a shell offers for half a word: names of protocols, languages, back ends and archives."""

from __future__ import annotations

import os
from importlib.metadata import entry_points

from liverplan.errors import LiverplanError
from liverplan.plain import clean

NAME = "liverplan"
"""What is typed, and what the shell's script asks."""
BUILT_IN = ("network", "classical", "both")


def completing() -> bool:
    """Whether a shell asks, which reads tabs and line ends as they are."""
    return f"_{NAME.upper()}_COMPLETE" in os.environ


def protocols(incomplete: str) -> list[str]:
    """Names of protocols that ship."""
    from liverplan.eligibility.protocol_file import (  # noqa: PLC0415 - only while completing
        shipped_protocols,
    )

    return _beginning(shipped_protocols(), incomplete)


def languages(incomplete: str) -> list[str]:
    """Languages that reports speak."""
    from liverplan.words import LANGUAGES  # noqa: PLC0415 - only while completing

    return _beginning(LANGUAGES, incomplete)


def back_ends(incomplete: str) -> list[str]:
    """Methods that find the liver, without loading any."""
    plugins = (one.name for one in entry_points(group="liverplan.segmenters"))
    return _beginning((*BUILT_IN, *plugins), incomplete)


def archives(incomplete: str) -> list[str]:
    """Names of archives in the configuration; none where there is a fault in it."""
    from liverplan import dicom  # noqa: PLC0415 - only while completing

    try:
        return _beginning(dicom.archive_names(), incomplete)
    except LiverplanError:
        return []


def _beginning(names: tuple[str, ...] | list[str], incomplete: str) -> list[str]:
    return sorted(clean(name) for name in set(names) if name.startswith(incomplete))
