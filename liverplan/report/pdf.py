"""The report as PDF: tagged for screen readers (PDF/UA-1), for keeping (PDF/A-2a), on A4."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

from liverplan.plain.fonts import FAMILIES, font_folders, printable
from liverplan.report.content import content_of
from liverplan.report.files import write_whole
from liverplan.report.request import ReportInput
from liverplan.report.tables import View
from liverplan.report.views import all_views
from liverplan.words import Words


def write_pdf(path: Path | str, request: ReportInput) -> Path:
    """Write the report as PDF.

    Raises
    ------
    InputError
        If it cannot be written; what was there before is unchanged.
    """
    path = Path(path)
    write_whole(path, pdf_of(request))
    return path


def pdf_of(request: ReportInput) -> bytes:
    """Return the report as PDF."""
    views = all_views(request)
    with tempfile.TemporaryDirectory(prefix="liverplan-") as name:
        folder = Path(name)
        for view in views:
            (folder / f"{view.key}.png").write_bytes(view.png)
        for image in request.key_images:
            (folder / image.file).write_bytes(image.png)
        content = json.dumps(printable(_content(request, views)))
        (folder / "content.json").write_text(content, "utf-8")
        page = folder / "report.typ"
        page.write_bytes(files("liverplan.report").joinpath(page.name).read_bytes())
        return typst.compile(
            page,
            font_paths=list(font_folders()),
            ignore_system_fonts=True,
            pdf_standards=["a-2a", "ua-1"],
            timestamp=_timestamp(request),
        )


def _timestamp(request: ReportInput) -> datetime:
    if request.identity == "hidden":
        return datetime(1980, 1, 1, tzinfo=UTC)
    return request.created.replace(microsecond=0)


def _content(request: ReportInput, views: tuple[View, ...]) -> dict[str, Any]:
    content = content_of(request)
    words = content.words
    return {
        "fonts": FAMILIES,
        "title": content.title,
        "subtitle": content.subtitle,
        "status": content.status,
        "notice": content.notice,
        "fates": content.fates,
        "flr": content.flr,
        "bar": content.bar,
        "readings": content.readings,
        "reasons": [asdict(reason) for reason in content.reasons],
        "sentences": content.sentences,
        "measures": [asdict(table) for table in content.measures],
        "criteria": [asdict(card) for card in content.criteria],
        "evidence": [asdict(table) for table in content.evidence],
        "notes": [asdict(note) for note in content.notes],
        "language": words["language"],
        "words": dict(words.table),
        "verdict": str(content.verdict),
        "eligibility": content.eligibility,
        "counts": content.counts,
        "denominators": asdict(content.denominators),
        "pictures": [
            {"file": f"{view.key}.png", "alt": view.alt, "caption": view.caption} for view in views
        ],
        "kept": [
            {"file": image.file, "alt": said.alt, "caption": said.caption}
            for said, image in zip(content.kept, request.key_images, strict=True)
        ],
        "legend": _legend(request, words),
    }


def _legend(request: ReportInput, words: Words) -> str:
    key = "alt_overlay" if request.side.planned else "alt_uncut"
    return f"{words[key]} {words['letters']}"
