"""A tree divided in two by where its branches' tissue lies: right and left, upper and lower.

Branches go to a side as they come, whole, with what hangs on them: few changes of side along the
tree, tissue well apart, shares not far from what is published, and apart soon after the root. Three
branches from one place, or one that comes off early, are then no other case than the usual fork.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liverplan.resection.anatomy.vessel_graph import Numbers, VesselGraph
from liverplan.volume import FloatArray

MOST_PIECES = 11
"""Every way to give this many pieces to two sides is looked at."""
LEAST_PIECE = 0.02
"""A piece that feeds a smaller share than this goes where its tissue lies."""
CHANGE_COST, SHARE_COST, TOGETHER_COST_MM = 0.03, 0.02, 0.002
"""What a change of side, a squared SD of share, and a millimetre of shared vessel count as, beside
the separation of the two sides (0.5-1). Chosen on the phantom and on drawn variants."""
POOR_APART, WELL_APART = 0.70, 0.92
"""Separation (chance that a point of the one side lies beyond one of the other) of no and full
confidence."""
FAR_MM, FAR_SHARE = 45.0, 0.25
"""Tissue farther than this from every branch of its side speaks of a branch that is not seen."""
GAP = 0.04
"""So much better than another division is clear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What share of the divided tissue the second side usually holds: mean and SD (0-1)."""

    share: float
    sd: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sides:
    """A tree in two.

    Parameters
    ----------
    first, second : tuple of int
        Branches whose tissue lies lower and higher on the axis.
    shared : tuple of int
        Branches that lead to both, in order from the root.
    apart : float
        Chance that a point of the second side lies beyond one of the first (0.5-1).
    share : float
        Of the second side in the tissue of both (0-1).
    changes : int
        How often the side changes along the tree: once at a plain fork.
    together_mm : float
        Length of what leads to both.
    far_fraction : float
        Share of the tissue that lies far from the branches of its side (0-1).
    confidence : float
        0 to 1.
    """

    first: tuple[int, ...]
    second: tuple[int, ...]
    shared: tuple[int, ...]
    apart: float
    share: float
    changes: int
    together_mm: float
    far_fraction: float
    confidence: float


def divided(
    graph: VesselGraph, tops: Sequence[int], along: FloatArray, usual: Usual
) -> Sides | None:
    """Divide branches and all that hangs on them in two; None where they are fewer than two.

    Parameters
    ----------
    graph : VesselGraph
    tops : sequence of int
        Branches at which the part of the tree begins.
    along : (n,) array
        Place on the axis of each point of the liver.
    usual : Usual
    """
    pieces = _pieces(graph, tops)
    large = [n for n in pieces if graph.share_fraction([n]) >= LEAST_PIECE]
    if len(large) < 2:
        return None
    choice = _Choices.of(graph, tops, large, along, usual)
    best = int(choice.score.argmax())
    labels = dict(zip(large, choice.labels[best], strict=True))
    middle = _middle(graph, labels, along)
    for small in set(pieces) - set(large):
        fed = along[graph.fed(graph.under([small]))]
        labels[small] = bool(len(fed) and np.median(fed) > middle)
    first = graph.under(n for n, second in labels.items() if not second)
    second = graph.under(n for n, second in labels.items() if second)
    return _sides(graph, tops, (first, second), choice, best, usual)


def _sides(
    graph: VesselGraph,
    tops: Sequence[int],
    sides: tuple[tuple[int, ...], tuple[int, ...]],
    choice: _Choices,
    best: int,
    usual: Usual,
) -> Sides:
    """Give what leads to one side only to that side, and say how sure all this is."""
    first, second = (_with_stems(graph, tops, side) for side in sides)
    known = set(first) | set(second)
    shared = tuple(n for n in _outward(graph, tops) if n not in known)
    far = graph.away_mm[graph.fed((*first, *second))] > FAR_MM
    share, apart = float(choice.share[best]), float(choice.apart[best])
    off = abs(share - usual.share) / usual.sd
    together = float(choice.together_mm[best])
    changes = int(choice.changes[best])
    factors = (
        np.clip((apart - POOR_APART) / (WELL_APART - POOR_APART), 0, 1),
        np.clip(1.5 - off / 4, 0.1, 1),
        0.9 ** (changes - 1),
        np.clip(1 - (float(far.mean()) - FAR_SHARE / 2) / FAR_SHARE, 0.1, 1),
        np.clip(0.5 + choice.gap(best) / GAP / 2, 0.5, 1),
    )
    return Sides(
        first=first,
        second=second,
        shared=shared,
        apart=apart,
        share=share,
        changes=changes,
        together_mm=together,
        far_fraction=float(far.mean()),
        confidence=float(np.prod(factors)),
    )


def _pieces(graph: VesselGraph, tops: Sequence[int]) -> list[int]:
    """Return branches which, with what hangs on each, are all but stems: the largest parted."""
    found = list(tops)
    while len(found) < MOST_PIECES:
        forks = [n for n in found if graph.children[n]]
        if not forks:
            break
        large = max(forks, key=lambda n: graph.share_fraction([n]))
        if graph.share_fraction([large]) < 2 * LEAST_PIECE:
            break
        found.remove(large)
        found += graph.children[large]
    return found


def _middle(graph: VesselGraph, labels: dict[int, bool], along: FloatArray) -> float:
    means = [
        along[graph.fed(graph.under(n for n in labels if labels[n] == side))].mean()
        for side in (False, True)
    ]
    return float(np.mean(means))


def _with_stems(graph: VesselGraph, tops: Sequence[int], side: Iterable[int]) -> tuple[int, ...]:
    """Return a side with the stems all of whose ends are its own."""
    own = set(side)
    for number in reversed(_outward(graph, tops)):
        onward = graph.children[number]
        if onward and all(n in own for n in onward):
            own.add(number)
    return tuple(n for n in _outward(graph, tops) if n in own)


def _outward(graph: VesselGraph, tops: Sequence[int]) -> list[int]:
    """Return branches and what hangs on them, none before what it hangs on."""
    found = list(tops)
    for number in found:
        found += graph.children[number]
    return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Choices:
    """Every way to give pieces to two sides: (choices, pieces), the rest (choices,)."""

    labels: NDArray[np.bool_]
    counts: Numbers
    apart: FloatArray
    share: FloatArray
    changes: Numbers
    together_mm: FloatArray
    score: FloatArray

    @classmethod
    def of(
        cls,
        graph: VesselGraph,
        tops: Sequence[int],
        pieces: Sequence[int],
        along: FloatArray,
        usual: Usual,
    ) -> _Choices:
        count = len(pieces)
        numbers = np.arange(1, 2**count - 1)
        labels = (numbers[:, None] >> np.arange(count) & 1).astype(np.bool_)
        counts, apart = _separation(graph, pieces, along, labels)
        share = labels @ counts / counts.sum()
        changes, together = _along_tree(graph, tops, dict(zip(pieces, labels.T, strict=True)))
        score = (
            apart
            - CHANGE_COST * changes
            - SHARE_COST * ((share - usual.share) / usual.sd) ** 2
            - TOGETHER_COST_MM * together
        )
        return cls(
            labels=labels,
            counts=counts,
            apart=apart,
            share=share,
            changes=changes,
            together_mm=together,
            score=score,
        )

    def gap(self, best: int) -> float:
        """How much better the best is than the best that is another in a third of its side."""
        moved = (self.labels != self.labels[best]) @ self.counts
        smaller = min(self.labels[best] @ self.counts, ~self.labels[best] @ self.counts)
        others = self.score[moved > smaller / 3]
        return float(self.score[best] - others.max()) if len(others) else GAP


def _separation(
    graph: VesselGraph, pieces: Sequence[int], along: FloatArray, labels: NDArray[np.bool_]
) -> tuple[Numbers, FloatArray]:
    """Points of each piece, and the separation of each choice's two sides, by ranks."""
    owner = np.full(len(graph.branches), -1)
    for number, piece in enumerate(pieces):
        owner[list(graph.under([piece]))] = number
    whose = owner[graph.nearest]
    rank = np.argsort(np.argsort(along[whose >= 0], kind="stable"), kind="stable")
    whose = whose[whose >= 0]
    counts = np.bincount(whose, minlength=len(pieces))
    ranks = np.bincount(whose, rank, minlength=len(pieces))
    second = labels @ counts
    beyond = labels @ ranks - second * (second - 1) / 2
    return counts, np.asarray(beyond / (second * (counts.sum() - second)))


