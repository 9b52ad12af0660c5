"""What is done to the cuts of the plan on screen: added, deleted, flipped, bent, joined, locked."""

from __future__ import annotations

from dataclasses import replace

from liverplan.app.kit.language import en, tr
from liverplan.app.session.context import Context
from liverplan.app.session.cut_words import deed, kind_of
from liverplan.app.session.signatures import holding, unlocking_words
from liverplan.app.session.work import Work
from liverplan.app.slices.views import ThreeViews
from liverplan.resection import Cut, Plane, VCut
from liverplan.resection.clicked import level_surface
from liverplan.segmentation.labels import LIVER
from liverplan.volume import FloatArray
from liverplan.volumetry.search.placing import liver_centre_mm, misses_liver

PLACE = "resection"
MOST_CUTS = 12

BEYOND_NONE = en(
    "No tissue lies beyond all planes, so a V of them would take nothing; swap the sides of one."
)
FULL = en("A plan takes {count} cuts; delete one first.", count=MOST_CUTS)


class CutEdits:
    """Each verb is one step to undo."""

    def __init__(self, context: Context, views: ThreeViews) -> None:
        self._session, self._live = context.session, context.live
        self._notices, self._views, self._saver = context.notices, views, context.saver
        self._warned = -1  # the revision at which it was said what unlocking would lay open

    def add(self, name: str, cut: Cut) -> bool:
        """Add a cut to the active plan, unless it misses the liver; say whether it was added."""
        work, index = self._session.work, self._live.plan_index
        if len(work.cuts) >= MOST_CUTS:
            self._notices.say(PLACE, tr(FULL))
            return False
        if index is not None and misses_liver(index, cut):
            words = en("This {cut} misses the liver, so it was not added. Click on the liver.")
            self._notices.say(PLACE, tr(words, cut=kind_of(cut)))
            return False
        self._notices.say(PLACE, "")
        self._views.disarm()
        self._session.do(name, work.with_added(cut))
        self.show(cut)
        return True

    def show(self, cut: Cut) -> None:
        """Bring slices that cross a cut into view."""
        place = cut.seen_from(self.centre_mm())
        if place is not None:
            self._views.move_crosshair(place)

    def centre_mm(self) -> FloatArray:
        """(3,) LPS middle of the liver on screen."""
        derived, segmentation = self._live.derived, self._session.work.segmentation
        if derived is not None:
            return derived.centre_mm
        if segmentation is None:
            raise LookupError("A cut is placed once there is a liver.")
        return liver_centre_mm(segmentation)

    def delete(self) -> None:
        """Take the active cut away."""
        work = self._session.work
        if work.active_cut is None:
            return
        cuts = tuple(cut for number, cut in enumerate(work.cuts) if number != work.cut)
        name = en("delete {what}", what=kind_of(work.active_cut))
        self._session.do(name, work.with_cuts(cuts, len(cuts) - 1))

    def flip(self) -> None:
        """Let the other side of the active cut stay."""
        work = self._session.work
        other = None if work.active_cut is None else work.active_cut.flipped()
        if other is not None:
            self._session.do(en("swap sides"), work.with_cut(other))

    def resize(self, number: int, value: float) -> None:
        """Give one of the active cut's sizes another value."""
        work = self._session.work
        cut = work.active_cut
        if cut is not None and not work.locked and number < len(cut.sizes()):
            self._session.do(deed("resize", cut), work.with_cut(cut.resized(number, value)))

    def toggle_lock(self) -> None:
        """Protect the cuts, or give them back; what is signed is unlocked at a second press."""
        work = self._session.work
        signed = holding(self._saver.opened) if work.locked else ()
        if signed and self._warned != self._session.revision:
            self._warned = self._session.revision
            self._notices.say(PLACE, unlocking_words(signed))
            return
        name = en("unlock cuts") if work.locked else en("lock cuts")
        self._session.do(name, replace(work, locked=not work.locked))

    def set_margin(self, margin_mm: float) -> None:
        """Plan with another margin."""
        work = self._session.work
        if margin_mm != work.margin_mm:
            self._session.do(en("margin"), replace(work, margin_mm=margin_mm))

    def bend(self) -> None:
        """Turn the active plane into a curved cut, to be bent by its control points."""
        work = self._session.work
        plane, segmentation = work.active_plane, work.segmentation
        if plane is not None and segmentation is not None and not work.locked:
            surface = level_surface(plane, segmentation, self.centre_mm())
            self._session.do(deed("bend", plane), work.with_cut(surface))

    def join_or_part(self) -> None:
        """Make the plan's planes one V, which takes only what lies beyond all; or part one."""
        work = self._session.work
        if work.locked:
            return
        match work.active_cut:
            case VCut() as joined:
                others = tuple(cut for cut in work.cuts if cut is not joined)
                cuts = (*others, *joined.planes)
                self._session.do(en("part V"), work.with_cuts(cuts, len(cuts) - 1))
            case _ if len(work.active_plan.planes) > 1:
                self._join(work.active_plan.planes)

    def _join(self, planes: tuple[Plane, ...]) -> None:
        work, index, joined = self._session.work, self._live.plan_index, VCut(planes=planes)
        if index is not None and misses_liver(index, joined):
            self._notices.say(PLACE, BEYOND_NONE)
            return
        others = tuple(cut for cut in work.cuts if cut not in planes)
        self._session.do(en("join planes"), work.with_cuts((*others, joined), len(others)))


def marked_lesions(work: Work) -> list[int]:
    """Label values of the lesions on screen."""
    masks = work.segmentation
    return [] if masks is None else sorted(label for label in masks.provenance if label > LIVER)
