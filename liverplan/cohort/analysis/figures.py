"""What the analysis draws: curves with their numbers at risk, ratios, scores over time."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from liverplan.cohort.analysis.sections import titled
from liverplan.plain.fonts import drawable, drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from liverplan.endpoints import TrialEndpoints

Ratio = tuple[str, float, float, float]
"""A label, a hazard ratio and its 95 % limits."""

TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A figure as SVG, the file that it lies in, and its words for who cannot see it."""

    file: str
    title: str
    alt: str
    svg: bytes


@drawing()
def picture(figure: Figure, *, file: str, title: str, alt: str) -> Picture:
    """Return a figure as SVG that is the same for the same figure."""
    from matplotlib import rc_context  # noqa: PLC0415 - drawing is rarely wanted

    out = io.BytesIO()
    with rc_context({"svg.hashsalt": file}):
        figure.savefig(out, format="svg", metadata={"Date": None})
    return Picture(file=file, title=title, alt=alt, svg=out.getvalue())


def pictures_of(found: TrialEndpoints, document: Mapping[str, Any]) -> tuple[Picture, ...]:
    """Draw every figure whose numbers are there."""
    return (*_curves(found), *_forest(document), *_scores(document))


def _curves(found: TrialEndpoints) -> Iterator[Picture]:
    from liverplan.endpoints import survival_figure  # noqa: PLC0415 - loads the extra

    for key, title, comparison in (
        ("overall_survival", "Overall survival", found.overall),
        ("progression_free_survival", "Progression-free survival", found.progression_free),
    ):
        arms = ", ".join(curve.label for curve in comparison.curves)
        yield picture(
            survival_figure(comparison.curves, title=title),
            file=f"{key}.svg",
            title=title,
            alt=f"{title} by Kaplan-Meier in {arms}, with the numbers at risk.",
        )


def ratios_of(value: Any, path: str = "") -> Iterator[Ratio]:  # noqa: ANN401 - any part
    """Yield every hazard ratio of a document that has both limits, with where it stands."""
    match value:
        case {"hazard_ratio": float() as ratio, "hazard_ratio_95": [float() as low, float() as up]}:
            yield f"{path}: {value.get('name', '')}".strip(": "), ratio, low, up
        case Mapping():
            for key, item in value.items():
                silent = key in ("terms", "cox")
                yield from ratios_of(item, path if silent else _joined(path, key))
        case list() | tuple():
            for item in value:
                yield from ratios_of(item, path)


def _joined(path: str, key: str) -> str:
    return f"{path}, {titled(key).lower()}" if path else titled(key)


def _forest(document: Mapping[str, Any]) -> Iterator[Picture]:
    ratios = [one for one in ratios_of(document) if one[1] > 0 and one[2] > 0]
    if ratios:
        alt = "; ".join(f"{name} {hr:.2f} ({low:.2f} to {up:.2f})" for name, hr, low, up in ratios)
        yield picture(
            forest_figure(ratios),
            file="hazard_ratios.svg",
            title="Hazard ratios",
            alt=f"Hazard ratios with 95 % limits: {alt}.",
        )


@drawing()
def forest_figure(ratios: list[Ratio]) -> Figure:
    """Draw hazard ratios with their limits, one a line, on a logarithmic axis."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - drawing is rarely wanted
    from matplotlib.ticker import NullFormatter, ScalarFormatter  # noqa: PLC0415

    figure = Figure(figsize=(8, 1.2 + 0.32 * len(ratios)), layout="constrained")
    axes = figure.subplots()
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.xaxis.set_minor_formatter(NullFormatter())
    span = [edge for _, _, low, up in ratios for edge in (low, up)]
    axes.set_xticks([tick for tick in TICKS if min(span) <= tick <= max(span)])
    for row, (_, ratio, low, up) in enumerate(ratios):
        axes.plot([low, up], [row, row], color="#1f4e79")
        axes.plot(ratio, row, "s", color="#1f4e79")
        words = f"{ratio:.2f} ({low:.2f}-{up:.2f})"
        axes.text(1.01, row, words, transform=axes.get_yaxis_transform(), va="center")
    axes.axvline(1, color="#767676", linewidth=0.8)
    axes.set_yticks(range(len(ratios)), [drawable(name) for name, *_ in ratios])
    axes.set(ylim=(len(ratios) - 0.5, -0.5), xlabel="Hazard ratio (95 % limits)")
    return figure


def _scores(document: Mapping[str, Any]) -> Iterator[Picture]:
    match document:
        case {"quality_of_life": {"means": [_, *_] as rows}}:
            scales = list(dict.fromkeys(row["scale"] for row in rows))
            yield picture(
                scores_figure(rows),
                file="quality_of_life.svg",
                title="Quality of life over time",
                alt=f"Means by arm and visit with 95 % limits: {', '.join(scales)}.",
            )


@drawing()
def scores_figure(rows: Sequence[Mapping[str, Any]]) -> Figure:
    """Draw each scale's means by arm over the months, with their limits."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - drawing is rarely wanted

    scales = list(dict.fromkeys(row["scale"] for row in rows))
    arms = list(dict.fromkeys(row["arm"] for row in rows))
    across = min(4, len(scales))
    down = -(-len(scales) // across)
    figure = Figure(figsize=(10, 0.6 + 1.9 * down), layout="constrained")
    grid = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False).ravel()
    for axes, scale in zip(grid, scales, strict=False):
        axes.set_title(drawable(scale), fontsize=9)
        axes.set_ylim(0, 100)
        for arm, mark in zip(arms, "os^vD" * len(arms), strict=False):
            own = [row for row in rows if row["scale"] == scale and row["arm"] == arm]
            _means(axes, own, label=drawable(arm), mark=mark)
    for axes in grid[len(scales) :]:
        axes.set_visible(False)
    figure.legend(*grid[0].get_legend_handles_labels(), loc="outside upper center", ncols=4)
    figure.supxlabel("Months")
    figure.supylabel("Score")
    return figure


def _means(axes: Any, rows: Sequence[Mapping[str, Any]], *, label: str, mark: str) -> None:  # noqa: ANN401 - matplotlib's axes
    means = [row["mean"] for row in rows]
    limits = [row["mean_95"] or [row["mean"]] * 2 for row in rows]
    below = [mean - low for mean, (low, _) in zip(means, limits, strict=True)]
    above = [up - mean for mean, (_, up) in zip(means, limits, strict=True)]
    months = [row["months"] for row in rows]
    axes.errorbar(months, means, yerr=[below, above], label=label, marker=mark, markersize=3)
