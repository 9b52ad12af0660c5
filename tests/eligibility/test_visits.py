"""The response over all visits: what happened before, when, and what else says otherwise."""

import dataclasses
import datetime as dt

import pytest

from liverplan.eligibility import judge, recist
from liverplan.eligibility.recist import Visit, tenths
from liverplan.words import in_english

DAYS = [dt.date(2023, 10, 30), dt.date(2023, 12, 18), dt.date(2024, 2, 26)]


def visits(*lengths, days=DAYS, **more):
    """Visits of targets, mm; ``more`` maps "visit2_new_lesion" and the like to values."""
    made = []
    for n, (row, day) in enumerate(zip(lengths, days, strict=False), 1):
        mark = f"visit{n}_"
        changes = {k.removeprefix(mark): v for k, v in more.items() if k.startswith(mark)}
        targets = {f"target {i}": None if v is None else tenths(v) for i, v in enumerate(row, 1)}
        made.append(Visit(targets=targets, date=day, **changes))
    return tuple(made)


@pytest.fixture
def judged(protocol, patient, measured):
    """A function that judges the example with other visits: the response, and the verdict."""

    def judged(seen, *, id_="response", person=None, plan=None):
        changed = dataclasses.replace(
            patient, visits=seen, visits_by=("R. Lind",) * len(seen), **(person or {})
        )
        now = dataclasses.replace(measured, **(plan or {}))
        result = judge(protocol, changed, now)
        one = next(c for c in result.criteria if c.id == id_)
        return one.state, in_english(one.finding), result.eligibility

    return judged


def test_a_new_lesion_at_visit_two_then_stable_is_not_stable(judged):
    seen = visits((23, 41.5), (23, 41.5), (23, 41.5), visit2_new_lesion=True)
    state, says, eligibility = judged(seen, person={"treatment_start": None})
    assert (state, eligibility) == ("needs judgement", "undecided")
    assert "stable disease (SD)" in says
    assert (
        "but it had progressed at visit 2 (2023-12-18); the start of the treatment is not given"
        in says
    )


def test_progression_before_the_treatment_is_not_progression_upon_it(judged):
    seen = visits((23, 41.5), (23, 41.5), (23, 41.5), visit2_new_lesion=True)
    person = {"treatment_start": DAYS[1]}
    assert judged(seen, person=person)[0] == "met"
    person = {"treatment_start": DAYS[1] - dt.timedelta(days=1)}
    state, says, _ = judged(seen, person=person)
    assert state == "needs judgement"
    assert "progressed at visit 2 (2023-12-18), since the treatment began on 2023-12-17" in says


def test_an_earlier_progression_contradicts_that_none_is_attested(judged):
    grown = visits((23, 41.5), (40, 60), (30, 40))
    state, says, eligibility = judged(grown, id_="progression")
    assert (state, eligibility) == ("needs judgement", "undecided")
    assert "but the lesions had progressed at an earlier visit" in says


def test_progression_at_the_last_visit_is_not_met_whatever_came_before(judged):
    assert judged(visits((23, 41.5), (10, 20), (23, 41.5)))[0] == "not met"


@pytest.mark.parametrize(
    ("day", "state", "words"),
    [
        ("2024-03-11", "met", ""),
        ("2024-03-12", "needs judgement", "were taken after the day of the decision"),
        ("2024-01-15", "met", ""),
        ("2024-01-14", "needs judgement", "57 days before the decision, where they hold 56"),
    ],
)
def test_the_last_images_hold_for_a_span_before_the_decision(judged, day, state, words):
    seen = visits((23, 41.5), (23, 30), days=[DAYS[0], dt.date.fromisoformat(day)])
    found, says, eligibility = judged(seen)
    assert found == state
    assert words in says
    assert (eligibility == "eligible") == (state == "met")


