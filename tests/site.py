"""The built site, as its readers meet it: ``python -m tests.site [FOLDER]``.

Every link inside it leads somewhere, to a heading that is there; nothing that a page loads lies
elsewhere; links outside are listed, not followed. Then, in a headless Chromium without a network:
five pages on a phone and, in the dark, on a desk, by axe-core; search; none wider than its screen.
``--pictures OUT`` looks at the other two as well, and keeps what was seen.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parents[1]
PAGES = (
    "index.html",
    "howto/first_verdict.html",
    "app/index.html",
    "reference/figures.html",
    "gallery/01_first_case.html",
)
SCREENS = (("phone", 390, "light"), ("desk", 1440, "dark"))
EVERY_SCREEN = (*SCREENS, ("phone", 390, "dark"), ("desk", 1440, "light"))
AXE = {"resultTypes": ["violations"], "preload": False}  # a file may not read another
LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src"}


class Page(HTMLParser):
    """What a page links to, what it loads, and the places in it that can be linked to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.places: set[str] = set()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        given = {name: value for name, value in attrs if value}
        self.places.update(given[name] for name in ("id", "name") if name in given)
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif LOADED.get(tag) in given:
            self.loads.append(given[LOADED[tag]])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "site" / "html")
    parser.add_argument("--pictures", type=Path)
    asked = parser.parse_args()
    written = [p for p in sorted(asked.folder.rglob("*.html")) if "_static" not in p.parts]
    pages = {path.resolve(): Page(path) for path in written}
    faults = list(broken(pages))
    outside = sorted({link for page in pages.values() for link in page.links if is_outside(link)})
    print(f"{len(pages)} pages; {len(outside)} links outside, not followed:", *outside, sep="\n  ")
    faults += seen(asked.folder.resolve(), asked.pictures)
    print(*faults, f"{len(faults)} faults", sep="\n")
    return bool(faults)


def is_outside(link: str) -> bool:
    return bool(urlsplit(link).scheme or link.startswith("//"))


def broken(pages: dict[Path, Page]) -> Iterator[str]:
    """Tell every link that leads nowhere, and whatever is loaded from elsewhere."""
    for path, page in pages.items():
        for link in page.loads:
            if is_outside(link) and not link.startswith("data:"):
                yield f"{path.name} loads {link}, which is not here."
        for link in (*page.links, *page.loads):
            if not is_outside(link) and not leads_somewhere(link, path, pages):
                yield f"{path}: {link} leads nowhere."


def leads_somewhere(link: str, path: Path, pages: dict[Path, Page]) -> bool:
    parts = urlsplit(link)
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not parts.fragment or target not in pages:
        return target.is_file()
    return unquote(parts.fragment) in pages[target].places


def seen(folder: Path, pictures: Path | None) -> list[str]:
    """Open the pages in a browser; return what is wrong with them."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("LIVERPLAN_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        faults = list(search_faults(browser, folder))
        for screen in EVERY_SCREEN if pictures else SCREENS:
            faults += page_faults(browser, folder, screen, pictures)
        browser.close()
    return faults


def page_faults(browser, folder, screen, pictures):
    from axe_playwright_python.sync_playwright import Axe

    name_of_it, width, colours = screen
    size = {"width": width, "height": 900}
    context = browser.new_context(offline=True, viewport=size, color_scheme=colours)
    page, messages = context.new_page(), []
    page.on("console", lambda m: messages.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: messages.append(str(error)))
    for name in PAGES:
        where = f"{name} ({name_of_it}, {colours})"
        page.goto((folder / name).as_uri())
        found = Axe().run(page, options=AXE)
        if found.violations_count:
            yield f"{where}: {found.generate_report()}"
        if page.evaluate("document.documentElement.scrollWidth") > width:
            yield f"{where} is wider than its screen."
        if pictures is not None:
            pictures.mkdir(parents=True, exist_ok=True)
            stem = name.removesuffix(".html").replace("/", "-")
            page.screenshot(path=pictures / f"{stem}-{name_of_it}-{colours}.png", full_page=True)
    yield from (f"({name_of_it}, {colours}): {message}" for message in messages)
    context.close()


def search_faults(browser, folder):
    """Search from a file, without a network."""
    page = browser.new_context(offline=True).new_page()
    page.goto((folder / "search.html").as_uri() + "?q=remnant")
    page.wait_for_selector("#search-results li a", timeout=20_000)
    if page.locator("#search-results li a").count() < 5:
        yield "The search for 'remnant' finds next to nothing."


if __name__ == "__main__":
    sys.exit(main())
