"""The pictures of a report, as PNG, drawn without a screen and without OpenGL."""

from __future__ import annotations

import io
from typing import Any

import matplotlib.image
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from liverplan.report.geometry import LETTERS, PIXEL_MM, Slice
from liverplan.volume import FloatArray

REMNANT = (86, 180, 233)
RESECTED = (213, 94, 0)
UNCUT = (221, 130, 101)
CUT = (240, 228, 66)
LEVEL_HU, WIDTH_HU = 40, 350
"""The abdomen window."""

OPACITY, HATCHED_OPACITY = 0.30, 0.62
HATCH_PIXELS, HATCH_LINE = 12, 3
SCALE_MM = 50
DPI = 100
HALO = [withStroke(linewidth=3, foreground="black")]

Rgb = NDArray[np.uint8]


def slice_png(picture: Slice) -> bytes:
    """Draw a slice: CT, what stays and what goes, metastases, the cut, letters, a scale."""
    figure, axes = _empty_figure(picture.hu.shape)
    axes.imshow(coloured(picture), interpolation="bilinear", aspect="auto")
    _draw_lesions(axes, picture.labels)
    _draw_cut(axes, picture)
    _draw_letters(axes, picture.view)
    _draw_scale(axes, picture.hu.shape)
    return to_png(figure)


def image_png(rgb: Rgb, view: str) -> bytes:
    """Write a finished (M, N, 3) picture with its orientation letters."""
    figure, axes = _empty_figure(rgb.shape[:2])
    axes.imshow(rgb, interpolation="bilinear", aspect="auto")
    _draw_letters(axes, view, on_paper=True)
    return to_png(figure)


def coloured(picture: Slice) -> Rgb:
    """(rows, columns, 3): the windowed CT under the colours of remnant and resected."""
    grey = np.clip((picture.hu - (LEVEL_HU - WIDTH_HU / 2)) / WIDTH_HU, 0, 1)
    rgb = np.repeat(grey[..., None] * 255, 3, axis=2)
    tissue = picture.labels == 1
    has_cut = np.isfinite(picture.side_mm).any()
    stays = tissue & (picture.side_mm >= 0)
    _tint(rgb, stays, REMNANT if has_cut else UNCUT, OPACITY)
    goes = tissue & ~stays
    hatch = hatch_pattern(goes.shape)
    _tint(rgb, goes & ~hatch, RESECTED, OPACITY)
    _tint(rgb, goes & hatch, RESECTED, HATCHED_OPACITY)
    return rgb.astype(np.uint8)


def hatch_pattern(shape: tuple[int, int]) -> NDArray[np.bool_]:
    """(rows, columns) mask of diagonal lines, so that what goes is told apart without colour."""
    rows, columns = np.indices(shape)
    pattern: NDArray[np.bool_] = (rows + columns) % HATCH_PIXELS < HATCH_LINE
    return pattern


def _tint(
    rgb: FloatArray, mask: NDArray[np.bool_], colour: tuple[int, int, int], opacity: float
) -> None:
    rgb[mask] = (1 - opacity) * rgb[mask] + opacity * np.array(colour)


def _empty_figure(shape: tuple[int, ...]) -> tuple[Figure, Any]:
    scale = 1.5
    figure = Figure(figsize=(scale * shape[1] / DPI, scale * shape[0] / DPI), dpi=DPI)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    return figure, axes


def _draw_lesions(axes: Any, labels: NDArray[np.uint8]) -> None:  # noqa: ANN401 - untyped there
    for label in np.unique(labels[labels > 1]):
        mask = (labels == label).astype(float)
        for width, colour in ((4.5, "black"), (1.8, "white")):
            axes.contour(mask, levels=[0.5], colors=colour, linewidths=width)
        row, column = np.argwhere(mask).mean(axis=0)
        axes.text(column, row, f"M{label - 1}", **text_look("center", "center", size=11))


def _draw_cut(axes: Any, picture: Slice) -> None:  # noqa: ANN401
    side = picture.line_mm
    drawn = side[np.isfinite(side)]
    if not (drawn < 0).any() or not (drawn > 0).any():
        return
    for width, colour in ((4.0, "black"), (2.0, tuple(c / 255 for c in CUT))):
        axes.contour(side, levels=[0.0], colors=[colour], linewidths=width)


def _draw_letters(axes: Any, view: str, *, on_paper: bool = False) -> None:  # noqa: ANN401
    left, right, top, bottom = LETTERS[view]
    on_paper_look = {"color": "black", "path_effects": []} if on_paper else {}
    look = {"transform": axes.transAxes, **on_paper_look}
    axes.text(0.015, 0.5, left, **(text_look("left", "center") | look))
    axes.text(0.985, 0.5, right, **(text_look("right", "center") | look))
    axes.text(0.5, 0.985, top, **(text_look("center", "top") | look))
    axes.text(0.5, 0.02 if on_paper else 0.075, bottom, **(text_look("center", "bottom") | look))


def _draw_scale(axes: Any, shape: tuple[int, ...]) -> None:  # noqa: ANN401
    length = SCALE_MM / PIXEL_MM
    start, row = (shape[1] - length) / 2, shape[0] * 0.965
    for width, colour in ((5, "black"), (2.5, "white")):
        axes.plot([start, start + length], [row, row], color=colour, linewidth=width)
    axes.text(start + length + 4, row, f"{SCALE_MM} mm", **text_look("left", "center", size=10))


def text_look(across: str, along: str, size: int = 15) -> dict[str, Any]:
    """Return how letters on a picture look: white with a dark rim."""
    return {
        "color": "white",
        "fontsize": size,
        "fontweight": "bold",
        "ha": across,
        "va": along,
        "path_effects": HALO,
    }


def to_png(figure: Figure) -> bytes:
    """Return a figure as PNG."""
    file = io.BytesIO()
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()


def to_webp(pixels: NDArray[np.uint8], *, quality: int | None = None) -> bytes:
    """Return a (rows, columns, 3) array, or 4 with opacity, as WebP; lossless without a quality."""
    how = {"lossless": True} if quality is None else {"quality": quality}
    file = io.BytesIO()
    matplotlib.image.imsave(file, pixels, format="webp", pil_kwargs=how)
    return file.getvalue()
