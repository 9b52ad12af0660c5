"""DICOM SEG to masks on a CT's grid: ours and others', never mirrored.

Each frame is placed by its own position and orientation, voxel by voxel on the CT's lattice, so
that it does not matter in which order frames lie, which way they run, or which are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np
import pydicom
from numpy.typing import NDArray

from liverplan.anatomy import REMNANT, RESECTED, Code
from liverplan.dicom.codecs import Decoders
from liverplan.dicom.decode import pixel_bytes
from liverplan.dicom.header import COMPRESSED, parse
from liverplan.dicom.quiet import quiet
from liverplan.dicom.slice_reading import describe
from liverplan.dicom.slices import MAX_SIDE, Slice
from liverplan.dicom.source import Source, open_source
from liverplan.dicom.values import Values
from liverplan.errors import DicomError, GridError
from liverplan.segmentation.files.meaning import Meaning, meaning_of
from liverplan.segmentation.provenance import Origin, Provenance
from liverplan.volume import FloatArray, Grid

SEG_CLASSES = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")
MAX_SEG_FRAMES = 200_000
MAX_SEGMENTS = 255
LATTICE_TOLERANCE = 0.02
"""A frame lies on the CT's lattice if it is off by less than this fraction of a voxel."""
BACKGROUND = "125040"
ORIGINS: Mapping[str, Origin] = {"AUTOMATIC": "automatic", "SEMIAUTOMATIC": "clicks"}
"""By the type of a segment's algorithm; what a person drew, or nothing is said of, is given."""

LIVER_CODES = frozenset({"10200004", "T-62000"})
LESION_CODES = frozenset(
    {"128462008", "14799000", "86049000", "108369006", "52988006", "94381002", "4147007"}
)
"""Metastasis, neoplasm, lesion, mass; a cyst or an abscess is none of them."""
ABNORMAL_CATEGORIES = frozenset({"49755003", "M-01000"})
UNSAID = Code(value="", meaning="", scheme="")
TISSUE_CODES = frozenset({"", "85756007", "T-D0050"})
"""What says no more than that there is something, as 3D Slicer writes unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SegMask:
    """One segment of a SEG on the CT's grid.

    ``mask`` is (k, j, i) bool. ``code``, ``category`` and ``region`` (anatomic) are what the SEG
    says; ``structure`` is what that means here. ``made`` is what it says of where the mask came
    from.
    """

    name: str
    number: int
    code: Code
    category: Code
    region: Code = UNSAID
    mask: NDArray[np.bool_] = field(repr=False)
    tracking_uid: str = ""
    algorithm: str = ""
    method: str = ""

    @property
    def made(self) -> Provenance:
        """Where the mask came from by its algorithm's type; nobody has accepted it."""
        origin = ORIGINS.get(self.algorithm, "given")
        method = self.method or ("given mask" if origin == "given" else "DICOM SEG")
        return Provenance(method=method, version="1", origin=origin)

    @property
    def structure(self) -> Literal["liver", "lesion", "other"]:
        """Whether codes and name say liver or metastasis of the liver."""
        return "other" if self.meaning == "unsaid" else self.meaning

    @property
    def meaning(self) -> Meaning:
        """What the segment is, by its codes, region and name; "unsaid" if they do not tell."""
        named = meaning_of(self.name)
        if self.code.value in TISSUE_CODES:
            return "other" if self._elsewhere else named
        if self.name in {REMNANT.name, RESECTED.name} or named == "other" or self._elsewhere:
            return "other"
        if self.code.value in LIVER_CODES:
            return "lesion" if self.category.value in ABNORMAL_CATEGORIES else "liver"
        coded = "lesion" if self.code.value in LESION_CODES else meaning_of(self.code.meaning)
        return "lesion" if coded == "lesion" else "other"

    @property
    def _elsewhere(self) -> bool:
        """Whether the anatomic region is another than the liver and its parts."""
        said = self.region.meaning.lower()
        within = self.region.value in LIVER_CODES or any(w in said for w in ("liver", "hepa"))
        return bool(self.region.value) and not within


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Frame:
    """Where one frame lies: index of its first pixel, and of a step down and to the right."""

    segment: int
    first: NDArray[np.intp]
    down: NDArray[np.intp]
    right: NDArray[np.intp]


def read_seg(path: Path | str, grid: Grid) -> list[SegMask]:
    """Read every segment of a DICOM SEG onto a CT's grid.

    Raises
    ------
    DicomError
        If the file is no SEG or cannot be read; one sentence that names it.
    GridError
        If it was made on another grid or frame of reference.
    """
    path = Path(path)
    with quiet(), open_source(path) as source:
        dataset, whole = _open(source, path.name)
        try:
            segments = _segments(dataset, path.name)
            frames = list(_frames(dataset, whole, grid, path.name))
        except (DicomError, GridError):
            raise
        except Exception as error:
            raise DicomError(
                f"{path.name}: its segments cannot be read ({type(error).__name__})."
            ) from error
        return _masks(source, whole, segments, frames, grid)


