"""The site's and README's pictures, from the sample: ``python -m tests.pictures``.

Needs a screen of at least 1600x1000, such as ``xvfb-run -a -s "-screen 0 1600x1000x24"`` gives. The
application's come from `tests.app.gallery`, the report's from the demo in a headless Chromium.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

from PIL import Image

PLACE = Path(__file__).parents[1] / "docs" / "pictures"
STATES = {
    "opened": "opened",
    "segmented": "liver",
    "lesion_clicked": "metastases",
    "plans_compared": "resection",
    "wedge_and_ablation": "wedge",
    "segments_taken": "segments",
    "plan_refused": "refused",
    "result": "result",
    "facts_typed_and_refused": "facts",
    "committee_final": "committee",
}
"""States of the gallery, and what they show."""
WIDTH, QUALITY, LARGEST = 1280, 80, 100_000


def main() -> int:
    PLACE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        application(out)
        report(out)
        for path in sorted(out.glob("*.png")):
            keep(path, PLACE / f"{path.stem}.webp")
    return 0


def application(out):
    """Screenshots of the steps of the journey."""
    from tests.app import gallery

    taken = out / "gallery"
    asked = ["--size=1600x1000", "--scale=100", "--language=en", "--theme=dark"]
    with patch.object(sys, "argv", ["gallery", str(taken), *asked]):
        gallery.main()
    for state, name in STATES.items():
        (path,) = taken.glob(f"*/[0-9][0-9]_{state}_dark.png")
        path.rename(out / f"{name}.png")


def report(out):
    """The top of the demo's report, as a reader sees it first."""
    from playwright.sync_api import sync_playwright

    from liverplan import workflow

    workflow.demo(out / "demo")
    chromium = os.environ.get("LIVERPLAN_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 1500})
        page.goto((out / "demo" / "report.html").as_uri())
        page.wait_for_selector("#view-3d[data-drawn]", timeout=60_000)
        page.screenshot(path=out / "report.png")
        browser.close()


def keep(path, to):
    """Write a picture as small as its limit asks."""
    picture = Image.open(path).convert("RGB")
    height = round(picture.height * WIDTH / picture.width)
    picture = picture.resize((WIDTH, height), Image.Resampling.LANCZOS)
    quality = QUALITY
    picture.save(to, quality=quality, method=6)
    while to.stat().st_size > LARGEST:
        quality -= 10
        picture.save(to, quality=quality, method=6)


if __name__ == "__main__":
    sys.exit(main())
