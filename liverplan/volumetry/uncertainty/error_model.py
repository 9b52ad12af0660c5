"""How wrong a plan's inputs may be: every standard deviation with its source.

A row is either measured (its source is cited) or says "assumption". To change the model, change a
row here; nothing else holds a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from liverplan.segmentation.classical.checks import UNENHANCED_HU
from liverplan.segmentation.labels import LIVER, Segmentation
from liverplan.segmentation.provenance import Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorSource:
    """One standard deviation: what varies, by how much, and where that comes from."""

    name: str
    sd: float
    unit: str
    source: str


CUT_POSITION = ErrorSource(
    name="cut position",
    sd=3.0,
    unit="mm",
    source=(
        "assumption: a cut lies within 3 mm of its plan (one SD); simulated and real margins "
        "differed by 1.6 mm on average (PMID 17440774)"
    ),
)
CUT_TILT = ErrorSource(
    name="cut tilt",
    sd=5.0,
    unit="degrees",
    source="assumption: 5 degrees about each of two axes in the cut; no measurement found",
)
LIVER_BOUNDARY: Mapping[Quality, ErrorSource] = MappingProxyType(
    {
        "automatic": ErrorSource(
            name="liver boundary",
            sd=1.0,
            unit="mm",
            source=(
                "measured: 22 rendered contrast-enhanced livers were off by 5.6 % in volume (root "
                "mean square), 0.85 mm of the surface, rounded up; others found 4 % on real ones "
                "(PMID 24928235)"
            ),
        ),
        "edited": ErrorSource(
            name="liver boundary",
            sd=0.75,
            unit="mm",
            source=(
                "assumption: automatic mask corrected by hand, some 5 % of the volume; simulated "
                "corrections on one real CT left 1 %"
            ),
        ),
        "expert": ErrorSource(
            name="liver boundary",
            sd=0.5,
            unit="mm",
            source="assumption: drawn by an expert, some 3 % of the volume",
        ),
    }
)
FAINT_LIVER_BOUNDARY = ErrorSource(
    name="liver boundary",
    sd=2.7,
    unit="mm",
    source=(
        "measured: 11 rendered fatty livers, unchecked automatic masks, were off by 17.6 % in "
        "volume (root mean square), 2.7 mm of the surface"
    ),
)
LESION_BOUNDARY: Mapping[Quality, ErrorSource] = MappingProxyType(
    {
        "automatic": ErrorSource(
            name="lesion boundary",
            sd=1.5,
            unit="mm",
            source=(
                "assumption: unchecked automatic mask, 3 mm of a lesion's diameter; the best of "
                "LiTS reach a Dice of 0.74 (arXiv 1901.04056)"
            ),
        ),
        "edited": ErrorSource(
            name="lesion boundary",
            sd=1.0,
            unit="mm",
            source="assumption: corrected by hand, 2 mm of a lesion's diameter",
        ),
        "expert": ErrorSource(
            name="lesion boundary",
            sd=0.75,
            unit="mm",
            source="assumption: drawn by an expert, 1.5 mm of a lesion's diameter",
        ),
    }
)

_WORST_FIRST: tuple[Quality, ...] = ("automatic", "edited", "expert")


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorModel:
    """The four standard deviations of the model."""

    position: ErrorSource = CUT_POSITION
    tilt: ErrorSource = CUT_TILT
    liver: ErrorSource = LIVER_BOUNDARY["automatic"]
    lesion: ErrorSource = LESION_BOUNDARY["automatic"]


def errors_for(segmentation: Segmentation, lesion_labels: Sequence[int]) -> ErrorModel:
    """Choose the boundaries' errors by how the masks were made; unknown counts as automatic.

    The least sure lesion speaks for all.
    """
    known = segmentation.provenance
    liver = known[LIVER].quality if LIVER in known else _WORST_FIRST[0]
    found = {
        known[label].quality if label in known else _WORST_FIRST[0] for label in lesion_labels
    } or {liver}
    lesion = next(quality for quality in _WORST_FIRST if quality in found)
    density_hu = known[LIVER].density_hu if LIVER in known else None
    faint = liver == "automatic" and density_hu is not None and density_hu < UNENHANCED_HU
    boundary = FAINT_LIVER_BOUNDARY if faint else LIVER_BOUNDARY[liver]
    return ErrorModel(liver=boundary, lesion=LESION_BOUNDARY[lesion])
