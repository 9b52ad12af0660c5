"""Enhanced multi-frame CT: the same values as of single slices, found in functional groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pydicom

from liverplan.dicom.slices import MAX_FRAMES, Slice
from liverplan.dicom.values import Values


def frames_of(dataset: pydicom.Dataset, whole: Slice) -> list[Slice]:
    """Describe each frame of an enhanced CT; if its groups do not fit, one faulty plane."""
    shared = _items(dataset, "SharedFunctionalGroupsSequence")
    per_frame = _items(dataset, "PerFrameFunctionalGroupsSequence")
    if not 1 <= whole.frames <= MAX_FRAMES:
        return [whole]
    if len(per_frame) != whole.frames:
        fault = f"it claims {whole.frames} frames but describes {len(per_frame)}"
        return [replace(whole, fault=_joined(whole.fault, fault))]
    try:
        return _frames(whole, shared, per_frame)
    except Exception as error:  # noqa: BLE001 - a hostile group can raise anything when read
        fault = f"its functional groups cannot be read ({type(error).__name__})"
        return [replace(whole, fault=_joined(whole.fault, fault))]


def _frames(
    whole: Slice, shared: list[pydicom.Dataset], per_frame: list[pydicom.Dataset]
) -> list[Slice]:
    common = _flat(shared[:1])
    return [
        _frame(whole, index, {**common, **_flat([item])}) for index, item in enumerate(per_frame)
    ]


def _items(dataset: pydicom.Dataset, keyword: str) -> list[pydicom.Dataset]:
    try:
        return list(dataset.get(keyword) or [])
    except Exception:  # noqa: BLE001 - a hostile sequence can raise anything; none is then found
        return []


def _flat(groups: Iterable[pydicom.Dataset]) -> dict[int, pydicom.DataElement]:
    """Gather the elements of all functional group macros of a frame by tag."""
    found: dict[int, pydicom.DataElement] = {}
    for group in groups:
        for macro in group:
            if macro.VR == "SQ" and macro.value:
                found.update({element.tag: element for element in macro.value[0]})
    return found


def _frame(whole: Slice, index: int, elements: dict[int, pydicom.DataElement]) -> Slice:
    dataset = pydicom.Dataset()
    for element in elements.values():
        dataset.add(element)
    values = Values(dataset)
    orientation = values.numbers("ImageOrientationPatient", 6)
    spacing = values.numbers("PixelSpacing", 2)
    plane = replace(
        whole,
        frame=index,
        image_type=values.texts("FrameType") or whole.image_type,
        acquisition=values.text("FrameAcquisitionNumber"),
        temporal=values.text("TemporalPositionIndex"),
        instance=str(index + 1),
        position=values.numbers("ImagePositionPatient", 3),
        row_direction=orientation[:3],
        column_direction=orientation[3:],
        thickness=values.number("SliceThickness", whole.thickness),
        slope=values.number("RescaleSlope", whole.slope),
        intercept=values.number("RescaleIntercept", whole.intercept),
        rescale_type=values.text("RescaleType") or whole.rescale_type,
        kernel=values.text("ConvolutionKernel") or whole.kernel,
        kvp=values.text("KVP") or whole.kvp,
    )
    if spacing:
        plane = replace(plane, row_spacing=spacing[0], column_spacing=spacing[1])
    return replace(plane, fault=_joined(whole.fault, *values.faults))


def _joined(*faults: str) -> str:
    return "; ".join(fault for fault in faults if fault)
