"""What a case knows of one patient beside images, cuts and numbers, in types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from liverplan.case.documents import Json
from liverplan.eligibility import Patient, Protocol
from liverplan.eligibility.files import PatientFile, ProtocolFile
from liverplan.errors import CaseError
from liverplan.findings import SeriesSummary, Statement
from liverplan.followup import Visits
from liverplan.resection.anatomy.landmarks import Landmarks
from liverplan.resection.anatomy.segment_branches import SegmentBranches
from liverplan.resection.anatomy.vessel_segments import VesselSegments

Point = tuple[float, float, float]
"""LPS mm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One patient's record.

    Parameters
    ----------
    series : SeriesSummary or None
        Which CT this is.
    headers : JSON object or None
        What the DICOM room needs to export, as that room wrote it.
    notes : tuple of Statement
        What the reader must be told about the CT and the masks.
    protocol : ProtocolFile or None
        What the work is held against.
    patient : PatientFile
        What people attest.
    landmarks, segment_branches, vessel_segments : Landmarks, SegmentBranches, VesselSegments
        What the segments come from: points, or the vessels unasked; at most one, or None.
    vessel_clicks : mapping of str to tuple of points
        Clicks from which each vessel tree was followed, LPS mm.
    visits : Visits
        Those up to this CT, each confirmed by name.
    """

    series: SeriesSummary | None = None
    headers: Mapping[str, Json] | None = None
    notes: tuple[Statement, ...] = ()
    protocol: ProtocolFile | None = None
    patient: PatientFile = field(default_factory=PatientFile)
    landmarks: Landmarks | None = None
    segment_branches: SegmentBranches | None = None
    vessel_segments: VesselSegments | None = None
    vessel_clicks: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)
    visits: Visits = field(default_factory=Visits)

    def __post_init__(self) -> None:
        object.__setattr__(self, "vessel_clicks", MappingProxyType(dict(self.vessel_clicks)))

    @property
    def rules(self) -> Protocol:
        """The protocol.

        Raises
        ------
        CaseError
            If the case names none.
        """
        if self.protocol is None:
            raise CaseError("The case names no protocol, so nothing can be held against it.")
        return self.protocol.protocol

    @property
    def facts(self) -> Patient:
        """What is attested."""
        return self.patient.patient

    @property
    def ct(self) -> SeriesSummary:
        """The CT.

        Raises
        ------
        CaseError
            If the case does not say which it is.
        """
        if self.series is None:
            raise CaseError("The case does not say which CT it holds.")
        return self.series
