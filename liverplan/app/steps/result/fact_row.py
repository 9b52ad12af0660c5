"""One fact that people attest: answer, by whom, when, evidence, and its criterion's state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout

from liverplan.app.kit.field import Field, read_date, read_number, read_text
from liverplan.app.kit.language import en, localised, retold, tr
from liverplan.app.kit.widgets import Notice, label, row, set_tip
from liverplan.app.session.telling import told
from liverplan.app.steps.result.facts import Facts
from liverplan.eligibility import Fact, FactQuestion
from liverplan.eligibility.judge import title_said
from liverplan.eligibility.protocol import FactValue
from liverplan.findings import CriterionFinding, Statement

Answer = FactValue | Literal["unclear"] | None

MOST_CHOICES = 21
"""A whole number without limits is offered from 0 to 20."""

FIRST = en("Answer the question first; then say who attests it.")


class FactRow(QFrame):
    """One row of the form."""

    def __init__(
        self,
        question: FactQuestion,
        facts: Facts,
        attesting: Callable[[], tuple[str, date | None]],
    ) -> None:
        super().__init__()
        self.question, self.facts, self._attesting = question, facts, attesting
        self.answers = answers_of(question)
        self.answer = QComboBox()
        self.answer.addItems([words for words, _ in self.answers])
        self.answer.setMinimumWidth(84)
        called = told(Statement.of(f"fact.{question.name}", written=question.label))
        unit = retold(question.unit)
        self.answer.setAccessibleName(called)
        self.answer.activated.connect(self._answered)
        self.number = Field("", read_number, self._written, width=73)
        self.number.line.setPlaceholderText(unit)
        self.number.line.setAccessibleName(called)
        self.number.setVisible(question.answer == "number")
        self.by = Field("", read_text, self._keep, width=110)
        self.date = Field("", read_date, self._keep, width=108)
        self.note = Field("", read_text, self._keep, width=110)
        self.by.line.setPlaceholderText(tr("by whom"))
        self.note.line.setPlaceholderText(tr("evidence"))
        set_tip(self.note.line, tr("Report, version, witness"))
        named = f"{called}, {unit}" if unit else called
        self.title = label(named[:1].upper() + named[1:], wrap=False)
        self.state = label("", "secondary")
        self.state.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self.words = label(retold(question.question), "secondary")
        self.notice = Notice()
        self._build()

    def _build(self) -> None:
        fields = QHBoxLayout()
        fields.setSpacing(6)
        if self.question.answer == "number":
            fields.addWidget(self.number, 0, Qt.AlignmentFlag.AlignTop)
        for part, stretch in ((self.answer, 0), (self.by, 3), (self.date, 0), (self.note, 4)):
            fields.addWidget(part, stretch, Qt.AlignmentFlag.AlignTop)
        self.answer.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(3)
        head = row(self.title)
        head.addWidget(self.state, 1)
        layout.addLayout(head)
        layout.addWidget(self.words)
        layout.addLayout(fields)
        layout.addWidget(self.notice)

    def show_fact(self, fact: Fact | None) -> None:
        """Show what is attested."""
        value = None if fact is None else fact.value
        self.answer.setCurrentIndex(
            next((n for n, (_, v) in enumerate(self.answers) if v is value or _same(v, value)), 0)
        )
        written = self.question.answer == "number" and isinstance(value, int | float)
        self.number.show_text(localised(f"{value:.10g}") if written else "")
        self.by.show_text("" if fact is None else fact.by)
        self.date.show_text("" if fact is None or fact.date is None else fact.date.isoformat())
        self.note.show_text("" if fact is None else fact.note)
        self.notice.say("")

    def show_state(self, results: Sequence[CriterionFinding]) -> None:
        """Show the criteria that this fact belongs to."""
        self.state.setText("; ".join(f"{title_words(r)}: {tr(r.state)}" for r in results))
        set_tip(self.state, "\n".join(told(r.finding) for r in results))

    def _answered(self, _at: int) -> None:
        self.number.line.setText("")
        self.notice.say(self._take_in() if self.answer.currentIndex() else self._forget())

    def _written(self) -> str:
        """Take a number in; an empty line forgets it."""
        self.answer.setCurrentIndex(0)
        return self._forget() if self.number.value() is None else self._take_in()

    def _take_in(self) -> str:
        """Keep an answer, with who gives answers now, and the day, where nobody stands yet."""
        who, day = self._attesting()
        if who and not self.by.line.text():
            self.by.line.setText(who)
            if not self.date.line.text() and day is not None:
                self.date.line.setText(day.isoformat())
        return self._keep()

    def _value(self) -> Answer:
        """Return the number that is written, else the answer that is chosen."""
        written = self.number.value() if self.question.answer == "number" else None
        return self.answers[self.answer.currentIndex()][1] if written is None else written

    def _forget(self) -> str:
        return self.facts.attest(self.question.name, None)

    def _keep(self) -> str:
        value = self._value()
        if value is None:
            return tr(FIRST)
        fact = Fact(
            value=value,
            by=" ".join(self.by.value().split()),
            date=self.date.value(),
            note=" ".join(self.note.value().split()),
            plan=self.facts.plan_mark if self.question.of_plan else "",
        )
        return self.facts.attest(self.question.name, fact)


def answers_of(question: FactQuestion) -> list[tuple[str, Answer]]:
    """Return what can be answered, in words and as the patient file holds it."""
    if question.answer == "yes or no":
        answers: list[tuple[str, Answer]] = [(tr("yes"), True), (tr("no"), False)]
    elif question.answer == "number":
        answers = []
    else:
        low = question.lowest or 0
        high = low + MOST_CHOICES - 1 if question.highest is None else question.highest
        answers = [(str(n), n) for n in range(low, high + 1)]
    return [("\N{EN DASH}", None), *answers, (tr("unclear"), "unclear")]


def title_words(criterion: CriterionFinding) -> str:
    """Return a criterion's title, as its protocol writes it where no language has its own."""
    return told(title_said(criterion.id, criterion.title or criterion.id))


def _same(a: object, b: object) -> bool:
    return type(a) is type(b) and a == b
