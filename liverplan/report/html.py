"""The report as one HTML file that needs nothing beside it."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import matplotlib.image
import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from liverplan.plain import clean_value
from liverplan.report.content import content_of
from liverplan.report.files import write_whole
from liverplan.report.geometry import liver_box_mm
from liverplan.report.mesh import Kind, Mesh
from liverplan.report.meshes import anatomy, surfaces
from liverplan.report.packing import packed, three_js, zipped
from liverplan.report.pictures import to_webp
from liverplan.report.request import ReportInput
from liverplan.report.stack import StackSlice, axial_stack, middle_of
from liverplan.report.views import all_views
from liverplan.words import Words, numbers

KINDS = get_args(Kind)
"""Of surfaces, as the reader may switch them on and off."""
AT_FIRST_HIDDEN = ("segment",)
"""What would lie over everything else."""


def write_html(path: Path | str, request: ReportInput) -> Path:
    """Write the report as one self-contained HTML file.

    Raises
    ------
    InputError
        If it cannot be written; what was there before is unchanged.
    """
    path = Path(path)
    write_whole(path, html_of(request).encode("utf-8"))
    return path


def html_of(request: ReportInput) -> str:
    """Return the report's HTML."""
    environment = Environment(
        loader=PackageLoader("liverplan.report", ""),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=clean_value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    content = content_of(request)
    stack = axial_stack(request)
    meshes = (
        *surfaces(request.segmentation, request.side),
        *anatomy(request.segmentation, request.maps),
    )
    return environment.get_template("report.html.jinja").render(
        content=content,
        words=content.words,
        pictures=[(view, _as_webp(view.png)) for view in all_views(request)],
        kept=[
            (said, _as_webp(image.png))
            for said, image in zip(content.kept, request.key_images, strict=True)
        ],
        has_cut=request.side.planned,
        kinds=[kind for kind in KINDS if any(mesh.kind == kind for mesh in meshes)],
        hidden=AT_FIRST_HIDDEN,
        start=middle_of(stack, request),
        data=_data(request, content.words, stack, meshes),
        three=zipped(three_js().encode("utf-8")),
    )


def _data(
    request: ReportInput, words: Words, stack: Sequence[StackSlice], meshes: Sequence[Mesh]
) -> dict[str, Any]:
    """Collect what the page's script draws."""
    return {
        "slices": [_slice(number, stack, request, words) for number in range(len(stack))],
        "meshes": packed(meshes),
        "hidden": list(AT_FIRST_HIDDEN),
        "box_mm": liver_box_mm(request.segmentation).tolist(),
        "words": {"no_webgl": words["no_webgl"], **{k: words[f"legend_{k}"] for k in KINDS}},
    }


def _slice(
    number: int, stack: Sequence[StackSlice], request: ReportInput, words: Words
) -> dict[str, str]:
    one = stack[number]
    level = words.number(numbers.mm(one.level_mm))
    lesions = ", ".join(one.lesions) or words["none"]
    overlay = words["alt_overlay" if request.side.planned else "alt_uncut"]
    view = words["picture_axial"]
    return {
        "source": one.data_uri,
        "alt": words("alt_slice", view=view, level=level, overlay=overlay, lesions=lesions),
        "caption": words(
            "caption_slice", number=number + 1, count=len(stack), level=level, lesions=lesions
        ),
    }


def _as_webp(png: bytes) -> str:
    """Return a picture as the page holds it: each pixel as in the PNG, in fewer bytes."""
    pixels = np.rint(matplotlib.image.imread(io.BytesIO(png)) * 255).astype(np.uint8)
    return "data:image/webp;base64," + base64.b64encode(to_webp(pixels)).decode("ascii")
