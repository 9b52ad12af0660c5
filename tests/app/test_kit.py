"""Fields, tables, notices and labels: what every panel is made of, by itself."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDoubleSpinBox, QFileDialog, QSpinBox, QVBoxLayout, QWidget

from liverplan.app.kit import files, theme
from liverplan.app.kit.field import Field, read_date, read_number, read_text
from liverplan.app.kit.panel import Panel
from liverplan.app.kit.widgets import (
    Notice,
    Table,
    being_typed,
    button,
    clear,
    label,
    restyle,
    row,
    show_number,
)
from liverplan.errors import InputError

LONG = "A sentence that is far too long for the narrow column that it has to stand in. " * 3


@pytest.fixture
def column():
    """A narrow widget on screen, to put parts into."""
    widget = QWidget()
    widget.setLayout(QVBoxLayout())
    widget.setFixedWidth(200)
    widget.show()
    QTest.qWaitForWindowExposed(widget)
    yield widget
    widget.close()


def put(column, part):
    column.layout().addWidget(part)
    part.show()
    QTest.qWait(10)
    return part


@pytest.mark.parametrize(
    ("text", "value"), [("165", 165.0), ("70.5", 70.5), ("70,5", 70.5), ("", None)]
)
def test_a_number_is_read_with_a_point_or_a_comma(text, value):
    assert read_number(text) == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tall", "tall is no number; write it as 165 or 70.5."),
        ("1e999", "1e999 is no number that can be measured."),
        ("nan", "nan is no number that can be measured."),
    ],
)
def test_what_is_no_number_is_refused_in_words(text, words):
    with pytest.raises(InputError, match=words):
        read_number(text)


def test_a_date_is_year_month_day_and_nothing_is_no_date():
    assert read_date("2024-03-11") == date(2024, 3, 11)
    assert read_date("") is None
    with pytest.raises(InputError, match=r"11/3/24 is no date; write it as 2024-03-11\."):
        read_date("11/3/24")


def typed(field, text):
    field.line.setText(text)
    field.line.editingFinished.emit()


def test_a_field_is_taken_in_once_when_it_is_left_and_not_where_nothing_changed():
    kept = []
    field = Field("Height", read_number, lambda: kept.append(field.value()) or "", width=70)
    field.show_text("165")
    typed(field, "165")
    assert kept == []
    typed(field, " 170 ")
    assert kept == [170.0]
    assert field.notice.isHidden()


@pytest.mark.parametrize(
    ("text", "refusal"),
    [("tall", "tall is no number"), ("300", "Nobody is that tall.")],
)
def test_what_a_field_cannot_take_stays_written_with_the_reason_beside_it(text, refusal):
    def keep():
        return "Nobody is that tall." if field.value() > 250 else ""

    field = Field("Height", read_number, keep, width=70)
    field.show_text("165")
    typed(field, text)
    assert field.line.text() == text
    assert refusal in field.notice.text()
    assert not field.notice.isHidden()
    field.show_text("165")
    assert field.line.text() == text  # what holds has not changed: the refused words stay
    field.show_text("166")
    assert field.line.text() == "166"
    assert field.notice.isHidden()


def test_typing_over_a_refusal_with_what_holds_takes_the_reason_away():
    field = Field("", read_number, lambda: "", width=70)
    field.show_text("165")
    typed(field, "tall")
    typed(field, "165")
    assert field.notice.isHidden()


def test_a_date_field_says_how_a_date_is_written():
    assert Field("", read_date, lambda: "", width=70).line.placeholderText() == "year-month-day"
    assert Field("", read_text, lambda: "", width=70).line.placeholderText() == ""


def test_wrapped_words_are_as_high_as_their_lines_at_their_width(column):
    words = put(column, label(LONG))
    lines = words.height() / words.fontMetrics().height()
    assert lines > 4
    words.setText("Short.")
    assert words.height() < 2 * words.fontMetrics().height()


def test_a_notice_hides_while_it_has_nothing_to_say(column):
    notice = put(column, Notice())
    notice.say("Found.", "info")
    assert notice.isVisible()
    assert notice.property("kind") == "info"
    notice.say("Not found.")
    assert notice.property("kind") == "warning"
    notice.say("")
    assert not notice.isVisible()


def test_a_button_calls_its_verb_without_the_state_that_qt_sends():
    heard = []
    made = button("Go", lambda: heard.append("gone"), role="primary", tip="Now")
    made.click()
    assert heard == ["gone"]
    assert (made.property("role"), made.toolTip()) == ("primary", "Now")


def test_a_property_of_the_style_is_set_only_where_it_differs():
    made = label("12", "number")
    restyle(made, "stale", "true")
    assert made.property("stale") == "true"


@pytest.fixture
def table():
    made = Table(["Plan", "mL"], most_rows=3)
    made.fill([("A", "100"), ("B", "90"), ("a name of many letters", "80")], current=1)
    return made


def test_a_table_shows_its_rows_and_which_is_chosen(table):
    assert [table.item(n, 0).text() for n in range(3)] == ["A", "B", "a name of many letters"]
    assert table.chosen == 1
    assert table.item(2, 0).toolTip() == "a name of many letters"
    assert table.item(0, 0).toolTip() == ""
    table.fill([("A", "100")])
    assert (table.rowCount(), table.chosen) == (1, -1)


def test_filling_a_table_tells_nobody_that_a_row_was_chosen(table):
    heard = []
    table.itemSelectionChanged.connect(lambda: heard.append(table.chosen))
    table.fill([("A", "1"), ("B", "2")], current=0)
    assert heard == []
    table.selectRow(1)
    assert heard == [1]


def test_a_table_is_as_high_as_its_rows_up_to_a_number_of_them(table):
    three = table.height()
    table.fill([("x", "1")] * 3)
    assert table.height() == three
    table.fill([("x", "1")] * 9)
    assert table.height() == three
    table.fill([("x", "1")])
    assert table.height() < three


def test_a_greyed_row_is_read_as_one_that_cannot_be_chosen(table):
    before = table.item(0, 0).foreground().color().lightness()
    table.grey(1)
    assert table.item(0, 0).foreground().color().lightness() == before
    assert table.item(1, 1).foreground().color().name() == theme.palette().faint


@pytest.mark.parametrize("kind", [QSpinBox, QDoubleSpinBox])
def test_a_number_is_shown_silently(kind):
    box, heard = kind(), []
    box.valueChanged.connect(heard.append)
    show_number(box, 12.0)
    assert box.value() == 12
    assert heard == []


def test_digits_being_typed_are_not_overwritten(column):
    box = put(column, QSpinBox())
    box.setKeyboardTracking(False)
    box.setRange(0, 99)
    column.activateWindow()
    box.setFocus()
    while not box.hasFocus():
        QTest.qWait(5)
    box.selectAll()
    QTest.keyClick(box, Qt.Key.Key_4)
    assert being_typed(box)
    show_number(box, 12)
    assert box.cleanText() == "4"
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert not being_typed(box)
    show_number(box, 12)
    assert box.value() == 12


def test_a_row_holds_widgets_and_stretches_and_is_cleared(column):
    first, second = label("1"), label("2")
    layout = row(first, 1, second)
    assert [layout.stretch(n) for n in range(layout.count())] == [0, 1, 0]
    clear(layout)
    assert layout.count() == 0


@pytest.mark.parametrize(
    ("dialog", "ask"),
    [
        ("getOpenFileName", lambda w: files.file_to_open(w, "A mask", files.MASKS)),
        ("getSaveFileName", lambda w: files.file_to_write(w, "A report", "r.html", "*.html")),
    ],
)
def test_a_file_is_a_path_and_a_dialog_that_was_left_is_none(monkeypatch, tmp_path, dialog, ask):
    answers = [(str(tmp_path / "chosen"), "kind"), ("", "")]
    monkeypatch.setattr(QFileDialog, dialog, lambda *_a, **_k: answers.pop(0))
    widget = QWidget()
    assert ask(widget) == tmp_path / "chosen"
    assert ask(widget) is None


def test_a_folder_is_a_path_and_a_dialog_that_was_left_is_none(monkeypatch, tmp_path):
    answers = [str(tmp_path), ""]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a, **_k: answers.pop(0))
    widget = QWidget()
    assert files.folder(widget, "A case") == tmp_path
    assert files.folder(widget, "A case") is None


def test_a_panel_waits_for_nothing_and_proposes_nothing_unless_it_says_so():
    panel = Panel()
    assert (panel.blocked(), panel.state()) == ("", "")
    panel.accept()
    panel.refresh()
    assert panel.notice.isHidden()
    assert panel.busy.isHidden()
