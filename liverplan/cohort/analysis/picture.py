"""A figure of the analysis as a file: SVG, with the part it belongs to and its words."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from liverplan.plain.fonts import drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A figure as SVG, its file, the part it belongs to, and its words for who cannot see it."""

    part: str
    file: str
    title: str
    alt: str
    svg: bytes


@drawing()
def picture(figure: Figure, *, part: str, file: str, title: str, alt: str) -> Picture:
    """Return a figure as SVG that is the same for the same figure."""
    from matplotlib import rc_context  # noqa: PLC0415 - drawing is rarely wanted

    out = io.BytesIO()
    with rc_context({"svg.hashsalt": file}):
        figure.savefig(out, format="svg", metadata={"Date": None})
    return Picture(part=part, file=file, title=title, alt=alt, svg=out.getvalue())
