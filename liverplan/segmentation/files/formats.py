"""The mask formats, by the end of a file's name."""

from __future__ import annotations

from pathlib import Path

from liverplan.errors import InputError

SUFFIXES = (".nii", ".nii.gz", ".nrrd")


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
