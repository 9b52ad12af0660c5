"""The button of a tool: it arms the tool, or puts it away, and shows whether it is armed."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from liverplan.app.kit.glyphs import GlyphButton
from liverplan.app.kit.widgets import button, set_tip
from liverplan.app.slices.tool import Tool
from liverplan.app.slices.views import ThreeViews


def tool_button(
    views: ThreeViews, tool: Tool, text: str, *, tip: str = "", role: str = ""
) -> QPushButton:
    """Make the button of a tool."""
    made = button(text, lambda: views.toggle(tool), tip=tip, role=role)
    tool.called = text
    _follow(made, views, tool)
    return made


def glyph_button(views: ThreeViews, tool: Tool, text: str, *, tip: str) -> QPushButton:
    """Make the button of a tool that shows the tool's drawing."""
    made = GlyphButton(tool.glyph, text)
    set_tip(made, tip)
    made.clicked.connect(lambda _checked=False: views.toggle(tool))
    tool.called = text
    _follow(made, views, tool)
    return made


def _follow(made: QPushButton, views: ThreeViews, tool: Tool) -> None:
    """Show whether the tool is armed."""
    made.setCheckable(True)
    views.armed.connect(lambda: made.setChecked(views.tool is tool))
