"""The liver in three dimensions as one shaded picture: first hits along parallel rays, in numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.report.geometry import liver_box_mm
from liverplan.report.pictures import REMNANT, RESECTED, UNCUT, hatch_pattern
from liverplan.report.side import Side
from liverplan.segmentation import Segmentation
from liverplan.segmentation.boxes import bounding_box, ends_of
from liverplan.volume import FloatArray

SAMPLES = 168
ENLARGE = 3
AZIMUTH_DEG, ELEVATION_DEG = 20.0, 12.0
LESION = (245, 245, 245)
PAPER = 255.0
LIGHT = np.array([-0.35, -0.45, -0.82])  # right, down, into the picture: over the viewer's shoulder


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layer:
    """One surface: per pixel its depth (inf where it is not hit), colour and opacity."""

    depth: FloatArray
    rgb: FloatArray
    opacity: float


def render(segmentation: Segmentation, cut: Side) -> NDArray[np.uint8]:
    """(rows, columns, 3): liver from the front, remnant and resected see-through, metastases not.

    Seen from the front, a little from the patient's left and from above.
    """
    points, step_mm = _rays(segmentation)
    liver, lesions = _smooth_fields(segmentation, points, step_mm)
    side = np.clip(cut(points) / step_mm, -1, 1)
    layers = [
        _surface(lesions - 0.06, LESION, opacity=1.0),  # under the liver's own surface
        _surface(np.minimum(liver, side), REMNANT if cut.planned else UNCUT, opacity=0.5),
    ]
    if cut.planned:
        gone = _surface(np.minimum(liver, -side), RESECTED, opacity=0.45)
        layers.append(_hatched(gone))
    picture = _trim(_blend(layers))
    return np.clip(picture, 0, 255).astype(np.uint8)


def viewed_from() -> tuple[FloatArray, FloatArray, FloatArray]:
    """(3,) unit vectors in LPS: into the picture, down it, and to its right."""
    azimuth, elevation = np.deg2rad((AZIMUTH_DEG, ELEVATION_DEG))
    right = np.array([np.cos(azimuth), np.sin(azimuth), 0.0])
    flat = np.array([-np.sin(azimuth), np.cos(azimuth), 0.0])
    into = np.cos(elevation) * flat - np.sin(elevation) * np.array([0.0, 0.0, 1.0])
    return into, np.cross(into, right), right


def _rays(segmentation: Segmentation) -> tuple[FloatArray, float]:
    """(depth, rows, columns, 3) LPS mm of samples along parallel rays, and their distance."""
    box = liver_box_mm(segmentation)
    radius = float(np.linalg.norm(box[1] - box[0])) / 2 + 4.0
    into, down, right = viewed_from()
    ticks, step_mm = np.linspace(-radius, radius, SAMPLES, retstep=True)
    points = (
        box.mean(axis=0)
        + ticks[:, None, None, None] * into
        + ticks[None, :, None, None] * down
        + ticks[None, None, :, None] * right
    )
    return points, float(step_mm)


def _smooth_fields(
    segmentation: Segmentation, points: FloatArray, step_mm: float
) -> tuple[FloatArray, FloatArray]:
    """Liver and lesions as smooth fields, positive inside."""
    grid, labels = segmentation.grid, segmentation.labels
    if not labels.any():
        nothing = np.full(points.shape[:-1], -0.5)
        return nothing, nothing
    index = np.moveaxis(grid.to_index(points), -1, 0)
    blur = [0.6 * step_mm / spacing for spacing in grid.spacing_mm]
    box = bounding_box(labels, margin=np.ceil(np.array(blur) * 4).astype(int) + 1)
    part = labels[box]
    index -= np.array(ends_of(box)[0])[:, None, None, None]
    fields: list[FloatArray] = []
    for mask in (part > 0, part > 1):
        soft = scipy.ndimage.gaussian_filter(mask.astype(np.float32), blur)
        sampled = scipy.ndimage.map_coordinates(soft, index, np.float64, order=1)
        fields.append(scipy.ndimage.gaussian_filter(sampled, 0.8) - 0.5)
    return fields[0], fields[1]


def _surface(field: FloatArray, colour: tuple[int, int, int], *, opacity: float) -> Layer:
    """Where each ray first enters the positive part of a field, lit from over the shoulder."""
    inside: NDArray[np.bool_] = np.greater(field, 0)
    first: NDArray[np.int_] = np.maximum(inside.argmax(axis=0), 1)
    hit = np.asarray(inside.any(axis=0))
    rows, columns = np.indices(hit.shape)
    before, after = field[first - 1, rows, columns], field[first, rows, columns]
    depth = first - after / np.maximum(after - before, 1e-9)
    into, down, right = np.array(np.gradient(field))[:, first, rows, columns]
    normal = -np.stack((right, down, into), axis=-1)
    normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-9)
    towards = LIGHT / np.linalg.norm(LIGHT)
    facing = np.clip((normal * towards).sum(axis=-1, keepdims=True), 0, 1)
    rgb = (0.42 + 0.58 * facing) * np.array(colour, dtype=float)
    outline = scipy.ndimage.zoom(field.max(axis=0), ENLARGE, order=1) > 0
    depth, rgb = _spread(depth, hit), _spread(rgb, hit)
    return Layer(
        depth=np.where(outline, scipy.ndimage.zoom(depth, ENLARGE, order=1), np.inf),
        rgb=scipy.ndimage.zoom(rgb, (ENLARGE, ENLARGE, 1), order=1),
        opacity=opacity,
    )


def _spread(values: FloatArray, hit: NDArray[np.bool_]) -> FloatArray:
    """Give each pixel beside a surface the value of the nearest one on it."""
    if not hit.any():
        return values
    nearest = scipy.ndimage.distance_transform_edt(
        ~hit, return_distances=False, return_indices=True
    )
    spread: FloatArray = values[tuple(nearest)]
    return spread


def _hatched(layer: Layer) -> Layer:
    lines = hatch_pattern((layer.depth.shape[0], layer.depth.shape[1]))
    return Layer(
        depth=layer.depth,
        rgb=layer.rgb * np.where(lines, 0.6, 1.0)[..., None],
        opacity=layer.opacity,
    )


def _blend(layers: Sequence[Layer]) -> FloatArray:
    """Paint the layers over white paper, per pixel from the farthest to the nearest."""
    depths = np.stack([layer.depth for layer in layers])
    order = np.argsort(-depths, axis=0)
    picture: FloatArray = np.full((*layers[0].depth.shape, 3), PAPER)
    for place in range(len(layers)):
        for number, layer in enumerate(layers):
            here = (order[place] == number) & np.isfinite(layer.depth)
            picture[here] += layer.opacity * (layer.rgb[here] - picture[here])
    return picture


def _trim(picture: FloatArray) -> FloatArray:
    """Cut off empty paper, but for a border that leaves room for the letters."""
    drawn = picture.min(axis=2) < PAPER
    border = 40
    spans = []
    for axis in (1, 0):
        filled = np.flatnonzero(drawn.any(axis=axis))
        low, high = (filled[0], filled[-1] + 1) if filled.size else (0, drawn.shape[1 - axis])
        spans.append(slice(max(low - border, 0), high + border))
    return picture[spans[0], spans[1]]
