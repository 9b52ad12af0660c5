"""The button of a tool: it arms the tool, or puts it away, and shows whether it is armed."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from liverplan.app.kit.widgets import button
from liverplan.app.slices.tool import Tool
from liverplan.app.slices.views import ThreeViews


def tool_button(
    views: ThreeViews, tool: Tool, text: str, *, tip: str = "", role: str = ""
) -> QPushButton:
    """Make the button of a tool."""
    made = button(text, lambda: views.toggle(tool), tip=tip, role=role)
    made.setCheckable(True)
    views.armed.connect(lambda: made.setChecked(views.tool is tool))
    return made
