"""A series that `find_series` found, as a CT in Hounsfield units."""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Literal, cast

import numpy as np
import pydicom
from numpy.typing import NDArray

from liverplan.dicom.codec_process import slots_for
from liverplan.dicom.codecs import AT_ONCE, Decoders
from liverplan.dicom.decode import Raw, pixel_bytes, stored_values
from liverplan.dicom.find import Progress
from liverplan.dicom.geometry import Stack
from liverplan.dicom.header import COMPRESSED, parse
from liverplan.dicom.headers import Headers, headers_of, readable_in
from liverplan.dicom.quiet import quiet
from liverplan.dicom.series_info import SeriesInfo
from liverplan.dicom.slices import Slice
from liverplan.dicom.source import Source, open_source
from liverplan.dicom.upright import AIR_HU, Hu, fill_gaps, resample, upright_grid
from liverplan.errors import CancelledError, DicomError
from liverplan.findings import Statement
from liverplan.volume import Grid, Volume
from liverplan.words import in_english

DENSEST_PADDING_HU = 3071
"""Padding that would read as denser than 12 bits allow is stored as air instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CT:
    """A series that was read: its volume, what it was, and what must be said of it."""

    volume: Volume
    info: SeriesInfo
    headers: Headers = field(repr=False)
    notes: tuple[Statement, ...] = ()


class _TooWideForInt16Error(Exception):
    """A slice holds values beyond int16; the volume must be float32."""


def read_series(
    info: SeriesInfo,
    *,
    irregular: Literal["resample", "refuse"] = "resample",
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> CT:
    """Read a series: (k, j, i) int16 HU, float32 where the file's rescaling needs it.

    Parameters
    ----------
    info : SeriesInfo
        From `find_series`.
    irregular : {"resample", "refuse"}
        What to do with gantry tilt and gaps that can be filled in.
    progress : callable, optional
        Told a fraction (0-1) and words.
    cancel : threading.Event, optional
        Set it to stop within a tenth of a second.

    Raises
    ------
    DicomError
        If the series is not usable, or a file in it cannot be read; the message names it.
    CancelledError
        If ``cancel`` was set.
    """
    if info.volume_file is not None:
        from liverplan.dicom.volume_files import read_volume  # noqa: PLC0415 - loads much

        volume, headers = read_volume(info.volume_file)
        return CT(volume=volume, info=info, headers=headers, notes=info.notes)
    stack = info.geometry
    if not info.usable or stack is None:
        raise DicomError(f"The {info.title} cannot be read: {info.reason}.")
    resampled = bool(stack.tilt_degrees or stack.filled)
    if resampled and irregular == "refuse":
        raise DicomError(
            f"The {info.title} is on no even, upright grid: {in_english(info.notes[-1])}."
        )
    with open_source(info.path) as source, quiet():
        dataset = _dataset(source, info)
        headers = headers_of(dataset, info.planes, resampled=resampled)
        unread = readable_in(dataset)[1]
        try:
            hu = _decode(source, info.planes, stack, progress, cancel)
        except DicomError as error:
            raise DicomError(f"{str(error).rstrip('.')}.") from error
    first = info.planes[0]
    grid = upright_grid(
        stack, rows=first.rows, columns=first.columns, frame_uid=first.frame_uid or None
    )
    hu = _on_grid(hu, stack, grid)
    left_out = [Statement.of("ct.unread", what=unread)] if unread else []
    notes = (*info.notes, *left_out, *_padding_notes(first, hu))
    return CT(volume=Volume(grid=grid, hu=hu), info=info, headers=headers, notes=notes)


def _dataset(source: Source, info: SeriesInfo) -> pydicom.Dataset:
    """Read the whole header of the first slice."""
    plane = info.planes[0]
    try:
        with source.open(plane.name) as stream:
            return parse(stream).dataset
    except DicomError as error:
        raise DicomError(f"{plane.name}: {error}.") from error


def _decode(
    source: Source,
    planes: tuple[Slice, ...],
    stack: Stack,
    progress: Progress | None,
    cancel: threading.Event | None,
) -> Hu:
    whole = all(float(v).is_integer() for p in planes for v in (p.slope, p.intercept))
    shape = (len(planes), planes[0].rows, planes[0].columns)
    if whole:
        try:
            return _fill(source, planes, np.empty(shape, np.int16), stack, progress, cancel)
        except _TooWideForInt16Error:
            pass
    return _fill(source, planes, np.empty(shape, np.float32), stack, progress, cancel)


def _fill(
    source: Source,
    planes: tuple[Slice, ...],
    hu: Hu,
    stack: Stack,
    progress: Progress | None,
    cancel: threading.Event | None,
) -> Hu:
    """Decode every plane into its place, in threads; the first fault ends the work."""
    flip_j, flip_i = stack.flips
    step_j, step_i = -1 if flip_j else 1, -1 if flip_i else 1
    stop = threading.Event()
    # one thread for each slot: while decoders work, others read, rescale and keep frames waiting
    threads = slots_for(AT_ONCE) if planes[0].syntax in COMPRESSED else AT_ONCE
    with Decoders(AT_ONCE, cancel) as decoders, ThreadPoolExecutor(threads) as pool:

        def one(k: int) -> None:
            if stop.is_set() or (cancel is not None and cancel.is_set()):
                return
            plane, out = planes[k], hu[k, ::step_j, ::step_i]
            data = pixel_bytes(source, plane)
            if plane.syntax not in COMPRESSED:
                to_hu(stored_values(data, plane), plane, out)
                return
            with decoders.decoded(plane, data) as frame:
                to_hu(stored_values(frame, plane), plane, out)

        try:
            _follow([pool.submit(one, k) for k in range(len(planes))], progress, cancel)
        finally:
            stop.set()
    return hu


def _follow(
    jobs: list[Future[None]], progress: Progress | None, cancel: threading.Event | None
) -> None:
    """Report progress until all is done; raise the first fault."""
    done: queue.SimpleQueue[Future[None]] = queue.SimpleQueue()
    for job in jobs:
        job.add_done_callback(done.put)
    read = 0
    while read < len(jobs):
        if cancel is not None and cancel.is_set():
            raise CancelledError("Reading was cancelled.")
        try:
            done.get(timeout=0.02).result()
        except queue.Empty:
            continue
        read += 1
        if progress is not None:
            progress(read / len(jobs), f"Read {read} of {len(jobs)} slices")


def to_hu(raw: Raw, plane: Slice, out: Hu) -> None:
    """Rescale a frame's stored values, (rows, columns), to HU in ``out``, a view of any order."""
    if out.dtype != np.int16:
        out[...] = raw * np.float64(plane.slope) + plane.intercept
    elif plane.slope == 1:
        _shift(raw, int(plane.intercept), cast("NDArray[np.int16]", out))
    else:
        values = raw.astype(np.int64) * int(plane.slope) + int(plane.intercept)
        _require_int16(int(values.min()), int(values.max()))
        out[...] = values
    _hide_dense_padding(raw, plane, out)


