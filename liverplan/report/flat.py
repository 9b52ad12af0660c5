"""Flat and curved cuts laid flat, as pictures: how near the metastases are all over the cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from liverplan.errors import PlanError
from liverplan.report.pictures import DPI, text_look, to_png
from liverplan.report.request import ReportInput
from liverplan.report.tables import View
from liverplan.volume import FloatArray
from liverplan.volumetry.shapes.cut_map import CutMap, flatten
from liverplan.volumetry.shapes.plan_index import PlanIndex
from liverplan.words import Words, numbers, words_of

MOST = 3
"""Cuts that are laid flat."""

LINES_MM = (5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0, 80.0)
LEAST_SPAN_MM, LARGEST_SPAN_MM = 20.0, 60.0
"""The colours run from the nearest place to this much farther."""
VESSEL_MM = 5.0
BORDER = 14
SCALE_MM = 50


def flat_views(request: ReportInput) -> tuple[View, ...]:
    """Draw the first planes and curved surfaces of the plan, if there are metastases."""
    if not request.findings.lesions:
        return ()
    return tuple(_views(request))[:MOST]


def _views(request: ReportInput) -> Iterator[View]:
    words = words_of(request.language)
    index = PlanIndex.build(request.segmentation, request.maps)
    lumen = request.maps.get("vessels")
    vessels = None if lumen is None else lumen.labels > 0
    for number, cut in enumerate(request.plan.cuts, 1):
        if not cut.can_lie_flat:
            continue
        try:
            laid = flatten(index, cut, vessels=vessels)
        except PlanError:  # beside the liver: there is nothing to lay flat
            continue
        yield _view(laid, number, words)


def _view(laid: CutMap, number: int, words: Words) -> View:
    inside = laid.lesion_mm[laid.inside]
    name = words("picture_map", number=number)
    low, high = (words.number(numbers.mm(float(v))) for v in (inside.min(), inside.max()))
    near_vessels = bool((laid.vessel_mm[laid.inside] < VESSEL_MM).any())
    vessels = words["alt_map_vessels"] if near_vessels else ""
    area = words.number(f"{laid.area_cm2:.0f}")
    return View(
        key=f"map{number}",
        caption=words("caption_map", name=name, area=area, distance=low),
        alt=words("alt_map", name=name, low=low, high=high, vessels=vessels),
        png=_png(laid, words),
    )


def _png(laid: CutMap, words: Words) -> bytes:
    rows, columns = laid.inside.shape[1], laid.inside.shape[0]
    scale = 480 / max(columns, rows)
    figure = Figure(figsize=((scale * columns + 130) / DPI, (scale * rows + 80) / DPI), dpi=DPI)
    FigureCanvasAgg(figure)
    width = scale * columns / (scale * columns + 130)
    axes = figure.add_axes((0.02, 0.10, width - 0.04, 0.86))
    _draw(axes, laid)
    _letters(axes, laid)
    bar = figure.add_axes((width + 0.01, 0.14, 0.03, 0.76))
    colours = figure.colorbar(axes.images[0], cax=bar, extend="max")
    colours.set_label(words["map_scale"])
    return to_png(figure)


def _draw(axes: Any, laid: CutMap) -> None:  # noqa: ANN401 - untyped there
    distance = np.pad(np.where(laid.inside, laid.lesion_mm, np.nan).T, BORDER, "constant",
                      constant_values=np.nan)  # fmt: skip
    low, high = float(np.nanmin(distance)), float(np.nanmax(distance))
    span = min(max(high - low, LEAST_SPAN_MM), LARGEST_SPAN_MM)
    axes.imshow(distance, origin="lower", cmap="viridis_r", vmin=low, vmax=low + span)
    lines = [mm for mm in LINES_MM if low < mm < high]
    if lines:
        drawn = axes.contour(distance, levels=lines, colors="black", linewidths=1.2)
        axes.clabel(drawn, fmt="%g mm", fontsize=9)
    outline = np.pad(laid.inside.T.astype(float), BORDER)
    axes.contour(outline, levels=[0.5], colors="black", linewidths=2)
    vessel = np.pad(np.where(laid.inside, laid.vessel_mm, np.inf).T, BORDER, "constant",
                    constant_values=np.inf)  # fmt: skip
    if (vessel < VESSEL_MM).any():
        near = np.minimum(vessel, 2 * VESSEL_MM)
        axes.contour(near, levels=[VESSEL_MM], colors="white", linestyles="dashed")
    long = SCALE_MM / laid.step_mm
    axes.plot([2, 2 + long], [2, 2], color="black", linewidth=3)
    axes.text(2 + long + 2, 2, f"{SCALE_MM} mm", va="center", fontsize=9)
    axes.set_axis_off()


def _letters(axes: Any, laid: CutMap) -> None:  # noqa: ANN401
    points = laid.points_mm
    right, up = points[-1, 0] - points[0, 0], points[0, -1] - points[0, 0]
    places = ((0.99, 0.5, right), (0.01, 0.5, -right), (0.5, 0.99, up), (0.5, 0.03, -up))
    for x, y, way in places:
        look = {**text_look("center", "center", size=12), "color": "black", "path_effects": []}
        axes.text(x, y, _letter(way), transform=axes.transAxes, **look)


def _letter(way: FloatArray) -> str:
    """Return the patient's side that a direction points to most."""
    axis = int(np.abs(way).argmax())
    return ("LPH" if way[axis] > 0 else "RAF")[axis]
