"""Verbs of a second CT beside the case's own: open it, link the two, shift it, put it away.

Where both CTs name one frame of reference, a point is the same point in both. Where they do not,
their livers are laid on each other if both are outlined; else a person shifts one by hand. Whose CT
it is is asked first: another patient's is shown only if a person says so.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np
from PySide6.QtCore import QObject, Signal

from liverplan import case, dicom
from liverplan.app.kit.language import en, tr
from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress, Task
from liverplan.app.session.session import Topic
from liverplan.app.slices.views import ThreeViews
from liverplan.case import Record
from liverplan.dicom.whose import patient_id_in
from liverplan.errors import CaseError, DicomError
from liverplan.findings import SeriesSummary
from liverplan.followup import align
from liverplan.plain import clean
from liverplan.segmentation import Segmentation
from liverplan.volume import FloatArray, Grid, Volume
from liverplan.workflow.cases import summary_of

if TYPE_CHECKING:
    from liverplan.dicom import SeriesInfo


PLACE = "beside"
T = TypeVar("T")
Way = Literal["frame", "livers", "hand"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Second:
    """A second CT, and how it lies on the case's own.

    Parameters
    ----------
    volume : Volume
        The CT.
    record : Record
        Whose and which it is.
    matrix : (4, 4) array
        Its LPS mm to the case's LPS mm.
    way : {"frame", "livers", "hand"}
        Of one frame of reference; laid on by the livers; shifted by a person.
    stranger : bool
        Whether it names another patient than the case does.
    """

    volume: Volume
    record: Record
    matrix: FloatArray
    way: Way
    stranger: bool

    def to_case(self, point_mm: FloatArray) -> FloatArray:
        """Return a (3,) point of this CT in the case's, LPS mm."""
        moved: FloatArray = self.matrix[:3, :3] @ point_mm + self.matrix[:3, 3]
        return moved

    def from_case(self, point_mm: FloatArray) -> FloatArray:
        """Return a (3,) point of the case's CT in this one, LPS mm."""
        back = np.linalg.solve(self.matrix[:3, :3], point_mm - self.matrix[:3, 3])
        return np.asarray(back, dtype=np.float64)

    def shifted(self, mine_mm: FloatArray, case_mm: FloatArray) -> Second:
        """Return it shifted so that its point, (3,) LPS mm, lies on the case's, (3,) LPS mm."""
        matrix = self.matrix.copy()
        matrix[:3, 3] += case_mm - self.to_case(mine_mm)
        return replace(self, matrix=matrix, way="hand")


