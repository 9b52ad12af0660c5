"""What was found for one plan on one CT: numbers, their uncertainty, and what the protocol says.

Nothing here is rounded; `Findings.to_json` is the document that the command line prints and the
case stores, and `Findings.from_json` reads it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from liverplan.findings.attested import FactFinding
from liverplan.findings.checks import Check
from liverplan.findings.criteria import CriterionFinding, Eligibility
from liverplan.findings.cuts import CutFinding, PlaneFinding, SegmentFinding
from liverplan.findings.faults import Fault
from liverplan.findings.lesions import LesionFinding
from liverplan.findings.published import PublishedError
from liverplan.findings.reserve import Reserve
from liverplan.findings.series import SeriesSummary
from liverplan.findings.shape import FINDINGS, RESULT
from liverplan.findings.statement import Speak, Statement
from liverplan.findings.uncertainty import Uncertainty
from liverplan.findings.vessels import Vessels
from liverplan.findings.volumes import RemnantFraction, Volumes

SCHEMA = RESULT
REASONS = ("why.", "check.")
"""Beginnings of the keys of notes that say why the eligibility is what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything that one assessment says; ``notes`` are what the reader must be told.

    ``plan_mark`` tells this plan on this CT from any other: facts of one plan name it.
    ``software`` and ``measurement`` say by what it was measured: a version, and a hash of the code.
    """

    series: SeriesSummary
    volumes: Volumes
    remnant_fraction: RemnantFraction
    uncertainty: Uncertainty
    threshold_fraction: float
    margin_mm: float | None
    lesions: tuple[LesionFinding, ...]
    criteria: tuple[CriterionFinding, ...]
    eligibility: Eligibility
    planes: tuple[PlaneFinding, ...] = ()
    plan: str = ""
    cuts: tuple[CutFinding, ...] = ()
    segments: tuple[SegmentFinding, ...] = ()
    notes: tuple[Statement, ...] = ()
    faults: tuple[Fault, ...] = ()
    checks: tuple[Check, ...] = ()
    facts: tuple[FactFinding, ...] = ()
    plan_mark: str = ""
    reserve: Reserve = field(default_factory=Reserve)
    published_errors: tuple[PublishedError, ...] = ()
    vessels: Vessels = field(default_factory=Vessels)
    protocol: str = ""
    software: str = ""
    measurement: str = ""

    @property
    def planned(self) -> bool:
        """Whether anything is cut."""
        return bool(self.planes or self.cuts)

    @property
    def reasons(self) -> tuple[Statement, ...]:
        """Why the eligibility is what it is: those of the notes that say so."""
        return tuple(note for note in self.notes if note.key.startswith(REASONS))

    def to_json(self, speak: Speak) -> dict[str, Any]:
        """Return the ``liverplan.result/1`` document: mL, mm and fractions, unrounded.

        Parameters
        ----------
        speak : callable
            Makes the sentences of ``notes`` and of each criterion's ``finding``; ``says`` beside
            them holds what they say, so that they are read back in any language.
        """
        return {
            "schema": SCHEMA,
            "series": self.series.to_json(),
            "volumes_ml": self.volumes.to_json(),
            "remnant_fraction": self.remnant_fraction.to_json(),
            **self.uncertainty.to_json(),
            "threshold_fraction": self.threshold_fraction,
            "margin_mm": self.margin_mm,
            "lesions": [lesion.to_json() for lesion in self.lesions],
            "criteria": [criterion.to_json(speak) for criterion in self.criteria],
            "eligibility": self.eligibility,
            "planes": [plane.to_json() for plane in self.planes],
            "plan": self.plan,
            "cuts": [cut.to_json() for cut in self.cuts],
            "segments": [segment.to_json() for segment in self.segments],
            "notes": [speak(note) for note in self.notes],
            "says": [note.to_json() for note in self.notes],
            "faults": [fault.to_json(speak) for fault in self.faults],
            "checks": [check.to_json(speak) for check in self.checks],
            "facts": [fact.to_json(speak) for fact in self.facts],
            "plan_mark": self.plan_mark,
            "reserve": self.reserve.to_json(),
            "published_errors": [error.to_json() for error in self.published_errors],
            "vessels": self.vessels.to_json(),
            "protocol": self.protocol,
            "software": self.software,
            "measurement": self.measurement,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote.

        Raises
        ------
        ValueError
            If the document is no ``liverplan.result/1``.
        """
        fault = FINDINGS.fault(document, "findings")
        if fault:
            raise ValueError(fault)
        return cls(
            series=SeriesSummary.from_json(document["series"]),
            volumes=Volumes.from_json(document["volumes_ml"]),
            remnant_fraction=RemnantFraction.from_json(document["remnant_fraction"]),
            uncertainty=Uncertainty.from_json(document),
            threshold_fraction=document["threshold_fraction"],
            margin_mm=document["margin_mm"],
            lesions=tuple(map(LesionFinding.from_json, document["lesions"])),
            criteria=tuple(map(CriterionFinding.from_json, document["criteria"])),
            eligibility=document["eligibility"],
            planes=tuple(map(PlaneFinding.from_json, document["planes"])),
            plan=document.get("plan", ""),  # absent while there were planes only
            cuts=tuple(map(CutFinding.from_json, document.get("cuts", ()))),
            segments=tuple(map(SegmentFinding.from_json, document.get("segments", ()))),
            notes=tuple(map(Statement.from_json, document.get("says", document["notes"]))),
            faults=tuple(map(Fault.from_json, document.get("faults", ()))),
            checks=tuple(map(Check.from_json, document.get("checks", ()))),
            facts=tuple(map(FactFinding.from_json, document.get("facts", ()))),
            plan_mark=document.get("plan_mark", ""),
            reserve=Reserve.from_json(document.get("reserve", {})),
            published_errors=tuple(
                map(PublishedError.from_json, document.get("published_errors", ()))
            ),
            vessels=Vessels.from_json(document.get("vessels", {})),
            protocol=document["protocol"],
            software=document["software"],
            measurement=document.get("measurement", ""),
        )
