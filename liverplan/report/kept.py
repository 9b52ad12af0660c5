"""The pictures that a person kept, with what is said of each."""

from __future__ import annotations

from dataclasses import dataclass

from liverplan.findings.key_images import KeyImage
from liverplan.report.request import ReportInput
from liverplan.words import Words

NAMES = {
    "Axial": "picture_axial",
    "Coronal": "picture_coronal",
    "Sagittal": "picture_sagittal",
    "Oblique": "picture_oblique",
    "3D": "view_3d",
}
"""By what is shown, the key of its word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One picture in words: its title and what it is of; what who does not see it must know."""

    caption: str
    alt: str


def kept_pictures(request: ReportInput, words: Words) -> tuple[Kept, ...]:
    """Say of each picture what it is."""
    found = []
    for image in request.key_images:
        where = where_words(image, words)
        caption = f"{image.title}. {where}" if image.title else where
        found.append(Kept(caption=caption, alt=words("alt_key_image", caption=caption)))
    return tuple(found)


def where_words(image: KeyImage, words: Words) -> str:
    """Return what a picture shows: which view, which slice, in which window."""
    parts = [words[NAMES[image.view]]]
    if image.slice_number is not None and image.slice_count is not None:
        parts.append(words("key_image_slice", number=image.slice_number, count=image.slice_count))
    if image.window_hu is not None:
        level, width = image.window_hu
        parts.append(words("key_image_window", level=round(level), width=round(width)))
    return ", ".join(parts)
