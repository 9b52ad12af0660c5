"""The style sheet, made from a palette, and the windows that wear it: all change when it does."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from string import Template
from weakref import WeakSet

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from liverplan.app.kit import theme
from liverplan.app.kit.palette import Palette

PICTURES = Path(__file__).parent
"""Where the marks on check boxes and the arrows beside numbers lie; one grey serves both themes."""

STYLE = Template("""
QWidget#liverplan, QDialog#liverplan, #liverplan QDialog {
    background: $window; color: $text; font-size: ${body}pt;
}
#liverplan QWidget, QToolTip { font-size: ${body}pt; }
QToolTip { background: $panel; color: $text; border: 1px solid $edge; padding: 3px; }
#liverplan QMenuBar { background: $window; color: $text; }
#liverplan QMenuBar::item { padding: 4px 9px; background: transparent; }
#liverplan QMenuBar::item:selected { background: $button_hover; }
#liverplan QMenu { background: $panel; color: $text; border: 1px solid $edge; padding: 3px; }
#liverplan QMenu::item { padding: 4px 22px; min-height: 18px; }
#liverplan QMenu::item:selected { background: $chosen; color: $chosen_text; }
#liverplan QMenu::item:disabled { color: $faint; }
#liverplan QMenu::separator { height: 1px; background: $line; margin: 3px 6px; }
#liverplan QLabel { color: $text; background: transparent; }
#liverplan QLabel[role="secondary"] { color: $secondary; }
#liverplan QLabel[role="title"] { font-size: ${title}pt; font-weight: 600; }
#liverplan QLabel[role="notice"] {
    background: $warning; color: $warning_text; border-left: 3px solid $warning_edge;
    padding: 6px 8px;
}
#liverplan QLabel[role="notice"][kind="info"] {
    background: $info; color: $info_text; border-left: 3px solid $info_edge;
}
#liverplan QLabel[role="notice"][stale="true"] {
    background: $old; color: $faint; border-left: 3px solid $old_edge;
}
#liverplan QLabel[role="number"] { font-size: ${number}pt; font-weight: 700; }
#liverplan QLabel[role="number"][stale="true"] { color: $faint; }
#liverplan QLabel[role="ml"] { font-size: ${ml}pt; }
#liverplan QLabel[role="verdict"][stale="true"] { color: $faint; }
#liverplan QPushButton, #liverplan QToolButton {
    background: $button; color: $text; border: 1px solid $edge; border-radius: 4px;
    padding: 5px 9px; min-height: 18px;
}
#liverplan QPushButton:hover, #liverplan QToolButton:hover { background: $button_hover; }
#liverplan QPushButton:pressed { background: $button_pressed; }
#liverplan QPushButton:disabled, #liverplan QToolButton:disabled {
    color: $faint; background: $button_off; border-color: $line;
}
#liverplan QPushButton:checked, #liverplan QToolButton:checked {
    background: $on; border-color: $focus;
}
#liverplan QPushButton[role="primary"] {
    background: $primary; color: $primary_text; border-color: $info_edge;
}
#liverplan QPushButton[role="primary"]:hover { background: $primary_hover; }
#liverplan QPushButton[role="primary"]:disabled {
    background: $button_off; color: $faint; border-color: $line;
}
#liverplan QPushButton[role="step"] {
    text-align: left; font-weight: 600; border: 2px solid transparent;
    border-radius: 0; background: $step; padding: 6px 8px;
}
#liverplan QPushButton[role="step"]:hover { background: $button_hover; }
#liverplan QPushButton[role="step"]:checked { background: $step_open; }
#liverplan QPushButton[role="step"]:disabled { color: $faint; background: $button_off; }
#liverplan QToolButton[role="camera"] { padding: 2px 8px; min-width: 14px; }
#liverplan QPushButton:focus, #liverplan QToolButton:focus,
#liverplan QPushButton[role="step"]:focus {
    border: 2px solid $focus;
}
#liverplan QPushButton[role="primary"]:focus { border: 2px solid $primary_focus; }
#liverplan QPushButton:focus, #liverplan QToolButton:focus { padding: 4px 8px; }
#liverplan QPushButton[role="step"]:focus { padding: 6px 8px; }
#liverplan QToolButton[role="camera"]:focus { padding: 1px 7px; }
#liverplan QAbstractItemView {
    background: $field; alternate-background-color: $field_alt; color: $text;
    gridline-color: $line; border: 1px solid $edge;
    selection-background-color: $chosen; selection-color: $chosen_text;
}
#liverplan QAbstractItemView:focus { border: 2px solid $focus; }
#liverplan QAbstractItemView::item:selected { background: $chosen; color: $chosen_text; }
#liverplan QHeaderView { background: $panel; border: none; }
#liverplan QHeaderView::section {
    background: $panel; color: $secondary; border: none; padding: 3px 5px;
}
#liverplan QTableWidget:disabled, #liverplan QLabel:disabled { color: $faint; }
#liverplan QListWidget::item { padding: 4px 6px; }
#liverplan QProgressBar {
    background: $field; border: 1px solid $edge; border-radius: 3px; text-align: center;
    color: $text; min-height: 18px; max-height: 18px;
}
#liverplan QProgressBar::chunk { background: $on; }
#liverplan QScrollArea { border: none; background: $window; }
#liverplan QAbstractSpinBox, #liverplan QComboBox, #liverplan QLineEdit {
    background: $field; color: $text; border: 1px solid $edge; border-radius: 3px;
    padding: 3px 5px; min-height: 18px;
    selection-background-color: $chosen; selection-color: $chosen_text;
}
#liverplan QAbstractSpinBox QLineEdit { border: none; padding: 0; }
#liverplan QAbstractSpinBox:focus, #liverplan QComboBox:focus, #liverplan QLineEdit:focus {
    border: 2px solid $focus; padding: 2px 4px;
}
#liverplan QAbstractSpinBox QLineEdit:focus { border: none; padding: 0; }
#liverplan QAbstractSpinBox:disabled, #liverplan QComboBox:disabled,
#liverplan QLineEdit:disabled { color: $faint; background: $button_off; border-color: $line; }
#liverplan QTabBar::tab {
    background: $step; color: $secondary; padding: 5px 14px; border: 2px solid transparent;
}
#liverplan QTabBar::tab:selected { background: $step_open; color: $text; }
#liverplan QTabBar:focus::tab:selected { border-color: $focus; }
#liverplan QTabWidget::pane { border: none; }
#liverplan QSplitter::handle { background: $line; }
#liverplan QCheckBox, #liverplan QRadioButton { color: $text; min-height: 24px; }
#liverplan QCheckBox:disabled, #liverplan QRadioButton:disabled { color: $faint; }
#liverplan QTableWidget QCheckBox { padding-left: 9px; }
#liverplan QCheckBox::indicator {
    width: 14px; height: 14px; border: 1px solid $edge; border-radius: 3px; background: $field;
}
#liverplan QCheckBox::indicator:checked {
    background: $primary; border-color: $info_edge; image: url($pictures/tick.svg);
}
#liverplan QCheckBox::indicator:disabled { background: $button_off; border-color: $line; }
#liverplan QCheckBox::indicator:focus { border: 2px solid $focus; }
#liverplan QComboBox::drop-down { border: none; width: 18px; }
#liverplan QComboBox::down-arrow, #liverplan QAbstractSpinBox::down-arrow {
    image: url($pictures/down.svg); width: 10px; height: 10px;
}
#liverplan QAbstractSpinBox::up-arrow {
    image: url($pictures/up.svg); width: 10px; height: 10px;
}
#liverplan QScrollBar { background: $window; border: none; margin: 0; }
#liverplan QScrollBar:vertical { width: 10px; }
#liverplan QScrollBar:horizontal { height: 10px; }
#liverplan QScrollBar::handle { background: $edge; border-radius: 4px; margin: 1px; }
#liverplan QScrollBar::handle:hover { background: $secondary; }
#liverplan QScrollBar::handle:vertical { min-height: 28px; }
#liverplan QScrollBar::handle:horizontal { min-width: 28px; }
#liverplan QScrollBar::add-line, #liverplan QScrollBar::sub-line { width: 0; height: 0; }
#liverplan QScrollBar::add-page, #liverplan QScrollBar::sub-page { background: none; }
#liverplan QAbstractSpinBox::up-button, #liverplan QAbstractSpinBox::down-button {
    border: none; width: 16px;
}
""")

_dressed: WeakSet[QWidget] = WeakSet()


def style_of(palette: Palette) -> str:
    """Return a palette's style sheet."""
    sizes = {"body": theme.BODY_PT, "title": theme.TITLE_PT}
    sizes |= {"number": theme.NUMBER_PT, "ml": theme.ML_PT}
    of_size = {name: f"{points:g}" for name, points in sizes.items()}
    return STYLE.substitute(asdict(palette), **of_size, pictures=PICTURES.as_posix())


