"""Masks as the app keeps them: whatever was changed by hand must be looked at again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from liverplan.app.session.work import Work
from liverplan.segmentation import Provenance, Segmentation
from liverplan.segmentation.labels import FIRST_LESION


def free_label(segmentation: Segmentation) -> int:
    """Lowest label value that no lesion has."""
    taken = set(segmentation.lesion_labels)
    return next(n for n in range(FIRST_LESION, 256) if n not in taken)


def with_provenance(work: Work, label: int, made: Provenance) -> Work:
    """Return the work with another provenance of one mask."""
    if work.segmentation is None:
        return work
    segmentation = Segmentation(
        grid=work.segmentation.grid,
        labels=work.segmentation.labels,
        provenance={**work.segmentation.provenance, label: made},
    )
    return replace(work, segmentation=segmentation)


def with_labels(
    work: Work, labels: NDArray[np.uint8], changed: Sequence[int], gone: Sequence[int] = ()
) -> Work:
    """Return the work with other labels.

    Parameters
    ----------
    work : Work
        With a segmentation.
    labels : (k, j, i) uint8 array
        The whole label map from now on.
    changed : sequence of int
        Label values that were edited; one that is new counts as drawn by hand.
    gone : sequence of int
        Label values of lesions that are no more.
    """
    if work.segmentation is None:
        return work
    kept = {k: v for k, v in work.segmentation.provenance.items() if k not in gone}
    kept |= {label: (kept.get(label) or Provenance.by_hand()).edited() for label in changed}
    segmentation = Segmentation(grid=work.segmentation.grid, labels=labels, provenance=kept)
    return replace(work, segmentation=segmentation, biopsied=work.biopsied - set(gone))
