"""What the window looks like: size of every text, both themes, contrasts, the ring of focus."""

from dataclasses import fields

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QFontInfo
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from liverplan.app.kit import theme
from liverplan.app.kit.palette import THEMES
from liverplan.app.shell.about import About
from liverplan.app.shell.appearance import Appearance
from liverplan.errors import InputError
from tests.app.person import CONTROL

LEAST_PT = 11.0
WORDED = ("text", "title", "placeholderText", "horizontalHeaderItem", "tabText", "currentText")
"""What a widget has that shows words."""


def shows_words(part: QWidget) -> bool:
    return any(hasattr(part, name) for name in WORDED)


def test_no_text_of_the_window_is_under_11_points(same_person):
    window = same_person.app.window
    parts = [one for one in window.findChildren(QWidget) if shows_words(one)]
    shown = [one for one in parts if not of_napari(one)]
    assert len(shown) > 100
    assert sum(isinstance(one, QMenu) for one in shown) >= 4
    for one in shown:
        one.ensurePolished()
        size = QFontInfo(one.font()).pointSizeF()
        assert size >= LEAST_PT - 0.2, f"{type(one).__name__} {one.objectName()} {size:.1f} pt"
    sizes = (theme.BODY_PT, theme.TITLE_PT, theme.LETTER_PT, theme.ML_PT, theme.NUMBER_PT)
    assert min(sizes) >= LEAST_PT


def of_napari(part: QWidget) -> bool:
    """Whether it is of the docks that are folded away, or of a canvas, which shows no words."""
    while part is not None:
        if type(part).__module__.startswith("napari") and not part.inherits("QMainWindow"):
            return True
        part = part.parentWidget()
    return False


GROUNDS = ("window", "panel", "field", "field_alt", "step", "step_open")
TEXT_ON = {
    "text": (*GROUNDS, "button", "on", "button_hover", "button_pressed"),
    "secondary": ("window", "panel", "field", "step"),
    "faint": ("window", "field", "field_alt", "button_off", "old", "panel"),
    "primary_text": ("primary", "primary_hover"),
    "chosen_text": ("chosen",),
    "warning_text": ("warning",),
    "info_text": ("info",),
    "scene_text": ("scene",),
}
MARKS_ON = {
    "edge": ("window", "panel", "field"),
    "focus": ("window", "panel", "field", "button", "step", "step_open"),
    "primary_focus": ("window", "primary"),
    "warning_edge": ("warning", "window"),
    "info_edge": ("info", "window"),
    "old_edge": ("old",),
    "gauge_axis": ("window",),
    "gauge_range": ("window",),
    "gauge_line": ("window",),
    "gauge_rim": ("gauge_point",),
}


@pytest.mark.parametrize("name", THEMES)
def test_words_and_marks_stand_out_from_what_they_stand_on(name):
    palette = THEMES[name]
    for pairs, least in ((TEXT_ON, 4.5), (MARKS_ON, 3.0)):
        for one, grounds in pairs.items():
            for ground in grounds:
                found = contrast(getattr(palette, one), getattr(palette, ground))
                assert found >= least, f"{name}: {one} on {ground} is {found:.2f}, not {least}"


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, "contrast ratio", 1 to 21."""
    low, high = sorted(luminance(QColor(colour)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: QColor) -> float:
    """WCAG 2.2, "relative luminance"."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_colour_of_a_palette_is_one():
    for palette in THEMES.values():
        assert all(QColor(getattr(palette, field.name)).isValid() for field in fields(palette))


def test_words_on_black_stand_out():
    for rgb in (theme.TEXT, theme.SECONDARY, theme.MARGIN):
        assert contrast(QColor(*rgb).name(), "#000000") >= 4.5


def grounds(person) -> tuple[str, str, str, str]:
    """Colours on screen: beside the steps, of the menus, behind 3D, and of an empty slice."""
    app, picture = person.app, person.screen_of(person.app.window)

    def at(widget, x, y):
        spot = widget.mapTo(app.window, QPoint(x, y))
        return picture.pixelColor(spot).name()

    return (
        at(app.steps, app.steps.width() - 3, app.steps.height() - 3),
        at(app.window.menuBar(), app.window.width() - 9, 9),
        at(app.scene_pane.canvas, 9, 9),
        at(person.view("Axial"), 9, 9),
    )


def test_one_key_turns_the_window_light_at_once_and_the_next_start_is_as_it_was_left(same_person):
    app, dark, light = same_person.app, THEMES["dark"], THEMES["light"]
    about = About(app.window)
    assert grounds(same_person) == (dark.window, dark.window, dark.scene, "#000000")
    same_person.key(Qt.Key.Key_L, CONTROL)
    assert grounds(same_person) == (light.window, light.window, light.scene, "#000000")
    assert light.window in about.styleSheet()
    assert QApplication.palette().window().color().name() == light.window
    theme.choose("dark")
    Appearance(app.context.home)
    assert theme.chosen() == "light"
    same_person.key(Qt.Key.Key_L, CONTROL)
    assert grounds(same_person) == (dark.window, dark.window, dark.scene, "#000000")


@pytest.mark.parametrize("kept", ["theme = 3", 'theme = "pink"', "no TOML"])
def test_a_file_of_choices_that_does_not_serve_leaves_the_window_dark(tmp_path, kept):
    (tmp_path / "window.toml").write_text(kept)
    Appearance(tmp_path)
    assert theme.chosen() == "dark"
    with pytest.raises(InputError, match="themes are dark and light, not 'pink'"):
        theme.choose("pink")


@pytest.mark.parametrize("name", THEMES)
def test_what_the_keys_are_for_has_a_ring_round_it(same_person, name):
    app, person = same_person.app, same_person
    if theme.chosen() != name:
        app.toggle_theme()
    ring = THEMES[name]
    parts = {
        app.steps.steps[0].heading: ring.focus,
        app.open.panel.sample_button: ring.focus,
        app.open.panel.folder_button: ring.primary_focus,
        app.scene_pane.buttons["A"]: ring.focus,
    }
    for part, colour in parts.items():
        part.setFocus(Qt.FocusReason.TabFocusReason)
        picture = person.screen_of(part)
        across = {picture.pixelColor(x, part.height() // 2).name() for x in range(3)}
        assert colour in across, f"{part.text()}: {across}"
        app.window.setFocus()
    if name != "dark":
        app.toggle_theme()
