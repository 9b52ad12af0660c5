"""A metastasis from a prompt: by the networks where they are sure, else by the older ways."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy

from liverplan import __version__
from liverplan.errors import SegmentationError
from liverplan.findings import Statement
from liverplan.segmentation.boxes import voxels_of
from liverplan.segmentation.lesions.outline import WEAK_HU
from liverplan.segmentation.lesions.prompted.answer import HALF, Answer
from liverplan.segmentation.lesions.prompted.asking import answered
from liverplan.segmentation.lesions.prompted.channels import usual_hu
from liverplan.segmentation.lesions.prompted.older import beside
from liverplan.segmentation.lesions.prompted.prompt import Prompt
from liverplan.segmentation.lesions.prompted.unprompted import seen_unprompted
from liverplan.segmentation.lesions.region import FAT_HU, checked_in_liver
from liverplan.segmentation.morphology import (
    components_touching,
    dilated,
    distance_transform_mm,
    filled_by_slice,
)
from liverplan.segmentation.network.weights import LIVER, PROMPTED
from liverplan.segmentation.points import checked_point, in_words
from liverplan.segmentation.provenance import Provenance
from liverplan.segmentation.results import LesionResult, Mask
from liverplan.volume import Grid, Volume

MOST_DOUBT = 0.8
"""More of a lesion than this in doubt and no second opinion of it: the older ways are asked."""
BULGE_MM = 12.0
"""How far out of the liver a lesion may reach."""
DENIED_MM = 3.0
"""So much round a point that is no lesion is none of it."""
NEAR_MM = 4.0
"""The lesion that is meant lies at least so near to its prompt."""
ROUND_CUBES = 3.0
"""How much round a lesion is read as the liver's density."""


def lesion_from_prompt(volume: Volume, liver_mask: Mask, prompt: Prompt) -> LesionResult:
    """Find the metastasis that a prompt means.

    Parameters
    ----------
    volume : Volume
        The CT.
    liver_mask : (k, j, i) bool array
        The liver on the CT's grid, with or without the metastasis.
    prompt : Prompt
        A click in it, its axes or a box round it, and what is none of it.

    Raises
    ------
    SegmentationError
        If the prompt lies outside the CT, the body or the liver, or nothing is left of it.
    """
    checked_in_liver(volume, liver_mask, prompt.middle_mm)
    for point in prompt.not_lesion_mm:
        checked_point(volume.grid, point)
    with beside(volume, liver_mask, prompt) as densities:
        seen = seen_unprompted(volume, liver_mask, prompt.middle_mm)
        answer = _allowed(answered(volume, liver_mask, prompt, seen, densities))
        unsure = not answer.agreed and answer.doubt > MOST_DOUBT
        found = densities() if unsure else None
    if found is None:
        found = _by_networks(volume, answer, prompt)
    mask = _without_denied(found.mask, volume.grid, prompt)
    if not mask.any():
        raise SegmentationError("Nothing that looks like a metastasis is left at this place.")
    return replace(found, mask=mask)


def _allowed(answer: Answer) -> Answer:
    """Take out fat and air, and what lies far from the liver where a liver is known."""
    patch, cube = answer.patch, (answer.patch.cube_mm,) * 3
    never = patch.hu < FAT_HU
    if patch.liver.any():
        never = never | (distance_transform_mm(~patch.liver, cube) > BULGE_MM)
    return replace(answer, probability=np.where(never, np.float32(0), answer.probability))


def _by_networks(volume: Volume, answer: Answer, prompt: Prompt) -> LesionResult:
    mask, found = np.zeros(volume.grid.shape, bool), answer.found
    if found.any():
        near = dilated(found, 1.0, (1.0, 1.0, 1.0))
        p, box = answer.patch.on_ct(np.where(near, answer.probability, 0), volume.grid, near)
        mask[box] = filled_by_slice(p > HALF)
    return LesionResult(
        mask=mask,
        provenance=_provenance(prompt),
        warnings=(Statement.of("note.lesion_faint"),) if _faint(answer, found) else (),
    )


def _faint(answer: Answer, found: Mask) -> bool:
    """Whether its density is nearly the liver's around it."""
    patch = answer.patch
    around = dilated(found, ROUND_CUBES, (1.0, 1.0, 1.0)) & patch.liver & ~found
    if not found.any() or not around.any():
        return False
    own = float(np.median(patch.hu[found]))
    return abs(own - usual_hu(patch.hu, around)) < WEAK_HU


def _without_denied(mask: Mask, grid: Grid, prompt: Prompt) -> Mask:
    """Take away what lies round the points that are no lesion, and what hung on it alone."""
    if not prompt.not_lesion_mm or not mask.any():
        return mask
    voxels = voxels_of(mask)
    points = grid.to_mm(voxels)
    denied = scipy.spatial.cKDTree(np.array(prompt.not_lesion_mm)).query(points)[0] <= DENIED_MM
    away = np.linalg.norm(points - prompt.middle_mm, axis=1)
    meant = away <= max(NEAR_MM, float(away.min()))
    kept, near = np.zeros_like(mask), np.zeros_like(mask)
    kept[tuple(voxels[~denied].T)] = True
    near[tuple(voxels[meant].T)] = True
    return components_touching(kept, near)


def _provenance(prompt: Prompt) -> Provenance:
    said = {name: in_words(point) for name, point in prompt.points.items()}
    return Provenance(
        method=PROMPTED.name,
        version=PROMPTED.version,
        origin="clicks",
        parameters={
            **said,
            "network": PROMPTED.file,
            "licence": PROMPTED.licence,
            "sha256": PROMPTED.sha256,
            "second opinion": f"{LIVER.name} {LIVER.version}, {LIVER.sha256}",
            "liverplan": __version__,
        },
    )
