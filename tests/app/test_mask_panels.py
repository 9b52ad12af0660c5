"""The panels of liver and metastases without a window: what they show and allow at each state."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from liverplan.app.kit.choice_box import Choice
from liverplan.app.session import backends as looking
from liverplan.app.session.work import Work
from liverplan.app.slices.brush import BrushSettings
from liverplan.app.steps.liver.step import LiverStep
from liverplan.app.steps.liver.vessel_maps import SCHEME as VESSELS
from liverplan.app.steps.metastases import hinting
from liverplan.app.steps.metastases.step import MetastasesStep
from liverplan.resection.anatomy.maps import PartMap
from liverplan.segmentation import Hint, Provenance
from liverplan.segmentation.labels import LIVER
from liverplan.words.numbers import ml, mm
from tests.app.desk import Desk, rows_of, shown

MACHINE = Provenance(method="net", version="1", origin="automatic")
TOOLS = ("inside", "outside", "brush", "eraser", "outline", "portal", "hepatic")
EDITS = ("biopsy", "delete", "brush", "eraser", "grow", "shrink")


class MaskDesk(Desk):
    """With both steps' panels, which are shown nowhere."""

    def __init__(self, phantom, home):
        super().__init__(phantom, home)
        brush = BrushSettings()
        self.liver_step = LiverStep(self.context, self.views, brush)
        self.lesion_step = MetastasesStep(self.context, self.views, brush)
        self.liver, self.lesions = self.liver_step.panel, self.lesion_step.panel
        for panel in (self.liver, self.lesions):
            self.context.notices.show_at(panel.place, panel.notice.say)
            self.session.subscribe(lambda _topics, panel=panel: panel.refresh())
        masks = self.session.work.segmentation
        found = dict.fromkeys((LIVER, *masks.lesion_labels), MACHINE)
        self.found = replace(self.session.work, segmentation=replace(masks, provenance=found))

    def start(self):
        self.session.replace_all(self.found)
        self.views.arm(None)
        self.lesion_step.lesions.choose(None)
        self.settle()


