"""For napari's own menus: a reader, a writer, sample data and a widget (see ``napari.yaml``).

Layers lie on the CT's own lattice, in millimetres; the true affine stands in their metadata.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from liverplan import case, workflow
from liverplan.app.shell.any_layer import ASSUMED, place_of, volume_of_any
from liverplan.errors import InputError, LiverplanError
from liverplan.plain import clean
from liverplan.segmentation import Segmentation, segment_with, write_mask_file
from liverplan.volume import Grid, Volume

if TYPE_CHECKING:
    from liverplan.app.slices.adapter import Image

LayerData = tuple[Any, dict[str, Any], str]
Reader = Callable[[str | list[str]], list[LayerData]]

AFFINE, FRAME = "liverplan_affine", "liverplan_frame_uid"


def reader_for(path: str | list[str]) -> Reader | None:
    """Return a reader for a case or for anything that holds a usable CT series, else None."""
    if not isinstance(path, str):
        return None
    place = Path(path)
    if case.is_case(place):
        return _read_case
    dicom = place.is_dir() or place.suffix.lower() in {".zip", ".dcm"} or place.name == "DICOMDIR"
    return _read_ct if dicom else None


def ct_layer(volume: Volume, name: str = "CT") -> LayerData:
    """Return a CT as an image layer."""
    return volume.hu, {**_place(volume.grid, name), "contrast_limits": (-135, 215)}, "image"


def labels_layer(segmentation: Segmentation, name: str = "Liver and metastases") -> LayerData:
    """Return a segmentation as a labels layer."""
    return np.array(segmentation.labels), _place(segmentation.grid, name), "labels"


def write_labels(path: str, data: NDArray[Any], attributes: dict[str, Any]) -> list[str]:
    """Write a (k, j, i) labels layer as NIfTI or NRRD, in patient coordinates.

    Raises
    ------
    InputError
        If the layer does not say where it lies in the patient.
    """
    grid = _grid(attributes.get("metadata", {}), data.shape)
    write_mask_file(Path(path), Segmentation(grid=grid, labels=data.astype(np.uint8)))
    return [path]


def sample_layers() -> list[LayerData]:
    """Return the phantom's CT and its true masks."""
    from liverplan.phantom import SAMPLE_SPACING_MM, make_phantom  # noqa: PLC0415 - takes a moment

    phantom = make_phantom(spacing_mm=SAMPLE_SPACING_MM)
    return [ct_layer(phantom.volume), labels_layer(phantom.segmentation)]


def liver_widget() -> Any:  # noqa: ANN401 - magicgui's own type
    """Return a widget that finds the liver in an image layer."""
    from magicgui import magicgui  # noqa: PLC0415 - only napari needs it
    from napari.layers import Image, Labels  # type: ignore[import-untyped]  # noqa: PLC0415
    from napari.utils.notifications import (  # type: ignore[import-untyped]  # noqa: PLC0415
        show_warning,
    )

    def find(ct: Image) -> Labels | None:
        try:
            data, attributes, _ = found_liver(ct)
        except LiverplanError as refusal:
            show_warning(clean(str(refusal)))
            return None
        if AFFINE not in ct.metadata:
            show_warning(ASSUMED)
        return Labels(data, **attributes)

    find.__annotations__ = {"ct": Image, "return": Labels | None}
    return magicgui(find, call_button="Find the liver", ct={"label": "CT"})


def found_liver(layer: Image) -> LayerData:
    """Find the liver in an image layer, `ct_layer`'s or any, as a (k, j, i) labels layer.

    Raises
    ------
    InputError
        If the layer can be no CT.
    """
    if AFFINE not in layer.metadata:
        found = segment_with(workflow.DEFAULT_BACKEND, volume_of_any(layer))
        return found.mask.astype(np.uint8), {"name": "Liver", **place_of(layer)}, "labels"
    grid = _grid(layer.metadata, layer.data.shape)
    volume = Volume(grid=grid, hu=np.asarray(layer.data))
    found = segment_with(workflow.DEFAULT_BACKEND, volume)
    mask = Segmentation(grid=grid, labels=found.mask.astype(np.uint8))
    return labels_layer(mask, "Liver")


def _read_case(path: str | list[str]) -> list[LayerData]:
    state = case.open_case(Path(str(path))).state
    layers = [] if state.volume is None else [ct_layer(state.volume)]
    if state.segmentation is not None:
        layers.append(labels_layer(state.segmentation))
    return layers


def _read_ct(path: str | list[str]) -> list[LayerData]:
    ct = workflow.open_ct(Path(str(path)))
    return [ct_layer(ct.volume, ct.info.description or "CT")]


def _place(grid: Grid, name: str) -> dict[str, Any]:
    metadata = {AFFINE: grid.affine.tolist(), FRAME: grid.frame_uid}
    return {"name": name, "scale": grid.spacing_mm, "metadata": metadata}


def _grid(metadata: dict[str, Any], shape: tuple[int, ...]) -> Grid:
    if AFFINE not in metadata or len(shape) != 3:
        raise InputError(
            "This layer does not say where it lies in the patient; open the CT with liverplan."
        )
    k, j, i = shape
    return Grid(shape=(k, j, i), affine=np.array(metadata[AFFINE]), frame_uid=metadata[FRAME])
