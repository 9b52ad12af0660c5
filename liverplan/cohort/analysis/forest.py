"""Hazard ratios with their limits, drawn one a line: of the treatment, of factors, of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from liverplan.cohort.analysis.picture import Picture, picture
from liverplan.cohort.analysis.sections import titled
from liverplan.plain.fonts import drawable, drawing
from liverplan.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Ratio = tuple[str, float, float, float]
"""A label, a hazard ratio and its 95 % limits."""

TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)

FACTORS = "predictive_factors"
AXES = {"figure.interactions": "figure.ratio_of_ratios"}
PREDICTION, CROSSED = "prediction", "interactions_with_treatment"


def forests(document: Mapping[str, Any], words: Words) -> Iterator[Picture]:
    """Draw the treatment's ratios, the factors', and those of factors with treatment."""
    predicted = document.get(PREDICTION, {})
    rest = {key: part for key, part in document.items() if key not in (FACTORS, PREDICTION)}
    for key, part, file, ratios in (
        ("figure.treatment", "overall_survival", "hazard_ratios", ratios_of(rest)),
        ("figure.factors", FACTORS, "factors", ratios_of(document.get(FACTORS, {}))),
        ("figure.prediction", PREDICTION, PREDICTION, ratios_of({"": predicted.get("terms", [])})),
        ("figure.interactions", PREDICTION, CROSSED, ratios_of({"": predicted.get(CROSSED, [])})),
    ):
        drawn = [one for one in ratios if one[1] > 0 and one[2] > 0]
        if drawn:
            said = "; ".join(f"{name} {hr:.2f} ({low:.2f}-{up:.2f})" for name, hr, low, up in drawn)
            yield picture(
                forest_figure(drawn, words, axis=AXES.get(key, "figure.ratio")),
                part=part,
                file=f"{file}.svg",
                title=words[key],
                alt=words("figure.forest_alt", ratios=said),
            )


def ratios_of(value: Any, path: str = "") -> Iterator[Ratio]:  # noqa: ANN401 - any part
    """Yield every hazard ratio of a document that has both limits, with where it stands."""
    match value:
        case {"hazard_ratio": float() as ratio, "hazard_ratio_95": [float() as low, float() as up]}:
            yield f"{path}: {value.get('name', '')}".strip(": "), ratio, low, up
        case Mapping():
            for key, item in value.items():
                silent = key in ("terms", "cox", "")
                yield from ratios_of(item, path if silent else _joined(path, key))
        case list() | tuple():
            for item in value:
                yield from ratios_of(item, path)


def _joined(path: str, key: str) -> str:
    return f"{path}, {titled(key).lower()}" if path else titled(key)


@drawing()
def forest_figure(ratios: Sequence[Ratio], words: Words, *, axis: str = "figure.ratio") -> Figure:
    """Draw hazard ratios with their limits, one a line, on a logarithmic axis."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - drawing is rarely wanted
    from matplotlib.ticker import NullFormatter, ScalarFormatter  # noqa: PLC0415

    figure = Figure(figsize=(8, 0.9 + 0.32 * len(ratios)), layout="constrained")
    axes = figure.subplots()
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.xaxis.set_minor_formatter(NullFormatter())
    span = [1.0, *(edge for _, _, low, up in ratios for edge in (low, up))]
    axes.set_xticks([tick for tick in TICKS if min(span) <= tick <= max(span)])
    for row, (_, ratio, low, up) in enumerate(ratios):
        axes.plot([low, up], [row, row], color="#0072b2")
        axes.plot(ratio, row, "s", color="#0072b2")
        told = f"{ratio:.2f} ({low:.2f}-{up:.2f})"
        axes.text(1.01, row, told, transform=axes.get_yaxis_transform(), va="center")
    axes.axvline(1, color="#767676", linewidth=0.8)
    axes.set_yticks(range(len(ratios)), [drawable(name) for name, *_ in ratios])
    axes.tick_params(axis="y", length=0)
    axes.set(ylim=(len(ratios) - 0.5, -0.5), xlabel=words[axis])
    axes.spines[["top", "right", "left"]].set_visible(False)
    return figure
