"""What speaks against a plan is said while it is being dragged, and nothing of it is judged."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent

from liverplan.app.steps.committee.keys import Person as Signer
from liverplan.resection import Plane
from liverplan.volumetry import Liver
from liverplan.words import in_english
from tests.app.person import LEFT, NONE
from tests.app.surgery import add_round_lesion, handle_of


class Held:
    """A handle of the active cut, taken by the mouse on a slice and not let go."""

    def __init__(self, person, view, what):
        self.person, self.canvas = person, view.canvas
        handle = handle_of(person, view, what)
        self.start = np.array(view.look.lps_to_pixel(handle.at_mm))
        person._button(QEvent.Type.MouseButtonPress, self.canvas, self.start, LEFT, NONE)

    def bring(self, x, y):
        self.person.move(self.canvas, self.start + np.array([x, y]), NONE, LEFT)
        assert self.person.app.session.dragging

    def let_go(self, x, y):
        end = self.start + np.array([x, y])
        self.person._button(QEvent.Type.MouseButtonRelease, self.canvas, end, LEFT, NONE)


def sphere_round_lesion(person):
    person.app.resection.verbs.edits.set_margin(3)
    return add_round_lesion(person, "sphere")


def test_a_fault_appears_while_a_cut_is_dragged_and_goes_when_it_is_brought_back(surgeon, phantom):
    sphere_round_lesion(surgeon)
    faults, result = surgeon.panel(4).faults, surgeon.app.judged.panel
    assert faults.text() == ""
    assert result.state() != ""
    held = Held(surgeon, surgeon.view("Axial"), "move")
    for step in range(1, 9):
        held.bring(6 * step, 0)
    surgeon.wait(lambda: "cuts through metastasis 1" in faults.text(), what="the fault")
    assert "eligible" not in result.state()
    assert result.eligibility.text() == "Protocol: no verdict"
    held.bring(0, 0)
    surgeon.wait(lambda: faults.text() == "", what="no fault")
    held.bring(48, 0)
    held.let_go(48, 0)
    surgeon.settle()
    plan = surgeon.app.session.work.active_plan
    said = Liver(segmentation=phantom.segmentation).faults(plan)
    assert faults.text() == " ".join(in_english(fault.says) for fault in said)
    assert surgeon.app.live.refused
    surgeon.app.session.undo()
    surgeon.settle()
    assert faults.text() == ""
    assert result.eligibility.text().startswith("Protocol: ")
    assert result.eligibility.text() != "Protocol: no verdict"


@pytest.mark.parametrize("kind", ["plane", "sphere"])
def test_a_plan_with_a_fault_is_signed_by_nobody(surgeon, tmp_path, kind):
    app = surgeon.app
    centre = app.live.derived.lesion_centres[2]
    if kind == "plane":
        cut = Plane(point_mm=centre, normal=np.array([1.0, 0, 0]))
    else:
        cut = sphere_round_lesion(surgeon).moved(np.array([20.0, 0, 0]))
    app.session.do("through it", app.session.work.with_cuts((cut,), 0))
    surgeon.settle()
    signer = Signer(name="K. Dahl", key=tmp_path / "k.pem")
    app.committee.keys.make(signer.key, "")
    app.committee.signing.sign_plan(signer)
    surgeon.settle()
    words = app.committee.panel.notice.text()
    assert "makes no sense" in words
    assert "cuts through metastasis 1" in words
    assert not app.saver.opened or not app.saver.opened.state.signatures
