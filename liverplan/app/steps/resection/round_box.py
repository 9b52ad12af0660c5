"""A cut round a metastasis: which metastasis, and one button."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from liverplan.app.kit.language import en, tr
from liverplan.app.kit.widgets import button, label, row
from liverplan.app.session.context import Context
from liverplan.app.session.work import lesion_title
from liverplan.app.steps.resection.edits import marked_lesions
from liverplan.app.steps.resection.placing import Placing
from liverplan.volumetry.search.placing import RoundKind, is_round_kind

ACTIONS: dict[RoundKind, str] = {
    "plane": en("Separate"),
    "wedge": en("Add wedge"),
    "sphere": en("Add sphere"),
    "ablation": en("Ablate"),
}
TIPS: dict[RoundKind, str] = {
    "plane": en("The plane that takes this metastasis with the margin and leaves most"),
    "wedge": en("From this metastasis and its margin out to the surface where that costs least"),
    "sphere": en("A ball round this metastasis with the margin"),
    "ablation": en("A zone round this metastasis with the margin; its tissue works no more"),
}


class RoundBox(QWidget):
    """Hidden for cuts that lie round no metastasis."""

    def __init__(self, context: Context, placing: Placing) -> None:
        super().__init__()
        self._session, self._live, self._placing = context.session, context.live, placing
        self._kind: RoundKind = "plane"
        self.lesion = QComboBox()
        self.button = button("", self._place)
        self.reason = label(tr("A metastasis that is marked can be cut round."), "secondary")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row(self.lesion, self.button))
        column.addWidget(self.reason)

    def refresh(self, way: str) -> None:
        """Show what can be laid round which metastasis."""
        self.setVisible(is_round_kind(way))
        if not is_round_kind(way):
            return
        self._kind = way
        lesions = marked_lesions(self._session.work)
        titles = [tr(lesion_title(n)) for n in lesions] or [tr("no metastasis yet")]
        if [self.lesion.itemText(n) for n in range(self.lesion.count())] != titles:
            self.lesion.clear()
            self.lesion.addItems(titles)
        self.lesion.setEnabled(bool(lesions))
        self.button.setEnabled(bool(lesions) and self._live.index is not None)
        self.button.setText(tr(ACTIONS[way]))
        self.button.setToolTip(tr(TIPS[way]))
        self.reason.setVisible(not lesions)

    def _place(self) -> None:
        lesions, number = marked_lesions(self._session.work), self.lesion.currentIndex()
        if 0 <= number < len(lesions):
            self._placing.round_lesion(self._kind, lesions[number])
