"""The comparison's boxes without a window: rows, what can be said of them, what waits for it."""

from dataclasses import replace

import pytest

from liverplan.app.session.context import Context
from liverplan.app.session.work import Work
from liverplan.app.steps.compare.comparing import ON_SCREEN, PLACE, Comparing
from liverplan.app.steps.compare.matching_box import OTHERS, MatchingBox, table_row
from liverplan.app.steps.compare.response_box import ResponseBox
from liverplan.eligibility.recist import mm
from liverplan.followup import Visits, compare
from liverplan.followup.comparison import NEW, SEEN
from liverplan.followup.confirming import CHOSEN_BEFORE
from liverplan.words.numbers import NONE
from tests.app.desk import rows_of
from tests.followup.test_comparison import A, B, examined

C = (12, 34, 22)


def quiet(_fraction, _words):
    """Nobody watches the progress."""


@pytest.fixture(scope="module")
def proposed():
    """Two lesions stay of three; one is gone, one is new."""
    earlier = examined("20230101", {2: (A, 4), 3: (B, 3), 4: (C, 3)})
    later = examined("20230301", {2: (A, 3), 3: (B, 3), 4: ((25, 15, 30), 3)})
    return compare(later, earlier, quiet)


class Bench:
    """The verbs and both boxes, and what was said."""

    def __init__(self, home):
        self.context, self.said = Context.at(home), []
        self.context.notices.show_at(PLACE, lambda text, _kind="": self.said.append(text))
        self.comparing = Comparing(self.context)
        self.matching, self.response = MatchingBox(self.comparing), ResponseBox(self.comparing)
        self.comparing.changed.connect(self.refresh)

    @property
    def now(self):
        return self.comparing.comparison

    @property
    def table(self):
        return self.matching.table

    def refresh(self):
        self.matching.refresh()
        self.response.refresh(self.context.session.work.record.visits)

    def show(self, comparison):
        self.comparing.comparison = comparison
        self.comparing.changed.emit()

    def say(self, words):
        at = self.matching.said.findText(words)
        assert at >= 0, words
        self.matching.said.activated.emit(at)


@pytest.fixture
def bench(tmp_path, proposed):
    made = Bench(tmp_path)
    made.refresh()
    yield made
    made.context.jobs.stop()
    made.context.live.close()


@pytest.fixture
def shown(bench, proposed):
    bench.show(proposed)
    return bench


def test_before_another_ct_is_open_nothing_can_be_said(bench):
    box = bench.matching
    assert rows_of(box.table) == []
    assert box.row is None
    for part in (box.said, box.confirm_button, box.target_button, box.keep_button):
        assert not part.isEnabled()
    assert bench.response.category.text() == ""
    box.confirm_button.clicked.emit()
    bench.comparing.keep("R. Lind")
    bench.comparing.toggle_target(2)
    assert bench.said == []


def test_each_lesion_has_a_row_over_both_cts(shown, proposed):
    rows = rows_of(shown.table)
    assert rows == [list(table_row(proposed, one)) for one in proposed.rows]
    lengths = [proposed.earlier.tenths(2), proposed.later.tenths(2)]
    assert rows[0] == ["M1", mm(lengths[0]), "M1", mm(lengths[1]), "target", "check"]
    gone = next(row for row in rows if row[2] == NONE)
    assert (gone[0], gone[3], gone[4].endswith(", gone")) == ("M3", NONE, True)
    new = next(row for row in rows if row[0] == NONE)
    assert (new[1], new[2], new[4]) == (NONE, "M3", NEW)


def test_what_a_later_lesion_can_be_is_listed_and_one_that_is_gone_is_only_that(shown, proposed):
    box = shown.matching
    for number, one in enumerate(proposed.rows):
        box.table.selectRow(number)
        words = [box.said.itemText(n) for n in range(box.said.count())]
        if one.later is None:
            assert (words, box.said.isEnabled()) == (["gone"], False)
        else:
            names = [f"M{n} of the earlier CT" for n in (1, 2, 3)]
            assert words == [*names, NEW, SEEN]
            assert box.said.isEnabled()
            mine = NEW if one.earlier is None else f"M{one.earlier - 1} of the earlier CT"
            assert box.said.currentText() == mine
        assert box.target_button.isEnabled() == (one.earlier is not None)


def test_confirming_goes_on_to_the_next_row_until_all_are_confirmed_and_a_name_is_there(shown):
    box, count = shown.matching, len(shown.now.rows)
    box.name.setText("R. Lind")
    for left in range(count, 0, -1):
        assert not box.keep_button.isEnabled()
        assert box.keep_button.toolTip() == f"{left} rows are not confirmed yet."
        assert box.confirm_button.isEnabled()
        box.confirm_button.click()
    assert shown.now.complete
    assert not box.confirm_button.isEnabled()
    box.name.setText("   ")
    assert (box.keep_button.isEnabled(), box.keep_button.toolTip()) == (False, "Needs a name.")
    box.name.setText("R. Lind")
    assert (box.keep_button.isEnabled(), box.keep_button.toolTip()) == (True, "")
    assert {row[-1] for row in rows_of(box.table)} == {"confirmed"}


