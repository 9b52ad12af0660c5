"""The one truth of the app: what is on screen, what was done, who must redraw.

A panel or a view calls a verb; the verb makes the next `Work`; the session announces the topics
that changed; whoever subscribed redraws. Panels never talk to each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal, get_args

from liverplan.app.kit.language import en
from liverplan.app.session.history import History
from liverplan.app.session.work import Work, same_voxels
from liverplan.resection import Cut
from liverplan.resection.anatomy.maps import PartMap
from liverplan.segmentation import Segmentation

Topic = Literal[
    "ct",
    "labels",
    "paint",
    "cuts",
    "plans",
    "lesions",
    "facts",
    "maps",
    "annotations",
    "pictures",
    "history",
]
ALL: tuple[Topic, ...] = tuple(topic for topic in get_args(Topic) if topic != "paint")
LOCKED = en("The cuts are locked, so this was not done. Unlock them in step 4 first.")
Watcher = Callable[[frozenset[Topic]], None]


class Session:
    """The current work, its history, and its watchers.

    Attributes
    ----------
    work : Work
        What holds now, an unfinished drag included.
    history : History
        What undo and redo would do.
    revision : int
        Grows with every finished step; saving compares it.
    refuse : callable
        Says why a step was not done.
    signed_words : callable
        Says what of the case is signed and would be voided; "" where nothing is.
    """

    def __init__(self) -> None:
        self.work = Work()
        self.history = History()
        self.revision = 0
        self.refuse: Callable[[str], None] = lambda _words: None
        self.signed_words: Callable[[], str] = lambda: ""
        self._told = -1  # the revision at which it was said what an undo would lay open
        self._watchers: list[Watcher] = []
        self._before_drag: Work | None = None

    def subscribe(self, watcher: Watcher) -> None:
        """Call ``watcher`` with the topics of every change."""
        self._watchers.append(watcher)

    def same_ct(self) -> Callable[[], bool]:
        """Ask later whether the CT is still the one that is on screen now."""
        volume = self.work.volume
        return lambda: self.work.volume is volume

    def same_masks(self) -> Callable[[], bool]:
        """Ask later whether the masks are still those that are on screen now."""
        segmentation = self.work.segmentation
        return lambda: self.work.segmentation is segmentation

    def announce(self, *topics: Topic) -> None:
        """Tell every watcher what changed."""
        changed = frozenset(topics)
        for watcher in tuple(self._watchers):
            watcher(changed)

    def replace_all(self, work: Work) -> None:
        """Begin with another patient's work: there is nothing to undo."""
        self.work = work
        self.history.clear()
        self._before_drag = None
        self.revision += 1
        self.announce(*ALL)

    def go_on_from(self, closed: Session) -> None:
        """Take over the work of a window that has closed, with all that can be undone."""
        self.work, self.history = closed.work, closed.history
        self.revision += 1
        self.announce(*ALL)

    def do(self, name: str, work: Work) -> None:
        """Finish one undoable step; one that would change a locked plan's cuts is refused."""
        before, self._before_drag = self._before_drag or self.work, None
        if recuts_locked(before, work):
            self.work = before
            self.refuse(LOCKED)
            return
        self.history.push(name, before, work)
        self._become(before, work)

    def undo(self) -> None:
        """Take back the last step, what is signed at a second call; or give up a drag under way."""
        if self._before_drag is not None:
            self.cancel_drag()
            return
        if self._told != self.revision and self.history.undo_opens_signed:
            self._told, words = self.revision, self.signed_words()
            if words:
                self.refuse(words)
                return
        before = self.work
        self._become(before, self.history.undo(before))

    def redo(self) -> None:
        """Do again what was undone."""
        before = self.work
        self._become(before, self.history.redo(before))

    def drag_cut(self, cut: Cut) -> None:
        """Show the active cut elsewhere while the mouse button is down."""
        if self._before_drag is None:
            self._before_drag = self.work
        self.work = self.work.with_cut(cut)
        self.announce("cuts")

    def paint(self, segmentation: Segmentation) -> None:
        """Show labels under the brush while the mouse button is down."""
        if self._before_drag is None:
            self._before_drag = self.work
        self.work = replace(self.work, segmentation=segmentation)
        self.announce("paint")

    def finish_drag(self, name: str) -> None:
        """Make the drag one undoable step."""
        if self._before_drag is not None:
            self.do(name, self.work)

    def cancel_drag(self) -> None:
        """Put everything back where the drag began."""
        if self._before_drag is not None:
            self.work, self._before_drag = self._before_drag, None
            self.announce("paint", "cuts")

    @property
    def dragging(self) -> bool:
        """Whether a cut or a brush is being dragged."""
        return self._before_drag is not None

    def choose(self, *, plan: int | None = None, cut: int | None = None) -> None:
        """Make a plan or a cut the active one; a choice is no step to undo."""
        work = self.work
        if plan is not None and plan != work.plan:
            work = replace(work, plan=plan, cut=len(work.plans[plan].cuts) - 1)
        if cut is not None and cut != work.cut:
            work = replace(work, cut=cut)
        before, self.work = self.work, work
        if before is not work:
            self.revision += 1
            self.announce("cuts", "plans")

    def put_maps(self, maps: Mapping[str, PartMap]) -> None:
        """Show maps that were made anew for another mask: no step to undo."""
        self.work = replace(self.work, maps=maps)
        self.revision += 1
        self.announce("cuts", "plans", "maps")

    def _become(self, before: Work, work: Work) -> None:
        self.work = work
        self.revision += 1
        self.announce(*changed_topics(before, work), "history")


def recuts_locked(before: Work, after: Work) -> bool:
    """Whether a step would give a locked plan other cuts or kept vessels, or take it away."""
    if not (before.locked and after.locked) or before.volume is not after.volume:
        return False
    locked = before.active_plan
    return not any((one.cuts, one.kept) == (locked.cuts, locked.kept) for one in after.plans)


def changed_topics(before: Work, after: Work) -> frozenset[Topic]:
    """Which topics differ between two states of the work."""
    topics: set[Topic] = set()
    if before.volume is not after.volume:
        topics |= {"ct", "labels", "cuts", "plans", "lesions"}
    if before.segmentation is not after.segmentation:
        known = same_voxels(before.segmentation, after.segmentation)
        topics |= {"lesions"} if known else {"labels", "cuts", "lesions"}
    if before.biopsied != after.biopsied:
        topics.add("lesions")
    if before.plans != after.plans or (before.plan, before.cut) != (after.plan, after.cut):
        topics |= {"cuts", "plans"}
    if before.maps is not after.maps:
        topics |= {"cuts", "plans", "maps"}
    if (before.margin_mm, before.locked) != (after.margin_mm, after.locked):
        topics.add("cuts")
    if before.record is not after.record:
        topics.add("facts")
    if before.annotations != after.annotations:
        topics.add("annotations")
    if before.key_images != after.key_images:
        topics.add("pictures")
    return frozenset(topics)
