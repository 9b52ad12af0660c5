"""Any ONNX segmentation network, described by a small TOML, as a back end of liverplan."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from threading import Event

from liverplan.errors import BackendError
from liverplan.segmentation import Provenance
from liverplan.segmentation.backends import lacking_place
from liverplan.segmentation.lesions.separate import SMALLEST_LESION_ML, separate_lesions
from liverplan.segmentation.results import LiverResult
from liverplan.volume import Volume
from liverplan_onnx.description import Network, file_sha256, read_description
from liverplan_onnx.parent import run_apart

VARIABLE = "LIVERPLAN_ONNX"


class OnnxSegmenter:
    """Runs the network that `LIVERPLAN_ONNX` describes."""

    name = "onnx"

    def missing(self) -> list[str]:
        """Return what must be set up before it can run."""
        if lacking := lacking_place(VARIABLE, "a TOML file that describes a network"):
            return lacking
        try:
            read_description(Path(os.environ[VARIABLE]))
        except BackendError as fault:
            return [f"a usable network: {str(fault).rstrip('.')}"]
        return []

    def segment(
        self,
        volume: Volume,
        *,
        progress: Callable[[float, str], None] | None = None,
        cancel: Event | None = None,
    ) -> LiverResult:
        """Run the network in a process of its own.

        Raises
        ------
        BackendError
            If the network fails, or finds no liver.
        CancelledError
            If the user stops it.
        """
        network = read_description(Path(os.environ[VARIABLE]))
        liver, lesion = run_apart(volume, network, progress=progress, cancel=cancel)
        if not liver.any():
            raise BackendError(f"The network {network.name} found no liver on this CT.")
        lesions, specks = separate_lesions(lesion & liver, volume.grid.voxel_ml)
        return LiverResult(
            mask=liver,
            provenance=_provenance(network),
            lesions=lesions,
            warnings=_warnings(network, len(lesions), specks),
        )


def _provenance(network: Network) -> Provenance:
    return Provenance(
        method=f"{network.name} (ONNX)",
        version=network.version,
        origin="automatic",
        parameters={
            "licence": network.licence,
            "model": network.model.name,
            "sha256": file_sha256(network.model),
        },
    )


def _warnings(network: Network, lesions: int, specks: int) -> tuple[str, ...]:
    if not network.lesions:
        return (f"The network {network.name} looks for no metastases: mark them.",)
    left = f" {specks} specks under {SMALLEST_LESION_ML} mL were left out." if specks else ""
    return (
        f"The network {network.name} found {lesions} metastases; networks miss some: check.{left}",
    )
