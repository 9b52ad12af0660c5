"""Which files are pages of the site, and their links made to lead from page to page.

A page is written where it belongs in the project, with links that hold there; in the site it may
lie elsewhere. A link to a file that is no page takes the file along: nothing needs a network.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[1]
ELSEWHERE = {
    "CHANGELOG.md": "reference/changelog.md",
    "CONTRIBUTING.md": "reference/contributing.md",
    "CODE_OF_CONDUCT.md": "reference/code_of_conduct.md",
    "SECURITY.md": "reference/security.md",
}
"""Pages that lie at the top of the project, where people look for them."""
FAMILIES = (
    ("plugins/*/README.md", lambda path: f"plugins/{path.parts[1]}.md"),
    ("liverplan/segmentation/network/*.md", lambda path: f"reference/model_cards/{path.name}"),
    ("liverplan/app/help/*/*.md", lambda path: f"app/{path.parts[3]}/{path.name}"),
)
PARTS = re.compile(r"^```.*?^```\s*?$|`[^`\n]+`|\]\((?P<link>[^)\s]+)\)", re.MULTILINE | re.DOTALL)
"""Code, in which nothing is a link, and links."""


def pages() -> dict[str, str]:
    """Return where each page lies: in the project, and in the site."""
    found = {
        path.relative_to(ROOT).as_posix(): path.relative_to(ROOT / "docs").as_posix()
        for path in sorted((ROOT / "docs").rglob("*.md"))
    }
    found |= {name: page for name, page in ELSEWHERE.items() if (ROOT / name).is_file()}
    for pattern, page_of in FAMILIES:
        for path in sorted(ROOT.glob(pattern)):
            inside = path.relative_to(ROOT)
            found[inside.as_posix()] = page_of(inside)
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        found[f"notebooks/{path.name}"] = f"gallery/{path.name}"
    return found


def gather(target: Path) -> None:
    """Write every Markdown page where the site has it, with pictures and files that it names."""
    known = pages()
    for name, page in known.items():
        if name.endswith(".md"):
            place = target / page
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(_linked(name, page, known, target), "utf-8")


def _linked(name: str, page: str, known: dict[str, str], target: Path) -> str:
    def led(match: re.Match[str]) -> str:
        link = match["link"]
        if link is None or re.match(r"[a-z]+:|#", link):
            return match[0]
        return f"]({_led(link, name, page, known, target)})"

    return PARTS.sub(led, (ROOT / name).read_text("utf-8"))


def _led(link: str, name: str, page: str, known: dict[str, str], target: Path) -> str:
    """Return where a link of one page leads in the site; what is no page is taken along."""
    path, sharp, heading = link.partition("#")
    inside = PurePosixPath(os.path.normpath(PurePosixPath(name).parent / path)).as_posix()
    if inside not in known and not (target / inside.removeprefix("docs/")).is_file():
        if not (ROOT / inside).is_file():
            if inside.startswith("docs/"):  # a page that is made, not written: Sphinx holds it
                return link
            raise SystemExit(f"{name} has a link to {link}, which is not there.")
        place = target / "files" / inside
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / inside, place)
    led = known.get(inside, f"files/{inside}")
    return os.path.relpath(led, PurePosixPath(page).parent) + sharp + heading
