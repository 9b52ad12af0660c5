"""The window's two palettes, dark and light: every colour beside the slices, as data.

Slices lie on black in both. `tests/app/test_look.py` holds each pair that is read together to WCAG
2.2: 4.5 for text (1.4.3), 3 for what is told by its shape (1.4.11).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Colours by what they are for, "#rrggbb".

    Parameters
    ----------
    window, panel, field, field_alt : str
        Grounds: the window, what stands out from it, what is read or written in, every other row.
    text, secondary, faint : str
        Words; those beside them; those of what is greyed or no longer holds.
    edge, line : str
        Round a control; between what needs no edge to be told apart.
    focus : str
        The ring round what the keys are for.
    button, button_hover, button_pressed, button_off, on : str
        Grounds of a button, at rest, under the mouse, held, greyed, and switched on.
    primary, primary_hover, primary_text, primary_focus : str
        The button that goes on, and the ring round it.
    chosen, chosen_text : str
        The row that is selected.
    step, step_open : str
        Headings of the steps.
    warning, warning_text, warning_edge, info, info_text, info_edge, old, old_edge : str
        Notices: what is to be done, what was done, what was said of something else.
    gauge_axis, gauge_range, gauge_line, gauge_point, gauge_rim : str
        The line under the result, its range, its threshold, and the number on it.
    scene, scene_text : str
        Behind the 3D view, and words on it.
    """

    window: str
    panel: str
    field: str
    field_alt: str
    text: str
    secondary: str
    faint: str
    edge: str
    line: str
    focus: str
    button: str
    button_hover: str
    button_pressed: str
    button_off: str
    on: str
    primary: str
    primary_hover: str
    primary_text: str
    primary_focus: str
    chosen: str
    chosen_text: str
    step: str
    step_open: str
    warning: str
    warning_text: str
    warning_edge: str
    info: str
    info_text: str
    info_edge: str
    old: str
    old_edge: str
    gauge_axis: str
    gauge_range: str
    gauge_line: str
    gauge_point: str
    gauge_rim: str
    scene: str
    scene_text: str


DARK = Palette(
    window="#1e1e22",
    panel="#2c2d33",
    field="#232428",
    field_alt="#28292e",
    text="#e6e6e6",
    secondary="#b0b4bc",
    faint="#969aa2",
    edge="#767a84",
    line="#34363d",
    focus="#7cc8f2",
    button="#34363d",
    button_hover="#41444d",
    button_pressed="#2a2c31",
    button_off="#26272b",
    on="#1f5a7d",
    primary="#1d668f",
    primary_hover="#216f9c",
    primary_text="#ffffff",
    primary_focus="#7cc8f2",
    chosen="#1f4f6d",
    chosen_text="#ffffff",
    step="#26272b",
    step_open="#2b3a46",
    warning="#3a3420",
    warning_text="#f4e9b8",
    warning_edge="#f0e442",
    info="#22303a",
    info_text="#d5e9f5",
    info_edge="#56b4e9",
    old="#2a2b30",
    old_edge="#767a84",
    gauge_axis="#767a84",
    gauge_range="#56b4e9",
    gauge_line="#f0e442",
    gauge_point="#ffffff",
    gauge_rim="#000000",
    scene="#131316",
    scene_text="#b0b4bc",
)

LIGHT = Palette(
    window="#f3f4f6",
    panel="#e3e6ea",
    field="#ffffff",
    field_alt="#f2f4f7",
    text="#1b1d21",
    secondary="#454a53",
    faint="#5c616a",
    edge="#767c87",
    line="#cdd2d9",
    focus="#005a9e",
    button="#e3e6eb",
    button_hover="#d3d8df",
    button_pressed="#c5cbd4",
    button_off="#eceef1",
    on="#b4d8f0",
    primary="#1c74aa",
    primary_hover="#17628f",
    primary_text="#ffffff",
    primary_focus="#101214",
    chosen="#c2e0f3",
    chosen_text="#101214",
    step="#e6e9ed",
    step_open="#cfe3f1",
    warning="#fdf3cc",
    warning_text="#463a00",
    warning_edge="#8f7500",
    info="#e2f1fa",
    info_text="#0d3a57",
    info_edge="#1777ad",
    old="#e9ebee",
    old_edge="#767c87",
    gauge_axis="#767c87",
    gauge_range="#1777ad",
    gauge_line="#8a6d00",
    gauge_point="#ffffff",
    gauge_rim="#000000",
    scene="#dde1e7",
    scene_text="#454a53",
)

THEMES: Mapping[str, Palette] = MappingProxyType({"dark": DARK, "light": LIGHT})
