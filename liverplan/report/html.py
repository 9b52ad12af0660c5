"""The report as one HTML file that needs nothing beside it."""

from __future__ import annotations

import base64
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from liverplan.report.content import content_of
from liverplan.report.files import write_whole
from liverplan.report.request import ReportInput
from liverplan.report.views import View, four_views


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
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("report.html.jinja")
    content = content_of(request)
    views = four_views(request)
    return template.render(
        content=content,
        words=content.words,
        pictures=[(view, _data_uri(view)) for view in views],
        has_cut=bool(request.planes),
    )


def _data_uri(view: View) -> str:
    return "data:image/png;base64," + base64.b64encode(view.png).decode("ascii")
