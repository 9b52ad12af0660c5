"""The mask formats, by the end of a file's name."""

from __future__ import annotations

from pathlib import Path

from liverplan.errors import InputError
from liverplan.volume import SUFFIXES, UNREAD


def suffix_of(path: Path) -> str:
    """Return the end of a mask file's name, as it is written there.

    Raises
    ------
    InputError
        If it names no mask format.
    """
    for suffix in sorted(SUFFIXES, key=len, reverse=True):
        if path.name.lower().endswith(suffix):
            return path.name[len(path.name) - len(suffix) :]
    raise InputError(f"{path.name} names no mask format; use {', '.join(SUFFIXES)}.")


def is_seg(path: Path) -> bool:
    """Whether a file is a DICOM SEG: any that does not end as another format.

    Raises
    ------
    InputError
        If it ends as a format that is not read; the sentence says which are.
    """
    name = path.name.lower()
    if name.endswith(UNREAD):
        raise InputError(
            f"{path.name} has a format that is not read; NIfTI (.nii, .nii.gz), NRRD in one file "
            "(.nrrd) and DICOM SEG (.dcm) are."
        )
    return not name.endswith(SUFFIXES)
