"""What survival looks like: curves with their limits, and the numbers at risk under them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from liverplan.endpoints.curves import Curve, risk_months
from liverplan.plain.fonts import drawable, drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How one arm is drawn everywhere: told apart by its colour, its line and its mark."""

    colour: str
    line: str | tuple[int, tuple[int, ...]]
    mark: str


LOOKS = (
    Look(colour="#0072b2", line="-", mark="o"),
    Look(colour="#d55e00", line=(0, (6, 2)), mark="s"),
    Look(colour="#009e73", line=(0, (1, 1)), mark="^"),
    Look(colour="#8f5a83", line=(0, (6, 2, 1, 2)), mark="D"),
)
"""Okabe and Ito's colours, which the colour-blind tell apart; a fifth arm looks as the first."""


def look(number: int) -> Look:
    """Return how an arm is drawn, by its place among the arms."""
    return LOOKS[number % len(LOOKS)]


@drawing()
def survival_figure(curves: Sequence[Curve], *, unit: str = "months", title: str = "") -> Figure:
    """Draw curves with limits, censoring ticks and the numbers at risk."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - drawing is rarely wanted

    tall = 0.9 + 0.3 * len(curves)
    figure = Figure(figsize=(8, 4.4 + tall), layout="constrained")
    axes, table = figure.subplots(2, 1, height_ratios=(4.4, tall - 0.4), sharex=True)
    for number, curve in enumerate(curves):
        _draw(axes, curve, look(number))
    months = risk_months(curves)
    axes.set(ylim=(0, 1.02), ylabel="Survival", title=drawable(title))
    axes.set_xticks(months)
    axes.tick_params(labelbottom=True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="best", frameon=False, handlelength=3.5)
    table.set(xlabel=f"Time ({unit})", ylim=(len(curves) - 0.5, -0.5))
    table.set_title("Number at risk", loc="left", fontsize="medium")
    table.set_yticks(range(len(curves)), [drawable(curve.label) for curve in curves])
    table.tick_params(length=0, labelbottom=False)
    table.spines[:].set_visible(False)
    for row, curve in enumerate(curves):
        for month in months:
            table.text(month, row, str(curve.at_risk_at(month)), ha="center", va="center")
    return figure


def _draw(axes: Any, curve: Curve, drawn: Look) -> None:  # noqa: ANN401 - matplotlib's axes
    start = (np.r_[0.0, curve.times], np.r_[1.0, curve.survival])
    axes.step(
        *start, where="post", label=drawable(curve.label), color=drawn.colour, linestyle=drawn.line
    )
    limits = (np.r_[1.0, curve.lower], np.r_[1.0, curve.upper])
    axes.fill_between(start[0], *limits, step="post", alpha=0.15, color=drawn.colour, linewidth=0)
    ticks = curve.censored > 0
    axes.plot(curve.times[ticks], curve.survival[ticks], "|", color=drawn.colour)
