"""Pictures of the facts' form, the committee and the comparison, for `tests.app.gallery`."""

from collections.abc import Callable

from liverplan.app.kit.language import tr
from liverplan.phantom import RECOMMENDED_NORMAL, RECOMMENDED_POINT_MM, make_phantom
from liverplan.resection import Plane
from tests.app import test_committee_journey as committee
from tests.app import test_compare as compare
from tests.app import test_facts as facts


def committee_pictures(person, shot: Callable[[str], None]) -> None:
    """From a result on: facts, refused facts, keys, signatures, votes, void."""
    app = person.app
    person.open_step(5)
    person.press_button(person.panel(5).patient_button)
    shot("facts_empty")
    sheet = app.facts
    facts.write(person, sheet.attester, "M. Holm, oncologist")
    facts.write(person, sheet.persons["birth_date"], "1961-04-02")
    facts.write(person, sheet.persons["height_cm"], "17")
    facts.choose(person, sheet.rows["ecog"].answer, "1")
    facts.choose(person, sheet.rows["consent"].answer, tr("unclear"))
    facts.write(person, sheet.rows["biopsy"].by, "P. Sand")
    person.settle()
    shot("facts_typed_and_refused")
    person.press_button(sheet.done_button)
    person.open_step(6)
    shot("committee_empty")
    panel = person.panel(6)
    committee.become(person, "K. Dahl")
    committee.press(person, panel.sign_button)
    shot("committee_refused")
    committee.become(person, "R. Lind")
    committee.press(person, panel.accept_button)
    committee.become(person, "K. Dahl")
    committee.press(person, panel.sign_button)
    committee.vote(person, "Ek")
    committee.vote(person, "Holm", "against", "The margin is narrow")
    committee.vote(person, "Sand")
    shot("committee_final")
    person.open_step(4)
    person.press_button(person.panel(4).cuts.lock_button)
    shot("unlocking_says_what_it_voids")
    person.press_button(person.panel(4).cuts.lock_button)
    person.open_step(6)
    app.resection.verbs.edits.flip()
    person.settle()
    person.wait(lambda: bool(panel.signatures.why.text()), what="void")
    shot("committee_void")
    app.session.undo()
    person.settle()


def compare_pictures(person, folder, shot: Callable[[str], None]) -> None:
    """The comparison with an earlier case: proposed, confirmed and kept, growth."""
    app, sheet = person.app, person.app.compare
    write_earlier(app.session.work, folder)
    person.open_step(3)
    person.press_button(person.panel(3).compare_button)
    shot("compare_empty")
    sheet.comparing.open(folder)
    person.settle()
    compare.click_row(person, sheet, 0)
    shot("compare_proposed")
    for number in range(sheet.matching.table.rowCount()):
        compare.click_row(person, sheet, number)
        compare.press(person, sheet.matching.confirm_button)
    committee.type_into(person, sheet.matching.name, "R. Lind")
    compare.press(person, sheet.matching.keep_button)
    committee.type_into(person, sheet.response.embolised.line, "2019-12-05")
    compare.press(person, sheet.response.growth_button)
    person.settle()
    person.wait(lambda: bool(sheet.response.growth.text()), what="growth")
    shot("compare_kept_and_growth")
    compare.press(person, sheet.done_button)


def write_earlier(work, folder):
    """A case of the same patient three months before, on a lattice of its own."""
    patient = work.record.headers["common"]["00100020"]["Value"][0]
    earlier = make_phantom(spacing_mm=(4.0, 2.0, 2.0), noise_hu=0, lesions=3)
    plane = Plane(point_mm=RECOMMENDED_POINT_MM, normal=RECOMMENDED_NORMAL)
    compare.write_case(folder, earlier.segmentation, plane, "20191001", patient)
