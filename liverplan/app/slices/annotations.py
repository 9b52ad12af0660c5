"""What was measured and written on the slices: found again, chosen, deleted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from liverplan.app.kit.language import en
from liverplan.app.session.session import Session
from liverplan.app.slices.figures import figure_of, is_on
from liverplan.app.slices.measuring import STEPS
from liverplan.app.slices.views import ThreeViews
from liverplan.findings import Annotation


class Annotations:
    """The verbs for what `slices.measuring` makes; each change is one undoable step."""

    def __init__(self, session: Session, views: ThreeViews) -> None:
        self._session, self._views = session, views

    @property
    def all(self) -> tuple[Annotation, ...]:
        """Everything that is kept, the oldest first."""
        return self._session.work.annotations

    def choose(self, number: int) -> None:
        """Show one on its slice, drawn thicker; a number that is none chooses none."""
        views = self._views
        views.chosen = self.all[number] if 0 <= number < len(self.all) else None
        if views.chosen is not None:
            views.move_crosshair(np.array(views.chosen.points_mm[0]))
        views.redraw()

    def delete(self, number: int) -> None:
        """Take one away."""
        if 0 <= number < len(self.all):
            gone = self.all[number]
            self._keep(en("delete {kind}", kind=STEPS[gone.kind]), self.all, gone)

    def delete_all(self) -> None:
        """Take every one away."""
        if self.all:
            self._keep(en("delete what was measured"), ())

    def delete_here(self) -> None:
        """Take away the one under the mouse; else the one that is chosen."""
        found = self.here or self._views.chosen
        numbers = [number for number, one in enumerate(self.all) if one is found]
        for number in numbers[:1]:
            self.delete(number)

    @property
    def here(self) -> Annotation | None:
        """The last one drawn of those that lie under the mouse on the slice that is shown."""
        pointer = self._views.pointer
        look = None if pointer is None else pointer[0].look
        if pointer is None or look is None:
            return None
        on_slice = (
            one
            for one in reversed(self.all)
            if one.view == look.axes.name and all(map(look.holds, one.points_mm))
        )
        return next((one for one in on_slice if is_on(figure_of(one, look), pointer[1])), None)

    def _keep(
        self, name: str, kept: tuple[Annotation, ...], gone: Annotation | None = None
    ) -> None:
        kept = tuple(one for one in kept if one is not gone)
        if gone is None or gone is self._views.chosen:
            self._views.chosen = None
        self._session.do(name, replace(self._session.work, annotations=kept))
