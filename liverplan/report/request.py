"""What a report is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal

from liverplan.eligibility.recist import Visit
from liverplan.findings import Findings
from liverplan.findings.key_images import KeyImage
from liverplan.report.side import Side
from liverplan.resection import Plan
from liverplan.resection.anatomy.maps import PartMap
from liverplan.segmentation import Segmentation
from liverplan.volume import Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One line of the audit trail, for reading."""

    when: str
    who: str
    kind: Literal["human", "machine"]
    what: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureRow:
    """One signature as checked; ``void_because`` is empty while it holds.

    ``superseded_by`` is the same person's later vote, where only that keeps it from counting.
    """

    name: str
    role: str
    meaning: str
    when: str
    reason: str = ""
    void_because: str = ""
    superseded_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """One of several plans on the same liver; ``refusal`` says why one could not be measured."""

    name: str
    findings: Findings | None
    refusal: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class ReportInput:
    """Everything that a report shows.

    Parameters
    ----------
    volume : Volume
        The CT.
    segmentation : Segmentation
        Liver and metastases on the CT's grid.
    plan : Plan
        The cuts, as they were measured.
    maps : mapping of str to PartMap
        Of the liver, by scheme: Couinaud segments, territories, vessels.
    findings : Findings
        What was measured and judged.
    patient : mapping of str to anything plain
        Attested facts, shown as they are.
    hashes : mapping of str to str
        What to compare against: name and SHA-256, e.g. of the case's state.
    audit, signatures, plans : tuples of rows
        Shown if there are any.
    visits : tuple of Visit
        Target lesions over time, the baseline first; their response is assessed.
    key_images : tuple of KeyImage
        Pictures that a person kept.
    status : {"draft", "final"}
        Stands beside the title.
    language : {"en", "sv"}
        Of the report's own words; sentences of the findings stay as they are.
    identity : {"shown", "hidden"}
        "hidden" leaves out patient facts, UIDs, dates and names.
    created : datetime
        UTC; stands in the report.
    """

    volume: Volume
    segmentation: Segmentation
    plan: Plan
    findings: Findings
    maps: Mapping[str, PartMap] = field(default_factory=dict)
    patient: Mapping[str, Any] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
    audit: tuple[AuditRow, ...] = ()
    signatures: tuple[SignatureRow, ...] = ()
    plans: tuple[PlanRow, ...] = ()
    visits: tuple[Visit, ...] = ()
    key_images: tuple[KeyImage, ...] = ()
    status: Literal["draft", "final"] = "draft"
    language: str = "en"
    identity: Literal["shown", "hidden"] = "shown"
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self.segmentation.grid.require_same(
            self.volume.grid, mine="The report's masks", theirs="its CT"
        )

    @cached_property
    def side(self) -> Side:
        """Where the plan leaves tissue, for the pictures."""
        return Side.of(self.segmentation, self.plan, self.maps)
