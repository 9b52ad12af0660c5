"""The command line: the contract's exit statuses, one sentence a refusal, one document a --json."""

import json
import subprocess
import sys

import pytest

from liverplan import __version__, workflow
from liverplan.cli import main
from liverplan.findings import Findings
from liverplan.phantom.truth import RECOMMENDED_NORMAL, RECOMMENDED_POINT_MM
from liverplan.workflow import outputs
from liverplan.workflow.outputs import make_segmentation

CUT = ",".join(str(x) for x in (*RECOMMENDED_POINT_MM, *RECOMMENDED_NORMAL))


@pytest.fixture
def run(capsys):
    """Run a command; give its exit status, stdout and stderr."""

    def command(*arguments):
        with pytest.raises(SystemExit) as stop:
            main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        return stop.value.code, out, err

    return command


@pytest.fixture(scope="module")
def case(small, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli") / "case"
    with pytest.raises(SystemExit) as stop:
        main(
            [
                "assess",
                str(small.ct),
                "--out",
                str(folder),
                "--liver",
                str(small.liver),
                "--lesions",
                str(small.lesions),
                "--lesion-labels",
                "1-3",
                "--plane",
                CUT,
            ]
        )
    assert stop.value.code == 0
    return folder


def test_assess_prints_exactly_one_json_document(small, tmp_path):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "liverplan",
            "assess",
            small.ct,
            "--out",
            tmp_path / "case",
            "--liver",
            small.liver,
            "--lesions",
            small.lesions,
            "--plane",
            CUT,
            "--json",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    findings = Findings.from_json(json.loads(done.stdout))
    assert findings.volumes.liver_ml == pytest.approx(small.truth.liver_ml, rel=0.005)


def test_assess_says_the_verdict_in_words(run, small, tmp_path):
    status, out, _ = run(
        "assess", small.ct, "--out", tmp_path / "case", "--liver", small.liver, "--plane", CUT
    )
    assert status == 0
    assert out.startswith("FLR ")
    assert "Eligibility: undecided." in out


def test_measure_gives_the_stored_result_again(run, case):
    first = run("measure", case, "--json")
    assert first[0] == 0
    assert first == run("measure", case, "--json")


def test_series_lists_what_lies_there(run, small):
    status, out, _ = run("series", small.ct, "--json")
    (row,) = json.loads(out)
    assert status == 0
    assert row["usable"]
    assert row["shape"] == list(small.phantom.volume.grid.shape)
    assert row["spacing_mm"] == pytest.approx([5.0, 2.5, 2.5])
    assert "usable" in run("series", small.ct)[1]


@pytest.mark.usefixtures("searched_once")
def test_suggest_beats_the_hand_made_cut_at_its_margin(run, case):
    status, out, _ = run("suggest", case, "--margin", "5", "--json")
    document = json.loads(out)
    assert status == 0
    assert document["margin_mm"] == 5
    assert (
        document["remnant_ml"]
        > json.loads(run("measure", case, "--json")[1])["volumes_ml"]["remnant"]
    )
    assert len(document["front"]) > 5
    assert "--plane" in run("suggest", case, "--margin", "5")[1]


def test_suggest_asks_for_ten_millimetres_where_no_margin_is_named(run, case, monkeypatch):
    search, asked = workflow.suggest, []

    def listening(folder, margin_mm, **options):
        asked.append(margin_mm)
        return search(folder, margin_mm, **options)

    monkeypatch.setattr(workflow, "suggest", listening)
    assert "--plane" in run("suggest", case)[1]
    assert asked == [10.0]


def test_suggest_keeps_blood_only_where_vessels_are_known(run, case):
    status, out, err = run("suggest", case, "--keep-blood")
    assert (status, out) == (1, "")
    assert "once portal vein or hepatic veins are known" in err


def test_report_verify_and_export_write_what_they_say(run, case, tmp_path):
    assert run("report", case, "--out", tmp_path / "r.html")[0] == 0
    assert run("report", case, "--out", tmp_path / "r.pdf")[0] == 0
    assert run("verify", case)[0] == 0
    status, out, _ = run("export", case, "--out", tmp_path / "dicom")
    assert status == 0
    assert len(out.splitlines()) == len(list((tmp_path / "dicom").rglob("*.*")))


def test_verify_names_what_was_altered(run, small, tmp_path):
    folder = tmp_path / "case"
    run("assess", small.ct, "--out", folder, "--liver", small.liver)
    mask = max(folder.rglob("*.nii.gz"), key=lambda p: p.stat().st_mtime)
    content = bytearray(mask.read_bytes())
    content[len(content) // 2] ^= 1
    mask.write_bytes(content)
    status, _, err = run("verify", folder)
    assert status == 1
    assert mask.name in err


def test_a_refusal_is_one_sentence_and_status_1(run, tmp_path, small):
    (tmp_path / "empty").mkdir()
    for arguments in (
        ["assess", tmp_path / "empty", "--out", tmp_path / "case"],
        ["assess", tmp_path / "absent", "--out", tmp_path / "case"],
        ["measure", tmp_path / "empty"],
        ["verify", tmp_path / "empty"],
        ["report", tmp_path / "empty", "--out", tmp_path / "r.html"],
        ["segment", small.ct, "--out", tmp_path / "labels.xyz"],
        ["assess", small.ct, "--out", tmp_path / "case", "--backend", "nosuch"],
    ):
        status, out, err = run(*arguments)
        assert (status, out) == (1, "")
        assert len(err.strip().splitlines()) == 1
        assert err.strip().endswith(".")
        assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["nosuch"],
        ["assess"],
        ["assess", "x", "--out", "y", "--plane", "1,2,3"],
        ["assess", "x", "--out", "y", "--lesion", "1,2,z"],
        ["assess", "x", "--out", "y", "--lesion-labels", "a-b"],
    ],
)
def test_wrong_usage_is_status_2(run, arguments):
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err


def test_version_and_help(run):
    assert run("--version")[1].strip() == f"liverplan {__version__}"
    assert "Not a medical device" in run("--help")[1]


def test_segment_writes_labels_in_each_format(run, small, tmp_path, monkeypatch):
    found = []

    def make_once(*arguments, **options):
        found[:] = found or [make_segmentation(*arguments, **options)]
        return found[0]

    monkeypatch.setattr(outputs, "make_segmentation", make_once)
    for name in ("labels.nii.gz", "labels.nrrd", "labels.dcm"):
        status, _, _ = run("segment", small.ct, "--out", tmp_path / name)
        assert status == 0
        assert (tmp_path / name).stat().st_size > 0