def _open(source: Source, name: str) -> tuple[pydicom.Dataset, Slice]:
    if len(source.entries) != 1 or source.entries[0].fault:
        fault = source.entries[0].fault if len(source.entries) == 1 else "it is not one file"
        raise DicomError(f"{name} is no DICOM SEG: {fault}.")
    try:
        with source.open(source.entries[0].name) as stream:
            parsed = parse(stream)
    except DicomError as error:
        raise DicomError(f"{name} cannot be read as a DICOM SEG: {error}.") from error
    whole = describe(parsed, source.entries[0].name)
    if whole.sop_class not in SEG_CLASSES:
        raise DicomError(f"{name} is no DICOM SEG.")
    fault = _fault(whole)
    if fault:
        raise DicomError(f"{name} cannot be read: {fault}.")
    return parsed.dataset, whole


def _fault(whole: Slice) -> str:
    if not (1 <= whole.rows <= MAX_SIDE and 1 <= whole.columns <= MAX_SIDE):
        return f"it has {whole.rows} x {whole.columns} pixels"
    if not 1 <= whole.frames <= MAX_SEG_FRAMES:
        return f"it claims {whole.frames} frames"
    if whole.samples != 1 or whole.bits_allocated not in {1, 8, 16}:
        return f"it stores {whole.samples} samples of {whole.bits_allocated} bits a pixel"
    return ""


def _segments(dataset: pydicom.Dataset, name: str) -> dict[int, SegMask]:
    """Describe the segments by number, their masks still empty."""
    if str(dataset.get("SegmentationType")) == "FRACTIONAL":
        raise DicomError(f"{name} holds fractions instead of masks, which are not read.")
    if len(dataset.SegmentSequence) > MAX_SEGMENTS:
        raise DicomError(f"{name} holds more than {MAX_SEGMENTS} segments.")
    segments = [_described(item) for item in dataset.SegmentSequence]
    return {segment.number: segment for segment in segments}


def _frames(dataset: pydicom.Dataset, whole: Slice, grid: Grid, name: str) -> Iterator[_Frame]:
    if grid.frame_uid and whole.frame_uid and grid.frame_uid != whole.frame_uid:
        raise GridError(f"{name} and the CT differ in frame of reference.")
    per_frame = dataset.PerFrameFunctionalGroupsSequence
    if len(per_frame) != whole.frames:
        raise DicomError(f"{name} claims {whole.frames} frames but describes {len(per_frame)}.")
    shared = dataset.SharedFunctionalGroupsSequence[0]
    labelmap = str(dataset.SegmentationType) == "LABELMAP"
    to_index: FloatArray = np.linalg.inv(grid.affine).astype(np.float64)
    for group in per_frame:
        segment = (
            0
            if labelmap
            else int(_macro(group, shared, "SegmentIdentification").ReferencedSegmentNumber)
        )
        position = Values(_macro(group, shared, "PlanePosition")).numbers("ImagePositionPatient", 3)
        orientation = Values(_macro(group, shared, "PlaneOrientation")).numbers(
            "ImageOrientationPatient", 6
        )
        spacing = Values(_macro(group, shared, "PixelMeasures")).numbers("PixelSpacing", 2)
        if not (position and orientation and spacing):
            raise DicomError(f"{name}: a frame has no position, orientation or spacing.")
        yield _placed(segment, position, orientation, spacing, to_index, name)


def _macro(group: pydicom.Dataset, shared: pydicom.Dataset, macro: str) -> pydicom.Dataset:
    """Find a functional group of a frame: its own, or the one that all frames share."""
    sequence = group.get(f"{macro}Sequence") or shared.get(f"{macro}Sequence")
    return sequence[0]


def _placed(
    segment: int,
    position: Sequence[float],
    orientation: Sequence[float],
    spacing: Sequence[float],
    to_index: FloatArray,
    name: str,
) -> _Frame:
    first = to_index[:3, :3] @ np.array(position) + to_index[:3, 3]
    right = to_index[:3, :3] @ np.array(orientation[:3]) * spacing[1]
    down = to_index[:3, :3] @ np.array(orientation[3:]) * spacing[0]
    steps = np.stack([right, down])
    # over 512 pixels, 1e-3 of a voxel a step would already be half a voxel
    if np.abs(steps - np.rint(steps)).max() > 1e-3 or np.abs(np.rint(steps)).sum(axis=1).max() != 1:
        raise GridError(f"{name} and the CT differ in orientation or voxel spacing.")
    if np.abs(first - np.rint(first)).max() > LATTICE_TOLERANCE:
        raise GridError(f"{name} and the CT differ in position: its frames lie between the slices.")
    whole = [np.rint(v).astype(np.intp) for v in (first, down, right)]
    return _Frame(segment=segment, first=whole[0], down=whole[1], right=whole[2])


