"""F1: the page of the open step, as a file for the system's browser; no network.

The pages are Markdown in `liverplan/app/help`, a folder for each language; the site has them too.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from liverplan.app.kit.language import NAMES, language, table, tr
from liverplan.app.session.notices import WINDOW, Notices
from liverplan.app.shell.step_bar import Steps
from liverplan.plain import clean

PAGES = ("open", "liver", "metastases", "resection", "result", "committee")
"""By the steps' order."""


PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>liverplan: {name}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 17px/1.55 system-ui, sans-serif; }}
nav, main {{ max-width: 42rem; margin: 2rem auto; padding: 0 1rem; }}
nav a, nav b {{ margin-right: 1rem; }}
</style>
<nav>{steps}</nav>
<main>{body}</main>
<nav>{languages}</nav>
</html>
"""


class Help:
    """Opens the page of the step that is open."""

    def __init__(self, steps: Steps, notices: Notices, folder: Path) -> None:
        self._steps, self._notices, self._folder = steps, notices, folder

    def open(self) -> None:
        """Write the pages and let the system open one; say where it lies if nothing does."""
        try:
            write_pages(self._folder)
        except OSError as error:
            why = error.strerror or error
            self._notices.say(WINDOW, tr("The page cannot be written: {why}.", why=why))
            return
        page = self._folder / language() / f"{PAGES[self._steps.current - 1]}.html"
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(page))):
            path = clean(str(page))
            words = tr("No browser answered; the page of this step is {path}", path=path)
            self._notices.say(WINDOW, words, "info")


def write_pages(folder: Path) -> None:
    """Write every page in every language, each with links to the others."""
    for code in NAMES:
        (folder / code).mkdir(parents=True, exist_ok=True)
        for name in PAGES:
            (folder / code / f"{name}.html").write_text(page_of(name, code), "utf-8")


def page_of(name: str, code: str) -> str:
    """Return one page in a language as HTML."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - a window need not wait for it

    source = files("liverplan.app") / "help" / code / f"{name}.md"
    said = table(code)
    steps = [
        _link(said.get(word, word), f"{one}.html", here=one == name)
        for one, word in ((one, one.capitalize()) for one in PAGES)
    ]
    languages = [
        _link(word, f"../{other}/{name}.html", here=other == code) for other, word in NAMES.items()
    ]
    body = MarkdownIt("commonmark").render(source.read_text("utf-8"))
    return PAGE.format(
        language=code,
        name=name,
        steps="\n".join(steps),
        body=body,
        languages="\n".join(languages),
    )


def _link(word: str, to: str, *, here: bool) -> str:
    return f"<b>{word}</b>" if here else f'<a href="{to}">{word}</a>'