def test_a_correction_is_confirmed_at_once_and_the_row_stays_chosen(shown):
    box = shown.matching
    new = next(n for n, one in enumerate(shown.now.rows) if one.earlier is None)
    later = shown.now.rows[new].later
    box.table.selectRow(new)
    shown.say(SEEN)
    assert (box.row.later, box.row.words) == (later, SEEN)
    assert rows_of(box.table)[-1][-2:] == [SEEN, "confirmed"]
    shown.say("M3 of the earlier CT")
    assert (box.row.earlier, box.row.later) == (4, later)
    assert len(shown.now.rows) == 3
    assert {row[2] for row in rows_of(box.table)} == {"M1", "M2", "M3"}


def test_a_new_lesion_is_progression_and_one_that_was_seen_before_is_none(shown):
    assert shown.response.category.text().startswith("Not confirmed yet: Progressive disease (PD)")
    box = shown.matching
    new = next(n for n, one in enumerate(shown.now.rows) if one.earlier is None)
    box.table.selectRow(new)
    shown.say(SEEN)
    assert "(PD)" not in shown.response.category.text()
    box.table.selectRow(0)
    while box.confirm_button.isEnabled():
        box.confirm_button.click()
    assert shown.now.complete
    assert not shown.response.category.text().startswith("Not confirmed yet")
    visits = rows_of(shown.response.visits)
    assert [row[0] for row in visits] == ["2023-01-01", "2023-03-01"]
    assert visits[0][2] == "baseline"


def test_a_lesion_is_made_a_target_or_none_while_none_was_chosen_before(shown):
    box = shown.matching
    box.table.selectRow(0)
    targets = shown.now.targets
    assert box.target_button.isChecked()
    box.target_button.click()
    assert shown.now.targets == tuple(one for one in targets if one != 2)
    assert rows_of(box.table)[0][4] == "non-target"
    box.target_button.click()
    assert shown.now.targets == targets


def test_targets_of_an_earlier_comparison_stay(shown, proposed):
    told = proposed
    for row in told.rows:
        told = told.confirming(row)
    second = examined("20230301", {2: (A, 3), 3: (B, 3)}, told.confirmed_by("R. Lind"))
    third = examined("20230501", {2: (A, 3), 3: (B, 2)})
    shown.show(compare(third, second, quiet))
    shown.comparing.toggle_target(shown.now.targets[0])
    assert shown.said[-1] == CHOSEN_BEFORE
    lost = shown.now.lost
    choices = [shown.matching.said.itemText(n) for n in range(shown.matching.said.count())]
    assert [f"target {name}, come back" in choices for name in lost] == [True] * len(lost)
    assert len(rows_of(shown.response.visits)) == 3


@pytest.mark.parametrize("number", range(len(OTHERS)))
def test_the_other_lesions_are_judged_as_outlined_or_in_a_word(shown, number):
    box = shown.matching
    assert box.others.itemText(number) == (OTHERS[number] or "as outlined")
    box.others.activated.emit(number)
    assert shown.now.non_target == OTHERS[number]


def test_visits_that_do_not_follow_each_other_have_no_response(shown, proposed):
    series = replace(proposed.later.series, study_date="20221201")
    shown.show(replace(proposed, later=replace(proposed.later, series=series)))
    assert shown.response.category.text() == "No response yet"
    assert "the visits' dates must ascend" in shown.response.finding.text()
    assert rows_of(shown.response.visits) == []
    assert rows_of(shown.table), "the rows can be corrected all the same"


def test_a_kept_response_is_shown_while_no_other_ct_is_open(bench, proposed):
    told = proposed
    for row in told.rows:
        told = told.confirming(row)
    bench.response.refresh(told.confirmed_by("R. Lind"))
    assert "(PD)" in bench.response.category.text()
    assert "Not confirmed yet" not in bench.response.category.text()
    bench.response.refresh(Visits())
    assert bench.response.category.text() == ""


def test_the_point_on_show_is_the_same_in_both_cts(shown, proposed):
    moved = []
    shown.comparing.moved.connect(lambda: moved.append(True))
    centre = proposed.later.centres[2]
    shown.comparing.show_at(centre, earlier=False)
    assert shown.comparing.at_later_mm == pytest.approx(centre, abs=1e-6)
    assert shown.comparing.at_mm == pytest.approx(proposed.earlier.centres[2], abs=3.0)
    shown.comparing.show_at(proposed.earlier.centres[3], earlier=True)
    assert shown.comparing.at_mm is proposed.earlier.centres[3]
    assert len(moved) == 2


def test_a_day_of_embolisation_that_is_none_is_refused_beside_its_field(shown):
    shown.response.embolised.line.setText("in spring")
    shown.response.growth_button.click()
    assert "in spring is no date" in shown.response.embolised.notice.text()
    assert shown.comparing.growth == ""


def test_other_masks_end_the_comparison_and_say_so(shown, phantom):
    shown.context.session.replace_all(
        Work(volume=phantom.volume, segmentation=phantom.segmentation)
    )
    assert shown.now is None
    assert shown.said[-1] == "The masks have changed; open the other CT again."
    assert rows_of(shown.table) == []


def test_a_folder_that_is_no_case_and_the_case_on_screen_are_not_compared(bench, tmp_path):
    bench.comparing.open(tmp_path)
    assert bench.said[-1].startswith(f"{tmp_path.name} is no case. Open that CT first")
    assert ON_SCREEN not in bench.said
    assert not bench.context.jobs.any_running
