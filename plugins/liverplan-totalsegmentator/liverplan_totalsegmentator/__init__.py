"""TotalSegmentator as a back end of liverplan: out of process, offline, no usage statistics."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import numpy as np

from liverplan.errors import BackendError
from liverplan.resection.anatomy.named import SCHEME as COUINAUD
from liverplan.segmentation import Provenance
from liverplan.segmentation.lesions.separate import SMALLEST_LESION_ML, separate_lesions
from liverplan.segmentation.results import LiverResult, Mask
from liverplan.volume import Volume
from liverplan_totalsegmentator.maps import maps_of
from liverplan_totalsegmentator.parent import Answer, run_apart
from liverplan_totalsegmentator.settings import Setup, read_setup, what_lacks

LICENCE = "Apache-2.0 (code and weights of these tasks, as their authors state)"


class TotalSegmentatorSegmenter:
    """Liver by ``total``, lesions by ``liver_lesions``, maps by ``liver_segments`` and so on."""

    name = "totalsegmentator"

    def missing(self) -> list[str]:
        """Return what must be set up before it can run."""
        return what_lacks()

    def segment(
        self,
        volume: Volume,
        *,
        progress: Callable[[float, str], None] | None = None,
        cancel: Event | None = None,
    ) -> LiverResult:
        """Run TotalSegmentator in a process of its own.

        Raises
        ------
        BackendError
            If it fails, reaches for the network, or finds no liver.
        CancelledError
            If the user stops it.
        """
        setup = read_setup()
        answer = run_apart(volume, setup, progress=progress, cancel=cancel)
        if not answer.liver.any():
            raise BackendError("TotalSegmentator found no liver on this CT.")
        lesions, specks = _lesions(answer, volume.grid.voxel_ml)
        liver = np.logical_or.reduce([answer.liver, *lesions])
        maps = dict(maps_of(answer, liver, volume.grid))
        return LiverResult(
            mask=liver,
            provenance=_provenance(setup, answer),
            lesions=lesions,
            warnings=_warnings(answer, len(lesions), specks, tuple(maps)),
            maps=maps,
        )


def _provenance(setup: Setup, answer: Answer) -> Provenance:
    return Provenance(
        method="TotalSegmentator",
        version=answer.version,
        origin="automatic",
        parameters={
            "tasks": ", ".join(answer.tasks),
            "fast": "yes" if setup.fast else "no",
            "device": answer.device,
            "licence": LICENCE,
            "weights_sha256": answer.weights_sha256,
        },
    )


def _lesions(answer: Answer, voxel_ml: float) -> tuple[tuple[Mask, ...], int]:
    return ((), 0) if answer.lesion is None else separate_lesions(answer.lesion, voxel_ml)


def _warnings(
    answer: Answer, lesions: int, specks: int, schemes: tuple[str, ...]
) -> tuple[str, ...]:
    said = []
    if "liver_lesions" not in answer.tasks:
        said.append("TotalSegmentator's weights of liver_lesions are not there: mark metastases.")
    else:
        left = f" {specks} specks under {SMALLEST_LESION_ML} mL were left out." if specks else ""
        said.append(f"TotalSegmentator found {lesions} lesions; it misses some: check each.{left}")
    if COUINAUD in schemes:
        said.append(
            "TotalSegmentator's segments are an estimate, and it does not divide segment 4: "
            "its upper half is taken for 4a."
        )
    return tuple(said)
