"""The best plan of each family that a search has found; a click fills one in."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from liverplan.app.kit.widgets import Table, label
from liverplan.app.steps.resection.planning import Planning
from liverplan.resection import Parts
from liverplan.resection.anatomy.named import name_of
from liverplan.volumetry.search.suggest import Suggested
from liverplan.words.numbers import ml, mm, percent


class SuggestionList(QWidget):
    """Plans by family with what each leaves, the largest remnant first."""

    def __init__(self, planning: Planning) -> None:
        super().__init__()
        self.planning = planning
        self.table = Table(["Best found", "FLR", "mL", "margin"], stretch=0)
        self.table.itemSelectionChanged.connect(self._chosen)
        self.caveat = label("", "secondary")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
        column.addWidget(self.caveat)

    def refresh(self) -> None:
        """Show the last search; nothing after a change of mask or margin."""
        found = self.planning.suggestions
        self.setVisible(found is not None)
        if found is None:
            return
        line = found.threshold_fraction
        cuts = self.planning.desk.session.work.cuts
        current = [n for n, best in enumerate(found.best) if same_cuts(best, cuts)]
        self.table.fill([_row(best, line) for best in found.best], current[0] if current else -1)
        self.caveat.setText(f"Click one to fill it in. {found.caveat}")

    def _chosen(self) -> None:
        found, number = self.planning.suggestions, self.table.chosen
        if found is not None and 0 <= number < len(found.best):
            self.planning.take(found.best[number])


def same_cuts(best: Suggested, cuts: tuple[object, ...]) -> bool:
    """Whether these are a suggestion's own cuts."""
    return len(cuts) == len(best.plan.cuts) and all(
        any(cut is other for other in cuts) for cut in best.plan.cuts
    )


def family_words(best: Suggested) -> str:
    """Return what a suggestion is."""
    cuts = best.plan.cuts
    if best.family == "segments" and isinstance(cuts[0], Parts):
        return name_of(cuts[0].names)
    if best.family == "wedges":
        return f"{len(cuts)} wedge{'s' * (len(cuts) != 1)}"
    return "one plane" if best.family == "plane" else str(best.family)


def _row(best: Suggested, line: float) -> tuple[str, str, str, str]:
    share = percent(best.remnant_fraction, line)
    return family_words(best), f"{share} %", ml(best.remnant_ml), f"{mm(best.margin_mm)} mm"
