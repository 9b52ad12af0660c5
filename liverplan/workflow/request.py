"""What an assessment is asked to do, before anything is loaded that does it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from liverplan.segmentation import Prompt

DEFAULT_BACKEND = "network"
DEFAULT_PROTOCOL = "breclim2"

Point = tuple[float, ...]
KeptPoint = tuple[Point, str]
"""A point, LPS mm, and the tree that is meant: "portal", "hepatic", or "" for the nearer."""
Labels = tuple[int | str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What an assessment is asked to do; everything has a default.

    Parameters
    ----------
    series_uid : str or None
        Which series, if the source holds several.
    liver, lesions : Path or None
        Given masks: NIfTI, NRRD or DICOM SEG.
    accepted_by : str
        The person who has looked at the given masks and stands behind them; those that are made
        now nobody has seen yet.
    liver_labels, lesion_labels : tuple of int or str, or None
        Which labels (SEG: segment numbers) of the files are the liver and lesions, by value or by
        name; None: those that the file calls so, and all lesions of a file that says nothing.
    clicks : tuple of (x, y, z)
        A click in each metastasis, LPS mm.
    prompts : tuple of Prompt
        What else points at metastases, one each: axes, boxes, what is none of it.
    planes : tuple of (px, py, pz, nx, ny, nz)
        Cuts: a point and a normal toward the tissue that stays, LPS mm.
    resections : tuple of str
        Anatomical resections by name, or plan files (``.toml``); with planes and wedges, what is
        removed is the union.
    wedges : tuple of (label, margin in mm)
        A wedge round a metastasis: 2 is the first.
    landmarks, segments, segment_branches : Path or None
        What the Couinaud segments come from: clicked points (TOML), a label map, or a point in each
        segment's portal branch (TOML), for which vessels must be given; with vessels alone they
        follow from these.
    vessels : Path or None
        Given portal vein (label 1) and hepatic veins (2): NIfTI, NRRD or DICOM SEG.
    find_vessels : bool
        Whether portal vein and hepatic veins are looked for in the CT.
    vessels_cut : tuple of (x, y, z)
        A point in each vessel branch that is cut, LPS mm: what hangs on it is lost.
    vessels_kept : tuple of ((x, y, z), tree)
        A point in each branch that the surgeon leaves whole, LPS mm, and of which tree ("": the
        nearer): no crossing of it counts, nor of what feeds it.
    biopsied : tuple of int
        Label values of the metastases that were biopsied; 2 is the first.
    patient : Path or None
        TOML file with attested facts.
    protocol : str
        Name of a protocol that is shipped, or a path to one.
    backend : str
        What finds the liver where no mask is given.
    lesion_backend : str
        What outlines the metastases that are pointed at.
    allow_faults : bool
        Whether a plan that makes no sense is kept all the same; it is never eligible.
    """

    series_uid: str | None = None
    liver: Path | None = None
    lesions: Path | None = None
    accepted_by: str = ""
    liver_labels: Labels | None = None
    lesion_labels: Labels | None = None
    clicks: tuple[Point, ...] = ()
    prompts: tuple[Prompt, ...] = ()
    planes: tuple[Point, ...] = ()
    resections: tuple[str, ...] = ()
    wedges: tuple[tuple[int, float], ...] = ()
    landmarks: Path | None = None
    segments: Path | None = None
    segment_branches: Path | None = None
    vessels: Path | None = None
    find_vessels: bool = False
    vessels_cut: tuple[Point, ...] = ()
    vessels_kept: tuple[KeptPoint, ...] = ()
    biopsied: tuple[int, ...] = ()
    patient: Path | None = None
    protocol: str = DEFAULT_PROTOCOL
    backend: str = DEFAULT_BACKEND
    lesion_backend: str = DEFAULT_BACKEND
    allow_faults: bool = False
