"""Verbs of the patient's facts: keep one, read or write a patient file, choose the protocol."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from liverplan.app.kit.language import en, tr
from liverplan.app.session.context import Context
from liverplan.app.session.telling import told
from liverplan.case import Record
from liverplan.eligibility import Fact, Patient, Protocol
from liverplan.eligibility.files import PatientFile, ProtocolFile
from liverplan.eligibility.patient import UNCLEAR
from liverplan.eligibility.patient_toml import patient_toml
from liverplan.eligibility.protocol import fits
from liverplan.errors import ProtocolError
from liverplan.findings import Statement
from liverplan.workflow.identity import plan_mark

PLACE = "facts"


class Facts:
    """What people attest of the patient on screen; every change is one undoable step."""

    def __init__(self, context: Context) -> None:
        self._session, self._notices = context.session, context.notices

    @property
    def protocol(self) -> Protocol:
        """The protocol that the work is held against."""
        return self._session.work.record.rules

    @property
    def protocol_name(self) -> str:
        """What the protocol was asked for by; "" where there is none yet."""
        given = self._session.work.record.protocol
        return "" if given is None else given.name

    @property
    def patient(self) -> Patient:
        """What is attested so far."""
        return self._session.work.record.facts

    @property
    def plan_mark(self) -> str:
        """The mark of the plan on screen, by which facts are bound to it."""
        work = self._session.work
        return plan_mark(work.record.series, work.active_plan)

    def keep(self, patient: Patient, what: str) -> str:
        """Take a patient in as one step; return why that was refused, "" if it was not."""
        if patient == self.patient:
            return ""
        try:
            entered = PatientFile.entered(patient, self.protocol)
        except ProtocolError as refusal:
            return in_words(refusal)
        self._do(what, replace(self._session.work.record, patient=entered))
        return ""

    def attest(self, name: str, fact: Fact | None) -> str:
        """Keep one fact, or forget it; return why that was refused, "" if it was not."""
        facts = {key: known for key, known in self.patient.facts.items() if key != name}
        if fact is not None:
            facts[name] = fact
        what = en("fact: {name}", name=en(name.replace("_", " ")))
        return self.keep(replace(self.patient, facts=facts), what)

    def load(self, path: Path) -> None:
        """Take the facts of a patient file in, in place of what was known."""
        try:
            given = PatientFile.load(path, self.protocol)
        except ProtocolError as refusal:
            self._notices.say(PLACE, str(refusal))
            return
        self._do(en("patient file"), replace(self._session.work.record, patient=given))
        self._notices.say(PLACE, tr("Facts of {file} taken in.", file=path.name), "info")

    def save(self, path: Path) -> None:
        """Write what is known as a patient file."""
        try:
            path.write_text(patient_toml(self.patient), "utf-8")
        except OSError as fault:
            words = tr("{file} cannot be written ({why}).", file=path.name, why=fault.strerror)
            self._notices.say(PLACE, words)
            return
        self._notices.say(PLACE, tr("Facts written to {path}.", path=path), "info")

    def choose_protocol(self, name_or_path: str) -> None:
        """Hold the work against another protocol; facts that it does not ask for are left out."""
        try:
            chosen = ProtocolFile.shipped(name_or_path)
        except ProtocolError as refusal:
            self._notices.say(PLACE, str(refusal))
            return
        known, protocol = self.patient, chosen.protocol
        kept = {k: v for k, v in known.facts.items() if _asked(protocol, k, v)}
        left = [label_words(self.protocol, k) for k in known.facts if k not in kept]
        patient = PatientFile.entered(replace(known, facts=kept), protocol)
        record = replace(self._session.work.record, protocol=chosen, patient=patient)
        self._do(en("protocol"), record)
        words = en("Not asked for by {protocol}, so left out: {facts}. Undo brings them back.")
        said = tr(words, protocol=protocol.name, facts=", ".join(left)) if left else ""
        self._notices.say(PLACE, said)

    def _do(self, what: str, record: Record) -> None:
        self._notices.say(PLACE, "")
        self._session.do(what, replace(self._session.work, record=record))


def label_words(protocol: Protocol, name: str) -> str:
    """Return what a fact is called, as its protocol writes it where no language has its own."""
    return told(Statement.of(f"fact.{name}", written=protocol.facts[name].label))


def in_words(refusal: ProtocolError) -> str:
    """Say a patient file's faults without the file's spelling of its keys."""
    faults = str(refusal).partition("does not serve: ")[2] or str(refusal)
    plain = re.sub(
        r"'(?:person|facts)\.([\w.]+)'", lambda m: re.sub(r"[_.]", " ", m.group(1)), faults
    )
    return plain[:1].upper() + plain[1:]


def _asked(protocol: Protocol, name: str, fact: Fact) -> bool:
    question = protocol.facts.get(name)
    return question is not None and (fact.value == UNCLEAR or fits(question, fact.value))
