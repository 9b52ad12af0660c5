"""Pictures of the vessels' branches in the second step, for `tests.app.gallery`."""

from collections.abc import Callable

from liverplan.segmentation import find_trees
from liverplan.workflow.vessels import divided_by


def with_both_trees(person):
    """Let both trees be known, as they are found without a click."""
    from liverplan.app.steps.liver.vessel_maps import with_vessels

    session = person.app.session
    work = session.work
    found = divided_by(find_trees(work.volume, work.segmentation.liver), work.segmentation)
    session.do("find vessels", with_vessels(work, dict(found.maps), found.roots_mm))
    person.settle()


def vessel_pictures(person, shot: Callable[[str], None]) -> None:
    """Show the list of branches, and the names that are offered; take the trees back."""
    with_both_trees(person)
    person.open_step(2)
    box = person.panel(2).branches
    person.app.steps.area.ensureWidgetVisible(box)
    shot("branches_listed")
    person.click_row(box.table, 0)
    person.press_button(box.call_button)
    shot("branch_names_offered")
    box.menu.close()
    person.app.session.undo()
    person.settle()
