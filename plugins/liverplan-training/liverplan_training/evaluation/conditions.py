"""What is measured: one thing changed at a time, from an even portal venous CT."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from liverplan_training.rendering import Look, Phase, Scan

PLAIN_LOOK = Look(phase=Phase.PORTAL)
PLAIN_SCAN = Scan()


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How a CT is rendered.

    Parameters
    ----------
    factor, value
        What is changed, and to what; for a person to read.
    """

    factor: str
    value: str
    look: Look = PLAIN_LOOK
    scan: Scan = PLAIN_SCAN


def conditions() -> Iterator[Condition]:
    """Yield the plain CT, then each factor's values."""
    yield Condition(factor="plain", value="portal, 1.5 mm, 12 HU")
    for phase in Phase:
        if phase is not PLAIN_LOOK.phase:
            yield Condition(factor="phase", value=phase.name.lower(), look=Look(phase=phase))
    for fat_hu in (25.0, 50.0, 75.0):
        look = replace(PLAIN_LOOK, fat_hu=fat_hu)
        yield Condition(factor="fat in the liver", value=f"-{fat_hu:.0f} HU", look=look)
    unenhanced_fat = Look(phase=Phase.UNENHANCED, fat_hu=30.0)
    yield Condition(factor="fat in the liver", value="unenhanced, -30 HU", look=unenhanced_fat)
    for slice_mm in (3.0, 5.0, 7.5):
        scan = replace(PLAIN_SCAN, slice_mm=slice_mm)
        yield Condition(factor="slice thickness", value=f"{slice_mm:g} mm", scan=scan)
    for noise_hu in (25.0, 40.0):
        scan = replace(PLAIN_SCAN, noise_hu=noise_hu)
        yield Condition(factor="noise", value=f"{noise_hu:.0f} HU", scan=scan)
