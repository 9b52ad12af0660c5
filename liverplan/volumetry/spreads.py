"""How wrong a plan's inputs may be: every standard deviation with its source.

A row is either measured (its source is cited) or says "assumption". To change the model, change a
row here; nothing else holds a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from liverplan.segmentation.labels import LIVER, Quality, Segmentation


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """One standard deviation: what varies, by how much, and where that comes from."""

    name: str
    sd: float
    unit: str
    source: str


CUT_POSITION = Spread(
    name="cut position",
    sd=3.0,
    unit="mm",
    source=(
        "assumption: a cut lies within 3 mm of its plan (one SD); simulated and real margins "
        "differed by 1.6 mm on average (PMID 17440774)"
    ),
)
CUT_TILT = Spread(
    name="cut tilt",
    sd=5.0,
    unit="degrees",
    source="assumption: 5 degrees about each of two axes in the cut; no measurement found",
)
LIVER_BOUNDARY: Mapping[Quality, Spread] = MappingProxyType(
    {
        "automatic": Spread(
            name="liver boundary",
            sd=1.0,
            unit="mm",
            source=(
                "assumption: unchecked automatic mask; automatic and manual liver volumes differed "
                "by 4 % (PMID 24928235), some 0.8 mm of the surface"
            ),
        ),
        "edited": Spread(
            name="liver boundary",
            sd=0.75,
            unit="mm",
            source="assumption: automatic mask corrected by hand, some 3.5 % of the volume",
        ),
        "expert": Spread(
            name="liver boundary",
            sd=0.5,
            unit="mm",
            source="assumption: drawn by an expert, some 2.5 % of the volume",
        ),
    }
)
LESION_BOUNDARY: Mapping[Quality, Spread] = MappingProxyType(
    {
        "automatic": Spread(
            name="lesion boundary",
            sd=1.5,
            unit="mm",
            source=(
                "assumption: unchecked automatic mask, 3 mm of a lesion's diameter; the best of "
                "LiTS reach a Dice of 0.74 (arXiv 1901.04056)"
            ),
        ),
        "edited": Spread(
            name="lesion boundary",
            sd=1.0,
            unit="mm",
            source="assumption: corrected by hand, 2 mm of a lesion's diameter",
        ),
        "expert": Spread(
            name="lesion boundary",
            sd=0.75,
            unit="mm",
            source="assumption: drawn by an expert, 1.5 mm of a lesion's diameter",
        ),
    }
)

_WORST_FIRST: tuple[Quality, ...] = ("automatic", "edited", "expert")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spreads:
    """The four standard deviations of the model."""

    position: Spread = CUT_POSITION
    tilt: Spread = CUT_TILT
    liver: Spread = LIVER_BOUNDARY["automatic"]
    lesion: Spread = LESION_BOUNDARY["automatic"]


def spreads_for(segmentation: Segmentation, lesion_labels: Sequence[int]) -> Spreads:
    """Choose the boundaries' spreads by how the masks were made; unknown counts as automatic.

    The least sure lesion speaks for all.
    """
    known = segmentation.provenance
    liver = known[LIVER].quality if LIVER in known else _WORST_FIRST[0]
    found = {
        known[label].quality if label in known else _WORST_FIRST[0] for label in lesion_labels
    } or {liver}
    lesion = next(quality for quality in _WORST_FIRST if quality in found)
    return Spreads(liver=LIVER_BOUNDARY[liver], lesion=LESION_BOUNDARY[lesion])
