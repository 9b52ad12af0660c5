"""What panels say of the core's values: rows, sentences and choices, each by an example."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QIcon, QPixmap

from liverplan.app.session.backends import look
from liverplan.app.steps.committee.panel import key_words
from liverplan.app.steps.committee.signature_list import SignatureList, detail, signature_row
from liverplan.app.steps.compare.response_box import category_words, visit_rows
from liverplan.app.steps.open.archive_sheet import found_row
from liverplan.app.steps.open.panel import as_icon, series_row, why
from liverplan.app.steps.resection.plan_list import margin_words
from liverplan.app.steps.resection.segment_volumes import share_rows
from liverplan.app.steps.resection.suggestion_list import family_words
from liverplan.app.steps.resection.vessels_box import vessel_words
from liverplan.app.steps.result.fact_row import MOST_CHOICES, answers_of
from liverplan.dicom import SeriesInfo
from liverplan.eligibility import FactQuestion
from liverplan.eligibility.recist import Visit, assess
from liverplan.findings import Margin
from liverplan.report import SignatureRow
from liverplan.resection import Parts, Plan
from liverplan.resection.anatomy.named import SEGMENTS, usual_shares
from liverplan.volumetry.search.suggest import Suggested
from liverplan.words.numbers import TIMES
from tests.app.found import FOUND as ANOTHER
from tests.resection.kinds import EXAMPLES

DASH = "\N{EN DASH}"


def margin(mm, *, stays=False):
    return Margin(label=2, margin_mm=mm, in_remnant=stays, stays_ml=1.0 if stays else 0.0)


@pytest.mark.parametrize(
    ("margins", "words"),
    [
        ((), DASH),
        ((margin(None),), DASH),
        ((margin(12.34), margin(7.0)), "7.0 mm"),
        ((margin(7.0), margin(None)), "7.0 mm"),
        ((margin(12.0), margin(-3.0, stays=True)), "left in"),
    ],
)
def test_the_smallest_margin_is_said_unless_a_lesion_stays(margins, words):
    assert margin_words(margins) == words


def suggested(family, *cuts):
    plan = Plan(name="", cuts=cuts)
    return Suggested(
        family=family, plan=plan, remnant_ml=900.0, remnant_fraction=0.6, margin_mm=10.0
    )


@pytest.mark.parametrize(
    ("family", "cuts", "words"),
    [
        ("plane", (EXAMPLES["plane"],), "one plane"),
        ("wedges", (EXAMPLES["wedge"],), "1 wedge"),
        ("wedges", (EXAMPLES["wedge"],) * 3, "3 wedges"),
        ("plane and wedges", (EXAMPLES["plane"], EXAMPLES["wedge"]), "plane and wedges"),
        ("segments", (Parts(scheme="couinaud", names=("2", "3")),), "left lateral sectionectomy"),
    ],
)
def test_a_suggestion_is_called_by_its_family(family, cuts, words):
    assert family_words(suggested(family, *cuts)).lower() == words


@pytest.mark.parametrize(
    ("known", "seen", "words"),
    [
        (False, False, "Needs vessels"),
        (False, True, "Needs vessels"),
        (True, False, "Tick a branch"),
        (True, True, "Click a vessel"),
    ],
)
def test_how_a_vessel_is_cut_depends_on_what_is_known_of_it(known, seen, words):
    assert vessel_words(known=known, seen=seen).startswith(words)


@pytest.mark.parametrize(
    ("named", "there", "words"),
    [
        (False, False, "Whoever signs says who they are."),
        (False, True, "Whoever signs says who they are."),
        (True, True, "Key: r-lind.pem"),
        (True, False, "No key lies here for this name: make one, or choose its file."),
    ],
)
def test_it_is_said_which_key_would_sign(named, there, words):
    assert key_words("r-lind.pem", named=named, there=there) == words


VALID = SignatureRow(
    name="R. Lind", role="radiologist", meaning="lesions accepted", when="2024-03-11T08:30:15Z"
)
VOID = SignatureRow(
    name="S. Berg",
    role="member",
    meaning="vote: against",
    when="2024-03-12T09:00:00Z",
    reason="too near",
    void_because="the plan has changed",
)


def test_a_signature_is_said_with_its_reason_and_whether_it_holds():
    assert signature_row(VALID) == ("R. Lind", "lesions accepted", "valid")
    assert signature_row(VOID) == ("S. Berg", "vote: against", "void")
    assert detail(VALID).startswith("R. Lind, radiologist, 2024-03-11 08:30")
    assert detail(VALID).endswith("UTC: lesions accepted. Valid.")
    assert detail(VOID).endswith("vote: against (too near). Void: the plan has changed.")


def test_a_vote_that_its_voter_changed_is_superseded_and_not_void():
    changed = replace(VOID, superseded_by="for")
    assert signature_row(changed) == ("S. Berg", "vote: against", "superseded")
    assert detail(changed).endswith("(too near). Superseded by a later vote (for).")
    signatures = SignatureList()
    signatures.show_rows((changed, VALID))
    assert signatures.why.text() == ""


def test_the_first_void_signature_is_explained_until_another_is_chosen():
    signatures = SignatureList()
    signatures.show_rows(())
    assert signatures.isHidden()
    signatures.show_rows((VALID, VALID))
    assert not signatures.isHidden()
    assert signatures.why.text() == ""
    signatures.show_rows((VALID, VOID))
    assert signatures.why.text() == detail(VOID)
    signatures.table.selectRow(0)
    assert signatures.why.text() == detail(VALID)


def question(answer, **limits):
    return FactQuestion(name="x", label="x", question="x?", answer=answer, **limits)


@pytest.mark.parametrize(
    ("asked", "first", "last", "count"),
    [
        (question("yes or no"), ("yes", True), ("no", False), 2),
        (question("whole number", lowest=0, highest=4), ("0", 0), ("4", 4), 5),
        (question("whole number"), ("0", 0), (str(MOST_CHOICES - 1), 20), 21),
        (question("whole number", lowest=3), ("3", 3), ("23", 23), 21),
    ],
)
def test_what_can_be_answered_lies_between_no_answer_and_unclear(asked, first, last, count):
    offered = answers_of(asked)
    assert offered[0] == (DASH, None)
    assert offered[-1] == ("unclear", "unclear")
    assert (offered[1], offered[-2]) == (first, last)
    assert len(offered) == count + 2


SERIES = SeriesInfo(
    uid="1.2.840.113619.2.1.99",
    description="Portal venous",
    kind="CT axial",
    usable=True,
    reason="",
    path=Path("ct"),
    files=("a.dcm", "b.dcm"),
    shape=(80, 512, 400),
    spacing_mm=(2.5, 0.7, 0.71),
    n_files=80,
)


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ({}, ["Portal venous", "CT axial, 400x512x80", "0.71x0.7x2.5 mm"]),
        ({"description": ""}, [".113619.2.1.99"]),
        ({"description": "", "uid": ""}, ["a.dcm"]),
        ({"description": "", "uid": "", "files": ()}, ["?"]),
        ({"usable": False}, ["Portal venous", "CT axial, 80 files", "cannot be used"]),
    ],
)
def test_a_series_is_named_by_what_it_has_with_its_size_or_that_it_is_no_use(changes, lines):
    (text,) = series_row(replace(SERIES, **changes))
    for shown, expected in zip(text.split("\n"), lines, strict=False):
        assert shown.replace(TIMES, "x").endswith(expected)


def test_why_a_series_cannot_be_used_is_said_and_nothing_where_it_can():
    assert why(SERIES) == ""
    broken = replace(SERIES, usable=False, reason="2 slices are missing")
    assert why(broken) == "Cannot be used: 2 slices are missing."


def test_a_picture_keeps_its_greys_while_its_row_is_selected():
    picture = QPixmap(8, 8)
    picture.fill("#808080")
    icon = as_icon(picture)
    shown = icon.pixmap(8, 8, QIcon.Mode.Selected).toImage().pixelColor(4, 4).getRgb()
    assert shown == (128, 128, 128, 255)


FOUND = replace(ANOTHER, series_uid="1.2.3.4.5.6.7.8.9")


@pytest.mark.parametrize(
    ("changes", "column", "text"),
    [
        ({}, 0, "4711, Phantom"),
        ({"patient_name": ""}, 0, "4711"),
        ({"patient_id": ""}, 0, "Phantom"),
        ({}, 1, "2024-01-31"),
        ({"study_date": "2024"}, 1, "2024"),
        ({}, 2, "Portal venous"),
        ({"description": ""}, 2, ".4.5.6.7.8.9"),
        ({}, 3, "73"),
        ({"images": None}, 3, ""),
        ({}, 4, "CT"),
    ],
)
def test_a_series_of_an_archive_is_told_by_what_is_known_of_it(changes, column, text):
    assert found_row(replace(FOUND, **changes))[column] == text


def visits(*sums, **last):
    days = [dt.date(2024, 3, 1) + dt.timedelta(days=60 * n) for n in range(len(sums))]
    rows = [Visit(targets={"M1": tenths}, date=day) for tenths, day in zip(sums, days, strict=True)]
    return (*rows[:-1], replace(rows[-1], **last))


@pytest.mark.parametrize(
    ("sums", "last", "words"),
    [
        ((300, 300), {}, "Stable disease (SD)"),
        ((300, 100), {}, "Partial response (PR)"),
        ((300, 0), {}, "Complete response (CR)"),
        ((300, 600), {}, "Progressive disease (PD)"),
        ((300, 300), {"new_lesion": True}, "Progressive disease (PD)"),
    ],
)
def test_the_response_is_said_in_words_and_as_unconfirmed_until_it_is_not(sums, last, words):
    response = assess(visits(*sums, **last))
    assert category_words(response, complete=True).startswith(words)
    assert category_words(response, complete=False).startswith(f"Not confirmed yet: {words}")


def test_what_another_reader_could_find_is_said_too():
    quiet = replace(assess(visits(300, 100)), noise=())
    assert "another reader" not in category_words(quiet, complete=True)
    doubtful = replace(quiet, noise=("PR", "SD", "PD"))
    assert category_words(doubtful, complete=True).endswith("; another reader could find SD or PD")


def test_each_visit_has_its_day_its_sum_and_the_last_its_category():
    seen = visits(300, 250, 100)
    assert visit_rows(seen, assess(seen)) == [
        ("2024-03-01", "30.0 (23.4-37.6)", "baseline"),
        ("2024-04-30", "25.0 (19.5-31.4)", ""),
        ("2024-06-29", "10.0 (7.8-12.5)", "PR"),
    ]
    undated = (replace(seen[0], date=None), replace(seen[1], date=None, targets={"M1": None}))
    assert visit_rows(undated, assess(undated)) == [
        ("1", "30.0 (23.4-37.6)", "baseline"),
        ("2", DASH, assess(undated).overall),
    ]


def test_each_published_share_stands_beside_the_liver_s_own():
    even = dict.fromkeys(SEGMENTS, 1 / len(SEGMENTS))
    rows = share_rows(even)
    assert [row[0] for row in rows] == [usual.name for usual in usual_shares()]
    for row, usual in zip(rows, usual_shares(), strict=True):
        assert row[1].endswith(" %")
        assert row[2] == f"{100 * usual.low_fraction:.0f} to {100 * usual.high_fraction:.0f} %"
        assert row[3] == usual.source
    assert {row[1] for row in share_rows({})} == {"0.0 %"}


class Segmenter:
    """Stands where a plugin would; ``lacks`` may be what asking raises."""

    def __init__(self, lacks):
        self.lacks = lacks

    def missing(self):
        if isinstance(self.lacks, Exception):
            raise self.lacks
        return self.lacks


@pytest.mark.parametrize(
    ("name", "lacks", "title"),
    [
        ("network", [], "Built-in network"),
        ("classical", [], "Built-in method without a network"),
        ("net", [], "net"),
        ("net", ["weights", "a GPU"], "net: needs weights; a GPU"),
        (
            "net",
            RuntimeError("boom"),
            "net: needs mending: it cannot say what it needs (RuntimeError)",
        ),
    ],
)
def test_a_back_end_is_listed_with_what_it_lacks(name, lacks, title):
    (choice,) = look(lambda: {name: Segmenter(lacks)})
    assert choice.title == title
