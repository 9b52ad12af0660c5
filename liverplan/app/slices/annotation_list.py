"""The list of what was measured: it hangs below its button, and goes by a click elsewhere."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from liverplan.app.kit.language import tr
from liverplan.app.kit.widgets import Table, button, label, row
from liverplan.app.session.session import Session
from liverplan.app.slices.annotations import Annotations
from liverplan.app.slices.convert import view_axes
from liverplan.app.slices.figures import words_of
from liverplan.app.slices.hanging import Hanging
from liverplan.app.slices.measuring import NAMES
from liverplan.findings import Annotation
from liverplan.volume import Grid

WIDE = 500


class AnnotationList(Hanging):
    """A row for each; a chosen one is shown on its slice."""

    def __init__(self, session: Session, annotations: Annotations, near: QWidget) -> None:
        super().__init__(near, WIDE)
        self._session, self._annotations = session, annotations
        self.table = Table((tr("What"), tr("Measured"), tr("Slice")), stretch=1)
        self.table.itemSelectionChanged.connect(lambda: annotations.choose(self.table.chosen))
        self.empty = label(tr("Nothing is measured yet."), "secondary")
        self.delete_button = button(tr("Delete"), self._delete)
        self.clear_button = button(tr("Delete all"), annotations.delete_all)
        self.column.addWidget(self.empty)
        self.column.addWidget(self.table)
        self.column.addLayout(row(self.delete_button, self.clear_button, 1))
        session.subscribe(lambda topics: self.refresh() if "annotations" in topics else None)
        self.refresh()

    def refresh(self) -> None:
        """Show what holds now."""
        volume, made = self._session.work.volume, self._annotations.all
        grid = None if volume is None else volume.grid
        self.table.fill([row_of(one, grid) for one in made], min(self.table.chosen, len(made) - 1))
        self.table.setVisible(bool(made))
        self.empty.setVisible(not made)
        for part in (self.delete_button, self.clear_button):
            part.setEnabled(bool(made))
        self.adjustSize()

    def _delete(self) -> None:
        chosen = self.table.chosen
        self._annotations.delete(chosen if chosen >= 0 else len(self._annotations.all) - 1)


def row_of(annotation: Annotation, grid: Grid | None) -> tuple[str, str, str]:
    """Say what was measured, how much it is, and on which slice."""
    view, number = annotation.view, ""
    if grid is not None and view != "Oblique":
        along = view_axes(grid, view).along
        number = f" {round(float(grid.to_index(annotation.points_mm[0])[along])) + 1}"
    words = words_of(annotation).replace("\n", ", ")
    return tr(NAMES[annotation.kind]), words, f"{tr(view)}{number}"
