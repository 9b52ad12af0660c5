"""What goes in: the CT, its masks (given, automatic, clicked), the cuts, the patient's facts."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import cc3d

from liverplan import dicom
from liverplan.findings import Statement
from liverplan.resection.anatomy.maps import PartMap
from liverplan.segmentation import Prompt, Provenance, Segmentation, outline_with
from liverplan.segmentation.backends import segment_with
from liverplan.segmentation.labels import FIRST_LESION, LIVER, outside_ml
from liverplan.segmentation.plausible import distance_mm, implausible
from liverplan.segmentation.results import Mask
from liverplan.volume import Grid, Volume
from liverplan.workflow.given import given_lesions, given_liver
from liverplan.workflow.progress import Progress, part, tell
from liverplan.workflow.request import Request

if TYPE_CHECKING:
    from liverplan.dicom import CT


_log = logging.getLogger(__name__)
SMALLEST_OUTSIDE_ML = 1e-9


def open_ct(
    path: Path,
    series_uid: str | None = None,
    *,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> CT:
    """Read the CT series at a path, the named one or the one that serves best."""
    found = dicom.find_series(path, progress=part(progress, 0.0, 0.2), cancel=cancel)
    info = dicom.choose_series(found, series_uid)
    ct = dicom.read_series(info, progress=part(progress, 0.2, 1.0), cancel=cancel)
    _log.info("read a CT of %d x %d x %d voxels", *ct.volume.grid.shape)
    return ct


def ct_notes(notes: Sequence[Statement]) -> tuple[Statement, ...]:
    """Return what is to be known of a CT as statements of their own."""
    return tuple(Statement.of("note.ct", note=note) for note in notes)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outlined:
    """Masks on a CT, the maps that a back end gave with them, and what to tell the user."""

    segmentation: Segmentation
    maps: Mapping[str, PartMap]
    notes: tuple[Statement, ...]


def make_segmentation(
    volume: Volume,
    request: Request,
    *,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> tuple[Segmentation, tuple[Statement, ...]]:
    """Given masks where there are any, automatic and clicked ones elsewhere; and what to say."""
    made = outline(volume, request, progress=progress, cancel=cancel)
    return made.segmentation, made.notes


def outline(
    volume: Volume,
    request: Request,
    *,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> Outlined:
    """Given masks where there are any, automatic and clicked ones elsewhere, and their maps."""
    grid = volume.grid
    maps: dict[str, PartMap] = {}
    if request.liver is not None:
        liver, liver_made = _accepted(
            [given_liver(request.liver, grid, request.liver_labels)], request.accepted_by
        )[0]
        notes: list[Statement] = []
        lesions: list[tuple[Mask, Provenance]] = []
    else:
        found = segment_with(
            request.backend, volume, progress=part(progress, 0.0, 0.8), cancel=cancel
        )
        liver, liver_made, notes = found.mask, found.provenance, list(found.notes)
        lesions = [(mask, found.provenance) for mask in found.lesions]
        for scheme, (labels, names) in found.maps.items():
            maps[scheme] = PartMap(scheme=scheme, grid=grid, labels=labels, names=names)
    if request.lesions is not None:
        given = given_lesions(request.lesions, request.lesion_labels, grid)
        lesions = _accepted(given, request.accepted_by)
    for prompt in (*map(Prompt.of_click, request.clicks), *request.prompts):
        tell(progress, 0.9, "Outlining the metastases")
        result = outline_with(request.lesion_backend, volume, liver, prompt, cancel=cancel)
        lesions.append((result.mask, result.provenance))
        notes.extend(result.warnings)
    if request.liver is not None:
        notes += implausible(volume, liver, [mask for mask, _ in lesions])
    notes += lesion_notes(grid, liver, dict(enumerate((m for m, _ in lesions), FIRST_LESION)))
    made = [liver_made, *(provenance for _, provenance in lesions)]
    segmentation = Segmentation.from_masks(
        grid, liver, [mask for mask, _ in lesions], dict(enumerate(made, LIVER))
    )
    return Outlined(segmentation=segmentation, maps=maps, notes=tuple(notes))


def _accepted(given: Sequence[tuple[Mask, Provenance]], name: str) -> list[tuple[Mask, Provenance]]:
    return [(mask, made.accepted_as(name) if name else made) for mask, made in given]


def lesion_notes(grid: Grid, liver: Mask, lesions: Mapping[int, Mask]) -> list[Statement]:
    """Say of (k, j, i) lesions, by label, what lies outside the liver and what is in pieces."""
    return [*_outside(grid, liver, lesions), *_pieces(lesions)]


def _outside(grid: Grid, liver: Mask, lesions: Mapping[int, Mask]) -> list[Statement]:
    notes = []
    for label, lesion in lesions.items():
        outside, number = outside_ml(grid, liver, lesion), label - LIVER
        if outside <= SMALLEST_OUTSIDE_ML:
            continue
        if (liver & lesion).any() or not liver.any():
            notes.append(Statement.of("note.lesion_outside", number=number, ml=outside))
        else:
            apart = distance_mm(grid, liver, lesion)
            notes.append(
                Statement.of("note.lesion_wholly_outside", number=number, ml=outside, mm=apart)
            )
    return notes


def _pieces(lesions: Mapping[int, Mask]) -> list[Statement]:
    notes = []
    for label, lesion in lesions.items():
        pieces = int(cc3d.connected_components(lesion, return_N=True)[1])
        if pieces > 1:
            number = label - LIVER
            notes.append(Statement.of("note.lesion_pieces", number=number, count=pieces))
    return notes
