"""Named parts of the liver that a plan takes: segments, and what hangs on cut vessel branches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from liverplan.app.kit.language import en, tr
from liverplan.app.session.context import Context
from liverplan.app.steps.resection.edits import PLACE
from liverplan.errors import PlanError
from liverplan.resection.anatomy.maps import PartMap, hangs_on
from liverplan.resection.anatomy.named import SCHEME, split_fourth
from liverplan.resection.anatomy.territories import LUMEN, branch_at, toggled
from liverplan.resection.edits import taken_parts, taking_parts
from liverplan.segmentation import Segmentation
from liverplan.volume import FloatArray

Listed = tuple[
    Segmentation, dict[str, tuple[str, ...]], Mapping[str, PartMap], "tuple[Branch, ...]"
]
"""Branches as they were measured last, and of what."""

VESSEL_SCHEMES = ("portal", "hepatic")
HANGS_ON_CUT = en("This branch hangs on one that is cut already: it is lost with that.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A vessel branch that can be cut: its tree, its name, and what is lost with it, mL."""

    scheme: str
    name: str
    lost_ml: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredSegments:
    """Each segment's functional tissue, mL, and its fraction of the liver's."""

    volumes_ml: Mapping[str, float]
    fractions: Mapping[str, float]


class TakenParts:
    """Takes parts of a map, and gives them back."""

    def __init__(self, context: Context) -> None:
        self._session, self._notices = context.session, context.notices
        self._known: Listed | None = None

    def taken(self, scheme: str) -> tuple[str, ...]:
        """Return the parts of a map that the plan takes."""
        return taken_parts(self._session.work.cuts, scheme)

    def take_segments(self, names: tuple[str, ...]) -> None:
        """Let the plan take these Couinaud segments and no others; none takes the cut away."""
        self.take(SCHEME, split_fourth(names))

    def cut_branch_at(self, point_mm: FloatArray) -> None:
        """Mark the vessel branch at a (3,) LPS point, mm, as cut, or take the mark back."""
        try:
            tree, branch = branch_at(self._session.work.maps, point_mm)
        except PlanError as refusal:
            self._notices.say(PLACE, str(refusal))
            return
        before = self.taken(tree)
        after = toggled(before, branch)
        self._notices.say(PLACE, tr(HANGS_ON_CUT) if after == before else "", "info")
        self.take(tree, after)

    def take(self, scheme: str, names: tuple[str, ...]) -> None:
        """Let the plan take these parts of a map and no others of it."""
        work = self._session.work
        if names == self.taken(scheme) or work.locked:
            return
        parts = en("segments") if scheme == SCHEME else en("{vessels} branches", vessels=en(scheme))
        cuts = taking_parts(work.cuts, scheme, names)
        done = en("take {parts}") if names else en("keep all {parts}")
        self._session.do(en(done, parts=parts), work.with_cuts(cuts, len(cuts) - 1))

    def segment_volumes(self) -> MeasuredSegments | None:
        """Measure every segment; None where there is no map of them."""
        work = self._session.work
        known = work.maps.get(SCHEME)
        if known is None or work.segmentation is None:
            return None
        return MeasuredSegments(
            volumes_ml=known.volumes_ml(work.segmentation),
            fractions=known.shares_fraction(work.segmentation),
        )

    def branches(self) -> tuple[Branch, ...]:
        """Return the branches to list: those that are cut; all, where none can be clicked."""
        work = self._session.work
        masks, maps = work.segmentation, work.maps
        if masks is None:
            return ()
        names = {scheme: self._listed(scheme) for scheme in VESSEL_SCHEMES if scheme in maps}
        known = self._known
        if known is None or known[:2] != (masks, names) or known[2] is not maps:
            found = tuple(
                branch
                for scheme, some in names.items()
                for branch in lost(maps[scheme], masks, some)
            )
            self._known = known = masks, names, maps, found
        return known[3]

    def _listed(self, scheme: str) -> tuple[str, ...]:
        maps = self._session.work.maps
        return self.taken(scheme) if LUMEN in maps else maps[scheme].names


def lost(part_map: PartMap, masks: Segmentation, names: tuple[str, ...]) -> list[Branch]:
    """Measure what is lost with each of some branches and all that hangs on it."""
    volumes = part_map.volumes_ml(masks) if names else {}
    return [
        Branch(
            scheme=part_map.scheme,
            name=name,
            lost_ml=sum(ml for other, ml in volumes.items() if hangs_on(other, name)),
        )
        for name in names
    ]
