"""Pictures of the row above the slices: what is measured, masks, slabs, a slice on any plane."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication


def slice_pictures(person, shot):
    app, view = person.app, person.view()
    bar = app.bar
    x, y = person.pixel(view, app.views.crosshair_mm)
    person.key(Qt.Key.Key_M)
    person.drag(view.canvas, (x - 60, y - 30), (x + 40, y + 20))
    person.key(Qt.Key.Key_A)
    person.drag(view.canvas, (x - 90, y + 50), (x - 50, y + 80))
    person.click(view, (x - 10, y + 40))
    person.key(Qt.Key.Key_T)
    person.drag(view.canvas, (x - 30, y - 60), (x - 70, y - 90))
    QTest.keyClicks(QApplication.focusWidget(), "near the vein")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    person.key(Qt.Key.Key_C)
    person.drag(view.canvas, (x + 70, y - 50), (x + 90, y - 40))
    person.move(view.canvas, (x + 130, y + 110))
    shot("measured")
    person.press_button(bar.list_button)
    shot("measured_list")
    bar.list.close()
    person.press_button(bar.masks_button)
    shot("masks_box")
    bar.masks.close()
    person.key(Qt.Key.Key_Escape)
    for key in (Qt.Key.Key_S, Qt.Key.Key_F, Qt.Key.Key_F):
        person.key(key)
    person.move(view.canvas, (x + 60, y + 60))
    shot("mip_and_outlines")
    app.views.slab.show(None)
    bar.masks.next()
    person.press_button(bar.oblique_button)
    app.oblique.turn.setValue(25)
    app.oblique.tilt.setValue(60)
    shot("oblique")
    person.press_button(app.oblique.done_button)
    bar.annotations.delete_all()
    person.settle()
