"""Pictures that a person kept: a slice, or the liver in 3D, as it was seen, with a title.

No picture names a patient: whose CT it is is left out of it when it is kept. What a person wrote
on the slice stands in it, and may say anything; a picture says whether it does.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self

from liverplan.errors import InputError

SCHEMA: Final = "liverplan.key-images/1"
Shown = Literal["Axial", "Coronal", "Sagittal", "Oblique", "3D"]

LONGEST_TITLE = 80
MOST_PIXELS = 4096
"""Of a picture's side: a screen has fewer, and a file that claims more is none of ours."""

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyImage:
    """One picture.

    Parameters
    ----------
    png : bytes
        What was seen, without whose CT it is.
    view : {"Axial", "Coronal", "Sagittal", "Oblique", "3D"}
        What is shown.
    title : str
        What a person calls it.
    slice_number, slice_count : int or None
        Which slice of how many, from 1; None in 3D.
    window_hu : (float, float) or None
        Level and width; None in 3D.
    written_on : bool
        Whether words that a person wrote stand in it.

    Raises
    ------
    InputError
        If it is no PNG of a screen's size, or the title is too long.
    """

    png: bytes = field(repr=False)
    view: Shown
    title: str = ""
    slice_number: int | None = None
    slice_count: int | None = None
    window_hu: tuple[float, float] | None = None
    written_on: bool = False

    def __post_init__(self) -> None:
        wide, high = self.size
        if not (0 < wide <= MOST_PIXELS and 0 < high <= MOST_PIXELS):
            raise InputError(f"A picture of {wide} x {high} pixels cannot be kept.")
        if len(self.title) > LONGEST_TITLE:
            raise InputError(f"A picture's title has at most {LONGEST_TITLE} characters.")

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, pixels.

        Raises
        ------
        InputError
            If it is no PNG.
        """
        if not self.png.startswith(PNG) or len(self.png) < len(PNG) + 8:
            raise InputError("A picture that was kept is no PNG.")
        wide, high = struct.unpack(">II", self.png[len(PNG) : len(PNG) + 8])
        return wide, high

    @property
    def file(self) -> str:
        """The name of its file in a case."""
        return f"{hashlib.sha256(self.png).hexdigest()}.png"

    def to_json(self) -> dict[str, Any]:
        """Return every field by its name; of the picture its file's name."""
        return {
            "file": self.file,
            "view": self.view,
            "title": self.title,
            "slice_number": self.slice_number,
            "slice_count": self.slice_count,
            "window_hu": None if self.window_hu is None else list(self.window_hu),
            "written_on": self.written_on,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any], png: bytes) -> Self:
        """Read what `to_json` wrote, with the bytes of its file."""
        window = document["window_hu"]
        return cls(
            png=png,
            view=document["view"],
            title=document["title"],
            slice_number=document["slice_number"],
            slice_count=document["slice_count"],
            window_hu=None if window is None else (float(window[0]), float(window[1])),
            written_on=document["written_on"],
        )


def key_images_json(images: Sequence[KeyImage]) -> dict[str, Any]:
    """Return the ``liverplan.key-images/1`` document."""
    return {"schema": SCHEMA, "images": [one.to_json() for one in images]}