def _along_tree(
    graph: VesselGraph, tops: Sequence[int], sides: dict[int, NDArray[np.bool_]]
) -> tuple[Numbers, FloatArray]:
    """Fewest changes of side along the tree (Hartigan), and how long vessels lead to both.

    Parameters
    ----------
    sides : dict of int to (choices,) bool array
        Of each piece, whether it is on the second side.
    """
    many = len(next(iter(sides.values())))
    changes, together = np.zeros(many, dtype=np.int64), np.zeros(many)
    may: dict[int, FloatArray] = {}
    holds: dict[int, NDArray[np.bool_]] = {}
    for number in (*reversed(_outward(graph, tops)), -1):
        if number in sides:
            may[number] = np.stack([~sides[number], sides[number]]).astype(np.float64)
            holds[number] = np.stack([~sides[number], sides[number]])
            continue
        onward = [n for n in (tops if number < 0 else graph.children[number]) if n in may]
        if not onward:
            continue
        votes = np.sum([may[n] for n in onward], axis=0)
        changes += (len(onward) - votes.max(axis=0)).astype(np.int64)
        may[number] = (votes == votes.max(axis=0)).astype(np.float64)
        holds[number] = np.any([holds[n] for n in onward], axis=0)
        if number >= 0:
            together += holds[number].all(axis=0) * graph.branches[number].length_mm
    return changes, together
