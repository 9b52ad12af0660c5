"""What was published of plans like this one: how far the resected volume missed its prediction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from liverplan.findings import CutFinding, PublishedError, Resected, Volumes
from liverplan.resection.anatomy.named import SCHEME
from liverplan.volumetry.published_errors import PREDICTION_ERRORS

KINDS: Mapping[frozenset[str], Resected] = MappingProxyType(
    {
        frozenset("5678"): "hemihepatectomy",
        frozenset("234"): "hemihepatectomy",
        frozenset("23"): "sectionectomy",
        frozenset("4"): "sectionectomy",
        frozenset("58"): "sectionectomy",
        frozenset("67"): "sectionectomy",
        **{frozenset(one): "segmentectomy" for one in "235678"},
    }
)
"""Brisbane 2000: the segments of each operation; the caudate lobe may go with a half."""


def published_errors(volumes: Volumes, cuts: Sequence[CutFinding]) -> tuple[PublishedError, ...]:
    """Return each published series, and what its median error would be of this plan."""
    known = bool(cuts) and all(cut.scheme == SCHEME for cut in cuts)
    kind = resected(cuts) if known else None
    share = volumes.resected_ml / volumes.functional_ml
    return tuple(
        PublishedError(
            resected=row.resected,
            median_fraction=row.median_fraction,
            operations=row.operations,
            source=row.source,
            remnant_fraction=row.median_fraction * share,
            applies=row.resected == kind if known else None,
        )
        for row in PREDICTION_ERRORS
    )


def resected(cuts: Sequence[CutFinding]) -> Resected | None:
    """Return what kind of operation takes the segments of these cuts; None if none of the table."""
    segments = frozenset(part[0] for cut in cuts for part in cut.parts)
    found = KINDS.get(segments)
    return found or KINDS.get(segments - {"1"} if len(segments) > 2 else segments)
