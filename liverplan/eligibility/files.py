"""A protocol and a patient's facts as they were given: the text to the letter, and what it says.

The text is what is kept, hashed and signed; what it says is read from it once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from liverplan.eligibility.patient import Patient, parse_patient
from liverplan.eligibility.patient_toml import patient_toml
from liverplan.eligibility.protocol import Protocol
from liverplan.eligibility.protocol_file import parse_protocol, protocol_text
from liverplan.eligibility.strict import read_text

ENTERED = "entered in the app"
"""Stands where a patient file's name would stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolFile:
    """A protocol: the name or path that it was asked for by, its TOML text, and what that says."""

    name: str
    text: str
    protocol: Protocol

    @classmethod
    def shipped(cls, name_or_path: str) -> Self:
        """Read a protocol that is shipped, or one of somebody's own.

        Raises
        ------
        ProtocolError
            If there is none, or one sentence with its every fault.
        """
        return cls.read(protocol_text(name_or_path), name=name_or_path)

    @classmethod
    def read(cls, text: str, *, name: str) -> Self:
        """Read a protocol's text.

        Raises
        ------
        ProtocolError
            One sentence with every fault.
        """
        return cls(name=name, text=text, protocol=parse_protocol(text, name=name))


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientFile:
    """A patient's facts: where from, the TOML text (empty: nothing is known), and what it says."""

    name: str = ""
    text: str = ""
    patient: Patient = field(default_factory=Patient)

    @classmethod
    def load(cls, path: Path, protocol: Protocol) -> Self:
        """Read a patient file.

        Raises
        ------
        ProtocolError
            One sentence with every fault.
        """
        return cls.read(read_text(path, what="patient file"), name=str(path), protocol=protocol)

    @classmethod
    def read(cls, text: str, *, name: str, protocol: Protocol) -> Self:
        """Read a patient file's text by the facts that a protocol asks for.

        Raises
        ------
        ProtocolError
            One sentence with every fault.
        """
        if not text:
            return cls(name=name)
        return cls(name=name, text=text, patient=parse_patient(text, name=name, protocol=protocol))

    @classmethod
    def entered(cls, patient: Patient, protocol: Protocol) -> Self:
        """Write down what was entered by hand, checked as a file would be.

        Raises
        ------
        ProtocolError
            One sentence with every fault.
        """
        if patient == Patient():
            return cls()
        return cls.read(patient_toml(patient), name=ENTERED, protocol=protocol)
