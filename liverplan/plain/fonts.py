"""The fonts that print what people wrote, carried by packages, and what none of them can print.

Kurinto Sans (package ``weblate-fonts``, OFL) has the living scripts, its SC, TC, JP and KR faces
Chinese, Japanese and Korean; DejaVu Sans (in matplotlib) has signs. Fonts of the system are not
looked for: a report shall look the same wherever it is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from liverplan.plain.shown import EMOJI, JOINERS, clean

if TYPE_CHECKING:
    from matplotlib.font_manager import FontManager

CARRIED: Mapping[str, str] = {
    "Kurinto Sans": "KurintoSans",
    "Kurinto Sans SC": "KurintoSansSC",
    "Kurinto Sans TC": "KurintoSansTC",
    "Kurinto Sans JP": "KurintoSansJP",
    "Kurinto Sans KR": "KurintoSansKR",
}
"""Family and file, in the order in which a letter is looked for; the last resort is DejaVu Sans."""

FAMILIES = (*CARRIED, "DejaVu Sans")

LONGEST_DRAWN = 70
"""Characters of a name in a figure; tables hold the whole name."""

EVERYWHERE = 0x250
"""Every font has the Latin letters below."""

SIGNS = frozenset(
    "\u2013\u2014\u2018\u2019\u201c\u201d\u201e\u2026\u2190\u2192\u2212\u2248\u2264\u2265"
)
"""Dashes, quotes, arrows and signs that every font has too."""


def font_folders() -> tuple[Path, ...]:
    """Return where the carried fonts lie."""
    kurinto = files("weblate_fonts").joinpath("static", "weblate_fonts", "kurinto", "ttf")
    drawing = files("matplotlib").joinpath("mpl-data", "fonts", "ttf")
    return Path(str(kurinto)), Path(str(drawing))


def printable(content: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a JSON document whose every text is clean, and which the carried fonts can print.

    A character that none of them has stands as its number, such as ``U+1F3E5``.
    """
    match content:
        case str():
            return _printable(content)
        case dict():
            return {key: printable(value) for key, value in content.items()}
        case list() | tuple():
            return [printable(value) for value in content]
        case _:
            return content


def drawable(name: str) -> str:
    """Return a name as a figure holds it: printable, and no longer than leaves room to draw."""
    text = str(printable(name))
    return (
        text
        if len(text) <= LONGEST_DRAWN
        else f"{text[: LONGEST_DRAWN - 1]}\N{HORIZONTAL ELLIPSIS}"
    )


@contextmanager
def drawing() -> Iterator[None]:
    """While matplotlib draws: any language, and no formula is read out of what people wrote."""
    from matplotlib import font_manager, rc_context  # noqa: PLC0415 - drawing is rarely wanted

    families = ["DejaVu Sans", *_carried_in(font_manager.fontManager)]
    with rc_context({"font.family": families, "text.parse_math": False}):
        yield


def _carried_in(manager: FontManager) -> tuple[str, ...]:
    """Return the carried families, made known to matplotlib."""
    known = set(manager.get_font_names())
    for family, file in CARRIED.items():
        if family not in known:
            manager.addfont(font_folders()[0] / f"{file}-Rg.ttf")
    return tuple(CARRIED)


def _printable(text: str) -> str:
    text = clean(normalize("NFC", text))
    return "".join(one if _has_glyph(one) else f"U+{ord(one):04X}" for one in text)


def _has_glyph(one: str) -> bool:
    known = ord(one) < EVERYWHERE or one in SIGNS or one in JOINERS or one in EMOJI
    return known or ord(one) in _covered()


@cache
def _covered() -> frozenset[int]:
    """Code points that some carried font has a glyph for."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - for what is rarely written

    kurinto, drawing = font_folders()
    regular = [kurinto / f"{file}-Rg.ttf" for file in CARRIED.values()]
    found: set[int] = set()
    for path in (*regular, drawing / "DejaVuSans.ttf"):
        with TTFont(path, lazy=True) as font:
            found.update(font.getBestCmap())
    return frozenset(found)
