"""What is drawn as marks with limits: calibration, shares of patients, bounds of interim looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from liverplan.plain.fonts import drawable, drawing
from liverplan.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@drawing()
def calibration_figure(rows: Sequence[Mapping[str, Any]], words: Words) -> Figure:
    """Draw observed over predicted survival of each group of risk, with limits."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - drawing is rarely wanted

    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="#767676", linewidth=0.8)
    for row in rows:
        if row["observed"] is None:
            continue
        low, high = row["observed_95"] or [row["observed"]] * 2
        axes.plot([row["predicted"]] * 2, [low, high], color="#0072b2")
        axes.plot(row["predicted"], row["observed"], "o", color="#0072b2")
        axes.annotate(
            drawable(f"{row['risk_group']}"), (row["predicted"], row["observed"]),
            xytext=(6, -3), textcoords="offset points", fontsize="small",
        )  # fmt: skip
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.set(xlabel=words["figure.predicted"], ylabel=words["figure.observed"])
    axes.spines[["top", "right"]].set_visible(False)
    return figure


@drawing()
def shares_figure(rows: Sequence[Mapping[str, Any]], words: Words) -> Figure:
    """Draw by arm the share of patients who had something, with exact limits, one a line."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - drawing is rarely wanted

    from liverplan.endpoints.drawn import look  # noqa: PLC0415 - loads what draws

    arms = list(dict.fromkeys(row["arm"] for row in rows))
    figure = Figure(figsize=(8, 0.9 + 0.32 * len(rows)), layout="constrained")
    axes = figure.subplots()
    for line, row in enumerate(rows):
        drawn = look(arms.index(row["arm"]))
        if row["fraction"] is not None:
            low, high = row["fraction_95"]
            axes.plot([100 * low, 100 * high], [line, line], color=drawn.colour)
            axes.plot(100 * row["fraction"], line, drawn.mark, color=drawn.colour)
        told = f"{row['events']} / {row['patients']}"
        axes.text(1.01, line, told, transform=axes.get_yaxis_transform(), va="center")
    names = [drawable(f"{words[_what(row)]}, {row['arm']}") for row in rows]
    axes.set_yticks(range(len(rows)), names)
    axes.set(ylim=(len(rows) - 0.5, -0.5), xlabel=words["figure.percent"])
    axes.set_xlim(left=0)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _what(row: Mapping[str, Any]) -> str:
    named = {"IIIa or worse": "figure.major", "B or C": "figure.liver_failure"}
    return named.get(row["what"], "figure.mortality")


@drawing()
def bounds_figure(interim: Mapping[str, Any], words: Words) -> Figure:
    """Draw the bounds of the test at each look, two-sided, over the share of events."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - drawing is rarely wanted

    figure = Figure(figsize=(8, 3.6), layout="constrained")
    axes = figure.subplots()
    shares = [100 * share for share in interim["information"]]
    for sign in (1, -1):
        axes.plot(shares, [sign * z for z in interim["z"]], "o-", color="#0072b2")
    for share, z, p in zip(shares, interim["z"], interim["nominal_p"], strict=True):
        axes.annotate(
            f"{z:.2f} (p {p:.4f})", (share, z), xytext=(0, 7), textcoords="offset points",
            ha="center", fontsize="small",
        )  # fmt: skip
    axes.axhline(0, color="#767676", linewidth=0.8)
    top = max(interim["z"]) + 0.8
    axes.set(xlim=(min(shares) - 12, 112), ylim=(-top, top))
    axes.set(xlabel=words["figure.information"], ylabel=words["figure.z"])
    axes.spines[["top", "right"]].set_visible(False)
    return figure
