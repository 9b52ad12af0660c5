"""Verbs of the patient's facts: keep one, read or write a patient file, choose the protocol."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from liverplan.app.session.desk import Desk
from liverplan.eligibility import (
    Fact,
    Patient,
    Protocol,
    parse_patient,
    parse_protocol,
    protocol_text,
)
from liverplan.eligibility.patient import UNCLEAR
from liverplan.eligibility.patient_toml import patient_toml
from liverplan.eligibility.protocol import fits
from liverplan.eligibility.strict import read_text
from liverplan.errors import ProtocolError
from liverplan.workflow.cases import patient_of, protocol_of

PLACE = "facts"
ENTERED = "entered in the app"
"""Stands where a patient file's name would stand."""


class Facts:
    """What people attest of the patient on screen; every change is one undoable step."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @property
    def protocol(self) -> Protocol:
        """The protocol that the work is held against."""
        return protocol_of(self.desk.session.work.documents)

    @property
    def patient(self) -> Patient:
        """What is attested so far."""
        return patient_of(self.desk.session.work.documents)

    def keep(self, patient: Patient, what: str) -> str:
        """Take a patient in as one step; return why that was refused, "" if it was not."""
        if patient == self.patient:
            return ""
        try:
            document = _document(patient, self.protocol)
        except ProtocolError as refusal:
            return in_words(refusal)
        self._do(what, {"patient": document})
        return ""

    def attest(self, name: str, fact: Fact | None) -> str:
        """Keep one fact, or forget it; return why that was refused, "" if it was not."""
        facts = {key: known for key, known in self.patient.facts.items() if key != name}
        if fact is not None:
            facts[name] = fact
        return self.keep(replace(self.patient, facts=facts), f"fact: {name.replace('_', ' ')}")

    def load(self, path: Path) -> None:
        """Take the facts of a patient file in, in place of what was known."""
        try:
            text = read_text(path, what="patient file")
            parse_patient(text, name=str(path), protocol=self.protocol)
        except ProtocolError as refusal:
            self.desk.say(PLACE, str(refusal))
            return
        self._do("patient file", {"patient": {"name": str(path), "toml": text}})
        self.desk.say(PLACE, f"Facts of {path.name} taken in.", "info")

    def save(self, path: Path) -> None:
        """Write what is known as a patient file."""
        try:
            path.write_text(patient_toml(self.patient), "utf-8")
        except OSError as fault:
            self.desk.say(PLACE, f"{path.name} cannot be written ({fault.strerror}).")
            return
        self.desk.say(PLACE, f"Facts written to {path}.", "info")

    def choose_protocol(self, name_or_path: str) -> None:
        """Hold the work against another protocol; facts that it does not ask for are left out."""
        try:
            text = protocol_text(name_or_path)
            protocol = parse_protocol(text, name=name_or_path)
        except ProtocolError as refusal:
            self.desk.say(PLACE, str(refusal))
            return
        known = self.patient
        kept = {k: v for k, v in known.facts.items() if _asked(protocol, k, v)}
        left = [self.protocol.facts[k].label for k in known.facts if k not in kept]
        patient = replace(known, facts=kept)
        documents = {
            "protocol": {"name": name_or_path, "toml": text},
            "patient": _document(patient, protocol),
        }
        self._do("protocol", documents)
        self.desk.say(
            PLACE,
            f"Not asked for by {protocol.name}, so left out: {', '.join(left)}. Undo brings "
            "them back."
            if left
            else "",
        )

    def _do(self, what: str, documents: dict[str, Any]) -> None:
        work = self.desk.session.work
        merged = MappingProxyType({**work.documents, **documents})
        self.desk.say(PLACE, "")
        self.desk.session.do(what, replace(work, documents=merged))


def in_words(refusal: ProtocolError) -> str:
    """Say a patient file's faults without the file's spelling of its keys."""
    faults = str(refusal).partition("does not serve: ")[2] or str(refusal)
    plain = re.sub(
        r"'(?:person|facts)\.([\w.]+)'", lambda m: re.sub(r"[_.]", " ", m.group(1)), faults
    )
    return plain[:1].upper() + plain[1:]


def _document(patient: Patient, protocol: Protocol) -> dict[str, str]:
    """Return the case's document of a patient, checked as the reader will read it."""
    if patient == Patient():
        return {"name": "", "toml": ""}
    text = patient_toml(patient)
    parse_patient(text, name=ENTERED, protocol=protocol)
    return {"name": ENTERED, "toml": text}


def _asked(protocol: Protocol, name: str, fact: Fact) -> bool:
    question = protocol.facts.get(name)
    return question is not None and (fact.value == UNCLEAR or fits(question, fact.value))
