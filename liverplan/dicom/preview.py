"""The middle slice of a series, read alone: enough to recognise it in a list."""

from __future__ import annotations

import threading

import numpy as np

from liverplan.dicom.codecs import Decoders
from liverplan.dicom.decode import pixel_bytes, stored_values
from liverplan.dicom.header import COMPRESSED
from liverplan.dicom.quiet import quiet
from liverplan.dicom.series_info import SeriesInfo
from liverplan.dicom.slices import MAX_SIDE
from liverplan.dicom.source import open_source
from liverplan.errors import DicomError
from liverplan.volume import FloatArray


def middle_slice(info: SeriesInfo, *, cancel: threading.Event | None = None) -> FloatArray:
    """Read the slice in the middle of a series, usable or not.

    Parameters
    ----------
    info : SeriesInfo
        From `find_series`.
    cancel : threading.Event, optional
        Set it to stop.

    Returns
    -------
    (row, column) float64 array
        HU, patient's right at the left where the series has a geometry.

    Raises
    ------
    DicomError
        If the series holds no image, or its middle one cannot be read; the message names the file.
    CancelledError
        If ``cancel`` was set.
    """
    if not info.planes:
        raise DicomError(f"The {info.title} holds no images.")
    plane = info.planes[len(info.planes) // 2]
    if not (plane.is_ct and plane.samples == 1 and 0 < plane.rows * plane.columns <= MAX_SIDE**2):
        raise DicomError(f"{plane.name}: it is no CT image.")
    with open_source(info.path) as source, quiet(), Decoders(1, cancel) as decoders:
        data = pixel_bytes(source, plane)
        if plane.syntax in COMPRESSED:
            data = decoders.decode(plane, data)
    try:
        hu = stored_values(data, plane).astype(np.float64)
    except (ValueError, TypeError) as error:
        raise DicomError(f"{plane.name}: its pixels make no picture.") from error
    slope = plane.slope if np.isfinite(plane.slope) else 1.0
    intercept = plane.intercept if np.isfinite(plane.intercept) else 0.0
    flip_j, flip_i = info.geometry.flips if info.geometry else (False, False)
    return (hu * slope + intercept)[:: -1 if flip_j else 1, :: -1 if flip_i else 1]
