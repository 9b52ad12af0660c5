"""Pairs of masks of one liver: the expert's, taken as the truth, and one that a plan is made on.

Masks are read two voxels apart within a slice, so that thousands of plans take minutes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import edt
import numpy as np

from liverplan.segmentation import (
    Provenance,
    Segmentation,
    apply_contours,
    click,
    find_liver,
    read_mask_file,
)
from liverplan.volume import Grid
from liverplan.volumetry import ErrorModel
from tests.benchmarks.calibration.surfaces import Surface, errors_of
from tests.benchmarks.segmentation_methods import read_zip
from tests.benchmarks.segmentation_rendered import render

EVERY = (1, 2, 2)
SEED = 7
QUALITIES = {
    "automatic": Provenance(method="network", version="1", origin="automatic"),
    "edited": Provenance(
        method="network", version="1", origin="automatic", edits=1, accepted_by="A. Berg"
    ),
    "expert": Provenance(method="expert", version="1", origin="given", accepted_by="A. Berg"),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Pair:
    """A liver as it is and as it was drawn; ``errors`` where their size is told."""

    name: str
    truth: Segmentation
    drawn: Segmentation
    errors: ErrorModel | None = None


class Liver:
    """ircadb01: its CT, the expert's masks, and what programs and corrections make of the liver."""

    def __init__(self, data: Path) -> None:
        folder = data / "ircadb01"
        self.volume = read_zip(folder / "PATIENT_DICOM.zip")
        self.expert = read_mask_file(folder / "liver.nii.gz", self.volume.grid).any
        tumours = read_mask_file(folder / "tumours_labelled.nii.gz", self.volume.grid)
        self.lesions = [np.asarray(mask) for mask in tumours.masks(range(1, 8))]
        self.other = read_mask_file(folder / "liver_auto_totalseg.nii.gz", self.volume.grid).any

    @cached_property
    def automatic(self) -> Segmentation:
        """The network's liver."""
        return Segmentation.from_masks(self.volume.grid, find_liver(self.volume).mask)

    def clicked(self, count: int = 5) -> Segmentation:
        """Correct the network's by clicks, each at the middle of what is most wrong."""
        now, grid = self.automatic, self.volume.grid
        for _ in range(count):
            wrong = edt.edt(now.liver ^ self.expert, anisotropy=grid.spacing_mm)
            at = np.unravel_index(int(wrong.argmax()), wrong.shape)
            side = "inside" if self.expert[at] else "outside"
            now = click(self.volume, now, grid.to_mm(at), side)
        return now

    def contoured(self, count: int = 8) -> Segmentation:
        """Correct the network's by contours on evenly spaced slices."""
        used = np.flatnonzero(self.expert.any(axis=(1, 2)))
        slices = np.linspace(used[0] + 1, used[-1] - 1, count).round().astype(int)
        return apply_contours(self.automatic, {int(k): self.expert[k] for k in slices})

    def segmentation(self, liver: np.ndarray, quality: str) -> Segmentation:
        """Thin a liver mask, with the expert's metastases."""
        thin = tuple(slice(None, None, n) for n in EVERY)
        affine = self.volume.grid.affine.copy()
        affine[:3, :3] *= EVERY
        mask = liver[thin]
        made = {1: QUALITIES[quality]} | dict.fromkeys(range(2, 9), QUALITIES["expert"])
        return Segmentation.from_masks(
            Grid(shape=mask.shape, affine=affine),
            mask,
            [lesion[thin] for lesion in self.lesions],
            made,
        )


def real(liver: Liver) -> Iterator[Pair]:
    """What programs made of it, and what corrections made of that."""
    truth = liver.segmentation(liver.expert, "expert")
    for name, mask, quality in (
        ("automatic", liver.automatic.liver, "automatic"),
        ("another program's", liver.other, "automatic"),
        ("5 clicks", liver.clicked().liver, "edited"),
        ("8 contours", liver.contoured().liver, "edited"),
    ):
        yield Pair(name=name, truth=truth, drawn=liver.segmentation(mask, quality))


def perturbed(surface: Surface, sd_mm: float, length_mm: float, seed: int, *, told: bool) -> Pair:
    """Move the liver's surface by a smooth random field; the metastases stay."""
    return Pair(
        name=f"{sd_mm:g} mm over {length_mm:g} mm",
        truth=surface.truth,
        drawn=surface.moved(sd_mm, length_mm, seed),
        errors=errors_of(sd_mm, length_mm) if told else None,
    )


def rendered(data: Path, names: Sequence[tuple[str, str]]) -> Iterator[Pair]:
    """What the network makes of CTs rendered from label maps, each in a phase; no metastases."""
    for name, phase in names:
        made = render(data / "label_maps" / f"{name}.nii.gz", phase, SEED)
        grid, found = made.volume.grid, find_liver(made.volume).mask
        expert, network = ({1: QUALITIES[quality]} for quality in ("expert", "automatic"))
        yield Pair(
            name=f"{name}, {phase}",
            truth=Segmentation.from_masks(grid, made.liver, (), expert),
            drawn=Segmentation.from_masks(grid, found, (), network),
        )
