"""What was found for one plan on one CT: numbers, their uncertainty, and what the protocol says.

Nothing here is rounded; `Findings.to_json` is the document that the command line prints and the
case stores, and `Findings.from_json` reads it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, Self, TypeVar

T = TypeVar("T")

SCHEMA = "liverplan.result/1"

State = Literal["met", "not met", "missing", "needs judgement"]
Eligibility = Literal["eligible", "not eligible", "undecided"]
Denominator = Literal["of_functional", "of_liver", "of_estimated"]
LesionState = Literal["found by machine", "confirmed", "biopsied"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesSummary:
    """The CT that was measured: its UID, voxels (k, j, i) and their spacing in mm."""

    uid: str
    shape: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    description: str = ""
    study_date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volumes:
    """Volumes, mL: ``liver`` holds its tumours, ``functional`` does not.

    ``remnant_ml + resected_ml == functional_ml`` to 1e-6 mL; ``ablated_ml``, what only ablation
    takes, is part of ``resected_ml``: it works no more.
    """

    liver_ml: float
    tumour_ml: float
    functional_ml: float
    remnant_ml: float
    resected_ml: float
    ablated_ml: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RemnantFraction:
    """The remnant over each denominator (0-1), and which of them decides.

    ``of_estimated`` is None unless the patient's height and weight are known; ``formula`` and
    ``estimated_liver_ml`` then say how the standard liver volume was estimated.
    """

    of_functional: float
    of_liver: float
    of_estimated: float | None = None
    deciding: Denominator = "of_functional"
    formula: str = ""
    estimated_liver_ml: float | None = None

    @property
    def deciding_fraction(self) -> float | None:
        """The fraction that is held against the threshold."""
        values = {
            "of_functional": self.of_functional,
            "of_liver": self.of_liver,
            "of_estimated": self.of_estimated,
        }
        return values[self.deciding]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One source of doubt: its standard deviation, the spread it alone causes, and its source."""

    name: str
    sd: float
    unit: str
    fraction_sd: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertainty:
    """How sure the remnant fraction is.

    Parameters
    ----------
    interval_95 : (float, float)
        Range of the deciding fraction.
    probability_above_threshold : float
        Share of the samples strictly above the threshold.
    flip_mm : float or None
        Smallest shift of the cut along its normal that changes the verdict; None if none does.
    contributions : tuple of Contribution
        Largest first.
    """

    interval_95: tuple[float, float]
    probability_above_threshold: float
    flip_mm: float | None = None
    contributions: tuple[Contribution, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LesionFinding:
    """One metastasis: size, place (LPS mm), distance to the cut, side.

    ``margin_mm`` is None while there is no cut, and negative where the cut passes through.
    """

    label: int
    volume_ml: float
    long_axis_mm: float
    short_axis_mm: float
    centroid_mm: tuple[float, float, float]
    margin_mm: float | None
    in_remnant: bool
    state: LesionState = "found by machine"


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionFinding:
    """What is known of one criterion: its state, the value found, and one sentence.

    ``source``, ``ambiguity`` and ``attested_by`` are evidence for the committee.
    """

    id: str
    state: State
    finding: str
    value: float | int | str | bool | None = None
    title: str = ""
    source: str = ""
    ambiguity: str = ""
    attested_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaneFinding:
    """One cut as it was measured: a point (LPS mm) and the unit normal toward what stays."""

    point_mm: tuple[float, float, float]
    normal: tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class CutFinding:
    """One cut of the plan, of any kind, and what it would take by itself.

    Parameters
    ----------
    kind : str
        "plane", "sphere", "wedge", "cleft", "ablation", "surface", "sheet" or "parts".
    removes_ml : float
        Functional tissue that it would remove alone; of several cuts these may overlap.
    name : str
        Of an anatomical resection, e.g. "right hemihepatectomy".
    scheme, parts
        Of parts: which map, and the parts removed.
    centre_mm, radius_mm
        Of planes, spheres, wedges (their deepest ball) and ablation zones (longest semi-axis).
    """

    kind: str
    removes_ml: float
    name: str = ""
    scheme: str = ""
    parts: tuple[str, ...] = ()
    centre_mm: tuple[float, float, float] | None = None
    radius_mm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentFinding:
    """Functional tissue of one Couinaud segment, and its share of all (0-1)."""

    name: str
    volume_ml: float
    share_fraction: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything that one assessment says; ``notes`` are sentences the reader must see."""

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
    notes: tuple[str, ...] = ()
    protocol: str = ""
    software: str = ""

    @property
    def planned(self) -> bool:
        """Whether anything is cut."""
        return bool(self.planes or self.cuts)

    def to_json(self) -> dict[str, Any]:
        """Return the ``liverplan.result/1`` document: mL, mm and fractions, unrounded."""
        doubt = self.uncertainty
        return {
            "schema": SCHEMA,
            "series": _plain(self.series),
            "volumes_ml": {k.removesuffix("_ml"): v for k, v in _plain(self.volumes).items()},
            "remnant_fraction": _plain(self.remnant_fraction),
            "interval_95": list(doubt.interval_95),
            "probability_above_threshold": doubt.probability_above_threshold,
            "flip_mm": doubt.flip_mm,
            "contributions": [_plain(c) for c in doubt.contributions],
            "threshold_fraction": self.threshold_fraction,
            "margin_mm": self.margin_mm,
            "lesions": [_plain(lesion) for lesion in self.lesions],
            "criteria": [_plain(c) for c in self.criteria],
            "eligibility": self.eligibility,
            "planes": [_plain(p) for p in self.planes],
            "plan": self.plan,
            "cuts": [_plain(cut) for cut in self.cuts],
            "segments": [_plain(segment) for segment in self.segments],
            "notes": list(self.notes),
            "protocol": self.protocol,
            "software": self.software,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote.

        Raises
        ------
        KeyError, TypeError, ValueError
            If the document is no ``liverplan.result/1``.
        """
        if document["schema"] != SCHEMA:
            raise ValueError(f"schema {document['schema']!r} is not {SCHEMA!r}")
        volumes = {f"{key}_ml": value for key, value in document["volumes_ml"].items()}
        low, high = document["interval_95"]
        return cls(
            series=_read(SeriesSummary, document["series"]),
            volumes=Volumes(**volumes),
            remnant_fraction=_read(RemnantFraction, document["remnant_fraction"]),
            uncertainty=Uncertainty(
                interval_95=(low, high),
                probability_above_threshold=document["probability_above_threshold"],
                flip_mm=document["flip_mm"],
                contributions=tuple(_read(Contribution, c) for c in document["contributions"]),
            ),
            threshold_fraction=document["threshold_fraction"],
            margin_mm=document["margin_mm"],
            lesions=tuple(_read(LesionFinding, lesion) for lesion in document["lesions"]),
            criteria=tuple(_read(CriterionFinding, c) for c in document["criteria"]),
            eligibility=document["eligibility"],
            planes=tuple(_read(PlaneFinding, p) for p in document["planes"]),
            plan=document.get("plan", ""),  # absent while there were planes only
            cuts=tuple(_read(CutFinding, cut) for cut in document.get("cuts", ())),
            segments=tuple(_read(SegmentFinding, s) for s in document.get("segments", ())),
            notes=tuple(document["notes"]),
            protocol=document["protocol"],
            software=document["software"],
        )


def _plain(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the frozen classes above
    pairs = ((f.name, getattr(value, f.name)) for f in fields(value))
    return {name: list(item) if isinstance(item, tuple) else item for name, item in pairs}


def _read(kind: type[T], document: Mapping[str, Any]) -> T:
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in document.items()}
    return kind(**values)
