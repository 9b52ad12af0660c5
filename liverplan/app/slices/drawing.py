"""What is drawn over one slice, put together from the work, the views and the armed tool."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from liverplan.app.kit.language import tr
from liverplan.app.session.display import Masks
from liverplan.app.session.severed import Divided
from liverplan.app.session.whose import dashed, patient_lines
from liverplan.app.session.work import Work
from liverplan.app.session.zone import DistanceField
from liverplan.app.slices.contours import Outlines, outlines_of
from liverplan.app.slices.cut_painting import Cuts
from liverplan.app.slices.figures import Figure, figure_of
from liverplan.app.slices.overlay import Corners, Drawing
from liverplan.app.slices.severed_painting import Lit, lit_on
from liverplan.app.slices.slab import SlabShown, slab_words
from liverplan.app.slices.slicing import Look, Point
from liverplan.app.slices.tool import Marks
from liverplan.app.slices.view import SliceView
from liverplan.findings import Annotation, SeriesSummary
from liverplan.volume import FloatArray

LongAxis = tuple[int, tuple[FloatArray, FloatArray]]
"""The axial slice that a lesion's long axis lies on, and its ends, LPS mm."""

WIDE = 330
"""Pixels from which on a view has room for the words in all corners."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shown:
    """What all three views show alike."""

    work: Work
    zone: DistanceField | None
    taken: NDArray[np.bool_] | None
    masks_shown: bool
    masks: Masks = field(default_factory=Masks)
    window_hu: tuple[float, float]
    crosshair_mm: FloatArray | None
    pointer_hu: float | None
    axes_mm: tuple[LongAxis, ...]
    marks: Marks
    tool_words: str
    beside: tuple[SliceView, Point, str] | None = None
    slab: SlabShown = field(default_factory=SlabShown)
    chosen: Annotation | None = None
    hidden: bool = False
    divided: tuple[Divided, ...] = ()


def drawing_of(shown: Shown, view: SliceView, look: Look) -> Drawing:
    """Return what a view draws where it looks now."""
    work, marks = shown.work, shown.marks
    mine = marks.path_view == view.name and all(look.holds(p) for p in marks.path_mm)
    circle = marks.circle
    brush = (circle[1], circle[2] * look.zoom) if circle and circle[0] == view.name else None
    return replace(
        view.overlay.drawing,
        look=look,
        outlines=_outlines(shown, view, look),
        cuts=Cuts(
            plan=work.active_plan,
            active=work.cut,
            locked=work.locked,
            taken=shown.taken,
            lit=lit_on(shown.divided, look) if shown.masks_shown else Lit(),
        ),
        masks_shown=shown.masks_shown,
        masks=shown.masks,
        crosshair=None if shown.crosshair_mm is None else look.lps_to_pixel(shown.crosshair_mm),
        axes_mm=_axes(shown, look),
        points=tuple(look.lps_to_pixel(p) for p in marks.points_mm),
        path=tuple(look.lps_to_pixel(p) for p in marks.path_mm) if mine else (),
        brush=brush,
        corners=_corners(shown, view, look),
        tool_words=shown.tool_words,
        figures=figures_on(shown, look),
        beside=shown.beside[1:] if shown.beside and shown.beside[0] is view else None,
    )


def _outlines(shown: Shown, view: SliceView, look: Look) -> Outlines:
    """Keep the outlines of the drawing before, unless slice or labels have changed."""
    work = shown.work
    segmentation, vessels = work.segmentation, work.maps.get("vessels")
    if segmentation is None:
        view.outlined = ()
        return Outlines()
    zone = None if shown.zone is None else (shown.zone, work.margin_mm)
    level = None if zone is None else work.margin_mm
    key = (id(segmentation), look.index, level, id(shown.zone), id(look.grid), id(vessels))
    if key == view.outlined:
        return view.overlay.drawing.outlines
    view.outlined = key
    return outlines_of(look.grid, look.axes, look.index, segmentation.labels, zone, vessels)


def _axes(shown: Shown, look: Look) -> tuple[tuple[Point, Point], ...]:
    """Long axes of the lesions that lie in this slice (axial only)."""
    if look.axes.name != "Axial":
        return ()
    return tuple(
        (look.lps_to_pixel(start), look.lps_to_pixel(end))
        for k, (start, end) in shown.axes_mm
        if k == look.index
    )


def figures_on(shown: Shown, look: Look) -> tuple[Figure, ...]:
    """Return what was measured on this very slice, and what is being measured."""
    draft = shown.marks.draft
    everything = (*shown.work.annotations, *((draft,) if draft else ()))
    return tuple(
        figure_of(one, look, chosen=one is shown.chosen)
        for one in everything
        if one.view == look.axes.name and all(look.holds(point) for point in one.points_mm)
    )


def _corners(shown: Shown, view: SliceView, look: Look) -> Corners:
    level, width = shown.window_hu
    series, who = shown.work.series, patient_lines(shown.work.record, hidden=shown.hidden)
    slab = slab_words(shown.slab.shown(look.grid, look.axes, look.index))
    hu = "" if shown.pointer_hu is None else tr("{hu:.0f} HU", hu=shown.pointer_hu)
    of_slab = tr("in the slab") if hu and slab else ""
    total = look.grid.shape[look.axes.along]
    return Corners(
        top_left=(*who, *(corner_words(series) if look.width >= WIDE else ())),
        top_right=tuple(
            text for text in (tr(view.name), tr("{mm:.1f} mm", mm=look.spacing[0]), slab) if text
        ),
        bottom_left=tuple(
            words for words in (f"L {level:.0f} W {width:.0f}", hu, of_slab) if words
        ),
        bottom_right=(f"{look.index + 1}/{total}",),
    )


def corner_words(series: SeriesSummary | None) -> tuple[str, ...]:
    """Study date and series, as they stand in the corner."""
    if series is None:
        return ()
    words = dashed(series.study_date), series.description[:30]
    return tuple(text for text in words if text)