def dress(widget: QWidget) -> None:
    """Let a window wear the theme that is shown, and every later one."""
    widget.setObjectName("liverplan")
    widget.setStyleSheet(style_of(theme.palette()))
    _dressed.add(widget)


def change(name: str) -> None:
    """Show another theme, at once and everywhere.

    Raises
    ------
    InputError
        If there is no such theme.
    """
    theme.choose(name)
    dress_application()
    sheet = style_of(theme.palette())
    for widget in filter(isValid, list(_dressed)):
        widget.setStyleSheet(sheet)


def dress_application() -> None:
    """Give what the style sheet says nothing of, marks and bars, the theme's colours and size."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        app.setFont(theme.font(theme.BODY_PT))
        app.setPalette(qt_palette(theme.palette()))


def qt_palette(palette: Palette) -> QPalette:
    """Return a palette by Qt's names."""
    role, made = QPalette.ColorRole, QPalette(QColor(palette.button), QColor(palette.window))
    for one, colour in (
        (role.WindowText, palette.text),
        (role.Text, palette.text),
        (role.ButtonText, palette.text),
        (role.Base, palette.field),
        (role.AlternateBase, palette.field_alt),
        (role.ToolTipBase, palette.panel),
        (role.ToolTipText, palette.text),
        (role.PlaceholderText, palette.faint),
        (role.Highlight, palette.focus),
        (role.HighlightedText, palette.window),
    ):
        made.setColor(one, QColor(colour))
    for one in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, one, QColor(palette.faint))
    made.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(palette.line))
    return made