def _shift(raw: Raw, intercept: int, out: NDArray[np.int16]) -> None:
    """Add an intercept in 16 bits; wrapping there and back is exact once the ends fit."""
    if raw.dtype.itemsize == 2:
        _require_int16(int(raw.min()) + intercept, int(raw.max()) + intercept)
        native = raw.astype(raw.dtype.newbyteorder("="), copy=False)
        np.add(native.view(np.int16), np.int16((intercept + 32768) % 65536 - 32768), out=out)
    else:
        _require_int16(intercept - 128, intercept + 255)
        np.add(raw, np.int16(intercept), out=out, dtype=np.int16)


def _require_int16(low: int, high: int) -> None:
    if low < -32768 or high > 32767:
        raise _TooWideForInt16Error


def _hide_dense_padding(raw: Raw, plane: Slice, out: Hu) -> None:
    if plane.padding is None:
        return
    if plane.padding * plane.slope + plane.intercept > DENSEST_PADDING_HU:
        out[raw == plane.padding] = AIR_HU


def _on_grid(hu: Hu, stack: Stack, grid: Grid) -> Hu:
    if stack.filled:
        hu = fill_gaps(hu, stack.places, stack.count)
    if stack.tilt_degrees:
        hu = resample(hu, stack.affine, grid)
    return hu


def _padding_notes(plane: Slice, hu: Hu) -> list[Statement]:
    """Say how much lies outside the scanner's field of view."""
    if plane.padding is None:
        return []
    value = plane.padding * plane.slope + plane.intercept
    share = float(np.count_nonzero(hu[hu.shape[0] // 2] == value)) / hu[0].size
    return [Statement.of("ct.padding", hu=float(value))] if share else []
