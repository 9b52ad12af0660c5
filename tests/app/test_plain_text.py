"""What others wrote is shown as it was written: no mark-up is followed, nothing hides."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem
from PySide6.QtWidgets import QLabel

import liverplan.app
from liverplan.app.kit.widgets import Notice, Table, Words, button, label, set_tip
from liverplan.app.steps.committee.signature_list import SignatureList
from liverplan.app.steps.open.panel import series_row
from liverplan.report import SignatureRow
from tests.app.test_panel_words import SERIES
from tests.plain.texts import HONEST, HOSTILE, forbidden

MARKED = '<b>Lind</b> <img src="file:///etc/hostname"> &lt;'


@pytest.mark.parametrize("made", [label, Words, lambda text: label(text, wrap=False)])
@pytest.mark.parametrize("text", [*HOSTILE.values(), *HONEST.values()], ids=ascii)
def test_a_label_shows_text_and_follows_nothing(made, text):
    at_once, later = made(text), made("")
    later.setText(text)
    for shown in (at_once, later):
        assert shown.textFormat() == Qt.TextFormat.PlainText
        assert forbidden(shown.text().replace("\n", "")) <= {"\u200c", "\u200d"}
    assert at_once.text() == later.text()


def test_a_notice_and_a_table_show_text():
    notice, table = Notice(), Table(["Who"])
    notice.say(f"{MARKED}\x1b")
    table.fill([[f"{MARKED}\u202e"]])
    assert notice.text() == f"{MARKED}\\x1b"
    assert notice.textFormat() == Qt.TextFormat.PlainText
    assert table.item(0, 0).text() == f"{MARKED}\\u202e"


def test_a_cell_of_several_lines_keeps_its_lines_and_a_name_adds_none():
    table = Table(["CT"])
    table.fill([series_row(replace(SERIES, description="Liver\nusable\x1b"))])
    lines = table.item(0, 0).text().split("\n")
    assert lines[0] == r"Liver\nusable\x1b"
    assert len(lines) == 3


@pytest.mark.parametrize("part", [QStandardItem(), "button", "label"])
def test_a_tip_follows_no_mark_up(part):
    made = {"button": lambda: button("x", print), "label": lambda: label("x")}
    widget = made[part]() if isinstance(part, str) else part
    set_tip(widget, "FLR 45 %")
    assert widget.toolTip() == "FLR 45 %"
    set_tip(widget, MARKED)
    shown = QLabel(widget.toolTip())  # reads its format out of the text, as a tip does
    shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    shown.setSelection(0, 0)
    assert "<b>" not in widget.toolTip()
    assert "&lt;b&gt;Lind" in widget.toolTip()
    widget.setToolTip("")


def test_a_signature_s_name_and_reason_are_shown_as_written():
    signatures = SignatureList()
    signatures.show_rows(
        (
            SignatureRow(
                name=MARKED, role="member", meaning="vote: for", when="2024-03-12T09:00:00Z",
                reason=MARKED, void_because="the plan has changed",
            ),
        )
    )  # fmt: skip
    assert signatures.why.text().count(MARKED) == 2
    assert signatures.why.textFormat() == Qt.TextFormat.PlainText


def calls(name):
    """Every call of a name in the application, as file and call."""
    for path in sorted(Path(liverplan.app.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func
                attribute = isinstance(called, ast.Attribute) and called.attr == name
                if attribute or (isinstance(called, ast.Name) and called.id == name):
                    yield path.name, node


def test_every_label_and_every_tip_of_the_application_goes_through_the_kit():
    assert {name for name, _ in calls("QLabel")} == set()
    loose = [name for name, call in calls("setToolTip") if not spoken_here(call.args[0])]
    assert loose == ["widgets.py"]
    assert {name for name, _ in calls("setTextFormat")} == {"widgets.py", "cut_map_view.py"}


def spoken_here(text):
    """Whether a text is the program's own, in whatever language, and no data."""
    return all(
        not isinstance(node, ast.Attribute)
        and (not isinstance(node, ast.Call) or getattr(node.func, "id", "") == "tr")
        for node in ast.walk(text)
    )