@pytest.mark.parametrize(
    ("baseline", "state", "words"),
    [
        ((10.0, 41.5), "met", ""),
        ((9.9, 41.5), "needs judgement", "target 1 measures 9.9 mm, under 10 mm"),
        ((0.0, 41.5), "needs judgement", "target 1 measures 0 mm"),
        ((0.0, 0.0), "needs judgement", "target 1 measures 0 mm, target 2 measures 0 mm"),
        ((None, 41.5), "missing", "target 1 was not measured"),
    ],
)
def test_a_baseline_that_recist_does_not_take_is_refused_in_words(judged, baseline, state, words):
    found, says, eligibility = judged(visits(baseline, (0.0, 0.0), days=[DAYS[0], DAYS[2]]))
    assert found == state
    assert words in says
    assert (eligibility == "eligible") == (state == "met")


def test_a_baseline_after_the_treatment_began_or_no_images_since_need_judgement(judged):
    seen = visits((23, 41.5), (14.2, 28.0), days=[DAYS[0], DAYS[2]])
    for start, words in (
        ("2023-10-29", "the baseline of 2023-10-30 was taken after the treatment began"),
        ("2024-02-26", "the images of 2024-02-26 were taken before the treatment began"),
    ):
        person = {"treatment_start": dt.date.fromisoformat(start)}
        state, says, _ = judged(seen, person=person)
        assert state == "needs judgement"
        assert words in says
    assert judged(seen, person={"treatment_start": DAYS[0]})[0] == "met"


def test_metastases_that_the_file_leaves_out_are_said(judged):
    seen = visits((23, 41.5), (14.2, 28.0), days=[DAYS[0], DAYS[2]])
    state, says, _ = judged(seen, plan={"lesion_count": 4})
    assert state == "met"
    assert "the CT shows 4 metastases, the file has 2 targets and says of others 'none'" in says
    assert "says of others" not in judged(seen, plan={"lesion_count": 2})[1]


def test_targets_unlike_the_metastases_on_the_ct_need_judgement(judged):
    seen = visits((23, 41.5), (14.2, 28.0), days=[DAYS[0], DAYS[2]])
    state, says, eligibility = judged(seen, plan={"lesion_lengths_mm": (66.0, 78.0)})
    assert (state, eligibility) == ("needs judgement", "undecided")
    assert (
        "the file's last targets measure 14.2 mm and 28.0 mm, the metastases on the CT 66.0 mm and "
        "78.0 mm: they disagree"
    ) in says
    assert judged(seen, plan={"lesion_lengths_mm": (28.0, 11.1, 40.0)})[0] == "met"
    assert judged(seen, plan={"lesion_lengths_mm": (28.0, 11.0)})[0] == "needs judgement"
    assert judged(seen, plan={"lesion_lengths_mm": (28.0,)})[0] == "needs judgement"


def test_compared_images_and_the_file_never_win_in_silence(judged):
    progress = visits((23, 41.5), (30, 60), days=[DAYS[0], DAYS[2]])
    stable = recist.assess(visits((23, 41.5), (23, 41.5), days=[DAYS[0], DAYS[2]]))
    state, says, _ = judged(progress, plan={"response": stable})
    assert state == "needs judgement"
    assert "the compared images say SD, the patient's file says PD" in says
    partial = visits((23, 41.5), (14.2, 28.0), days=[DAYS[0], DAYS[2]])
    state, says, _ = judged(partial, plan={"response": stable})
    assert state == "met"
    assert "the compared images say SD, the patient's file says PR" in says


@pytest.mark.parametrize(
    ("axis_mm", "state"),
    [(38.9, "needs judgement"), (39.0, "met"), (62.7, "met"), (62.8, "needs judgement")],
)
def test_a_metastasis_may_differ_as_much_as_between_two_readers(judged, axis_mm, state):
    seen = visits((60,), (50,), days=[DAYS[0], DAYS[2]])
    assert judged(seen, plan={"lesion_lengths_mm": (axis_mm,)})[0] == state
