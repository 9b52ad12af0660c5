"""Finds what a window says in English while it speaks another language."""

import re
from string import Formatter

from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenuBar,
    QTabBar,
    QTableWidget,
    QWidget,
)

from liverplan.app.kit.language import NAMES, language, table

ENGLISH = re.compile(
    r"\b(the|this|these|that|which|of|and|are|was|were|with|without|from|not|has|have|been|click|"
    r"each|by the|needs|where|what|yet|whole|none|says|stays|cut|cuts|liver|remnant|margin)\b"
)
"""Words that no sentence of the other languages has."""

LEAST_TOLD = 6


def untranslated(window: QWidget, known=()) -> list[str]:
    """List the texts of a window that are English, with the widget that says each.

    Parameters
    ----------
    window : QWidget
        The application's window, or one of its dialogs.
    known : iterable of str
        What people and CTs call things, such as a series: it is no text of the window.
    """
    ours = window.findChild(QWidget, "liverplan") or window
    said = {(where, text) for where, text in texts_of(window, ours) if is_english(text, known)}
    return sorted(f"{where}: {text!r}" for where, text in said)


def is_english(text: str, known=()) -> bool:
    """Whether a text stands in the language's file as English, or reads as English."""
    for one in sorted(known, key=len, reverse=True):
        text = text.replace(one, "")
    text = text.strip()
    said = table(language())
    if not text or text in said.values() or text in NAMES.values():
        return False
    if said.get(text, text) != text:
        return True
    if any(pattern.fullmatch(text) for pattern in patterns(said.values())):
        return False
    filled = patterns(key for key, own in said.items() if own != key)
    return bool(ENGLISH.search(text) or any(pattern.fullmatch(text) for pattern in filled))


def patterns(texts):
    """What texts with places look like once these are filled."""
    for text in texts:
        parts = list(Formatter().parse(text))
        told = sum(len(literal.strip()) for literal, _, _, _ in parts)
        if told >= LEAST_TOLD and any(name for _, name, _, _ in parts):
            looks = (re.escape(lit) + (".+" if name else "") for lit, name, _, _ in parts)
            yield re.compile("".join(looks), re.DOTALL)


def texts_of(window, ours):
    """Yield each text with the kind of widget that shows it; the window's menus too."""
    yield "title", window.windowTitle()
    for bar in window.findChildren(QMenuBar):
        for action in bar.findChildren(QAction):
            yield "menu", action.text().partition("\t")[0].removeprefix("&")
    for part in (ours, *ours.findChildren(QWidget)):
        if is_napari(part, ours):
            continue
        where = type(part).__name__
        for text in widget_texts(part):
            yield from ((where, line) for line in re.sub(r"<[^>]*>", "", text).splitlines())


def is_napari(part, ours):
    """Whether a widget is one of napari's own, or lies within one: none of them is seen."""
    while part is not None and part is not ours:
        if type(part).__module__.startswith("napari"):
            return True
        part = part.parentWidget()
    return False


def widget_texts(part):
    yield from (part.toolTip(), part.accessibleName(), getattr(part, "message", ""))
    match part:
        case QLabel() | QAbstractButton():
            yield part.text()
        case QLineEdit():
            yield part.placeholderText()
        case QComboBox():
            yield from (part.itemText(at) for at in range(part.count()))
        case QTabBar():
            yield from (part.tabText(at) for at in range(part.count()))
        case QListWidget():
            yield from (part.item(at).text() for at in range(part.count()))
        case QTableWidget():
            yield from cells_of(part)


def cells_of(part):
    for column in range(part.columnCount()):
        head = part.horizontalHeaderItem(column)
        cells = [part.item(row, column) for row in range(part.rowCount())]
        yield from (cell.text() for cell in (head, *cells) if cell is not None)
