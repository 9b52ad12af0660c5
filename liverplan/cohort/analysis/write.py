"""The analysis as one self-contained HTML file and as a tagged PDF on A4."""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst
from jinja2 import Environment, PackageLoader, StrictUndefined

from liverplan import NOTICE, __version__
from liverplan.case.files import write_whole
from liverplan.cohort.analysis.dictionary import dictionary_of
from liverplan.cohort.analysis.picture import Picture
from liverplan.cohort.analysis.readable import readable
from liverplan.cohort.analysis.sections import section_of, sections_of
from liverplan.plain import clean_value
from liverplan.plain.fonts import FAMILIES, font_folders, printable

NAME = "analysis"
TITLE = "Analysis of the trial's endpoints"


def write_analysis(
    out: Path, document: Mapping[str, Any], pictures: Sequence[Picture], inputs: Sequence[Path]
) -> tuple[Path, Path]:
    """Write ``analysis.html`` and ``analysis.pdf``.

    Parameters
    ----------
    document : mapping
        As in ``endpoints.json``; every part of it becomes a section.
    pictures : sequence of Picture
        Shown in their order.
    inputs : sequence of Path
        The tables that went in, for the data dictionary.
    """
    content = content_of(document, inputs, pictures)
    page, paper = out / f"{NAME}.html", out / f"{NAME}.pdf"
    write_whole(page, html_of(content, pictures).encode("utf-8"))
    write_whole(paper, pdf_of(content, pictures))
    return page, paper


def content_of(
    document: Mapping[str, Any], inputs: Sequence[Path], pictures: Sequence[Picture]
) -> dict[str, Any]:
    """Return what both files show, as plain text; each figure stands in the part it belongs to."""
    sections = sections_of(readable(document))
    parts = {section.key for section in sections}
    return {
        "title": TITLE,
        "notice": NOTICE,
        "software": f"liverplan {__version__}",
        "unit": document.get("unit", ""),
        "notes": list(document.get("notes", ())),
        "pictures": [_captioned(one) for one in pictures if one.part not in parts],
        "sections": [
            asdict(section)
            | {"pictures": [_captioned(one) for one in pictures if one.part == section.key]}
            for section in sections
        ],
        "dictionary": [asdict(grid) for grid in dictionary_of(inputs)],
        "provenance": asdict(section_of("Versions and files", document.get("provenance", {}))),
    }


def _captioned(one: Picture) -> dict[str, str]:
    return {"file": one.file, "title": one.title, "alt": one.alt}


def html_of(content: Mapping[str, Any], pictures: Sequence[Picture]) -> str:
    """Return the page; figures lie in it."""
    environment = Environment(
        loader=PackageLoader("liverplan.cohort.analysis", ""),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=clean_value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    drawn = {one.file: base64.b64encode(one.svg).decode("ascii") for one in pictures}
    return environment.get_template("analysis.html.jinja").render(**content, drawn=drawn)


def pdf_of(content: Mapping[str, Any], pictures: Sequence[Picture]) -> bytes:
    """Return the PDF: tagged for screen readers (PDF/UA-1), for keeping (PDF/A-2a)."""
    with tempfile.TemporaryDirectory(prefix="liverplan-") as name:
        folder = Path(name)
        for one in pictures:
            (folder / one.file).write_bytes(one.svg)
        said = printable({**content, "fonts": FAMILIES})
        (folder / "content.json").write_text(json.dumps(said), "utf-8")
        page = folder / "analysis.typ"
        page.write_bytes(files("liverplan.cohort.analysis").joinpath(page.name).read_bytes())
        return typst.compile(
            page,
            font_paths=list(font_folders()),
            ignore_system_fonts=True,
            pdf_standards=["a-2a", "ua-1"],
            timestamp=datetime(1980, 1, 1, tzinfo=UTC),
        )
