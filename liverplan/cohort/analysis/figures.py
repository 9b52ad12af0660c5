"""What the analysis draws: curves with their numbers at risk, ratios, scores over time."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from liverplan.cohort.analysis.sections import titled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from liverplan.endpoints import TrialEndpoints

Ratio = tuple[str, float, float, float]
"""A label, a hazard ratio and its 95 % limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A figure as SVG, the file that it lies in, and its words for who cannot see it."""

    file: str
    title: str
    alt: str
    svg: bytes


def picture(figure: Figure, *, file: str, title: str, alt: str) -> Picture:
    """Return a figure as SVG that is the same for the same figure."""
    from matplotlib import rc_context  # noqa: PLC0415 - drawing is rarely wanted

    out = io.BytesIO()
    with rc_context({"svg.hashsalt": file}):
        figure.savefig(out, format="svg", metadata={"Date": None})
    return Picture(file=file, title=title, alt=alt, svg=out.getvalue())


def pictures_of(found: TrialEndpoints, document: Mapping[str, Any]) -> tuple[Picture, ...]:
    """Draw every figure whose numbers are there."""
    return (*_curves(found), *_forest(document))


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


def forest_figure(ratios: list[Ratio]) -> Figure:
    """Draw hazard ratios with their limits, one a line, on a logarithmic axis."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - drawing is rarely wanted

    figure = Figure(figsize=(8, 1.2 + 0.32 * len(ratios)), layout="constrained")
    axes = figure.subplots()
    axes.set_xscale("log")
    for row, (_, ratio, low, up) in enumerate(ratios):
        axes.plot([low, up], [row, row], color="#1f4e79")
        axes.plot(ratio, row, "s", color="#1f4e79")
        words = f"{ratio:.2f} ({low:.2f}-{up:.2f})"
        axes.text(1.01, row, words, transform=axes.get_yaxis_transform(), va="center")
    axes.axvline(1, color="#767676", linewidth=0.8)
    axes.set_yticks(range(len(ratios)), [name for name, *_ in ratios])
    axes.set(ylim=(len(ratios) - 0.5, -0.5), xlabel="Hazard ratio (95 % limits)")
    return figure
