"""Who was asked, randomised and treated: the table, its counts, and the diagram."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from liverplan.endpoints.design import read_design
from liverplan.endpoints.populations import (
    POPULATIONS,
    as_named,
    consort,
    consort_svg,
    members,
    read_participants,
)
from liverplan.errors import InputError
from liverplan.words import in_english

DESIGN = read_design(Path(__file__).with_name("design.toml"))
HEADER = "id,centre,arm,randomised_date,not_randomised,treated_arm,crossover_date,deviation,lost\n"
PEOPLE = """\
p1,North,surgery,2020-01-01,,surgery,,,
p2,north ,Surgery,2020-01-02,,oncology,,,moved away
p3,SOUTH,surgery,2020-01-03,,,,,
p4,East,oncology,2020-01-04,,oncology,2020-06-01,,
p5,East,oncology,2020-01-05,,oncology,,wrong drug,
p6,West,oncology,2020-01-06,,oncology,,,
p7,West,,,fewer than 30 % remnant,,,,
p8,Lakes,,,declined,,,,
p9,Lakes,,,declined,,,,
"""


def written(folder, text):
    path = folder / "participants.csv"
    path.write_text(HEADER + text, "utf-8")
    return path


@pytest.fixture
def read(tmp_path):
    return read_participants(written(tmp_path, PEOPLE), DESIGN)


def test_everybody_is_counted_once_at_each_step(read):
    people, _ = read
    found = consort(people, DESIGN.arms)
    assert (found.assessed, found.randomised) == (9, 6)
    assert found.not_randomised == {"declined": 2, "fewer than 30 % remnant": 1}
    oncology, surgery = found.arms
    assert (surgery.treated, surgery.other_treatment, surgery.untreated) == (1, 1, 1)
    assert (oncology.crossover, oncology.per_protocol, surgery.per_protocol) == (1, 1, 1)
    assert surgery.lost == {"moved away": 1}
    assert surgery.centres == {"North": 2, "South": 1}


def test_populations_hold_whom_they_say(read):
    held = {name: "".join(sorted(one[1] for one in members(read[0], name))) for name in POPULATIONS}
    assert held == {
        "randomised": "123456",
        "treated": "12456",
        "per_protocol": "16",
        "crossover": "4",
    }


def test_spellings_are_said(read):
    assert tuple(map(in_english, read[1])) == (
        "The centre 'north' is read as 'North'.",
        "The arm 'Surgery' is read as 'surgery'.",
        "The centre 'SOUTH' is read as 'South'.",
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [("umea", "Umeå"), ("UMEÅ ", "Umeå"), ("göte-borg", "Göteborg"), ("Umea2", None), ("", None)],
)
def test_a_name_is_read_whatever_its_case_and_accents(text, name):
    assert as_named(text, ("Umeå", "Göteborg")) == name


def test_the_diagram_shows_every_count_and_reason(read):
    drawn = ET.fromstring(consort_svg(consort(read[0], DESIGN.arms)))  # noqa: S314 - our own
    texts = [element.text for element in drawn.iter("{http://www.w3.org/2000/svg}text")]
    for words in ("Assessed for eligibility: 9", "Randomised: 6", "Not randomised: 3"):
        assert words in texts
    assert any("fewer than 30 % remnant: 1" in text for text in texts)
    assert texts.count("Analysed as randomised: 3") == 2


def test_a_reason_cannot_break_the_drawing(tmp_path):
    path = written(tmp_path, "p1,North,,,<script> & more,,,,\n")
    people, _ = read_participants(path, DESIGN)
    assert b"&lt;script&gt; &amp; more" in consort_svg(consort(people, DESIGN.arms))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("p1,Norht,surgery,2020-01-01,,,,,", "line 2 has the centre 'Norht', which is none of"),
        ("p1,North,srugery,2020-01-01,,,,,", "line 2 has the arm 'srugery', which is none of"),
        ("p1,North,surgery,,,,,,", "line 2 has an arm or a randomised_date but not both"),
        ("p1,North,surgery,1/2/2020,,,,,", "line 2 has the randomised_date '1/2/2020'"),
        ("p1,North,surgery,2020-01-01,declined,,,,", "line 2 needs an arm, or why"),
        ("p1,North,,,,,,,", "line 2 needs an arm, or why"),
        ("p1,North,,,declined,surgery,,,", "line 2 says what followed randomisation"),
        ("p1,North,surgery,2020-01-01,,,2020-02-01,,", "line 2 has a crossover_date but no"),
        (
            "p1,North,surgery,2020-01-01,,surgery,2019-02-01,,",
            "line 2 has a crossover on 2019-02-01, before randomisation on 2020-01-01",
        ),
        (",North,,,declined,,,,", "line 2 has no id"),
        ("p1,North,,,x,,,,\np1,North,,,x,,,,", "line 3 has the id 'p1' of line 2"),
        ("\n".join(",,,,,,,," for _ in range(9)), "; and "),
    ],
)
def test_contradictions_name_the_row(tmp_path, line, words):
    with pytest.raises(InputError) as refusal:
        read_participants(written(tmp_path, line + "\n"), DESIGN)
    assert words in str(refusal.value)


def test_a_file_without_its_columns_or_absent_is_refused(tmp_path):
    (tmp_path / "p.csv").write_text("id,arm\n")
    with pytest.raises(InputError, match="no column 'centre'"):
        read_participants(tmp_path / "p.csv", DESIGN)
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_participants(tmp_path / "none.csv", DESIGN)
