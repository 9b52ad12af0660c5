"""A case with everything that can be exported: metastases, cuts, vessels, segments, its export."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from liverplan import workflow
from liverplan.case import Actor, open_case
from liverplan.dicom import choose_series, find_series, read_series
from liverplan.dicom.write_ct import write_ct_series
from liverplan.findings.key_images import KeyImage
from liverplan.phantom import make_phantom
from liverplan.phantom.liver import HEPATIC_VEINS, PORTAL_VEIN
from liverplan.phantom.render import inside
from liverplan.segmentation import Segmentation, write_mask_file
from liverplan.workflow.request import Request
from tests.kept import made_png

ACCEPTED_BY = "Siv Ek"
COUINAUD = (1, 2, 3, 41, 42, 5, 6, 7, 8)
"""Label values of the segments, as `workflow.segments` reads them."""


def make_case(folder, spacing_mm=(5.0, 2.8, 2.8)):
    """A phantom's CT, its masks and the case made of them; ``truth`` is what was put in."""
    made = make_phantom(spacing_mm=spacing_mm, seed=3)
    write_ct_series(made.volume, folder / "ct")
    masks, grid = made.segmentation, made.segmentation.grid
    truth = SimpleNamespace(masks=masks, vessels=vessels(grid), couinaud=couinaud(masks))
    for name, labels in (
        ("liver", masks.liver.astype(np.uint8)),
        ("lesions", masks.labels),
        ("vessels", truth.vessels),
        ("segments", truth.couinaud),
    ):
        write_mask_file(folder / f"{name}.nii.gz", Segmentation(grid=grid, labels=labels))
    centre = grid.to_mm(np.argwhere(masks.liver)).mean(axis=0)
    request = Request(
        liver=folder / "liver.nii.gz",
        liver_labels=(1,),
        lesions=folder / "lesions.nii.gz",
        lesion_labels=masks.lesion_labels,
        vessels=folder / "vessels.nii.gz",
        segments=folder / "segments.nii.gz",
        planes=((*centre.tolist(), 1.0, 0.0, 0.0),),
        accepted_by=ACCEPTED_BY,
        allow_faults=True,
    )
    findings = workflow.assess(folder / "ct", folder / "case", request)
    keep_pictures(folder / "case")
    return SimpleNamespace(
        ct=read_series(choose_series(find_series(folder / "ct"))),
        folder=folder,
        case=folder / "case",
        findings=findings,
        truth=truth,
    )


def keep_pictures(folder):
    """Keep two pictures in a case; in the second a person wrote on the slice."""
    opened = open_case(folder)
    first = KeyImage(png=made_png(), view="Axial", title=f"Åt {ACCEPTED_BY}")
    second = KeyImage(png=made_png(seed=2), view="3D", written_on=True)
    state = replace(opened.state, key_images=(first, second))
    opened.commit(state, actor=Actor(name="Ada", kind="human"), what="Kept pictures")


def vessels(grid):
    """Portal vein 1, hepatic veins 2, as the phantom has them."""
    labels = np.zeros(grid.shape, np.uint8)
    for value, trees in ((1, PORTAL_VEIN), (2, HEPATIC_VEINS)):
        for tube in (tube for branch in trees.values() for tube in branch):
            labels[inside(grid, tube) & (labels == 0)] = value
    return labels


def couinaud(masks):
    """Nine slabs of equal size from right to left; `workflow.segments` wants no truer ones."""
    labels = np.zeros(masks.grid.shape, np.uint8)
    where = np.argwhere(masks.liver)
    right = masks.grid.to_mm(where)[:, 0]
    ends = np.quantile(right, np.linspace(0, 1, len(COUINAUD) + 1)[1:-1])
    labels[tuple(where.T)] = np.array(COUINAUD, np.uint8)[np.digitize(right, ends)]
    return labels
