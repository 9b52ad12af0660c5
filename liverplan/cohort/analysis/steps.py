"""What is drawn over time by arm: the incidence of progression and death, and scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from liverplan.plain.fonts import drawable, drawing
from liverplan.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ACROSS = 4
APART_MONTHS = 0.3
"""Between the arms' marks at one visit, so that none hides another."""


@drawing()
def incidence_figure(arms: Sequence[Mapping[str, Any]], words: Words) -> Figure:
    """Draw by arm the share of patients with progression, death without it competing."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - drawing is rarely wanted

    from liverplan.endpoints.drawn import look  # noqa: PLC0415 - loads what draws

    figure = Figure(figsize=(8, 4.2), layout="constrained")
    axes = figure.subplots()
    for number, arm in enumerate(arms):
        drawn = look(number)
        times, shares = np.r_[0.0, arm["times"]], np.r_[0.0, arm["incidence_of_progression"]]
        axes.step(
            times, shares, where="post", color=drawn.colour, linestyle=drawn.line,
            label=drawable(arm["arm"]),
        )  # fmt: skip
        limits = [pair or (np.nan, np.nan) for pair in arm["incidence_of_progression_95"]]
        low, high = np.asarray([(0.0, 0.0), *limits], dtype=np.float64).T
        axes.fill_between(times, low, high, step="post", alpha=0.15, color=drawn.colour, lw=0)
    axes.set(ylim=(0, 1.02), xlabel=words["figure.months"], ylabel=words["figure.share"])
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="lower right", frameon=False, handlelength=3.5)
    return figure


@drawing()
def scores_figure(rows: Sequence[Mapping[str, Any]], words: Words) -> Figure:
    """Draw each scale's means by arm over the months, with their limits."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - drawing is rarely wanted

    scales = list(dict.fromkeys(row["scale"] for row in rows))
    arms = list(dict.fromkeys(row["arm"] for row in rows))
    across = min(ACROSS, len(scales))
    down = -(-len(scales) // across)
    figure = Figure(figsize=(10, 0.9 + 1.8 * down), layout="constrained")
    grid = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False).ravel()
    for axes, scale in zip(grid, scales, strict=False):
        axes.set_title(drawable(scale), fontsize=9)
        axes.set_ylim(0, 100)
        axes.grid(axis="y", color="#e3e3e8", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
        for number, arm in enumerate(arms):
            own = [row for row in rows if row["scale"] == scale and row["arm"] == arm]
            shift = APART_MONTHS * (number - (len(arms) - 1) / 2)
            _means(axes, own, number=number, label=drawable(arm), shift=shift)
    for axes in grid[len(scales) :]:
        axes.set_visible(False)
    figure.legend(
        *grid[0].get_legend_handles_labels(), loc="outside upper center", ncols=4, frameon=False
    )
    figure.supxlabel(words["figure.months"])
    figure.supylabel(words["figure.score"])
    return figure


def _means(
    axes: Any,  # noqa: ANN401 - matplotlib's axes
    rows: Sequence[Mapping[str, Any]],
    *,
    number: int,
    label: str,
    shift: float,
) -> None:
    from liverplan.endpoints.drawn import look  # noqa: PLC0415 - loads what draws

    drawn = look(number)
    means = [row["mean"] for row in rows]
    limits = [row["mean_95"] or [row["mean"]] * 2 for row in rows]
    below = [mean - low for mean, (low, _) in zip(means, limits, strict=True)]
    above = [up - mean for mean, (_, up) in zip(means, limits, strict=True)]
    axes.errorbar(
        [row["months"] + shift for row in rows], means, yerr=[below, above], label=label,
        color=drawn.colour, linestyle=drawn.line, marker=drawn.mark, markersize=3, linewidth=1,
    )  # fmt: skip
