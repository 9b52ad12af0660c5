"""The four views of a report: three slices through the cut and the liver from the front."""

from __future__ import annotations

import numpy as np

from liverplan.report.flat import flat_views
from liverplan.report.geometry import VIEWS, Slice, cut_slice, focus_mm
from liverplan.report.pictures import image_png, slice_png
from liverplan.report.request import ReportInput
from liverplan.report.scene import render
from liverplan.report.tables import View
from liverplan.words import numbers, words_of


def all_views(request: ReportInput) -> tuple[View, ...]:
    """Draw the four views, and each flat or curved cut laid flat."""
    return (*four_views(request), *flat_views(request))


def four_views(request: ReportInput) -> tuple[View, ...]:
    """Draw axial, coronal and sagittal slices through the middle of the cut, and the 3D view."""
    focus = focus_mm(request.segmentation, request.side)
    slices = [
        cut_slice(request.volume, request.segmentation, request.side, view=view, through_mm=focus)
        for view in VIEWS
    ]
    return (*(_slice_view(s, request) for s in slices), _front_view(request))


def _slice_view(picture: Slice, request: ReportInput) -> View:
    words = words_of(request.language)
    present = np.unique(picture.labels[picture.labels > 1])
    level = words.number(numbers.mm(picture.level_mm))
    name = words[f"picture_{picture.view}"]
    axis = {"axial": "z", "coronal": "y", "sagittal": "x"}[picture.view]
    return View(
        key=picture.view,
        caption=f"{name}, {axis} = {level} mm",
        alt=words(
            "alt_slice",
            view=name,
            level=level,
            overlay=words["alt_overlay" if request.side.planned else "alt_uncut"],
            lesions=", ".join(f"M{label - 1}" for label in present) or words["none"],
        ),
        png=slice_png(picture),
    )


def _front_view(request: ReportInput) -> View:
    words = words_of(request.language)
    overlay = words["alt_overlay" if request.side.planned else "alt_uncut"]
    rgb = render(request.segmentation, request.side)
    return View(
        key="front",
        caption=words["picture_3d"],
        alt=words("alt_3d", overlay=overlay),
        png=image_png(rgb, "coronal"),
    )
