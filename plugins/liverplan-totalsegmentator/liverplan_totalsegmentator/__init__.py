"""TotalSegmentator as a back end of liverplan: out of process, offline, no usage statistics."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import cc3d
import numpy as np
from numpy.typing import NDArray

from liverplan.errors import BackendError
from liverplan.segmentation import Provenance
from liverplan.segmentation.results import LiverResult
from liverplan.volume import Volume
from liverplan_totalsegmentator.parent import Answer, run_apart
from liverplan_totalsegmentator.settings import Setup, read_setup, what_lacks

SMALLEST_LESION_ML = 0.05
"""Specks below a sphere of 4.6 mm are noise of the network, not lesions."""

LICENCE = "Apache-2.0 (code and weights of total and liver_lesions)"


class TotalSegmentatorSegmenter:
    """Liver by the task ``total``, lesions by the task ``liver_lesions``."""

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
        lesions, specks = _pieces(answer.lesion, volume.grid.voxel_ml)
        liver = np.logical_or.reduce([answer.liver, *lesions])
        if not answer.liver.any():
            raise BackendError("TotalSegmentator found no liver on this CT.")
        return LiverResult(
            mask=liver,
            provenance=_provenance(setup, answer),
            lesions=lesions,
            warnings=_warnings(answer, len(lesions), specks),
        )


def _provenance(setup: Setup, answer: Answer) -> Provenance:
    return Provenance(
        method="TotalSegmentator",
        version=answer.version,
        quality="automatic",
        parameters={
            "tasks": ", ".join(answer.tasks),
            "fast": "yes" if setup.fast else "no",
            "device": answer.device,
            "licence": LICENCE,
            "weights_sha256": answer.weights_sha256,
        },
    )


def _pieces(
    lesion: NDArray[np.bool_], voxel_ml: float
) -> tuple[tuple[NDArray[np.bool_], ...], int]:
    """Split a mask into connected lesions, largest first, and count the specks left out."""
    labels, count = cc3d.connected_components(lesion, return_N=True)
    voxels = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    order = [int(n) for n in np.argsort(-voxels, kind="stable")]
    large = [n for n in order if voxels[n] * voxel_ml >= SMALLEST_LESION_ML]
    return tuple(labels == n + 1 for n in large), count - len(large)


def _warnings(answer: Answer, lesions: int, specks: int) -> tuple[str, ...]:
    if "liver_lesions" not in answer.tasks:
        return ("TotalSegmentator's weights of liver_lesions are not there: mark metastases.",)
    left = f" {specks} specks under {SMALLEST_LESION_ML} mL were left out." if specks else ""
    return (f"TotalSegmentator found {lesions} lesions; it misses some: check each.{left}",)
