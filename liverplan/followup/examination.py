"""One CT of a patient with its masks, and what a comparison needs to know of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Self

from liverplan.eligibility.recist import Measurement, is_measurable, select_targets, tenths
from liverplan.findings import SeriesSummary
from liverplan.followup.series import Visits
from liverplan.segmentation import Axes, Segmentation, axes_of
from liverplan.segmentation.boxes import voxels_of
from liverplan.volume import FloatArray, Volume


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Examination:
    """One CT of a patient.

    Parameters
    ----------
    segmentation : Segmentation
        Its liver and metastases.
    axes : mapping of int to Axes
        Long and short axis of every metastasis by label value.
    centres : mapping of int to (3,) array
        Centre of every metastasis by label value, LPS mm.
    series : SeriesSummary or None
        Which CT it is, and when it was taken.
    visits : Visits
        Those up to this CT that were confirmed before.
    patient_id : str
        Whose it is, as the CT says; "" where it does not.
    folder : Path or None
        The case that holds it; None for what is not on disk.
    volume : Volume or None
        The CT itself, for who shows it.
    """

    segmentation: Segmentation
    axes: Mapping[int, Axes]
    centres: Mapping[int, FloatArray]
    series: SeriesSummary | None = None
    visits: Visits = field(default_factory=Visits)
    patient_id: str = ""
    folder: Path | None = None
    volume: Volume | None = None

    @classmethod
    def of(
        cls,
        segmentation: Segmentation,
        *,
        series: SeriesSummary | None = None,
        visits: Visits | None = None,
        patient_id: str = "",
        folder: Path | None = None,
        volume: Volume | None = None,
    ) -> Self:
        """Measure every metastasis of one CT."""
        masks = {label: segmentation.lesion(label) for label in segmentation.lesion_labels}
        grid = segmentation.grid
        return cls(
            segmentation=segmentation,
            axes=MappingProxyType({label: axes_of(mask, grid) for label, mask in masks.items()}),
            centres=MappingProxyType(
                {label: grid.to_mm(voxels_of(m).mean(axis=0)) for label, m in masks.items()}
            ),
            series=series,
            visits=visits or Visits(),
            patient_id=patient_id,
            folder=folder,
            volume=volume,
        )

    @property
    def date(self) -> dt.date | None:
        """Day of the CT, where it is known."""
        try:
            return dt.date.fromisoformat(self.series.study_date) if self.series else None
        except ValueError:
            return None

    def tenths(self, label: int) -> int:
        """Long axis of a metastasis, whole tenths of mm."""
        return tenths(self.axes[label].long_mm)

    @property
    def lengths_tenths(self) -> dict[int, int]:
        """Long axis of every metastasis by label value, whole tenths of mm."""
        return {label: self.tenths(label) for label in self.axes}

    @property
    def proposed_targets(self) -> tuple[int, ...]:
        """Label values of the two largest measurable metastases."""
        slice_tenths = tenths(self.segmentation.grid.spacing_mm[0])
        lesions = [
            Measurement(
                name=str(label),
                long_axis_tenths=length,
                measurable=is_measurable(length, slice_tenths=slice_tenths),
            )
            for label, length in self.lengths_tenths.items()
        ]
        return tuple(sorted(int(one.name) for one in select_targets(lesions)))


def lengths_tenths(segmentation: Segmentation) -> dict[int, int]:
    """Long axis of every metastasis by label value, whole tenths of mm."""
    return {
        label: tenths(axes_of(segmentation.lesion(label), segmentation.grid).long_mm)
        for label in segmentation.lesion_labels
    }
