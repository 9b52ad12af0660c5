"""A vessel that is kept, on the command line and in what it writes; each refusal."""

import json

import pytest

from liverplan.case import open_case
from liverplan.resection.kept import KeptVessel
from tests import test_cli_vessels
from tests.test_cli_vessels import point

assess, run, vessels = test_cli_vessels.assess, test_cli_vessels.run, test_cli_vessels.vessels

CUT = [-0.8, 2.1, -3.2], [0.2, -0.556, 0.83]
PLANE = ("--plane", ",".join(str(x) for part in CUT for x in part))
"""Takes the fork; the root stays, and most of the limb that climbs."""
ON_A_LIMB = point([-80, -11.4, 17.1])


@pytest.fixture
def given(vessels):
    return ("--vessels", vessels(), *PLANE, "--allow-faults")


def test_a_kept_branch_counts_and_stands_in_all_that_is_written(assess, run, given, tmp_path):
    drawn = assess(*given)[1]
    status, kept, err = assess(*given, "--keep-vessel", ON_A_LIMB)
    assert status == 0, err
    assert drawn["volumes_ml"]["remnant"] == kept["volumes_ml"]["remnant"]
    lost, counted = (one["volumes_ml"]["perfused_remnant"] for one in (drawn, kept))
    told = kept["vessels"]
    assert counted - lost == pytest.approx(told["by_word_ml"])
    assert told["by_word_ml"] > 50
    (one,) = told["kept"]
    assert (one["tree"], one["standing"], one["name"][:2]) == ("portal", "kept", "1.")
    assert told["spared"]
    crossed = {(two["tree"], two["name"]) for two in (*told["spared"], *told["severed"])}
    assert crossed == {(two["tree"], two["name"]) for two in drawn["vessels"]["severed"]}
    assert kept["plan_mark"] != drawn["plan_mark"]

    state = open_case(tmp_path / "case").state
    assert state.plan.kept == (KeptVessel(point_mm=tuple(map(float, ON_A_LIMB.split(",")))),)
    assert json.loads(run("measure", tmp_path / "case", "--json")[1]) == kept
    assert "1 branch is counted as kept" in run("measure", tmp_path / "case")[1]


def test_a_kept_vessel_stands_in_a_plan_file_and_one_where_none_runs_is_told(
    assess, given, tmp_path
):
    file = tmp_path / "plan.toml"
    cut = f'[[cuts]]\nkind = "plane"\npoint_mm = {CUT[0]}\nnormal = {CUT[1]}\n'
    file.write_text(f'{cut}[[kept_vessels]]\npoint_mm = [{ON_A_LIMB}]\ntree = "portal"\n', "utf-8")
    by_file = assess(*given[:2], "--resection", file, "--allow-faults")[1]
    by_option = assess(*given, "--keep-vessel", f"{ON_A_LIMB}:portal")[1]
    assert by_file["volumes_ml"] == by_option["volumes_ml"]
    assert by_file["vessels"] == by_option["vessels"]
    file.write_text(f"{cut}[[kept_vessels]]\npoint_mm = [-80, 60, 60]\n", "utf-8")
    status, far, err = assess(*given[:2], "--resection", file, "--allow-faults")
    assert status == 0, err
    assert [one["standing"] for one in far["vessels"]["kept"]] == ["not found"]
    assert any("it is not counted as kept" in note for note in far["notes"])


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        ("-80,60,60", "No vessel lies within 6 mm of -80.0, 60.0, 60.0 mm, so none can be kept"),
        ("-80,-11.4,17.1:hepatic", "No hepatic vein is known, so none can be kept at -80.0, -11.4"),
    ],
)
def test_a_point_without_a_vessel_is_refused_in_a_sentence(assess, given, kept, words):
    status, _, err = assess(*given, "--keep-vessel", kept)
    assert (status, err.count("\n")) == (1, 0)
    assert words in err
    assert "the nearest is" in err or "hepatic" in err


def test_what_is_no_point_or_no_tree_is_refused_before_the_work(assess, given):
    assert assess(*PLANE, "--keep-vessel", "1,2,3")[0] == 1
    for wrong in ("here", "1,2", "1,2,3:arteries"):
        assert assess(*given, "--keep-vessel", wrong)[0] == 2
