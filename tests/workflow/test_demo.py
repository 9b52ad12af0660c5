"""The demo against the sample's exact truth."""

import json

import pytest

from liverplan import workflow
from liverplan.words import in_english


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "demo"
    workflow.demo(folder)
    truth = json.loads((folder / "sample" / "truth.json").read_text())
    return folder, truth, json.loads((folder / "result.json").read_text())


def test_the_automatic_liver_and_each_clicked_lesion_are_within_three_per_cent(made):
    _, truth, result = made
    assert result["volumes_ml"]["liver"] == pytest.approx(truth["liver_ml"], rel=0.03)
    found = {lesion["label"]: lesion["volume_ml"] for lesion in result["lesions"]}
    exact = {lesion["label"]: lesion["volume_ml"] for lesion in truth["lesions"]}
    assert found == {label: pytest.approx(ml, rel=0.03) for label, ml in exact.items()}


def test_the_remnant_is_within_a_hundredth_of_the_closed_form(made):
    _, truth, result = made
    found = result["remnant_fraction"]["of_functional"]
    assert found == pytest.approx(truth["plane"]["remnant_fraction"], abs=0.01)


def test_everything_promised_is_there_and_made_again_in_place(made):
    folder, _, result = made
    names = {"sample", "case", "result.json", "report.html"}
    assert {p.name for p in folder.iterdir()} == names
    assert workflow.measure_case(folder / "case").to_json(in_english) == result
    workflow.write_sample(folder / "sample")
    assert {p.name for p in folder.iterdir()} == names


def test_a_folder_with_other_things_is_refused_and_left(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(Exception, match=r"thesis.txt lies there"):
        workflow.demo(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]
