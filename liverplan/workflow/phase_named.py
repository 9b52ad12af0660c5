"""Which contrast phase a series says it is."""

from __future__ import annotations

import re

PHASES = {
    "unenhanced": r"unenhanced|native|nativ|non[- ]?contrast|without contrast|plain",
    "arterial": r"arteri\w*|art",
    "portal": r"porto?\w*|pv|venous|ven\w*s",
    "delayed": r"delay\w*|late|equilibrium|excretory",
}
"""What a series' description calls a phase, the first that fits."""


def phase_in(description: str) -> str:
    """Return the contrast phase that a series' description names; "" where it names none.

    >>> phase_in("Abdomen 1.5 portal venous"), phase_in("Thin slices")
    ('portal', '')
    """
    for phase, words in PHASES.items():
        if re.search(rf"(?<![a-z])(?:{words})(?![a-z])", description, re.IGNORECASE):
            return phase
    return ""
