"""Everything that is looked at, in its order, and the system it is looked at on."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator

from liverplan.doctor.check import Check
from liverplan.doctor.libraries import EXTRAS, codecs, is_installed, libraries
from liverplan.doctor.plugins import archives, back_ends
from liverplan.doctor.window import drawing


def examine() -> Iterator[Check]:
    """Look at everything, what is always needed first."""
    yield libraries("")
    yield codecs()
    for extra in EXTRAS:
        yield libraries(extra)
    if is_installed("vtk"):
        yield from drawing()
    yield from back_ends()
    yield from archives()


def system() -> str:
    """Name the Python, the system and the machine."""
    memory = ""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        gib = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
        memory = f", {gib:.0f} GiB"
    return (
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} processors{memory}"
    )
