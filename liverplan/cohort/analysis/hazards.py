"""Whether hazards are in proportion, drawn: residuals over time, and logs of minus log survival."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from liverplan.plain.fonts import drawable, drawing
from liverplan.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from liverplan.endpoints import Curve, HazardTest

OUTER = (0.02, 0.98)
"""The axis is scaled to the residuals between these shares of them: few are far out."""


@drawing()
def hazards_figure(tests: Sequence[HazardTest], words: Words) -> Figure:
    """Draw each term's scaled Schoenfeld residuals with their smooth, as hazard ratios."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - drawing is rarely wanted

    figure = Figure(figsize=(8, 3.6 * len(tests)), layout="constrained")
    panels = figure.subplots(len(tests), 1, squeeze=False).ravel()
    for axes, one in zip(panels, tests, strict=True):
        axes.plot(one.times, one.residuals, "o", color="#767676", markersize=3, fillstyle="none")
        axes.plot(one.smooth_times, one.smooth, color="#0072b2")
        for limit in (one.lower, one.upper):
            axes.plot(one.smooth_times, limit, color="#0072b2", linestyle=(0, (6, 2)))
        axes.axhline(float(np.mean(one.residuals)), color="#222", linewidth=0.8)
        low, high = np.quantile(one.residuals, OUTER)
        axes.set_ylim(low - (high - low) / 4, high + (high - low) / 4)
        said = words("figure.tested", arm=one.name, p=one.p)
        axes.set(title=drawable(said), xlabel=words["figure.months"])
        axes.set_ylabel(words["figure.log_ratio"])
        axes.spines[["top", "right"]].set_visible(False)
    return figure


@drawing()
def log_log_figure(curves: Sequence[Curve], words: Words) -> Figure:
    """Draw the log of minus log survival of each arm over the log of time."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - drawing is rarely wanted
    from matplotlib.ticker import NullFormatter, ScalarFormatter  # noqa: PLC0415

    from liverplan.endpoints.drawn import look  # noqa: PLC0415 - loads what draws

    figure = Figure(figsize=(8, 3.6), layout="constrained")
    axes = figure.subplots()
    for number, curve in enumerate(curves):
        told = (curve.survival > 0) & (curve.survival < 1) & (curve.times > 0)
        height = np.log(-np.log(curve.survival[told]))
        drawn = look(number)
        axes.step(
            curve.times[told], height, where="post", color=drawn.colour, linestyle=drawn.line,
            label=drawable(curve.label),
        )  # fmt: skip
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set(xlabel=words["figure.months_log"], ylabel=words["figure.log_minus_log"])
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, handlelength=3.5)
    return figure
