"""One image plane as its header describes it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pydicom.uid import (
    UID,
    CTImageStorage,
    EnhancedCTImageStorage,
    LegacyConvertedEnhancedCTImageStorage,
)

CT_CLASSES = frozenset({CTImageStorage})
ENHANCED_CLASSES = frozenset({EnhancedCTImageStorage, LegacyConvertedEnhancedCTImageStorage})

MAX_SIDE = 4096
MAX_FRAMES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What one image plane says of itself; lengths mm, positions LPS mm.

    ``row_direction`` is the direction in which the column index grows, ``column_direction`` the
    one in which the row index grows (the first and last three values of
    ImageOrientationPatient). ``fault`` is empty, or why this plane cannot be part of a volume.
    """

    name: str
    frame: int = 0
    pixel_offset: int = 0
    syntax: UID
    implicit: bool = False
    little_endian: bool = True
    sop_class: str = ""
    sop_uid: str = ""
    study_uid: str = ""
    series_uid: str = ""
    series_number: str = ""
    modality: str = ""
    description: str = ""
    study_date: str = ""
    image_type: tuple[str, ...] = ()
    acquisition: str = ""
    acquisition_time: str = ""
    temporal: str = ""
    instance: str = ""
    kvp: str = ""
    kernel: str = ""
    contrast: str = ""
    patient_position: str = ""
    frame_uid: str = ""
    position: tuple[float, ...] = ()
    row_direction: tuple[float, ...] = ()
    column_direction: tuple[float, ...] = ()
    row_spacing: float = math.nan
    column_spacing: float = math.nan
    thickness: float = math.nan
    rows: int = 0
    columns: int = 0
    frames: int = 1
    samples: int = 1
    photometric: str = ""
    bits_allocated: int = 0
    bits_stored: int = 0
    high_bit: int = 0
    signed: bool = False
    slope: float = 1.0
    intercept: float = 0.0
    rescale_type: str = ""
    padding: int | None = None
    lossy: bool = False
    fault: str = ""
    guessed: str = ""

    @property
    def is_ct(self) -> bool:
        """Whether this is CT by its class, or, where the class is blank, by its modality."""
        if self.sop_class:
            return self.sop_class in CT_CLASSES or self.sop_class in ENHANCED_CLASSES
        return self.modality == "CT" and self.rows > 0

    @property
    def frame_bytes(self) -> int:
        """Bytes of one uncompressed frame; a single bit takes one, as decoders return it."""
        return self.rows * self.columns * self.samples * max(self.bits_allocated, 8) // 8
