"""A window made anew around the same work, as when it is to speak another language."""

from __future__ import annotations

from liverplan.app.kit.language import speak
from liverplan.app.shell.application import Application
from liverplan.app.shell.speaking import first_language


def succeed(closed: Application) -> Application:
    """Make and show the window that takes the place of one that has closed; nothing is lost.

    The case is claimed again and goes on as it was, with all that can be undone, at the same step
    and slices. What is being computed follows.
    """
    home = closed.context.home
    speak(first_language(home))
    made = Application(home)
    made.saver.go_on_from(closed.saver)
    made.session.go_on_from(closed.session)
    _look_alike(made, closed)
    made.show()
    if closed.again is not None:
        made.window.setGeometry(closed.again)
    made.steps.open_again(closed.steps.current)
    return made


def _look_alike(made: Application, closed: Application) -> None:
    """Show what was shown; whose CT it is stays off the screen where it was."""
    before, views = closed.views, made.views
    if before.hidden:
        views.toggle_identity()
    views.masks_shown = before.masks_shown
    views.set_window(before.level_hu, before.width_hu)
    if before.crosshair_mm is not None:
        views.move_crosshair(before.crosshair_mm)
    made.brush.radius_mm = closed.brush.radius_mm
    made.brush.set_ball(through=closed.brush.ball)
    made.brush.limit(closed.brush.limits_hu)
    compared = closed.compare.comparing.comparison
    if compared is not None:
        made.compare.comparing.comparison = compared
        made.compare.comparing.changed.emit()
