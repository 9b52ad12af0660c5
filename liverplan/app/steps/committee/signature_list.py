"""The signatures of the case, and why one does not hold any more."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from liverplan.app.kit.language import en, language, retold, tr
from liverplan.app.kit.widgets import Table, label
from liverplan.report import SignatureRow
from liverplan.words import words_of
from liverplan.words.numbers import moment


class SignatureList(QWidget):
    """A table; below, everything about the chosen signature, else about the first that is void.

    Attributes
    ----------
    rows : tuple of SignatureRow
        As checked.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[SignatureRow, ...] = ()
        self.table = Table([tr("Who"), tr("What"), ""], stretch=1)
        self.table.itemSelectionChanged.connect(self._explain)
        self.why = label("", "secondary")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
        column.addWidget(self.why)

    def show_rows(self, rows: tuple[SignatureRow, ...], *, known: bool = True) -> None:
        """Show signatures; hidden while there are none.

        ``known``: whether they were checked against what is on screen, not what was before.
        """
        self.rows = rows
        self.setVisible(bool(rows))
        self.table.fill([signature_row(one, known=known) for one in rows])
        self._explain()
        if not known:
            self.why.setText("")

    def _explain(self) -> None:
        at = self.table.chosen
        chosen = self.rows[at : at + 1] if at >= 0 else ()
        void = tuple(one for one in self.rows if state_of(one) == "void")
        self.why.setText("".join(detail(one) for one in (chosen or void)[:1]))
        self.why.setVisible(bool(self.why.text()))


def signature_row(one: SignatureRow, *, known: bool = True) -> tuple[str, str, str]:
    """Return what the table shows of a signature."""
    return one.name, retold(one.meaning), tr(state_of(one)) if known else "…"


def state_of(one: SignatureRow) -> str:
    """Return one word for whether a signature counts."""
    if one.superseded_by:
        return en("superseded")
    return en("void") if one.void_because else en("valid")


def detail(one: SignatureRow) -> str:
    """Everything about one signature, in words."""
    said = f"{one.name}, {retold(one.role)}, {moment(one.when)} UTC: {retold(one.meaning)}"
    reason = f" ({one.reason})" if one.reason else ""
    return f"{said}{reason}. {_holds(one)}."


def _holds(one: SignatureRow) -> str:
    if state_of(one) == "superseded":
        words = words_of(language())("superseded", vote=tr(one.superseded_by))
        return words[:1].upper() + words[1:]
    if one.void_because:
        return tr("Void: {why}", why=retold(one.void_because))
    return tr("Valid")
