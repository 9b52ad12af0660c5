"""F1: the page of the step that is open, as a file, without a network."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices

import liverplan.app
from liverplan.app.kit.language import NAMES as LANGUAGES
from liverplan.app.kit.language import speak, table
from liverplan.app.shell.help import PAGES, page_of

APP = Path(liverplan.app.__file__).parent
SAID = "\n".join(path.read_text("utf-8") for path in APP.rglob("*.py"))


class Browser(QObject):
    """Takes the files that the system's browser would open."""

    def __init__(self):
        super().__init__()
        self.opened = []

    @Slot(QUrl)
    def show(self, url):
        self.opened.append(Path(url.toLocalFile()))


@pytest.fixture
def browser():
    browser = Browser()
    QDesktopServices.setUrlHandler("file", browser, "show")
    yield browser
    QDesktopServices.unsetUrlHandler("file")


def test_f1_opens_the_page_of_the_open_step_also_while_a_name_is_typed(person, browser):
    person.key(Qt.Key.Key_F1)
    person.app.steps.current = 6
    name = person.panel(6).name
    name.setFocus()
    person.key(Qt.Key.Key_F1, widget=person.app.window)
    assert [path.name for path in browser.opened] == ["open.html", "committee.html"]
    assert all(path.is_file() for path in browser.opened)
    assert "Each member" in browser.opened[1].read_text("utf-8")


def test_f1_opens_the_page_in_the_windows_language(same_person, browser):
    speak("sv")
    try:
        same_person.key(Qt.Key.Key_F1)
    finally:
        speak("en")
    assert browser.opened[0].parent.name == "sv"


def test_without_a_browser_one_sentence_says_where_the_page_lies(person, monkeypatch):
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
    person.key(Qt.Key.Key_F1)
    said = person.app.steps.notice.text()
    assert said.startswith("No browser answered; the page of this step is ")
    assert Path(said.rpartition(" is ")[2]).is_file()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_loads_nothing_and_leads_to_pages_that_are_there(name, language):
    page = page_of(name, language)
    links = re.findall(r'(?:href|src)="([^"]+)"', page)
    there = {f"{one}.html" for one in PAGES} | {f"../{code}/{name}.html" for code in LANGUAGES}
    assert set(links) < there
    assert len(links) == len(PAGES) - 1 + len(LANGUAGES) - 1


@pytest.mark.parametrize("name", PAGES)
def test_every_button_that_a_page_names_is_in_the_application(name):
    for language in LANGUAGES:
        text = (APP / "help" / language / f"{name}.md").read_text("utf-8").replace("\n", " ")
        said = "\n".join(f'"{word}' for word in (*table(language).values(), *LANGUAGES.values()))
        said = said if language != "en" else SAID
        for button in set(re.findall(r'"([^"]+)"', text)) - {"eligible", "lämplig", "?"}:
            assert f'"{button}' in said, (language, button)


def test_the_languages_tell_of_the_same_buttons():
    for name in PAGES:
        english, swedish = (
            set(re.findall(r'"([A-ZÅÄÖ][^"]+)"', (APP / "help" / code / f"{name}.md").read_text()))
            for code in LANGUAGES
        )
        assert {table("sv").get(button, button) for button in english} == swedish, name
