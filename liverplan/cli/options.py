"""The options that several commands share, and how their text is read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from liverplan.cli.completion import back_ends

Source = Annotated[
    Path,
    typer.Argument(
        metavar="PATH",
        help="Folder, zip, DICOMDIR or file with a CT series; or a CT as .nii, .nii.gz or .nrrd.",
    ),
]
CaseFolder = Annotated[Path, typer.Argument(metavar="CASE", help="A case folder.")]
Series = Annotated[
    str | None, typer.Option("--series", metavar="UID", help="Which series, if there are several.")
]
Lesions = Annotated[
    list[str] | None,
    typer.Option(
        "--lesion",
        metavar="X,Y,Z",
        help="A click in a metastasis, LPS mm; 6 numbers: its long axis, 12: both; repeatable.",
    ),
]
LesionBoxes = Annotated[
    list[str] | None,
    typer.Option(
        "--lesion-box",
        metavar="X,Y,Z,X,Y,Z",
        help="Two corners of a box round a metastasis; repeatable.",
    ),
]
NotLesion = Annotated[
    list[str] | None,
    typer.Option(
        "--not-lesion", metavar="X,Y,Z", help="No part of the nearest metastasis; repeatable."
    ),
]
Backend = Annotated[
    str,
    typer.Option(
        "--backend",
        metavar="NAME",
        help="network, classical, both (the second looks after the first), or a plugin.",
        autocompletion=back_ends,
    ),
]
LesionBackend = Annotated[
    str,
    typer.Option(
        "--lesion-backend",
        metavar="NAME",
        help="What outlines the metastases that are pointed at: network, or a plugin.",
        autocompletion=back_ends,
    ),
]
Register = Annotated[
    Path | None,
    typer.Option(
        "--register", metavar="FILE", help="Notes where this and other cases end; made if absent."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def read_numbers(text: str, count: int, option: str) -> tuple[float, ...]:
    """Read so many numbers with commas between, such as a point, LPS mm."""
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        values = ()
    if len(values) != count:
        raise typer.BadParameter(
            f"{text!r} is not {count} numbers with commas between.", param_hint=option
        )
    return values


def read_kept(text: str) -> tuple[tuple[float, ...], str]:
    """Read '1,2,3' or '1,2,3:portal' as a point in a vessel that is kept, and its tree."""
    point, colon, tree = text.partition(":")
    if colon and tree not in ("portal", "hepatic"):
        raise typer.BadParameter(
            f"{tree!r} is neither portal nor hepatic.", param_hint="--keep-vessel"
        )
    return read_numbers(point, 3, "--keep-vessel"), tree


def read_name(text: str | None, option: str) -> str:
    """Read a person's name; "" where the option is not given."""
    if text is not None and not text.strip():
        raise typer.BadParameter("names nobody.", param_hint=option)
    return (text or "").strip()


def read_wedge(text: str) -> tuple[int, float]:
    """Read '2:10' as a metastasis' label and a margin in mm."""
    label, _, margin = text.partition(":")
    try:
        return int(label), float(margin)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no label and margin; write 2:10.", param_hint="--wedge"
        ) from None


def read_labels(text: str | None, option: str) -> tuple[int, ...] | None:
    """Read '1-7' or '1,3,5-6' as label values."""
    if text is None:
        return None
    labels: list[int] = []
    try:
        for part in text.split(","):
            first, _, last = part.partition("-")
            labels.extend(range(int(first), int(last or first) + 1))
    except ValueError:
        labels = []
    if not labels or min(labels) < 1:
        raise typer.BadParameter(
            f"{text!r} names no labels; write 1-7 or 1,3,5.", param_hint=option
        )
    return tuple(dict.fromkeys(labels))
