"""How the planned remnant grew between two dated CTs."""

import json

import pytest

from liverplan.cli import main
from liverplan.dicom.write_ct import SeriesText, write_ct_series
from liverplan.phantom.truth import RECOMMENDED_NORMAL, RECOMMENDED_POINT_MM
from liverplan.workflow.growth_ranges import Ranged, _difference, _ratio


def run(*arguments):
    with pytest.raises(SystemExit) as stop:
        main([str(a) for a in arguments])
    return stop.value.code


@pytest.fixture(scope="module")
def two(small, tmp_path_factory):
    """The same liver 28 days apart, cut 12 mm farther out at the second date."""
    folder = tmp_path_factory.mktemp("growth")
    text = SeriesText(study_date="20200130")
    write_ct_series(small.phantom.volume, folder / "ct", seed=2, text=text)
    body = folder / "patient.toml"
    body.write_text(
        'schema = "liverplan.patient/1"\n[person]\nheight_cm = 170\nweight_kg = 70\n', "utf-8"
    )
    masks = ["--liver", small.liver, "--lesions", small.lesions]
    for name, ct, out_mm, extra in (
        ("before", small.ct, 0.0, ()),
        ("after", folder / "ct", 12.0, ()),
        ("estimated", folder / "ct", 12.0, ("--patient", body)),
    ):
        point = [
            p - out_mm * n for p, n in zip(RECOMMENDED_POINT_MM, RECOMMENDED_NORMAL, strict=True)
        ]
        plane = ",".join(str(v) for v in (*point, *RECOMMENDED_NORMAL))
        assert run("assess", ct, "--out", folder / name, *masks, "--plane", plane, *extra) == 0
    assert run("assess", small.ct, "--out", folder / "uncut", *masks) == 0
    return folder


def grown(capsys, *arguments):
    capsys.readouterr()
    assert run("committee", "growth", *arguments, "--json") == 0
    return json.loads(capsys.readouterr().out)


def test_growth_is_that_of_the_two_remnants(two, capsys):
    found = grown(capsys, two / "before", two / "after")
    made = found["growth"]
    points = found["second_fraction"] - found["first_fraction"]
    assert points > 0.01
    assert made["degree_of_hypertrophy_fraction"] == pytest.approx(points)
    assert made["kinetic_growth_fraction_per_week"] == pytest.approx(points / 4)
    relative = found["second_ml"] / found["first_ml"] - 1
    assert made["relative_growth_fraction"] == pytest.approx(relative)
    assert (found["days"], found["since"], made["denominator"]) == (28, "first CT", "of_functional")


def test_growth_has_a_range_as_drawn_inside_that_as_carried_out(two, capsys):
    found = grown(capsys, two / "before", two / "after")
    for name in ("degree_of_hypertrophy_95", "relative_growth_95", "kinetic_growth_95_per_week"):
        (low, high), (least, most) = found["as_drawn"][name], found["as_carried_out"][name]
        assert least < low < high < most
    points = found["growth"]["degree_of_hypertrophy_fraction"]
    low, high = found["as_drawn"]["degree_of_hypertrophy_95"]
    assert low < points < high
    assert run("committee", "growth", two / "before", two / "after") == 0
    assert f"{100 * low:+.1f} to {100 * high:+.1f} points" in capsys.readouterr().out


def test_growth_of_two_independent_remnants_by_hand():
    first = Ranged(value=0.20, below=0.03, above=0.02)
    second = Ranged(value=0.30, below=0.01, above=0.04)
    assert _difference(first, second) == pytest.approx((0.10 - 0.05**0.5 / 10, 0.15))
    grown = _ratio(first, second)
    assert grown.value == pytest.approx(1.5)
    assert grown.above == pytest.approx(1.5 * ((0.04 / 0.30) ** 2 + (0.03 / 0.20) ** 2) ** 0.5)


def test_the_estimated_liver_divides_both_where_the_body_is_known(two, capsys):
    day = ["--embolised", "2020-01-09"]
    found = grown(capsys, two / "before", two / "estimated", *day)
    assert found["first_fraction"] == pytest.approx(found["first_ml"] / 1509.7, rel=1e-4)
    assert (found["days"], found["since"]) == (21, "embolisation")
    assert run("committee", "growth", two / "before", two / "estimated", *day) == 0
    words = capsys.readouterr().out
    assert "Vauthey" in words
    assert "Kinetic growth rate +" in words


def test_refusals_are_sentences(two, capsys):
    for arguments, words in (
        ((two / "after", two / "before"), "dates do not follow each other"),
        ((two / "uncut", two / "after"), "holds no plan"),
        ((two / "before", two / "after", "--embolised", "2021-01-01"), "dates do not follow"),
        ((two / "nowhere", two / "after"), "nowhere"),
    ):
        assert run("committee", "growth", *arguments) == 1
        assert words in capsys.readouterr().err


def test_a_confirmed_response_is_judged_and_reported(two, capsys):
    told = ["committee", "response", two / "after", two / "before", "--name", "R. Lind"]
    assert run(*told) == 0
    assert "stable disease (SD)" in capsys.readouterr().out
    assert run("measure", two / "after", "--json") == 0
    criteria = {c["id"]: c for c in json.loads(capsys.readouterr().out)["criteria"]}
    assert "stable disease (SD)" in criteria["response"]["finding"]
    assert run("measure", two / "before", "--json") == 0
    criteria = {c["id"]: c for c in json.loads(capsys.readouterr().out)["criteria"]}
    assert criteria["response"]["state"] == "missing"
    assert run("report", two / "after", "--out", two / "r.html") == 0
    page = (two / "r.html").read_text("utf-8")
    assert "2020-01-02" in page
    assert "2020-01-30" in page
