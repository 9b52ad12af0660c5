"""The HTML report in a real browser: offline, silent, turned, scrolled, printed, accessible."""

import io
import os
import shutil

import matplotlib.image
import numpy as np
import pytest

from liverplan.report import write_html

CHROMIUM = os.environ.get("LIVERPLAN_CHROMIUM") or shutil.which("chromium")
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]

if CHROMIUM is None:
    pytest.skip("chromium is not installed", allow_module_level=True)
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def path(request_, tmp_path_factory):
    return write_html(tmp_path_factory.mktemp("page") / "r.html", request_)


@pytest.fixture(scope="module")
def opened(browser, path):
    """(page, messages, requests) of the report, opened with the network off."""
    context = browser.new_context(offline=True, viewport={"width": 1000, "height": 800})
    page, messages, requests = context.new_page(), [], []
    page.on("console", lambda message: messages.append((message.type, message.text)))
    page.on("pageerror", lambda error: messages.append(("error", str(error))))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_selector("#view-3d[data-drawn]", timeout=60_000)
    return page, messages, requests


def pixels(locator):
    return matplotlib.image.imread(io.BytesIO(locator.screenshot()))[..., :3]


def test_it_opens_offline_without_an_error(opened):
    _, messages, requests = opened
    assert [text for kind, text in messages if kind == "error"] == []
    assert [url for url in requests if not url.startswith(("file:", "data:", "blob:"))] == []


def test_the_liver_turns_by_mouse_and_by_button(opened):
    page, _, _ = opened
    view = page.locator("#view-3d")
    view.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    before = pixels(view)
    assert before.std() > 0.02
    box = view.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 150, y + 20, steps=8)
    page.mouse.up()
    page.wait_for_timeout(500)
    turned = pixels(view)
    assert np.abs(turned - before).max() > 0.2
    page.get_by_role("button", name="Turn right").click()
    page.wait_for_timeout(500)
    assert np.abs(pixels(view) - turned).max() > 0.2


def drawn(page, view):
    """The view's pixels once it has drawn again."""
    page.wait_for_timeout(300)
    return pixels(view)


def test_parts_can_be_hidden(opened):
    page, _, _ = opened
    view = page.locator("#view-3d")
    view.scroll_into_view_if_needed()
    before = drawn(page, view)
    box = page.get_by_role("checkbox", name="is removed or lost")
    box.uncheck()
    hidden = drawn(page, view)
    orange = [((p[..., 0] - p[..., 2]) > 0.25).sum() for p in (before, hidden)]
    assert orange[1] < orange[0] / 2
    box.check()
    assert np.abs(drawn(page, view) - before).max() < 0.02


def test_the_liver_comes_nearer_by_wheel_and_by_button(opened):
    page, _, _ = opened
    view = page.locator("#view-3d")
    view.scroll_into_view_if_needed()
    filled = [(drawn(page, view).min(axis=-1) < 0.9).sum()]
    page.get_by_role("button", name="Nearer").click()
    filled.append((drawn(page, view).min(axis=-1) < 0.9).sum())
    view.hover()
    page.mouse.wheel(0, -200)
    filled.append((drawn(page, view).min(axis=-1) < 0.9).sum())
    assert filled[0] * 1.1 < filled[1] < filled[2] / 1.1
    page.mouse.wheel(0, 200)
    page.get_by_role("button", name="Farther").click()


def test_what_is_pointed_at_is_named(opened):
    page, _, _ = opened
    view = page.locator("#view-3d")
    view.scroll_into_view_if_needed()
    box = view.bounding_box()
    names = set()
    for across in np.linspace(0.3, 0.7, 9):
        page.mouse.move(box["x"] + across * box["width"], box["y"] + box["height"] / 2)
        names.add(page.locator("#view-3d canvas").get_attribute("title"))
    assert {"stays (remnant)", "is removed or lost"} <= names


def test_slices_scroll_by_keyboard_and_by_wheel(opened):
    page, _, _ = opened
    image = page.locator("#slice")
    first = image.get_attribute("src")
    page.locator("#level").focus()
    number = int(page.locator("#level-words").inner_text().split()[0])
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert image.get_attribute("src") != first
    assert page.locator("#level-words").inner_text().startswith(f"{number + 3} of ")
    image.hover()
    for _ in range(3):
        page.mouse.wheel(0, 100)
    page.wait_for_function("(s) => document.getElementById('slice').src === s", arg=first)


def test_criteria_fold_out_by_keyboard(opened):
    page, _, _ = opened
    first = page.locator("details").first
    assert not first.evaluate("(d) => d.open")
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert first.evaluate("(d) => d.open")
    assert page.get_by_text("Before measuring?").is_visible()
    page.keyboard.press("Enter")


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_nothing_is_wider_than_the_screen(opened, width):
    page, _, _ = opened
    page.set_viewport_size({"width": width, "height": 800})
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_axe_finds_no_violation(browser, path):
    page = browser.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector("#view-3d[data-drawn]", timeout=60_000)
    result = axe.Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
    page.close()


def test_it_prints_on_a4_with_all_evidence(opened):
    page, _, _ = opened
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("[...document.querySelectorAll('details')].every((d) => d.open)")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not page.evaluate("[...document.querySelectorAll('details')].some((d) => d.open)")
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    assert len(pdf) > 50_000


@pytest.mark.parametrize(
    "lacking",
    ["HTMLCanvasElement.prototype.getContext = () => null", "delete window.DecompressionStream"],
)
def test_a_browser_that_cannot_draw_says_so(browser, path, lacking):
    page = browser.new_page()
    page.add_init_script(lacking)
    page.goto(path.as_uri())
    assert "cannot draw in three dimensions" in page.locator("#turn").inner_text()
    assert page.locator("#turn button:visible").count() == 0
    page.close()
