"""The best plan of each family that a search has found; a click makes it a plan."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from liverplan.app.kit.language import localised, retold, tr
from liverplan.app.kit.widgets import Table, label
from liverplan.app.session.telling import told
from liverplan.app.steps.resection.suggesting import Suggesting
from liverplan.resection import Parts
from liverplan.resection.anatomy.named import name_of
from liverplan.volumetry.search.suggest import Suggested
from liverplan.words.numbers import ml, mm, percent


class SuggestionList(QWidget):
    """Plans by family with what each leaves, the largest remnant first."""

    def __init__(self, suggesting: Suggesting) -> None:
        super().__init__()
        self._suggesting = suggesting
        self.table = Table([tr("Best found"), "FLR", "mL", tr("margin")], stretch=0)
        self.table.itemSelectionChanged.connect(self._chosen)
        self.caveat = label("", "secondary")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
        column.addWidget(self.caveat)

    def refresh(self) -> None:
        """Show the last search; nothing after a change of mask or margin."""
        found = self._suggesting.found
        self.setVisible(found is not None)
        if found is None:
            return
        line = found.threshold_fraction
        self.table.fill([_row(best, line) for best in found.best], self._suggesting.taken)
        self.caveat.setText(f"{tr('Click one to have it as a plan.')} {told(found.caveat)}")

    def _chosen(self) -> None:
        found, number = self._suggesting.found, self.table.chosen
        if found is not None and 0 <= number < len(found.best):
            self._suggesting.take(found.best[number])


def family_words(best: Suggested) -> str:
    """Return what a suggestion is."""
    cuts = best.plan.cuts
    match best.family, cuts[0]:
        case "segments", Parts(names=names):
            return retold(name_of(names))
        case "wedges", _:
            return tr("1 wedge") if len(cuts) == 1 else tr("{count} wedges", count=len(cuts))
        case "plane", _:
            return tr("one plane")
        case family, _:
            return tr(family)


def _row(best: Suggested, line: float) -> tuple[str, str, str, str]:
    share = percent(best.counted_fraction, line)
    stays, margin = localised(ml(best.counted_ml)), localised(mm(best.margin_mm))
    return family_words(best), f"{localised(share)} %", stays, f"{margin} mm"
