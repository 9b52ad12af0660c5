"""The patient's facts as a form: one row for each thing that the protocol asks people to attest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from liverplan.app.kit.field import Field, read_date, read_number, read_text
from liverplan.app.kit.files import file_to_open, file_to_write
from liverplan.app.kit.language import en, localised, retold, tr
from liverplan.app.kit.widgets import Notice, button, clear, label, row, set_tip
from liverplan.app.session.context import Context
from liverplan.app.session.session import Topic
from liverplan.app.steps.result.fact_row import FactRow
from liverplan.app.steps.result.facts import PLACE, Facts
from liverplan.eligibility import Patient, Protocol, shipped_protocols
from liverplan.eligibility.patient import Sex
from liverplan.errors import InputError
from liverplan.plain import clean

OTHER = en("Another protocol file…")
KINDS = en("Patient facts (*.toml)")

Written = date | float | str | None

SEXES: tuple[Sex | None, ...] = (None, "female", "male")


class FactsSheet(QFrame):
    """Lies over the views; the criteria in the result panel follow each answer."""

    done = Signal()

    def __init__(self, context: Context, facts: Facts) -> None:
        super().__init__()
        self._session, self._live, self.facts = context.session, context.live, facts
        self.notice = Notice()
        context.notices.show_at(PLACE, self.notice.say)
        self.protocol = QComboBox()
        self.protocol.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.protocol.activated.connect(self._protocol)
        tips = tr("A patient file (TOML)"), tr("What is known, as TOML")
        self.load_button = button(tr("Read file…"), self._load, tip=tips[0])
        self.save_button = button(tr("Write file…"), self._save, tip=tips[1])
        self.done_button = button(tr("Done"), self.done.emit, role="primary")
        self.attester = Field(tr("You attest as"), read_text, lambda: "", width=150)
        self.attester.setToolTip(tr("Name and day are put beside each answer that you give"))
        self.day = Field(tr("on"), read_date, lambda: "", width=108)
        self.day.show_text(datetime.now().astimezone().date().isoformat())
        self.persons = self._persons()
        self.sex = QComboBox()
        self.sex.addItems(["\N{EN DASH}" if sex is None else tr(sex) for sex in SEXES])
        self.sex.activated.connect(self._sex)
        self.visits = label("", "secondary")
        self.rows: dict[str, FactRow] = {}
        self._build()
        context.session.subscribe(self._changed)
        context.live.assessed.connect(self.show_states)

    def _persons(self) -> dict[str, Field[Written]]:
        facts = self.facts
        number = Field(
            tr("Patient ID"),
            read_text,
            lambda: facts.keep(replace(facts.patient, patient_id=number.value()), en("patient ID")),
            width=108,
        )
        return {"patient_id": number, **self._days(), **self._sizes()}

    def _days(self) -> dict[str, Field[Written]]:
        facts = self.facts
        birth = Field(
            tr("Birth date"),
            read_date,
            lambda: facts.keep(replace(facts.patient, birth_date=birth.value()), en("birth date")),
            width=108,
        )
        start = Field(
            tr("Treatment began"),
            read_date,
            lambda: facts.keep(
                replace(facts.patient, treatment_start=start.value()), en("start of treatment")
            ),
            width=108,
        )
        decision = Field(
            tr("Decision date"),
            read_date,
            lambda: facts.keep(
                replace(facts.patient, decision_date=decision.value()), en("decision date")
            ),
            width=108,
        )
        return {"birth_date": birth, "treatment_start": start, "decision_date": decision}

    def _sizes(self) -> dict[str, Field[Written]]:
        facts = self.facts
        height = Field(
            tr("Height, cm"),
            read_number,
            lambda: facts.keep(replace(facts.patient, height_cm=height.value()), en("height")),
            width=66,
        )
        weight = Field(
            tr("Weight, kg"),
            read_number,
            lambda: facts.keep(replace(facts.patient, weight_kg=weight.value()), en("weight")),
            width=66,
        )
        return {"height_cm": height, "weight_kg": weight}

    def _build(self) -> None:
        inside = QWidget()
        self.column = QVBoxLayout(inside)
        self.column.setContentsMargins(16, 4, 16, 12)
        self.column.setSpacing(8)
        fields = list(self.persons.values())
        self.column.addLayout(row(*fields[:4], 1, spacing=12))
        body = row(*fields[4:], spacing=12)
        body.addWidget(label(tr("Sex"), "secondary", wrap=False), 0, Qt.AlignmentFlag.AlignTop)
        body.addWidget(self.sex, 0, Qt.AlignmentFlag.AlignTop)
        body.addStretch()
        self.column.addLayout(body)
        self.column.addWidget(self.visits)
        self.column.addLayout(row(self.attester, self.day, 1, spacing=12))
        self.asked = QVBoxLayout()
        self.asked.setSpacing(2)
        self.column.addLayout(self.asked)
        self.column.addStretch()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        self.area = area
        head = row(
            label(tr("Patient facts"), "title", wrap=False),
            label(tr("for"), "secondary", wrap=False),
            self.protocol,
            self.load_button,
            self.save_button,
            self.done_button,
        )
        head.setStretch(2, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        head.setContentsMargins(16, 0, 16, 0)
        layout.addLayout(head)
        layout.addWidget(self.notice)
        layout.addWidget(area, 1)

    def refresh(self) -> None:
        """Show what is attested; fields that were refused show what holds."""
        work = self._session.work
        if work.volume is None:
            return
        protocol, patient = self.facts.protocol, self.facts.patient
        self._show_protocol(protocol, self.facts.protocol_name)
        if list(self.rows) != list(protocol.facts):
            self._ask(protocol)
        for key, field in self.persons.items():
            field.show_text(_shown(getattr(patient, key)))
        self.sex.setCurrentIndex(SEXES.index(patient.sex))
        self.visits.setText(_visits_words(patient))
        self.visits.setVisible(bool(patient.visits))
        for name, one in self.rows.items():
            one.show_fact(patient.facts.get(name))
        self.show_states()

    def show_states(self) -> None:
        """Show the states of the criteria that each fact belongs to."""
        findings = self._live.findings
        if findings is None or not self.rows:
            return
        results = {c.id: c for c in findings.criteria}
        protocol = self.facts.protocol
        for name, one in self.rows.items():
            asking = [c for c in protocol.criteria if name in c.asks and c.id in results]
            one.show_state([results[c.id] for c in asking])

    def _changed(self, topics: frozenset[Topic]) -> None:
        if topics & {"ct", "facts"}:
            self.refresh()

    def _ask(self, protocol: Protocol) -> None:
        clear(self.asked)
        self.rows = {
            name: FactRow(question, self.facts, self._attesting)
            for name, question in protocol.facts.items()
        }
        for one in self.rows.values():
            self.asked.addWidget(one)

    def _attesting(self) -> tuple[str, date | None]:
        """Who gives answers now, and the day."""
        try:
            return self.attester.value() or "", self.day.value()
        except InputError:
            return "", None

    def _show_protocol(self, protocol: Protocol, name: str) -> None:
        names = [*shipped_protocols()]
        if name not in names:
            names.append(name)
        self.protocol.clear()
        for one in names:
            self.protocol.addItem(clean(retold(protocol.title) if one == name else one), one)
        self.protocol.addItem(tr(OTHER), "")
        self.protocol.setCurrentIndex(names.index(name))
        set_tip(self.protocol, self.protocol.currentText())

    def _protocol(self, at: int) -> None:
        chosen = self.protocol.itemData(at)
        if not chosen:
            kinds = en("Protocol (*.toml)")
            chosen = str(file_to_open(self, tr("A trial's protocol"), kinds) or "")
        if chosen and chosen != self.facts.protocol_name:
            self.facts.choose_protocol(chosen)
        self.refresh()

    def _sex(self, at: int) -> None:
        self.facts.keep(replace(self.facts.patient, sex=SEXES[at]), en("sex"))

    def _load(self) -> None:
        path = file_to_open(self, tr("Patient file"), KINDS)
        if path is not None:
            self.facts.load(path)

    def _save(self) -> None:
        path = file_to_write(self, tr("Write the facts"), "patient.toml", KINDS)
        if path is not None:
            self.facts.save(path)


def _shown(value: Written) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return value.isoformat() if isinstance(value, date) else localised(f"{value:.10g}")


def _visits_words(patient: Patient) -> str:
    count = len(patient.visits)
    if count == 1:
        return tr("The file holds 1 visit of target lesions (RECIST).")
    return tr("The file holds {count} visits of target lesions (RECIST).", count=count)