@pytest.fixture(scope="module")
def shared(phantom, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(looking, "look", lambda find: (Choice(name=next(iter(find()))),))
        made = MaskDesk(phantom, tmp_path_factory.mktemp("masks"))
        yield made
        made.close()


@pytest.fixture
def desk(shared):
    shared.start()
    return shared


def test_the_liver_waits_for_a_ct_and_shows_tools_once_there_is_a_mask(desk):
    panel, record = desk.liver, desk.found.record
    desk.session.replace_all(Work(record=record))
    assert panel.blocked() == "Needs an open CT."
    desk.session.replace_all(Work(record=record, volume=desk.found.volume))
    assert (panel.blocked(), panel.state()) == ("", "")
    assert panel.next.text() == "Find the liver automatically; it takes seconds."
    assert panel.run_button.text() == "Find the liver"
    assert panel.run_button.property("role") == "primary"
    assert not shown(panel.after)
    desk.session.do("found", desk.found)
    assert panel.state() == "check"
    assert panel.volume.text() == "Liver … mL"
    assert panel.run_button.text() == "Find the liver again"
    assert shown(panel.after)
    desk.settle()
    assert panel.volume.text() == f"Liver {ml(desk.context.live.index.liver_ml)} mL"


def test_the_liver_is_confirmed_once_as_one_step(desk):
    panel = desk.liver
    assert panel.confirm_button.isEnabled()
    panel.confirm_button.click()
    assert (panel.state(), panel.confirm_button.text()) == ("ok", "Liver confirmed")
    assert not panel.confirm_button.isEnabled()
    assert panel.next.text() == "The liver is confirmed. Next: Metastases."
    assert desk.undone() == "confirm liver"
    assert panel.state() == "check"


@pytest.mark.parametrize("name", TOOLS)
def test_each_tool_of_the_liver_has_a_button_that_arms_it_alone(desk, name):
    buttons = {one: getattr(desk.liver, f"{one}_button") for one in TOOLS}
    buttons[name].click()
    assert desk.views.tool is not None
    assert desk.views.tool.words
    assert [one for one, part in buttons.items() if part.isChecked()] == [name]
    buttons[name].click()
    assert desk.views.tool is None
    assert not buttons[name].isChecked()


def offer(known, choices):
    known.choices = choices
    known.changed.emit()


def test_methods_are_listed_where_there_is_a_choice_and_greyed_where_they_lack_something(desk):
    panel, known = desk.liver, desk.liver_step.backends
    panel.refresh()
    assert not shown(panel.method)
    choices = (Choice(name="network"), Choice(name="net", lacks="weights"), Choice(name="other"))
    offer(known, choices)
    assert shown(panel.method)
    model = panel.method.model()
    assert [model.item(n).text() for n in range(3)] == [
        "network",
        "net: needs weights",
        "other",
    ]
    assert [model.item(n).isEnabled() for n in range(3)] == [True, False, True]
    panel.method.activated.emit(2)
    assert known.chosen == "other"
    known.choose("network")
    assert panel.method.currentIndex() == 0
    offer(known, choices[:1])
    assert not shown(panel.method)


def test_vessels_can_be_removed_only_where_there_are_some(desk):
    panel, grid = desk.liver, desk.found.volume.grid
    assert not shown(panel.no_vessels_button)
    thin = np.zeros(grid.shape, np.uint8)
    thin[40, 80, 60:90] = 1
    known = PartMap(scheme=VESSELS, grid=grid, labels=thin, names=("portal vein",))
    work = replace(desk.session.work, maps=MappingProxyType({VESSELS: known}))
    desk.session.do("vessels", work)
    assert shown(panel.no_vessels_button)
    panel.no_vessels_button.click()
    assert VESSELS not in desk.session.work.maps
    assert not shown(panel.no_vessels_button)
    desk.undone()
    assert shown(panel.no_vessels_button)


def choose(desk, number):
    desk.lesions.table.selectRow(number)
    return desk.session.work.segmentation.lesion_labels[number]


def test_metastases_wait_for_the_liver_and_are_clicked_first(desk):
    panel = desk.lesions
    desk.session.replace_all(Work(record=desk.found.record))
    assert panel.blocked() == "Needs the liver."
    masks = desk.found.segmentation
    bare = replace(masks, labels=np.minimum(masks.labels, LIVER), provenance={LIVER: MACHINE})
    desk.session.replace_all(replace(desk.found, segmentation=bare))
    assert (panel.blocked(), panel.state()) == ("", "")
    assert panel.next.text().startswith("Click into each metastasis")
    assert not shown(panel.table)
    assert not shown(panel.after)
    assert panel.rule.text() == ""


def test_each_metastasis_is_listed_with_volume_long_axis_and_state(desk):
    derived, masks = desk.context.live.derived, desk.session.work.segmentation
    desk.lesions.refresh()
    rows = rows_of(desk.lesions.table)
    assert [row[:3] for row in rows] == [
        [f"M{label - 1}", ml(masks.volume_ml(label)), mm(derived.axes[label].long_mm)]
        for label in masks.lesion_labels
    ]
    assert {row[4] for row in rows} == {"to check"}
    assert desk.lesions.state() == f"{len(rows)}, {len(rows)} to check"


def test_the_chosen_one_is_shown_confirmed_and_undone(desk):
    panel, seen = desk.lesions, len(desk.views.shown)
    assert not panel.confirm_button.isEnabled()
    label = choose(desk, 0)
    assert len(desk.views.shown) == seen + 1
    k, j, i = np.rint(desk.found.volume.grid.to_index(desk.views.shown[-1])).astype(int)
    assert desk.found.segmentation.labels[k].max() >= label
    assert 0 < j < desk.found.volume.grid.shape[1]
    assert 0 < i < desk.found.volume.grid.shape[2]
    panel.accept()
    assert rows_of(panel.table)[0][4] == "confirmed"
    assert not panel.confirm_button.isEnabled()
    revision = desk.session.revision
    panel.accept()
    assert desk.session.revision == revision, "Enter confirms once"
    assert "confirm" in desk.undone()


def test_what_works_on_the_chosen_one_waits_until_one_is_chosen(desk):
    panel = desk.lesions
    parts = [getattr(panel, f"{name}_button") for name in EDITS]
    panel.refresh()
    assert not any(part.isEnabled() for part in parts)
    label = choose(desk, 0)
    assert all(part.isEnabled() for part in parts)
    assert panel.merge_button.isEnabled() == (len(desk.found.segmentation.lesion_labels) > 1)
    panel.biopsy_button.click()
    assert desk.session.work.biopsied == {label}
    assert panel.biopsy_button.isChecked()
    assert desk.undone()
    assert not panel.biopsy_button.isChecked()
    count = panel.table.rowCount()
    panel.delete_button.click()
    assert panel.table.rowCount() == count - 1
    assert label not in desk.session.work.segmentation.lesion_labels
    assert desk.undone().startswith("delete")
    assert panel.table.rowCount() == count


def hint(point, *, brighter=False, volume_ml=1.5):
    return Hint(point_mm=tuple(point), volume_ml=volume_ml, score=3.0, brighter=brighter)


def test_hints_are_stepped_through_in_a_ring_and_none_is_counted(desk, monkeypatch):
    places = [desk.centre + np.array([n * 10.0, 0, 0]) for n in range(3)]
    some = tuple(hint(at, brighter=n == 1) for n, at in enumerate(places))
    monkeypatch.setattr(hinting, "find_hints", lambda *_, **_k: some)
    box, masks = desk.lesions.hints, desk.session.work.segmentation
    box.refresh()
    assert not shown(box.words)
    assert not shown(box.steps)
    box.look_button.click()
    desk.settle()
    assert box.words.text() == (
        "Hint 1 of 3: darker than the liver around it, about 1.5 mL. "
        "Not counted unless you outline it."
    )
    box.next_button.click()
    assert box.words.text().startswith("Hint 2 of 3: brighter")
    np.testing.assert_array_equal(desk.views.shown[-1], places[1])
    for expected in ("Hint 1 of 3", "Hint 3 of 3"):
        box.back_button.click()
        assert box.words.text().startswith(expected)
    assert desk.session.work.segmentation is masks
    desk.session.replace_all(desk.found)
    assert not shown(box.words), "hints belong to one CT"


def test_where_nothing_stands_out_that_is_said_without_steps(desk, monkeypatch):
    monkeypatch.setattr(hinting, "find_hints", lambda *_, **_k: ())
    box = desk.lesions.hints
    box.look_button.click()
    desk.settle()
    assert box.words.text().startswith("Nothing else stands out; look through the slices")
    assert not shown(box.steps)
    box.next_button.click()
    assert desk.lesion_step.hinting.shown is None
