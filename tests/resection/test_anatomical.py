"""Names to segments, segments to names, and shares that are worth a second look."""

import pytest

from liverplan.errors import PlanError
from liverplan.resection.anatomy.named import (
    name_of,
    new_world,
    resections,
    share_warnings,
    split_fourth,
    usual_shares,
)
from liverplan.resection.by_name import named_resection, plan_of
from liverplan.words import in_english

RIGHT = ("5", "6", "7", "8")


@pytest.mark.parametrize(
    ("words", "segments"),
    [
        ("right hemihepatectomy", RIGHT),
        ("Right  Hepatectomy", RIGHT),
        ("right_hemihepatectomy", RIGHT),
        ("H5678", RIGHT),
        ("left lobectomy", ("2", "3")),
        ("extended left hepatectomy", ("2", "3", "4a", "4b", "5", "8")),
        ("H4b5", ("4b", "5")),
        ("central hepatectomy", ("4a", "4b", "5", "8")),
        ("IVb, V", ("4b", "5")),
        ("2,3", ("2", "3")),
    ],
)
def test_a_name_gives_its_segments(words, segments):
    cut = named_resection(words)
    assert cut.names == segments
    assert cut.scheme == "couinaud"


def test_every_row_has_a_name_that_leads_back_to_it_and_a_source():
    for known in resections():
        assert named_resection(known.name).names == split_fourth(known.segments)
        assert named_resection(known.new_world).names == split_fourth(known.segments)
        assert name_of(known.segments) == known.name
        assert known.source
    assert len({known.id for known in resections()}) == len(resections()) == 9


def test_segment_sets_without_a_name_are_written_in_new_world_notation():
    assert name_of(("4b", "5")) == new_world(("5", "4b")) == "H4b5"
    assert new_world(("4a", "4b", "6")) == "H46"
    assert name_of(("1", *RIGHT)) == "right hemihepatectomy with segment 1"


@pytest.mark.parametrize("words", ["", "appendectomy", "H9", "segment 12"])
def test_an_unknown_name_is_refused_with_the_known_ones(words):
    with pytest.raises(PlanError, match=r"No resection is called .* right hemihepatectomy"):
        named_resection(words)


def test_usual_shares_pass_and_unusual_ones_are_named_with_their_source():
    typical = {"1": 0.03, "2": 0.07, "3": 0.09, "4a": 0.08, "4b": 0.08}
    typical |= {"5": 0.13, "6": 0.08, "7": 0.17, "8": 0.27}
    assert share_warnings(typical) == ()
    warnings = share_warnings({**typical, "2": 0.2, "3": 0.2})
    assert any(
        "left lateral section holds 40 %" in w and "Abdalla" in w for w in map(in_english, warnings)
    )
    assert all(share.source for share in usual_shares())


def test_a_command_line_names_a_resection_or_a_plan_file(tmp_path):
    plan = plan_of("left lobectomy")
    assert plan.name == "left lateral sectionectomy"
    assert plan.voxels[0].names == ("2", "3")
    file = tmp_path / "mine.toml"
    file.write_text('[[cuts]]\nkind = "sphere"\ncentre_mm = [0, 0, 0]\nradius_mm = 9\n')
    assert len(plan_of(str(file)).cuts) == 1
    with pytest.raises(PlanError, match="cannot be read"):
        plan_of(str(tmp_path / "absent.toml"))
