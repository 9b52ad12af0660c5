"""Pictures that a person kept, as secondary captures in the study that the CT came from."""

from __future__ import annotations

import io
from collections.abc import Mapping
from types import MappingProxyType

import highdicom as hd
import matplotlib.image
import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from liverplan.dicom.conforming import UNICODE
from liverplan.dicom.headers import Headers
from liverplan.dicom.outgoing import series_of_one, source_dataset
from liverplan.dicom.quiet import quiet
from liverplan.errors import DicomError
from liverplan.findings.key_images import KeyImage, Shown

DESCRIPTION = "liverplan key images (research)"

ORIENTATIONS: Mapping[Shown, tuple[str, str]] = MappingProxyType(
    {"Axial": ("L", "P"), "Coronal": ("L", "F"), "Sagittal": ("P", "F")}
)
"""Where rows and columns run; an oblique slice and the liver in 3D may look anywhere."""


def make_key_images(images: tuple[KeyImage, ...], headers: Headers) -> list[pydicom.Dataset]:
    """Build a Secondary Capture of each picture, all in one series, in their order.

    Its title is the image's comment. None has a frame of reference or a place: it is a picture, on
    which nothing can be measured. Where a person wrote on the slice the object says that its
    pixels may name somebody; whose CT it is is in none.

    Raises
    ------
    DicomError
        If a picture cannot be read.
    """
    with quiet():
        source, series = source_dataset(headers), generate_uid(prefix=None)
        return [_made(one, number, source, series) for number, one in enumerate(images, 1)]


def _made(image: KeyImage, number: int, source: pydicom.Dataset, series: str) -> pydicom.Dataset:
    own = {**series_of_one("key_images"), "series_instance_uid": series, "instance_number": number}
    made = hd.sc.SCImage.from_ref_dataset(
        source,
        pixel_array=_pixels(image),
        photometric_interpretation="RGB",
        bits_allocated=8,
        coordinate_system="PATIENT",
        patient_orientation=ORIENTATIONS.get(image.view, ("L", "F")),
        transfer_syntax_uid=ExplicitVRLittleEndian,
        **own,
    )
    if image.view not in ORIENTATIONS:
        made.PatientOrientation = None
    made.BodyPartExamined = "LIVER"
    made.SeriesDescription = DESCRIPTION
    made.ImageType = ["DERIVED", "SECONDARY"]
    made.ConversionType = "WSD"
    made.BurnedInAnnotation = "YES" if image.written_on else "NO"
    if image.title:
        made.ImageComments = image.title
        if not image.title.isascii():
            made.SpecificCharacterSet = UNICODE
    return made


def _pixels(image: KeyImage) -> NDArray[np.uint8]:
    """(rows, columns, 3)."""
    try:
        read = matplotlib.image.imread(io.BytesIO(image.png), format="png")
    except (OSError, ValueError, SyntaxError) as error:
        raise DicomError("A picture that was kept cannot be read as PNG.") from error
    shades = np.atleast_3d(read)[..., :3]
    shades = np.repeat(shades, 3, axis=2) if shades.shape[2] == 1 else shades
    pixels: NDArray[np.uint8] = np.ascontiguousarray(np.rint(shades * 255).astype(np.uint8))
    return pixels
