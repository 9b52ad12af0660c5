"""Colours, sizes, presets and the theme that is shown: what the window looks like, as data."""

from __future__ import annotations

from PySide6.QtGui import QColor, QFont, QGuiApplication

from liverplan.app.kit.palette import THEMES, Palette
from liverplan.errors import InputError

REMNANT = (86, 180, 233)
RESECTED = (213, 94, 0)
MARGIN = (240, 228, 66)
SEVERED = MARGIN
"""Vessels that the plan divides: of all that stands on a slice the brightest."""
KEPT = (0, 158, 115)
"""Vessels that a cut crosses and the surgeon keeps."""
LIVER = (246, 174, 126)
PORTAL_VEIN = (204, 121, 167)
HEPATIC_VEIN = (0, 114, 178)
VESSELS = {"portal vein": PORTAL_VEIN, "hepatic veins": HEPATIC_VEIN}
OTHER_VESSEL = (150, 160, 200)
LESION = (255, 255, 255)
BORDER = (24, 24, 27)
FACE = (205, 168, 150)
"""Cut tissue, paler than the liver."""
CROSSHAIR = (120, 200, 120)
TEXT = (230, 230, 230)
SECONDARY = (176, 180, 188)
"""Words on a slice, which lies on black in every theme."""

TINT_OPACITY = 0.32

BODY_PT, TITLE_PT, LETTER_PT, ML_PT, NUMBER_PT = 11.0, 12.5, 12.0, 12.0, 33.0
"""Text in points, of which 72 are an inch of the screen as its owner set it: none under 11.

Text of a panel; its title; the patient's sides on a slice; millilitres of the result; the FLR.
"""

STEPS_PT = {"wide": 292.0, "narrow": 240.0}
"""Width of the steps' column in a wide and in a narrow window."""

PRESETS: tuple[tuple[str, int, int], ...] = (
    ("Abdomen", 40, 350),
    ("Liver", 90, 150),
    ("Vessels", 120, 380),
    ("Lung", -600, 1500),
    ("Bone", 300, 1500),
)
"""Name, level and width in HU, on the keys 1 to 5."""

_chosen = "dark"


def chosen() -> str:
    """Return the name of the theme that is shown."""
    return _chosen


def choose(name: str) -> None:
    """Let every window that is dressed from now on have another theme.

    Raises
    ------
    InputError
        If there is no such theme.
    """
    global _chosen  # noqa: PLW0603 - one window, one theme, as one language
    if name not in THEMES:
        raise InputError(f"The window's themes are {' and '.join(THEMES)}, not {name!r}.")
    _chosen = name


def palette() -> Palette:
    """Return the colours of the theme that is shown."""
    return THEMES[_chosen]


def rgb_of(colour: str) -> tuple[float, float, float]:
    """Return a palette's colour as shares of red, green and blue, 0 to 1."""
    made = QColor(colour)
    return made.redF(), made.greenF(), made.blueF()


def pixels(points: float) -> int:
    """Return a length in points as pixels of the screen, as text of that size is drawn."""
    screen = QGuiApplication.primaryScreen()
    return round(points * screen.logicalDotsPerInch() / 72)


def font(points: float, *, bold: bool = False) -> QFont:
    """Return the window's font in a size."""
    made = QFont()
    made.setPointSizeF(points)
    made.setBold(bold)
    return made
