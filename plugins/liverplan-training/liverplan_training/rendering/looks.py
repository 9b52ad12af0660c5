"""How a CT looks: its contrast phase, the densities of each tissue, and fat in the liver."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import torch
from torch import Tensor

from liverplan_training.labels import Label
from liverplan_training.rendering.chance import Chance


class Phase(Enum):
    """When the CT was made after contrast was given."""

    UNENHANCED = 0
    ARTERIAL = 1
    PORTAL = 2
    LATE = 3


SHARES = (0.10, 0.12, 0.60, 0.18)
"""How often each phase is drawn: planning CTs are portal."""

RANGES: dict[Label, tuple[tuple[float, float], ...]] = {
    Label.LIVER: ((40, 68), (55, 90), (82, 135), (72, 112)),
    Label.SPLEEN: ((38, 56), (85, 155), (100, 145), (82, 118)),
    Label.KIDNEY: ((22, 42), (95, 210), (140, 225), (110, 190)),
    Label.PANCREAS: ((28, 48), (75, 120), (65, 115), (55, 95)),
    Label.CAVA: ((32, 52), (35, 110), (80, 170), (90, 130)),
    Label.AORTA: ((32, 52), (180, 360), (125, 190), (95, 135)),
    Label.PORTAL_VEIN: ((32, 52), (50, 110), (130, 200), (95, 135)),
    Label.HEART: ((32, 52), (120, 300), (100, 160), (85, 130)),
    Label.MUSCLE: ((38, 65), (40, 70), (45, 75), (45, 75)),
    Label.ADRENAL: ((15, 40), (40, 90), (50, 95), (40, 80)),
    Label.OESOPHAGUS: ((25, 50), (30, 60), (40, 75), (40, 75)),
    Label.GALLBLADDER: ((-2, 28), (-2, 28), (-2, 28), (-2, 45)),
}
"""Densities in HU that are usual in each phase, in the order of `Phase`."""

ODD = (
    Label.LIVER, Label.SPLEEN, Label.KIDNEY, Label.PANCREAS, Label.MUSCLE, Label.HEART,
    Label.CAVA, Label.AORTA, Label.PORTAL_VEIN,
)  # fmt: skip
"""What has densities of no phase in an odd look, so that shape counts too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a CT is rendered with.

    Parameters
    ----------
    phase
        Contrast phase.
    fat_hu
        How much fat takes from the liver's density; 0 in a lean liver.
    odd
        Whether densities follow no phase.
    """

    phase: Phase
    fat_hu: float = 0.0
    odd: bool = False

    @property
    def fatty(self) -> bool:
        """Whether the liver is fatty."""
        return self.fat_hu > 0


def drawn_look(chance: Chance) -> Look:
    """Draw a look, as often as `SHARES` says; two livers of five are fatty."""
    return Look(
        phase=Phase(chance.weighted(SHARES)),
        fat_hu=chance.between(15, 80) if chance.happens(0.4) else 0.0,
        odd=chance.happens(0.12),
    )


def densities(chance: Chance, look: Look) -> Tensor:
    """Draw the density of each label, (256,) HU, on the processor."""
    table = torch.full((256,), -100.0)
    for label, ranges in RANGES.items():
        table[label] = chance.between(*ranges[look.phase.value])
    table[Label.LIVER] -= look.fat_hu
    if look.odd:
        for label in ODD:
            table[label] = chance.between(-20, 200)
    table[Label.LUNG] = chance.between(-920, -720)
    table[Label.BONE] = chance.between(180, 500)
    table[Label.BODY] = table[Label.FAT] = chance.between(-120, -80)
    table[Label.GAS], table[Label.OTHER] = -970.0, -1000.0
    return table
