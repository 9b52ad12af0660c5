"""Pictures of the 3D view's states, for `tests.app.gallery`."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest


def scene_pictures(person, shot: Callable[[str], None]) -> None:
    """Show each state of a plan, and leave the view as it was."""
    pane = person.app.scene_pane
    pane.look_from("A")
    shot("3d_list_and_margin_bands")
    press(person, pane.remnant_button)
    shot("3d_remnant_only")
    press(person, pane.remnant_button)
    press(person, pane.list_button)
    shot("3d_list_folded")
    press(person, pane.list_button)
    pane.more.openings["Axial"].trigger()
    shot("3d_cut_open")
    pane.more.openings[""].trigger()
    pane.more.behind_action.setChecked(True)
    shot("3d_ct_behind")
    pane.more.behind_action.setChecked(False)
    pane.more.filled.actions()[0].trigger()
    shot("3d_from_the_surgeon_s_place")
    pane.look_from("A")
    pane.more.refresh()
    for action in pane.more.beside.actions()[1:2]:
        action.trigger()
        shot("3d_two_plans")
        person.app.two_plans.show("")


def press(person, button):
    """Click a button over the 3D picture."""
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    person.spin(0.05)
