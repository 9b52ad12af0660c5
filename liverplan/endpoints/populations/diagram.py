"""A CONSORT diagram drawn as SVG."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from html import escape

from liverplan.endpoints.populations.consort import Consort, ConsortArm
from liverplan.plain.fonts import CARRIED, printable

WIDTH, LINE, PAD, GAP = 330, 17, 10, 34
"""Of a box, its lines, its border and what lies between boxes, px."""

FONTS = ", ".join(("DejaVu Sans", *CARRIED, "sans-serif"))

LETTERS = 42
"""What a line of a box holds."""


def consort_svg(found: Consort) -> bytes:
    """Draw who was assessed, randomised, treated, followed and analysed, an arm a column."""
    canvas = _Canvas(columns=max(2, len(found.arms)))
    middle, side = canvas.width / 2 - WIDTH / 2 - GAP / 2, canvas.width / 2 + WIDTH / 2 + GAP / 2
    left = f"Not randomised: {found.assessed - found.randomised}"
    bottom = canvas.box(middle, GAP, [f"Assessed for eligibility: {found.assessed}"])
    beside = canvas.box(side, bottom + GAP / 2, [left, *_listed(found.not_randomised)])
    top = beside + GAP / 2
    canvas.line(middle, bottom, middle, top)
    canvas.line(middle, bottom + GAP, side - WIDTH / 2, bottom + GAP)
    bottom = canvas.box(middle, top, [f"Randomised: {found.randomised}"])
    centres = [GAP + WIDTH / 2 + n * (WIDTH + GAP) for n in range(len(found.arms))]
    canvas.line(middle, bottom, middle, bottom + GAP / 2)
    canvas.line(centres[0], bottom + GAP / 2, centres[-1], bottom + GAP / 2)
    start, top = bottom + GAP / 2, bottom + GAP
    for row in zip(*(_boxes(arm) for arm in found.arms), strict=True):
        tallest = max(_height(lines) for lines in row)
        for x, lines in zip(centres, row, strict=True):
            canvas.line(x, start, x, top)
            canvas.box(x, top, lines, tallest)
        start, top = top + tallest, top + tallest + GAP
    return canvas.document(top, found)


class _Canvas:
    """Boxes and lines, and how wide they may be."""

    def __init__(self, *, columns: int) -> None:
        self.width = columns * (WIDTH + GAP) + GAP
        self._parts: list[str] = []

    def box(self, x: float, top: float, lines: Sequence[str], height: float = 0.0) -> float:
        """Draw a box around x; return where it ends."""
        wrapped, left = _wrapped(lines), x - WIDTH / 2
        height = max(height, _height(lines))
        self._parts.append(f'<rect x="{left}" y="{top}" width="{WIDTH}" height="{height}"/>')
        self._parts += [
            f'<text x="{left + PAD}" y="{top + PAD + LINE * (n + 0.75)}">{escape(text)}</text>'
            for n, text in enumerate(wrapped)
        ]
        return top + height

    def line(self, x: float, y: float, to_x: float, to_y: float) -> None:
        """Draw a line."""
        self._parts.append(f'<line x1="{x}" y1="{y}" x2="{to_x}" y2="{to_y}"/>')

    def document(self, height: float, found: Consort) -> bytes:
        """Return the whole drawing, with words for who cannot see it."""
        arms = ", ".join(f"{arm.randomised} to {arm.name}" for arm in found.arms)
        said = f"{found.assessed} assessed, {found.randomised} randomised: {arms}."
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {height}" '
            f'font-family="{FONTS}" font-size="13" role="img">'
            f"<title>CONSORT diagram</title><desc>{escape(printable(said))}</desc>"
            "<style>rect{fill:#fff;stroke:#222}line{stroke:#222}</style>"
            f'<rect width="100%" height="100%" style="stroke:none"/>{"".join(self._parts)}</svg>\n'
        ).encode()


def _boxes(arm: ConsortArm) -> tuple[list[str], ...]:
    lost, deviations = sum(arm.lost.values()), sum(arm.deviations.values())
    return (
        [f"{arm.name}: {arm.randomised}", *_listed(arm.centres)],
        [
            f"Had the treatment: {arm.treated}",
            f"  had another arm's: {arm.other_treatment}",
            f"  had none: {arm.untreated}",
            f"Crossed over later: {arm.crossover}",
        ],
        [
            f"Lost to follow-up or stopped: {lost}",
            *_listed(arm.lost),
            f"Major deviations: {deviations}",
            *_listed(arm.deviations),
        ],
        [
            f"Analysed as randomised: {arm.randomised}",
            f"Analysed per protocol: {arm.per_protocol}",
        ],
    )


def _listed(reasons: Mapping[str, int]) -> list[str]:
    return [f"  {reason}: {count}" for reason, count in reasons.items()]


def _wrapped(lines: Sequence[str]) -> list[str]:
    """Break long lines; what was set in stays set in."""
    broken = []
    for line in lines:
        inset = "\u2003" if line.startswith(" ") else ""
        parts = textwrap.wrap(printable(line.strip()), LETTERS, subsequent_indent=inset)
        broken += [inset + part for part in parts]
    return broken


def _height(lines: Sequence[str]) -> float:
    return 2 * PAD + LINE * len(_wrapped(lines))
