"""The cuts of the plan on screen: what each takes, its sizes in numbers, and what is done to it."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from liverplan.app.kit.language import localised, tr
from liverplan.app.kit.widgets import Table, button, label, row
from liverplan.app.session.context import Context
from liverplan.app.session.cut_words import title_of
from liverplan.app.steps.resection.cut_map_view import CutMapDialog
from liverplan.app.steps.resection.edits import CutEdits
from liverplan.app.steps.resection.flat_map import FlatMaps
from liverplan.app.steps.resection.size_fields import SizeFields
from liverplan.volumetry.shapes.cut_map import CutMap
from liverplan.words.numbers import ml


class CutList(QWidget):
    """Cuts with their millilitres; the chosen one has the handles and the fields below."""

    def __init__(self, context: Context, edits: CutEdits, flat_maps: FlatMaps) -> None:
        super().__init__()
        self._session, self._live = context.session, context.live
        self.table = Table([tr("Cut"), tr("takes, mL")], stretch=0, most_rows=6)
        self.table.itemSelectionChanged.connect(self._chosen)
        self.sizes = SizeFields(edits)
        self.fields = self.sizes.fields
        self.flip_button = button(tr("Swap sides"), edits.flip)
        self.lock_button = button(tr("Lock"), edits.toggle_lock)
        self.delete_button = button(tr("Delete cut"), edits.delete)
        self.map_button = button(
            tr("Lay flat…"),
            lambda: flat_maps.make(self._show_map),
            tip=tr("A map of the chosen cut: how near the metastases and vessels are all over it"),
        )
        self.map: CutMapDialog | None = None
        self.together = label("", "secondary")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
        column.addWidget(self.together)
        column.addWidget(self.sizes)
        column.addLayout(row(self.flip_button, self.map_button))
        column.addLayout(row(self.lock_button, self.delete_button))

    def refresh(self) -> None:
        """Show the plan's cuts and what can be done with the chosen one."""
        work = self._session.work
        cut = work.active_cut
        self.table.fill(self._rows(), work.cut)
        self.table.setVisible(bool(work.cuts))
        self.together.setText(self._together_words())
        self.together.setVisible(bool(self.together.text()))
        free = cut is not None and not work.locked
        self.flip_button.setEnabled(free and cut is not None and cut.flipped() is not None)
        self.delete_button.setEnabled(free)
        self.map_button.setEnabled(cut is not None and cut.can_lie_flat)
        self.lock_button.setEnabled(bool(work.cuts))
        self.lock_button.setText(tr("Unlock") if work.locked else tr("Lock"))
        self.sizes.show_sizes(work)

    def follow(self) -> None:
        """Show the millilitres of a drag under way."""
        work = self._session.work
        if len(work.cuts) != self.table.rowCount():
            return
        for number, cells in enumerate(self._rows()):
            for column, text in enumerate(cells):
                item = self.table.item(number, column)
                if item is not None and item.text() != text:
                    item.setText(text)
        self.sizes.show_sizes(work)

    def _rows(self) -> list[tuple[str, str]]:
        cuts, alone = self._session.work.cuts, self._live.alone_ml
        known = [localised(ml(taken)) for taken in alone]
        known = known if len(alone) == len(cuts) else ["…"] * len(cuts)
        titles = [f"{number}  {title_of(cut)}" for number, cut in enumerate(cuts, 1)]
        return list(zip(titles, known, strict=True))

    def _together_words(self) -> str:
        live = self._live
        if len(live.alone_ml) < 2 or live.remnant is None:
            return ""
        return tr(
            "Together {taken} mL of {of} mL; what several take counts once.",
            taken=localised(ml(live.remnant.resected_ml)),
            of=localised(ml(live.remnant.functional_ml)),
        )

    def _show_map(self, cut_map: CutMap, title: str) -> None:
        margin = self._session.work.margin_mm
        self.map = CutMapDialog(cut_map, margin, title, self.window())
        self.map.show()

    def _chosen(self) -> None:
        if self.table.chosen >= 0:
            self._session.choose(cut=self.table.chosen)