class Beside(QObject):
    """Holds the second CT on show, and nothing of it once it is put away.

    Attributes
    ----------
    second : Second or None
        What is shown.
    asking : Second or None
        Another patient's, until a person says that it shall be shown.
    found : list of SeriesInfo
        The series to choose from, where there are several.
    linked : bool
        Whether it follows the crosshair.
    """

    changed = Signal()

    def __init__(self, context: Context, views: ThreeViews) -> None:
        super().__init__()
        self._session, self._jobs = context.session, context.jobs
        self._notices, self._views = context.notices, views
        self.second: Second | None = None
        self.asking: Second | None = None
        self.found: list[SeriesInfo] = []
        self.linked = True
        self._own_mm: FloatArray | None = None
        self._session.subscribe(self._session_changed)

    @property
    def point_mm(self) -> FloatArray | None:
        """The (3,) point on show, LPS mm of the second CT."""
        if self.second is None or self._views.crosshair_mm is None:
            return None
        if not self.linked and self._own_mm is not None:
            return self._own_mm
        return self.second.from_case(self._views.crosshair_mm)

    def open(self, path: Path) -> None:
        """Show another CT: a case's, or the series in a folder, of which one may be to choose."""
        if case.is_case(path):
            self._open_case(path)
            return

        def task(report: Progress, cancel: threading.Event) -> list[SeriesInfo]:
            return dicom.find_series(path, progress=report, cancel=cancel)

        def then(found: list[SeriesInfo]) -> None:
            self.found = others_than(self._session.work.series, found)
            self.changed.emit()
            if not self.found:
                self._notices.say(PLACE, _none_of(found))
            elif len(self.found) == 1:
                self.read(self.found[0])

        self._run(tr("Looking for series"), task, then)

    def read(self, info: SeriesInfo) -> None:
        """Show one of the series that were found."""

        def task(report: Progress, cancel: threading.Event) -> Second:
            ct = dicom.read_series(info, progress=report, cancel=cancel)
            record = Record(series=summary_of(ct), headers=ct.headers.to_json())
            return self._placed(ct.volume, record, None, report)

        self._run(tr("Reading the CT"), task, self._take)

    def admit(self) -> None:
        """Show another patient's CT all the same: a person said so."""
        if self.asking is not None:
            self.second, self.asking = self.asking, None
            self._notices.say(PLACE, "")
            self.changed.emit()

    def close(self) -> None:
        """Put the second CT away; nothing of it is kept."""
        self.second, self.asking, self.found = None, None, []
        self.linked, self._own_mm = True, None
        self._notices.say(PLACE, "")
        self.changed.emit()

    def move(self, point_mm: FloatArray) -> None:
        """Go to a (3,) point of the second CT, LPS mm; while they are linked, in both."""
        if self.second is None:
            return
        if self.linked:
            self._views.move_crosshair(self.second.to_case(point_mm))
        else:
            self._own_mm = point_mm
            self.changed.emit()

    def link(self, *, linked: bool) -> None:
        """Let it stand still while the other moves; linked anew, what both show then lies together.

        Nothing is shifted where neither was moved meanwhile.
        """
        if self.second is None or linked == self.linked:
            return
        here, own = self._views.crosshair_mm, self.point_mm
        self._own_mm = own
        if linked and here is not None and own is not None:
            apart = np.abs(self.second.to_case(own) - here).max()
            self.second = self.second.shifted(own, here) if apart > 1e-6 else self.second
        self.linked = linked
        self.changed.emit()

    def _open_case(self, path: Path) -> None:
        def task(report: Progress, _cancel: threading.Event) -> Second:
            report(0.1, tr("Reading the other case"))
            state = case.open_case(path).state
            if state.volume is None:
                raise CaseError(tr("This case holds no CT, so it cannot be shown."))
            return self._placed(state.volume, state.record, state.segmentation, report)

        self.found = []
        self._run(tr("Reading the other case"), task, self._take)

    def _run(self, name: str, task: Task[T], then: Callable[[T], None]) -> None:
        self._jobs.run(PLACE, name, task, then, holds=self._session.same_ct())

    def _placed(
        self, volume: Volume, record: Record, masks: Segmentation | None, report: Progress
    ) -> Second:
        """Find how a CT lies on the case's own."""
        work = self._session.work
        if work.volume is None:
            raise CaseError(tr("Open the case's own CT first."))
        grid, mine = volume.grid, work.volume.grid
        matrix: FloatArray = np.eye(4)
        way: Way = "hand"
        if grid.frame_uid is not None and grid.frame_uid == mine.frame_uid:
            way = "frame"
        elif masks is not None and work.segmentation is not None:
            report(0.6, tr("Laying the livers on each other"))
            matrix, way = align(work.segmentation, masks).matrix, "livers"
        elif not _meet(grid, mine):
            matrix[:3, 3] = _middle_mm(mine) - _middle_mm(grid)
        ids = [patient_id_in(one.headers or {}).strip() for one in (work.record, record)]
        return Second(
            volume=volume,
            record=record,
            matrix=matrix,
            way=way,
            stranger=all(ids) and ids[0] != ids[1],
        )

    def _take(self, second: Second) -> None:
        self.linked, self._own_mm = True, None
        if second.stranger:
            self.second, self.asking = None, second
            mine, other = (
                clean(patient_id_in(one.headers or {}))
                for one in (self._session.work.record, second.record)
            )
            words = tr(
                "This CT is of another patient: its ID is {other}, the case's {mine}. It is not "
                "shown unless you say so.",
                other=other,
                mine=mine,
            )
            self._notices.say(PLACE, tr(UNNAMED) if self._views.hidden else words)
        else:
            self.second, self.asking = second, None
        self.changed.emit()

    def _session_changed(self, topics: frozenset[Topic]) -> None:
        if "ct" in topics and (self.second or self.asking or self.found):
            self.close()


def others_than(mine: SeriesSummary | None, found: list[SeriesInfo]) -> list[SeriesInfo]:
    """Return the CTs that can be shown beside one; phases that share a series stay in."""
    uids = [info.uid for info in found]
    uid = "" if mine is None else mine.uid
    return [i for i in found if i.usable and (i.uid != uid or uids.count(uid) > 1)]


UNNAMED = en("This CT is of another patient. It is not shown unless you say so.")


def _none_of(found: list[SeriesInfo]) -> str:
    """Say why there is nothing to show."""
    try:
        dicom.choose_series(found)
    except DicomError as refusal:
        return str(refusal)
    return tr("There is no other CT in this folder than the one on screen.")


def _middle_mm(grid: Grid) -> FloatArray:
    return grid.to_mm((np.array(grid.shape) - 1) / 2)


def _meet(one: Grid, other: Grid) -> bool:
    """Whether the middle of one CT lies within the other, as their coordinates stand."""
    return one.nearest_index(_middle_mm(other)) is not None
