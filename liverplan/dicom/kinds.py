"""What an image or document is, in a word, and whether such a thing is a CT volume at all."""

from __future__ import annotations

import numpy as np
from pydicom.uid import UID

from liverplan.dicom.slices import Slice

NOT_VOLUMES = {
    "LOCALIZER": ("localizer", "it is a localizer, not a volume"),
    "SCOUT": ("localizer", "it is a localizer, not a volume"),
    "REF_SURVIEW": ("localizer", "it is a localizer, not a volume"),
    "DOSE_INFO": ("dose sheet", "it is a dose sheet, not an image of the body"),
    "DOSE": ("dose sheet", "it is a dose sheet, not an image of the body"),
    "PATIENT_INFO": ("information sheet", "it is an information sheet, not an image of the body"),
    "RESULTS": ("results sheet", "it is a results sheet, not an image of the body"),
    "SCREEN SAVE": ("screen capture", "it is a screen capture, not an image of the body"),
    "PROJECTION IMAGE": ("CT projection", "its pixels are projections through the body"),
    "MIP": ("CT projection", "its pixels are projections through the body"),
    "MINIP": ("CT projection", "its pixels are projections through the body"),
    "MAX_IP": ("CT projection", "its pixels are projections through the body"),
    "MIN_IP": ("CT projection", "its pixels are projections through the body"),
    "VOLUME RENDERING": ("CT rendering", "it is a rendering, not a volume"),
    "PERFUSION": ("CT perfusion map", "its values are perfusion, not HU"),
    "VIRTUAL_NC": (
        "CT virtual image",
        "its values are computed from two energies, not measured HU",
    ),
}
CLASS_WORDS = {
    "Segmentation": "segmentation",
    "1.2.840.10008.5.1.4.1.1.66.7": "segmentation",  # label map; newer than pydicom's list
    "SR": "structured report",
    "Secondary Capture": "secondary capture",
    "Encapsulated PDF": "document",
    "Encapsulated STL": "surface",
    "RT Structure Set": "structure set",
    "Media Storage Directory": "directory",
    "Presentation State": "presentation state",
}
AXES = ("sagittal", "coronal", "axial")


def kind_of(plane: Slice) -> str:
    """Name what a plane's series is, e.g. "CT axial" or "localizer"."""
    special = _special(plane)
    if special:
        return special[0]
    if plane.is_ct:
        return f"CT {_orientation(plane)}".strip()
    name = UID(plane.sop_class).name if plane.sop_class else ""
    for word, kind in CLASS_WORDS.items():
        if word in name:
            return kind
    return name.removesuffix(" Storage") or plane.modality or "unknown"


def fault_of_kind(plane: Slice) -> str:
    """Why such a thing is no CT volume; empty if it may be one."""
    special = _special(plane)
    if special:
        return special[1]
    if plane.is_ct:
        return ""
    kind = kind_of(plane)
    if not plane.sop_class and not plane.modality:
        return "its header names neither its class nor its modality"
    return f"it is {'an' if kind[0] in 'AEIOU' else 'a'} {kind}, not a CT image"


def _special(plane: Slice) -> tuple[str, str] | None:
    if not plane.is_ct and plane.modality != "CT":
        return None
    words = {value.upper() for value in plane.image_type}
    return next((found for word, found in NOT_VOLUMES.items() if word in words), None)


def _orientation(plane: Slice) -> str:
    if not plane.row_direction:
        return ""
    normal = np.abs(np.cross(plane.row_direction, plane.column_direction))
    largest = int(np.argmax(normal))
    # a tilted gantry leaves up to 30 degrees between the slices' normal and the patient's axis
    return AXES[largest] if normal[largest] > 0.85 else "oblique"
