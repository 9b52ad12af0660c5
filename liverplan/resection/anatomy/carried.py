"""What is known of branches, carried over to the branches of trees that were measured anew.

Branches are divided and numbered afresh whenever a tree changes: so each is told by where it runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import scipy

from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.vessel_graph import Numbers, line_mm
from liverplan.segmentation.vessels.branches import Branch
from liverplan.volume import FloatArray

NEAR_MM = 4.0
"""So near to each other run the middle lines of the same vessel."""
LEAST_SHARE = 0.25
"""Of a line that must be near another, so that the two are one vessel."""
BY_HAND = 1.0
"""How sure a branch is that a person took into its tree."""


def carried_maps(before: Mapping[str, PartMap], after: Mapping[str, PartMap]) -> dict[str, PartMap]:
    """Return maps of a liver whose branches are called, and as sure, as they were before."""
    return {
        name: replace(one, lines=carried(before[name].lines, one.lines))
        if one.lines and name in before
        else one
        for name, one in after.items()
    }


def carried(before: Sequence[Branch], after: Sequence[Branch]) -> tuple[Branch, ...]:
    """Carry what is known of a tree's branches over to how they are divided now.

    Parameters
    ----------
    before, after : sequence of Branch
        Of one tree; a name that a person gave and a confidence that ``after`` has stay.

    Returns
    -------
    tuple of Branch
        ``after``. A name goes to that branch next to the root which the named one has become; a
        confidence is the mean along the line. Where confidences were known, a branch that runs
        where none did is one that a person took in, and sure.
    """
    if not before or not after:
        return tuple(after)
    old, new = _Lines(before), _Lines(after)
    called = _called(before, new)
    told = any(branch.confidence is not None for branch in before)
    made = []
    for number, branch in enumerate(after):
        sure, known = branch.confidence, branch
        if told and sure is None:
            sure = _confidence(line_mm(branch), before, old)
        if not branch.called and number in called:
            known = before[called[number]]
        by = known.called_by
        made.append(replace(branch, confidence=sure, called=known.called, called_by=by))
    return tuple(made)


class _Lines:
    """The middle lines of branches, to be asked what runs near a point."""

    def __init__(self, branches: Sequence[Branch]) -> None:
        self.names = tuple(branch.name for branch in branches)
        lines = [line_mm(branch) for branch in branches]
        self._owner = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
        self._tree = scipy.spatial.cKDTree(np.concatenate(lines))

    def owners(self, points_mm: FloatArray) -> Numbers:
        """(m,) the branch next to each of those of (n, 3) points that lie near one."""
        away, at = self._tree.query(points_mm)
        return np.asarray(self._owner[np.asarray(at)[np.asarray(away) <= NEAR_MM]])


def _confidence(line: FloatArray, before: Sequence[Branch], old: _Lines) -> float:
    owners = old.owners(line)
    if len(owners) < LEAST_SHARE * len(line):
        return BY_HAND
    sure = (before[number].confidence for number in owners)
    return float(np.mean([BY_HAND if one is None else one for one in sure]))


def _called(before: Sequence[Branch], new: _Lines) -> dict[int, int]:
    """Return which branch that a person named each branch is now, by their numbers."""
    found: dict[int, tuple[int, int]] = {}
    for number, branch in enumerate(before):
        if not branch.called:
            continue
        line = line_mm(branch)
        owners = new.owners(line)
        if len(owners) < LEAST_SHARE * len(line):
            continue
        counts = np.bincount(owners)
        held = np.flatnonzero(counts >= LEAST_SHARE * len(owners))
        here = int(min(held, key=lambda n: (new.names[n].count("."), -counts[n])))
        if counts[here] > found.get(here, (0, 0))[0]:
            found[here] = int(counts[here]), number
    return {here: number for here, (_, number) in found.items()}
