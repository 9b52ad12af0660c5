"""What an edit does to where a mask came from: it counts, and must be accepted anew."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from liverplan.segmentation.labels import Segmentation
from liverplan.segmentation.provenance import Provenance


def edited(
    segmentation: Segmentation,
    labels: NDArray[np.uint8],
    changed: Sequence[int],
    gone: Sequence[int] = (),
) -> Segmentation:
    """Return a Segmentation with other labels, of masks that were changed by hand.

    Parameters
    ----------
    segmentation : Segmentation
        From before.
    labels : (k, j, i) uint8 array
        The whole label map from now on.
    changed : sequence of int
        Label values whose masks were edited; a new one counts as drawn by hand.
    gone : sequence of int
        Label values of lesions that are no more.
    """
    made = {n: p for n, p in segmentation.provenance.items() if n not in gone}
    made |= {n: (made.get(n) or Provenance.by_hand()).edited() for n in changed}
    return Segmentation(grid=segmentation.grid, labels=labels, provenance=made)


def with_provenance(segmentation: Segmentation, label: int, made: Provenance) -> Segmentation:
    """Return the same labels with another provenance of one mask."""
    return Segmentation(
        grid=segmentation.grid,
        labels=segmentation.labels,
        provenance={**segmentation.provenance, label: made},
    )


def accepted(segmentation: Segmentation, label: int, name: str) -> Segmentation:
    """Return the same labels, one mask of them accepted by a person as it is now."""
    made = segmentation.provenance.get(label) or Provenance.by_hand()
    return with_provenance(segmentation, label, made.accepted_as(name))
