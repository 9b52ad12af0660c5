"""For napari's own menus: a reader, a writer, sample data and a widget (see ``napari.yaml``).

Layers lie in the patient, in millimetres: see `liverplan.app.shell.layers`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from liverplan import case, workflow
from liverplan.app.shell.any_layer import ASSUMED, place_of, volume_of_any
from liverplan.app.shell.layers import (
    AFFINE,
    LayerData,
    ct_layer,
    grid_of,
    labels_layer,
    lines_layer,
    points_layer,
    segmentation_of,
    surface_layer,
)
from liverplan.errors import LiverplanError
from liverplan.plain import clean
from liverplan.report.meshes import anatomy, surfaces
from liverplan.report.side import Side
from liverplan.segmentation import Segmentation, segment_with, write_mask_file
from liverplan.segmentation.lesions.axes import axes_of
from liverplan.volume import Volume

if TYPE_CHECKING:
    from liverplan.app.slices.adapter import Image

Reader = Callable[[str | list[str]], list[LayerData]]


def reader_for(path: str | list[str]) -> Reader | None:
    """Return a reader for a case or for anything that holds a usable CT series, else None."""
    if not isinstance(path, str):
        return None
    place = Path(path)
    if case.is_case(place):
        return _read_case
    dicom = place.is_dir() or place.suffix.lower() in {".zip", ".dcm"} or place.name == "DICOMDIR"
    return _read_ct if dicom else None


def write_labels(path: str, data: NDArray[Any], attributes: dict[str, Any]) -> list[str]:
    """Write a (k, j, i) labels layer as NIfTI or NRRD, in patient coordinates.

    Raises
    ------
    InputError
        If the layer does not say how large its voxels are, or holds what are no labels.
    """
    from napari.layers import Labels  # type: ignore[import-untyped]  # noqa: PLC0415

    write_mask_file(Path(path), segmentation_of(Labels(data, **attributes)))
    return [path]


def sample_layers() -> list[LayerData]:
    """Return the phantom's CT and its true masks."""
    from liverplan.phantom import SAMPLE_SPACING_MM, make_phantom  # noqa: PLC0415 - takes a moment

    phantom = make_phantom(spacing_mm=SAMPLE_SPACING_MM)
    return [ct_layer(phantom.volume), labels_layer(phantom.segmentation)]


def liver_widget() -> Any:  # noqa: ANN401 - magicgui's own type
    """Return a widget that finds the liver in an image layer."""
    from magicgui import magicgui  # noqa: PLC0415 - only napari needs it
    from napari.layers import Image, Labels  # noqa: PLC0415
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
    grid = grid_of(layer)
    volume = Volume(grid=grid, hu=np.asarray(layer.data))
    found = segment_with(workflow.DEFAULT_BACKEND, volume)
    mask = Segmentation(grid=grid, labels=found.mask.astype(np.uint8))
    return labels_layer(mask, "Liver")


def _read_case(path: str | list[str]) -> list[LayerData]:
    return list(case_layers(case.open_case(Path(str(path))).state))


def case_layers(state: case.CaseState) -> Iterator[LayerData]:
    """Yield what a case holds: CT, labels, surfaces, the metastases' long axes, clicked points."""
    if state.volume is not None:
        yield ct_layer(state.volume)
    if state.segmentation is not None:
        yield from _outlined(state.segmentation, state)
    record = state.record
    if record.landmarks is not None:
        yield points_layer(record.landmarks.to_json()["points_mm"], "Landmarks")
    if record.segment_branches is not None:
        yield points_layer(record.segment_branches.points_mm, "Segment branches")


def _outlined(segmentation: Segmentation, state: case.CaseState) -> Iterator[LayerData]:
    """Yield the labels, each surface hidden at first, and the long axes."""
    yield labels_layer(segmentation)
    side = Side.of(segmentation, state.plan, state.maps)
    for mesh in (*surfaces(segmentation, side), *anatomy(segmentation, state.maps)):
        data, attributes, kind = surface_layer(mesh)
        yield data, {**attributes, "visible": False}, kind
    grid, lesions = segmentation.grid, segmentation.lesion_labels
    ends = [axes_of(segmentation.lesion(label), grid).long_ends_mm for label in lesions]
    if ends:
        yield lines_layer(ends, "Long axes")


def _read_ct(path: str | list[str]) -> list[LayerData]:
    ct = workflow.open_ct(Path(str(path)))
    return [ct_layer(ct.volume, ct.info.description or "CT")]
