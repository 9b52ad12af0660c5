"""Which language the window speaks: as it was chosen in it, else as the settings say."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QTranslator

from liverplan.app.kit.language import NAMES, language
from liverplan.app.session.choices import choices, keep_choices
from liverplan.settings import read_settings

CHOICE, AT_FIRST = "language", "en"
QT_WORDS = "words of Qt"


def first_language(home: Path) -> str:
    """Return the language in which a window of this home begins."""
    chosen = choices(home).get(CHOICE) or read_settings().language or AT_FIRST
    return chosen if chosen in NAMES else AT_FIRST


def other_language() -> str:
    """Return the language that the window does not speak now."""
    codes = list(NAMES)
    return codes[(codes.index(language()) + 1) % len(codes)]


def choose_other(home: Path) -> None:
    """Let the next window of this home begin in the other language."""
    keep_choices(home, {CHOICE: other_language()})


def let_qt_speak(app: QCoreApplication) -> None:
    """Let what Qt itself writes, in its dialogs and menus of a field, be in the same language."""
    for before in app.findChildren(QTranslator, QT_WORDS):
        app.removeTranslator(before)
        before.deleteLater()
    words = QTranslator(app)
    words.setObjectName(QT_WORDS)
    place = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if language() != AT_FIRST and words.load(f"qtbase_{language()}", place):
        app.installTranslator(words)
