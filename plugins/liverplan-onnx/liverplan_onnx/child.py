"""The process in which the network runs: ``liverplan_onnx.child FOLDER``.

FOLDER holds hu.npy, affine.npy and description.txt (the description's path); liver.npy and
lesion.npy are written to it. Each line on stdout is the fraction done; a refusal is one line on
stderr and exit status 1.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnxruntime

from liverplan.errors import BackendError
from liverplan_onnx.description import Network, read_description
from liverplan_onnx.window import (
    FloatArray,
    Predict,
    probabilities,
    resample,
    scaled,
    upright_grid,
)


def work(folder: Path) -> None:
    """Read the CT, run the network, write the masks on the CT's grid."""
    network = read_description(Path((folder / "description.txt").read_text("utf-8")))
    hu = np.load(folder / "hu.npy", mmap_mode="r")
    affine = np.load(folder / "affine.npy")
    predict, flat = open_network(network)
    shape, upright = upright_grid(hu.shape, affine, network.spacing_mm)
    image = scaled(resample(hu, affine, shape, upright, outside=network.window_hu[0]), network)
    found = probabilities(image, network, predict, flat=flat, told=_tell)
    for name, share in zip(("liver", "lesion"), found, strict=True):
        back = resample(share, upright, hu.shape, affine, outside=0.0)
        np.save(folder / f"{name}.npy", back > 0.5)


def open_network(network: Network) -> tuple[Predict, bool]:
    """Load the model; return what predicts, and whether it takes single slices.

    Raises
    ------
    BackendError
        If it is no ONNX model, or not one image in and one out.
    """
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(
            network.model, options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:
        words = str(error).splitlines()[0][:200]
        raise BackendError(f"{network.model} cannot be loaded: {words}.") from error
    inputs, outputs = session.get_inputs(), session.get_outputs()
    rank = len(inputs[0].shape)
    if len(inputs) != 1 or rank not in (4, 5):
        raise BackendError(
            f"{network.model} must take one image of 4 or 5 dimensions, not "
            f"{', '.join(str(i.shape) for i in inputs)}."
        )
    if rank == 4 and network.patch[0] != 1:
        raise BackendError(f"{network.model} takes single slices, so patch[0] must be 1.")
    kind = np.float16 if "float16" in inputs[0].type else np.float32

    def predict(image: FloatArray) -> FloatArray:
        (found,) = session.run([outputs[0].name], {inputs[0].name: image.astype(kind)})
        return _checked(np.asarray(found, np.float32), image, network)

    return predict, rank == 4


def _checked(found: FloatArray, image: FloatArray, network: Network) -> FloatArray:
    classes = max((*network.liver, *network.lesions)) + 1
    if found.ndim != image.ndim or found.shape[2:] != image.shape[2:] or found.shape[1] < classes:
        raise BackendError(
            f"{network.model} gave {found.shape} for an image of {image.shape}: expected at least "
            f"{classes} classes on the same voxels."
        )
    if not np.isfinite(found).all():
        raise BackendError(f"{network.model} gave values that are not numbers.")
    return found


def _tell(fraction: float) -> None:
    print(f"{fraction:.4f}", flush=True)  # noqa: T201 - the parent reads it


if __name__ == "__main__":
    try:
        work(Path(sys.argv[1]))
    except BackendError as refusal:
        sys.exit(str(refusal))