def _masks(
    source: Source,
    whole: Slice,
    segments: dict[int, SegMask],
    frames: Sequence[_Frame],
    grid: Grid,
) -> list[SegMask]:
    masks: dict[int, NDArray[np.bool_]] = {
        number: np.zeros(grid.shape, dtype=bool)
        for number, segment in segments.items()
        if segment.code.value != BACKGROUND
    }
    for frame, values in zip(frames, _pixels(source, whole), strict=True):
        found = [frame.segment] if frame.segment else np.unique(values).tolist()
        numbers = [n for n in found if n not in {0, whole.padding}]
        for number in numbers:
            if int(number) not in masks:
                if number in segments:
                    continue
                raise DicomError(f"{whole.name}: segment {number} is not described.")
            _put(
                masks[int(number)],
                frame,
                values == number if not frame.segment else values > 0,
                whole,
            )
    return [replace(segments[number], mask=mask) for number, mask in sorted(masks.items())]


def _put(mask: NDArray[np.bool_], frame: _Frame, values: NDArray[np.bool_], whole: Slice) -> None:
    rows, columns = np.nonzero(values)
    if not len(rows):
        return
    index = frame.first + np.outer(rows, frame.down) + np.outer(columns, frame.right)
    if (index < 0).any() or (index >= mask.shape).any():
        raise GridError(f"{whole.name} reaches beyond the CT's grid.")
    mask[tuple(index.T)] = True


def _pixels(source: Source, whole: Slice) -> Iterator[NDArray[np.unsignedinteger]]:
    """(rows, columns) values of each frame."""
    if whole.syntax in COMPRESSED:
        yield from _compressed(source, whole)
    else:
        yield from _stored(source, whole)


def _stored(source: Source, whole: Slice) -> Iterator[NDArray[np.unsignedinteger]]:
    size = whole.rows * whole.columns
    bits = whole.bits_allocated
    everything = replace(
        whole, frames=1, rows=1, columns=-(-size * whole.frames * bits // 8), bits_allocated=8
    )
    data = np.frombuffer(pixel_bytes(source, everything), dtype=np.uint8)
    for n in range(whole.frames):
        if bits == 1:
            first, last = n * size // 8, -(-(n + 1) * size // 8)
            unpacked = np.unpackbits(data[first:last], bitorder="little")
            yield unpacked[n * size % 8 :][:size].reshape(whole.rows, whole.columns)
        else:
            part = data[n * size * bits // 8 : (n + 1) * size * bits // 8]
            order = "<" if whole.little_endian else ">"
            yield part.view(f"{order}u{bits // 8}").reshape(whole.rows, whole.columns)


def _compressed(source: Source, whole: Slice) -> Iterator[NDArray[np.unsignedinteger]]:
    with Decoders(1) as decoders:
        for n in range(whole.frames):
            plane = replace(whole, frame=n)
            data = decoders.decode(plane, pixel_bytes(source, plane))
            values = np.frombuffer(data, f"<u{max(whole.bits_allocated, 8) // 8}")
            yield values.reshape(whole.rows, whole.columns)


def _described(segment: pydicom.Dataset) -> SegMask:
    return SegMask(
        name=str(segment.get("SegmentLabel", "")) or f"Segment {segment.SegmentNumber}",
        number=int(segment.SegmentNumber),
        code=_code(segment, "SegmentedPropertyTypeCodeSequence"),
        category=_code(segment, "SegmentedPropertyCategoryCodeSequence"),
        region=_code(segment, "AnatomicRegionSequence"),
        mask=np.zeros((0, 0, 0), dtype=bool),
        tracking_uid=str(segment.get("TrackingUID", "")),
        algorithm=str(segment.get("SegmentAlgorithmType", "")).strip().upper(),
        method=str(segment.get("SegmentAlgorithmName", "")).strip(),
    )


def _code(segment: pydicom.Dataset, keyword: str) -> Code:
    items = segment.get(keyword)
    if not items:
        return UNSAID
    item = items[0]
    return Code(
        value=str(item.get("CodeValue", "")),
        meaning=str(item.get("CodeMeaning", "")),
        scheme=str(item.get("CodingSchemeDesignator", "")),
    )
