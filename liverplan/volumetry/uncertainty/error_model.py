"""How wrong a plan's inputs may be: every standard deviation with its source.

A row is measured, or estimated from what was measured elsewhere (it says where), or says
"assumption". To change the model, change a row here; nothing else holds a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import hypot, inf
from types import MappingProxyType

from liverplan.segmentation.classical.checks import UNENHANCED_HU
from liverplan.segmentation.labels import LIVER, Segmentation
from liverplan.segmentation.provenance import Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorSource:
    """One standard deviation: what varies, by how much, and where that comes from.

    Parameters
    ----------
    name, unit, source : str
    sd : float
        Standard deviation.
    length_mm : float
        How far along a boundary its error keeps its sign: errors at d mm from each other correlate
        by ``exp(-d^2 / (2 length^2))``. Infinite: the whole boundary is off alike.
    corrected_factor : float
        What a correction by hand leaves of the error, 0-1; 1 where none is known to help.
    """

    name: str
    sd: float
    unit: str
    source: str
    length_mm: float = inf
    corrected_factor: float = 1.0


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
LIVER_LENGTH_MM = 35.0
LESION_LENGTH_MM = 30.0

LIVER_BOUNDARY: Mapping[Quality, ErrorSource] = MappingProxyType(
    {
        "automatic": ErrorSource(
            name="liver boundary",
            sd=1.6,
            unit="mm",
            length_mm=LIVER_LENGTH_MM,
            corrected_factor=0.56,
            source=(
                "estimated from 1 real and 5 rendered livers, whose outlines lay off by 2.0 mm "
                "(SD) about their mean, alike over 10 to 50 mm, and remnants by 0.7 to 0.8 points; "
                "and from 2 more real ones, whose errors were inferred from how often an earlier "
                "interval covered them: with the first some 1.1 points (any plane) and 1.4 "
                "(hemihepatectomy), which 1.6 mm over 35 mm makes with the bias"
            ),
        ),
        "edited": ErrorSource(
            name="liver boundary",
            sd=0.9,
            unit="mm",
            length_mm=LIVER_LENGTH_MM,
            corrected_factor=0.75,
            source=(
                "assumption: automatic mask corrected by hand, two thirds of its error over 35 mm; "
                "5 clicks and 8 contours on one real CT left remnants off by 0.7 to 1.1 points"
            ),
        ),
        "expert": ErrorSource(
            name="liver boundary",
            sd=0.7,
            unit="mm",
            length_mm=LIVER_LENGTH_MM,
            source="assumption: drawn by an expert, a voxel or so over 35 mm",
        ),
    }
)
LIVER_BIAS: Mapping[Quality, ErrorSource] = MappingProxyType(
    {
        "automatic": ErrorSource(
            name="liver bias",
            sd=1.0,
            unit="mm",
            corrected_factor=0.75,
            source=(
                "measured: 22 rendered contrast-enhanced livers were off by 5.6 % in volume (root "
                "mean square), 0.85 mm of the surface, rounded up; others found 4 % on real ones "
                "(PMID 24928235)"
            ),
        ),
        "edited": ErrorSource(
            name="liver bias",
            sd=0.75,
            unit="mm",
            corrected_factor=0.67,
            source=(
                "assumption: automatic mask corrected by hand, some 5 % of the volume; simulated "
                "corrections on one real CT left 1 %"
            ),
        ),
        "expert": ErrorSource(
            name="liver bias",
            sd=0.5,
            unit="mm",
            source="assumption: drawn by an expert, some 3 % of the volume",
        ),
    }
)
FAINT_LIVER_BIAS = ErrorSource(
    name="liver bias",
    sd=2.7,
    unit="mm",
    corrected_factor=0.28,
    source=(
        "measured: 11 rendered fatty livers, unchecked automatic masks, were off by 17.6 % in "
        "volume (root mean square), 2.7 mm of the surface"
    ),
)
BIAS_BY_THICKNESS = 0.1
"""Assumption: a boundary seen in slices t mm thick is off by a tenth of that as a whole."""

LESION_BOUNDARY: Mapping[Quality, ErrorSource] = MappingProxyType(
    {
        "automatic": ErrorSource(
            name="lesion boundary",
            sd=1.5,
            unit="mm",
            length_mm=LESION_LENGTH_MM,
            corrected_factor=0.67,
            source=(
                "assumption: unchecked automatic mask, 3 mm of a lesion's diameter; the best of "
                "LiTS reach a Dice of 0.74 (arXiv 1901.04056)"
            ),
        ),
        "edited": ErrorSource(
            name="lesion boundary",
            sd=1.0,
            unit="mm",
            length_mm=LESION_LENGTH_MM,
            corrected_factor=0.75,
            source="assumption: corrected by hand, 2 mm of a lesion's diameter",
        ),
        "expert": ErrorSource(
            name="lesion boundary",
            sd=0.75,
            unit="mm",
            length_mm=LESION_LENGTH_MM,
            source="assumption: drawn by an expert, 1.5 mm of a lesion's diameter",
        ),
    }
)

UNSEEN_VESSELS = ErrorSource(
    name="unseen vessels",
    sd=4.0,
    unit="%",
    source=(
        "measured: tissue without blood by the vessels that were found, beside that by all that "
        "there are, for cuts as large as the liver's volume to the power of 2/3, where both "
        "agree about the main branches: root mean square 2.3 % on 1 real liver, 4.4, 1.5 and "
        "4.1 % on 3 rendered ones, 3.4 % of all planes, rounded up (tests.benchmarks.unseen); "
        "its square grows with the cut's surface, as the number of branches that cross it"
    ),
)

_WORST_FIRST: tuple[Quality, ...] = ("automatic", "edited", "expert")


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorModel:
    """The standard deviations of the model.

    Parameters
    ----------
    position, tilt : ErrorSource
        Of each cut.
    liver, lesion : ErrorSource
        Of the liver's and the metastases' boundary, place by place.
    liver_bias : ErrorSource or None
        Of the liver's boundary as a whole; None where that is not in doubt.
    vessels : ErrorSource or None
        Of what keeps its blood, for a cut as large as the liver's volume to the power of 2/3;
        None where no vessels are known, and all that stays counts.
    """

    position: ErrorSource = CUT_POSITION
    tilt: ErrorSource = CUT_TILT
    liver: ErrorSource = LIVER_BOUNDARY["automatic"]
    lesion: ErrorSource = LESION_BOUNDARY["automatic"]
    liver_bias: ErrorSource | None = None
    vessels: ErrorSource | None = None

    @property
    def livers(self) -> tuple[ErrorSource, ...]:
        """What makes the liver's boundary unsure."""
        return (self.liver,) if self.liver_bias is None else (self.liver, self.liver_bias)


def errors_for(segmentation: Segmentation, lesion_labels: Sequence[int]) -> ErrorModel:
    """Choose the boundaries' errors by how the masks were made; unknown counts as automatic.

    The least sure lesion speaks for all; a thick slice adds to what the whole boundary shares.
    """
    known = segmentation.provenance
    liver = known[LIVER].quality if LIVER in known else _WORST_FIRST[0]
    found = {
        known[label].quality if label in known else _WORST_FIRST[0] for label in lesion_labels
    } or {liver}
    lesion = next(quality for quality in _WORST_FIRST if quality in found)
    density_hu = known[LIVER].density_hu if LIVER in known else None
    faint = liver == "automatic" and density_hu is not None and density_hu < UNENHANCED_HU
    bias = FAINT_LIVER_BIAS if faint else LIVER_BIAS[liver]
    thick = BIAS_BY_THICKNESS * max(segmentation.grid.spacing_mm)
    return ErrorModel(
        liver=LIVER_BOUNDARY[liver],
        lesion=LESION_BOUNDARY[lesion],
        liver_bias=replace(bias, sd=hypot(bias.sd, thick)),
    )
